"""The demo: the lab `quickstart` on ticks that a seeded generator writes into the run's folder."""

from pathlib import Path

from engine.cli.folder import TICKS, holds_run
from engine.cli.mistake import Mistake
from engine.config.lab import load_lab
from engine.config.settings import Lab
from engine.journal.error import JournalError
from engine.journal.read import genesis
from feeds.demo import write_ticks

LAB = "quickstart"


def demo_lab() -> Lab:
    """The lab that the demo runs."""
    return load_lab(LAB)


def may_replace(folder: Path) -> bool:
    """Whether the folder holds an earlier demo, which is the demo's to replace.

    Raises `Mistake` where it holds something else that was run.
    """
    if not holds_run(folder):
        return False
    try:
        files = genesis(folder).files
    except JournalError:
        files = ()
    if not files or not all(file.path.startswith(f"{TICKS}/") for file in files):
        raise Mistake(f"--out {folder}: holds a run that is not the demo's; name another folder")
    return True


def demo_ticks(folder: Path) -> tuple[list[Path], int]:
    """Write the demo's tick files into the run's folder; returns them and their number of ticks."""
    place = folder / TICKS
    place.mkdir(exist_ok=True)
    paths = write_ticks(place)
    return paths, sum(path.read_bytes().count(b"\n") - 1 for path in paths)
