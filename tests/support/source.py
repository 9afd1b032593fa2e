"""The project's own files, read as text and as syntax: what the tidy and docs tests look at."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def project_files() -> tuple[Path, ...]:
    """Every file that git tracks or would track, relative to the root."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    names = sorted(set(listed.stdout.split("\0")) - {""})
    return tuple(Path(name) for name in names if (ROOT / name).is_file())


@cache
def text_of(path: Path) -> str | None:
    """The text of a file, or nothing where it is not text."""
    raw = (ROOT / path).read_bytes()
    return None if b"\0" in raw[:8000] else raw.decode()


def texts() -> Iterator[tuple[Path, str]]:
    """Every text file with its text."""
    for path in project_files():
        text = text_of(path)
        if text is not None:
            yield path, text


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax of a Python file."""
    return ast.parse(text_of(path) or "", str(path))


def python_files(*folders: str) -> list[Path]:
    """The Python files under folders, all of them where none is named."""
    inside = folders or (".",)
    return [
        path
        for path in project_files()
        if path.suffix == ".py" and any(path.is_relative_to(folder) for folder in inside)
    ]


def module_name(path: Path) -> str:
    """The import name of a file.

    >>> module_name(Path("engine/core/__init__.py")), module_name(Path("engine/core/money.py"))
    ('engine.core', 'engine.core.money')
    """
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
