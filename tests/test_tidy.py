"""What a reviewer would otherwise have to look for: bounds, leftovers, what the core may use.

Linters hold the rest (`make check`). The rules on syntax stand in `tests/support/tidy.py`; each
is shown here an offence that it must find and its innocent twin.
"""

import ast
import re
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.support import tidy
from tests.support.source import ROOT, module_name, project_files, python_files, texts, tree_of

LINES_MAX, BYTES_MAX = 400, 1_000_000
ENTRANCES = {"engine.cli.main"}
"""Modules that a user starts; nobody imports them."""
REGISTRIES = ("pypi.", "pythonhosted.", "npmjs.", "crates.", "proxy.golang.", "repo1.maven.")

Rule = Callable[[ast.AST], Iterable[tidy.Finding]]


def walks_over_core_sets(tree: ast.AST) -> Iterable[tidy.Finding]:
    """The rule on sets, with the names that the core gives to its own."""
    core = [tree_of(path) for path in python_files("engine/core")]
    return tidy.set_walks(tree, tidy.set_names([tree, *core]))


RULES: list[tuple[Rule, tuple[str, ...], str, str]] = [
    (
        tidy.long_functions,
        ("engine", "feeds", "tests", ".ci"),
        "def f():\n" + "    f()\n" * 50,
        'def f():\n    """One.\n\n    Two.\n    """\n' + "    f()\n" * 49,
    ),
    (
        tidy.many_parameters,
        ("engine", "feeds"),
        "def f(a, b, c, d, e, g): ...",
        "def f(self, a, b, c, d, e, *, g): ...",
    ),
    (
        tidy.deep_nesting,
        ("engine", "feeds"),
        "def f():\n for a in b:\n  if a:\n   while a:\n    with a: pass",
        "def f():\n for a in b:\n  while a:\n   if a: pass\n   elif b: pass\n   elif c: pass",
    ),
    (tidy.joint_assertions, ("engine", "feeds"), "assert a and b", "assert a or b"),
    (tidy.sleeps, ("tests",), "await asyncio.sleep(0.1)", "await asyncio.sleep(0)"),
    (tidy.foreign_imports, ("engine/core",), "from os import path", "import msgspec.json"),
    (tidy.foreign_imports, ("engine/core",), "from . import money", "from typing import Literal"),
    (tidy.inexact_numbers, ("engine/core",), "a = 1.5", "a = 15"),
    (tidy.inexact_numbers, ("engine/core",), "a /= 2", "a //= 2"),
    (tidy.inexact_numbers, ("engine/core",), "from math import sqrt", "from math import isqrt"),
    (tidy.inexact_numbers, ("engine/core",), "math.log(2)", "math.gcd(2, 4)"),
    (tidy.waits_and_prints, ("engine/core",), "async def f(): ...", "def f(): ..."),
    (tidy.waits_and_prints, ("engine/core",), "print(a)", "emit(a)"),
    (walks_over_core_sets, ("engine/core",), "for a in {1, 2}: ...", "for a in (1, 2): ..."),
    (walks_over_core_sets, ("engine/core",), "list(a.keys() & b)", "sorted(a.keys() & b)"),
    (walks_over_core_sets, ("engine/core",), "a: set[int]\n[b for b in a]", "[b for b in a]"),
    (walks_over_core_sets, ("engine/core",), "a = set()\na.pop()", "a = set()\na.add(1)"),
    (
        walks_over_core_sets,
        ("engine/core",),
        "def f(a: set[int]): yield from a",
        "def f(a: set[int]): return sum(b for b in a)",
    ),
]


@pytest.mark.parametrize("rule", dict.fromkeys(rule for rule, _, _, _ in RULES))
def test_no_file_breaks_a_rule_on_syntax(rule: Rule) -> None:
    folders = next(folders for known, folders, _, _ in RULES if known is rule)
    found = [
        f"{path}:{line}: {what}"
        for path in python_files(*folders)
        for line, what in rule(tree_of(path))
    ]
    assert not found, "\n".join(["", *found])


