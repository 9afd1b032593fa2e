"""The log up to the command that broke the venue, so that the breach can be looked at again."""

from pathlib import Path

import msgspec

from engine.journal.read import records
from engine.journal.record import Genesis, Note, Record, TickFile, Ticks
from engine.journal.write import COMMANDS

BREACH = "breach.txt"
_encode = msgspec.json.Encoder().encode


def write_repro(folder: Path, target: Path, number: int, told: str) -> None:
    """Write the log of `folder` up to its command `number`, counted from 1, and what happened.

    `margincall check` reruns it. Raises `OSError` and `JournalError`.
    """
    target.mkdir(exist_ok=True)
    left = number
    with (target / COMMANDS).open("wb") as file:
        for record in records(folder):
            kept = _within(record, left)
            file.write(_encode(kept) + b"\n")
            left -= _commands_in(kept)
            if left == 0:
                break
    write_breach(target, told)


def write_breach(folder: Path, told: str) -> None:
    """Say in a folder that its log breaks the venue, and how. Raises `OSError`."""
    text = f"{told}\nRerun it with: margincall check {folder}\n"
    (folder / BREACH).write_text(text, "utf-8")


def _commands_in(record: Record) -> int:
    if isinstance(record, Genesis | Note):
        return 0
    return record.last - record.first + 1 if isinstance(record, Ticks) else 1


def _within(record: Record, left: int) -> Record:
    if isinstance(record, Genesis):
        return msgspec.structs.replace(record, files=tuple(map(_from_below, record.files)))
    if isinstance(record, Ticks):
        return Ticks(record.first, min(record.last, record.first + left - 1))
    return record


def _from_below(file: TickFile) -> TickFile:
    path = file.path if Path(file.path).is_absolute() else f"../{file.path}"
    return msgspec.structs.replace(file, path=path)
