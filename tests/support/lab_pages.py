"""The pages of the labs, whose figures are what their commands print.

`python -m tests.support.lab_pages [NAME...]` runs the commands and writes their output into the
pages, without the cascade, which is long, and without what is said of files. A page whose data file
is not below MARGINCALL_SAMPLES is left as it is.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.source import ROOT

WRITE = "If it should: python -m tests.support.lab_pages"
FOLDER = ROOT / "configs" / "labs"
_BLOCK = re.compile(r"(^```console\n)(.*?)(^```)", flags=re.DOTALL | re.MULTILINE)
_CASCADE = re.compile(r"^The cascade\n.*?(?=^Who paid)", flags=re.DOTALL | re.MULTILINE)
_DATA_FILE = re.compile(r"[^\s=]+\.(?:zip|csv\.gz|csv)")
_PROGRAM = ".venv/bin/margincall"
_CALL = "from engine.cli.main import main; main(prog_name='margincall')"


def sessions(page: str) -> list[tuple[str, list[str]]]:
    """The commands of a page, each with the lines of output that the page shows after it."""
    found: list[tuple[str, list[str]]] = []
    for _, block, _ in _BLOCK.findall(page):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line.removeprefix("$ "), []))
            elif line.strip():
                found[-1][1].append(line.rstrip())
    return found


def written(page: str, folder: Path) -> str:
    """A page with its figures anew; runs its commands in a folder."""

    def block(found: re.Match[str]) -> str:
        told = []
        for command, shown in sessions(found[0]):
            told.append(f"$ {command}\n")
            output = _printed(command, folder)
            told.append(_selected(output) if shown else "")
        return found[1] + "".join(told) + found[3]

    return _BLOCK.sub(block, page)


def _printed(command: str, folder: Path) -> str:
    program, *arguments = command.split()
    assert program == _PROGRAM, f"found {program}, expected {_PROGRAM}"
    call = [sys.executable, "-c", _CALL, *arguments]
    here = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(call, cwd=folder, env=here, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


def _selected(output: str) -> str:
    body = _CASCADE.sub("...\n", output).partition("\n\nWritten: ")[0]
    return "".join(f"{line.rstrip()}\n" for line in body.splitlines() if line.strip())


def _provide(page: str, folder: Path) -> bool:
    """Put the data files that the commands name into a folder; False where they are not there."""
    named = {name for command, _ in sessions(page) for name in _DATA_FILE.findall(command)}
    samples = os.environ.get("MARGINCALL_SAMPLES")
    if named and samples is None:
        return False
    for name in named:
        (found,) = Path(samples or "").rglob(name)
        shutil.copy2(found, folder / name)
    return True


def main() -> None:
    """Write the pages that the arguments name, or all."""
    for name in sys.argv[1:] or sorted(page.stem for page in FOLDER.glob("*.md")):
        page = FOLDER / f"{name}.md"
        with tempfile.TemporaryDirectory() as folder:
            if _provide(page.read_text(), Path(folder)):
                page.write_text(written(page.read_text(), Path(folder)))


if __name__ == "__main__":
    main()