@pytest.mark.parametrize(("rule", "folders", "offence", "innocent"), RULES)
def test_a_rule_on_syntax_finds_the_offence_and_not_its_twin(
    rule: Rule, folders: tuple[str, ...], offence: str, innocent: str
) -> None:
    del folders
    assert list(rule(ast.parse(offence))) != []
    assert list(rule(ast.parse(innocent))) == []


def test_no_file_of_code_is_longer_than_its_bound() -> None:
    lengths = {path: text.count("\n") for path, text in texts() if path.suffix == ".py"}
    assert {path: lines for path, lines in lengths.items() if lines > LINES_MAX} == {}


def test_no_file_is_larger_than_its_bound() -> None:
    sizes = {path: (ROOT / path).stat().st_size for path in project_files()}
    assert {path: size for path, size in sizes.items() if size > BYTES_MAX} == {}


def test_a_package_begins_with_a_docstring_and_nothing_else() -> None:
    for path in python_files("engine", "feeds"):
        if path.name == "__init__.py":
            tree = tree_of(path)
            assert ast.get_docstring(tree), f"{path} does not say what the package is for"
            assert len(tree.body) == 1, f"{path} holds more than its docstring"


def test_every_folder_of_tests_is_a_package() -> None:
    folders = {path.parent for path in python_files("tests")}
    assert [
        folder for folder in sorted(folders) if not (ROOT / folder / "__init__.py").is_file()
    ] == []


def test_every_module_is_imported_by_the_program() -> None:
    used: set[str] = set()
    for path in python_files("engine", "feeds"):
        own = module_name(path)
        used |= {name for _, name in tidy.imported_names(tree_of(path)) if name != own}
    modules = {
        module_name(path) for path in python_files("engine", "feeds") if path.name != "__init__.py"
    }
    idle = sorted(modules - used - ENTRANCES)
    assert not idle, "\n".join(["", *idle])


def test_nothing_is_left_for_later() -> None:
    leftover = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
    assert [str(path) for path, text in texts() if leftover.search(text)] == []


def test_a_page_has_one_title_and_opens_with_it() -> None:
    for path, text in texts():
        if path.suffix == ".md":
            prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
            titles = [line for line in prose.splitlines() if line.startswith("# ")]
            assert len(titles) == 1, f"{path} has {len(titles)} titles"
            assert text.startswith(titles[0]), f"{path} does not open with its title"


def test_no_file_names_a_package_registry() -> None:
    hosts = re.compile("|".join(re.escape(name) for name in REGISTRIES))
    named = [
        str(path)
        for path, text in texts()
        if hosts.search(text) and path != Path("tests/test_tidy.py")
    ]
    assert named == []


def test_a_lock_holds_hashes_and_no_address() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        for pin in re.findall(r"^[a-z].*?(?=^[a-z]|\Z)", text, flags=re.DOTALL | re.MULTILINE):
            assert re.match(r"[\w.-]+==\S+", pin), pin
            assert "--hash=sha256:" in pin, pin


def test_the_two_locks_agree_and_cover_what_the_project_asks_for() -> None:
    def pins(name: str) -> dict[str, str]:
        return dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(), flags=re.MULTILINE))

    run, dev = pins("requirements.txt"), pins("requirements-dev.txt")
    assert run.items() <= dev.items()


def test_no_file_holds_a_path_of_one_machine() -> None:
    in_images = r"(?!opt/(?:kafka|venv)\b)"
    path_of_a_machine = re.compile(
        rf"(?<![\w./~*{{}}$-])/{in_images}(home|root|work|Users|opt|mnt)/\w"
    )
    assert [str(path) for path, text in texts() if path_of_a_machine.search(text)] == []


def test_no_other_lock_is_tracked() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    assert not {"uv.lock", "pylock.toml", "poetry.lock"} & set(tracked)
