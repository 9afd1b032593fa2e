"""What the documents say is true: their commands run, their examples hold, nothing is missing."""

import doctest
import importlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from engine.config.find import names
from tests.support import lab_pages, reference
from tests.support.source import ROOT, module_name, project_files, python_files, texts

FENCE = re.compile(r"^```(?:console|sh)\n(.*?)^```", flags=re.DOTALL | re.MULTILINE)
DATA_FILE = re.compile(r"[^\s=]+\.(?:zip|csv\.gz|csv)$")
LINK = re.compile(r"\[[^\]]*\]\(([^)#:\s]+)\)")


def commands_of(page: str) -> list[str]:
    """The commands of a page's console blocks: lines after `$ `, or all where none has it."""
    found: list[str] = []
    for block in FENCE.findall((ROOT / page).read_text()):
        lines = block.replace("\\\n", "").splitlines()
        typed = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
        found += typed or [line for line in lines if line and not line.startswith("#")]
    return [" ".join(line.split()) for line in found]


README_COMMANDS = commands_of("README.md")
LAB_PAGES = sorted((ROOT / "configs" / "labs").glob("*.md"))


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what git holds, in which commands may write."""
    folder = tmp_path_factory.mktemp("checkout")
    for path in project_files():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, folder / path)
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def provide(command: str, checkout: Path) -> None:
    """Put the data files that a command names where it looks for them, or skip."""
    for word in command.split():
        named = DATA_FILE.search(word)
        if named is None or (checkout / named[0]).exists():
            continue
        samples = os.environ.get("MARGINCALL_SAMPLES")
        if samples is None:
            pytest.skip(f"MARGINCALL_SAMPLES is not set, and {named[0]} is not in the repository")
        (sample,) = Path(samples).rglob(Path(named[0]).name)
        shutil.copy2(sample, checkout / named[0])


def run(command: str, checkout: Path) -> str:
    """Run a command of a document in the checkout; returns what it printed."""
    provide(command, checkout)
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-euc", command],
        cwd=checkout,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_the_commands_of_the_readme_run_in_their_order(checkout: Path) -> None:
    own = [line for line in README_COMMANDS if not line.startswith(("make", "git", "cd"))]
    assert own, "the README shows no command of the program"
    for command in own:
        run(command, checkout)


def test_every_lab_has_a_page_that_the_readme_leads_to() -> None:
    assert [page.stem for page in LAB_PAGES] == names("labs")
    linked = LINK.findall((ROOT / "README.md").read_text())
    assert {f"configs/labs/{page.name}" for page in LAB_PAGES} <= set(linked)


@pytest.mark.parametrize("page", LAB_PAGES, ids=lambda page: page.stem)
def test_the_page_of_a_lab_shows_what_its_commands_print(page: Path, checkout: Path) -> None:
    for command, shown in lab_pages.sessions(page.read_text()):
        printed = [line.rstrip() for line in run(command, checkout).splitlines()]
        told = iter(printed)
        for line in shown:
            assert line == "..." or line in told, (
                f"{command} does not print, in its turn: {line}\n{lab_pages.WRITE}"
            )


def test_a_make_line_of_the_readme_is_a_target_that_ci_runs() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    ci = (ROOT / ".ci" / "run").read_text()
    named = [line for line in README_COMMANDS if line.startswith("make")]
    assert {"make demo", "make test"} <= set(named)
    for line in named:
        assert line.split()[-1] in targets
        assert re.search(rf"\b{line}\b", ci), f".ci/run never runs `{line}`"


@pytest.mark.parametrize("path", python_files("engine", "feeds", "tests/support"), ids=str)
def test_the_examples_of_a_module_hold(path: Path) -> None:
    module = importlib.import_module(module_name(path))
    failed, _ = doctest.testmod(module)
    assert failed == 0


def test_the_reference_is_what_the_code_says() -> None:
    _, part, _ = reference.split(reference.PAGE.read_text())
    assert part == reference.reference(), (
        "engine/README.md is behind the code: python -m tests.support.reference --write"
    )


def test_every_command_event_and_reason_explains_itself() -> None:
    entries = [
        *reference.structs("engine/core/command.py", "Command"),
        *reference.structs("engine/core/account_event.py", "Event"),
        *reference.structs("engine/core/trading_event.py", "Event"),
        *reference.structs("engine/core/event.py", "Event"),
    ]
    assert len(entries) > 30
    assert [name for name, _, says in entries if not says] == []
    assert all(says.endswith(".") for _, says in reference.reasons())


def test_every_option_explains_itself() -> None:
    silent = [
        f"{name} {typed}"
        for name, command in reference.commands_of(reference.program())
        for typed, meaning in reference.options(command)
        if not meaning
    ]
    assert silent == []


@pytest.mark.parametrize("page", [path for path, _ in texts() if path.suffix == ".md"], ids=str)
def test_a_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall((ROOT / page).read_text()):
        assert (ROOT / page.parent / target).exists(), f"{page} links to {target}"


def test_the_changelog_knows_this_version() -> None:
    (version,) = re.findall(
        r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE
    )
    assert re.search(
        rf"^## (Unreleased|{re.escape(version)})", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE
    )
