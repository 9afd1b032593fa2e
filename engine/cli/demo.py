"""The demo: the lab `quickstart` on the ticks that it makes for itself."""

from pathlib import Path

from engine.cli.folder import TICKS, holds_run
from engine.cli.mistake import Mistake
from engine.journal.error import JournalError
from engine.journal.read import genesis

LAB = "quickstart"
"""The lab that the demo runs."""


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
