"""Real files, and what the index of their folder says of each."""

import os
import re
from pathlib import Path

import pytest


def samples() -> Path:
    folder = os.environ.get("MARGINCALL_SAMPLES")
    if not folder:
        pytest.skip("MARGINCALL_SAMPLES names no folder of real tick files")
    return Path(folder)


def index_row(folder: Path, file: str) -> list[str]:
    """The cells of a file's row in the index: rows, span, price range."""
    for line in (folder / "INDEX.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] == file:
            return cells
    raise AssertionError(f"INDEX.md has no row {file}")


def index_sha256(folder: Path, file: str) -> str:
    found = re.search(
        rf"^([0-9a-f]{{64}})  {re.escape(file)}$", (folder / "INDEX.md").read_text(), re.MULTILINE
    )
    assert found is not None
    return found[1]
