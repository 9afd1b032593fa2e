"""The rules that the Dockerfile keeps: small, from the lock, nobody's root, no BuildKit."""

import re

from tests.support.source import ROOT, project_files

TEXT = (ROOT / "Dockerfile").read_text()
CLASSIC = {"ARG", "FROM", "RUN", "COPY", "ENV", "USER", "WORKDIR", "ENTRYPOINT"}
Instruction = tuple[str, str]


def instructions() -> list[Instruction]:
    """Each instruction with its arguments, comments and continued lines put right."""
    lines = "\n".join(line for line in TEXT.splitlines() if not line.startswith("#"))
    joined = re.sub(r"\\\n\s*", " ", lines)
    split = [line.split(None, 1) for line in joined.splitlines() if line.strip()]
    return [(name, rest) for name, rest in split]


def test_a_classic_builder_understands_it() -> None:
    assert {name for name, _ in instructions()} <= CLASSIC
    assert "# syntax=" not in TEXT
    assert "--mount" not in TEXT
    assert "--chmod" not in TEXT
    assert "<<" not in TEXT


def test_its_base_is_pinned_and_the_same_in_both_stages() -> None:
    base = dict([("ARG", "")] + [each for each in instructions() if each[0] == "ARG"])["ARG"]
    assert re.fullmatch(r"PYTHON=python:3\.\d+(\.\d+)?-slim(-[a-z]+)?", base)
    stages = [rest for name, rest in instructions() if name == "FROM"]
    assert stages == ["${PYTHON} AS build", "${PYTHON}"]


def test_everything_is_installed_by_hash_from_the_lock_as_wheels() -> None:
    installs = [rest for name, rest in instructions() if name == "RUN" and "pip install" in rest]
    assert len(installs) == 2
    for option in ("--require-hashes", "--only-binary :all:", "--no-deps", "-r requirements.txt"):
        assert option in installs[0]
    assert "--no-index" in installs[1]
    assert all("--no-cache-dir" in install for install in installs)
    assert "apt-get" not in TEXT


def test_the_last_stage_holds_the_environment_and_runs_as_nobody_special() -> None:
    everything = instructions()
    last = everything[[name for name, _ in everything].index("FROM", 2) :]
    copied = [rest for name, rest in last if name == "COPY"]
    assert copied == ["--from=build /opt/venv /opt/venv"]
    (user,) = [rest for name, rest in last if name == "USER"]
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)
    after = [name for name, _ in last[last.index(("USER", user)) + 1 :]]
    assert "RUN" not in after
    assert ("ENTRYPOINT", '["margincall"]') in last


def test_what_is_copied_is_let_through_and_nothing_else_is() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    through = {rule.removeprefix("!/") for rule in rules if rule.startswith("!/")}
    copied = {
        word
        for name, rest in instructions()
        if name == "COPY" and not rest.startswith("--from")
        for word in rest.split()[:-1]
    }
    assert copied == through
    tops = {path.parts[0] for path in project_files()}
    assert through <= tops
