"""A run's folder: claimed before the run, emptied of an earlier one only where that was asked."""

from pathlib import Path

import msgspec

from engine.cli.mistake import Mistake
from engine.config.settings import Lab
from engine.journal.error import JournalError
from engine.journal.record import Genesis
from engine.journal.repro import BREACH
from engine.journal.write import COMMANDS, EVENTS

SUMMARY = "summary.json"
PAGE = "report.html"
TICKS = "ticks"
REPRO = "repro"
FILES = (COMMANDS, EVENTS, SUMMARY, PAGE)


def holds_run(folder: Path) -> bool:
    """Whether a run, finished or not, has written here."""
    return any((folder / name).exists() for name in FILES)


def claim(folder: Path, *, replace: bool) -> None:
    """Make the folder ready for a run: there, writable, without an earlier one.

    Only what a run writes is removed. Raises `Mistake` where there is a run and `replace` is
    False, or where the folder cannot be used.
    """
    if folder.exists() and not folder.is_dir():
        raise Mistake(f"--out {folder}: is a file; expected a folder, or one that is not there yet")
    if holds_run(folder) and not replace:
        raise Mistake(f"--out {folder}: holds a run already; name another, or use --force")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        remove_run(folder)
        probe = folder / COMMANDS
        probe.touch()
    except OSError as error:
        raise Mistake(
            f"--out {folder}: cannot be written to ({error.strerror}); name another folder"
        ) from error


def remove_run(folder: Path) -> None:
    """Remove what a run writes, and nothing else; tick files stay, whoever wrote them."""
    for name in FILES:
        (folder / name).unlink(missing_ok=True)
    repro = folder / REPRO
    for name in (COMMANDS, BREACH):
        (repro / name).unlink(missing_ok=True)
    if repro.is_dir() and not any(repro.iterdir()):
        repro.rmdir()


def lab_of(begun: Genesis, folder: Path) -> Lab:
    """The lab that a log was written with. Raises `JournalError` if this version has no such."""
    try:
        return msgspec.json.decode(begun.config, type=Lab)
    except msgspec.MsgspecError as error:
        raise JournalError(
            f"{folder}: the configuration in the log is not one of this version ({error}); it was "
            f"written by version {begun.version}"
        ) from error
