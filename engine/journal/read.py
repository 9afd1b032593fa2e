"""Read a run's log: every line whole, every record of the closed vocabulary."""

from collections.abc import Iterator
from itertools import groupby, islice
from operator import attrgetter
from pathlib import Path

import msgspec

from engine.core.command import Command, Tick
from engine.core.event import AnyEvent, Event
from engine.journal.chain import Chain
from engine.journal.error import JournalError
from engine.journal.record import Genesis, Note, Record, Ticks
from engine.journal.write import COMMANDS, EVENTS

_decoder = msgspec.json.Decoder(Record)
_event_decoder = msgspec.json.Decoder(AnyEvent)
_BAD = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def lines(path: Path) -> Iterator[bytes]:
    """The lines of a log without their line feeds.

    Raises `JournalError` if the file is missing or its last line is torn.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                yield _whole(path, number, line)
    except OSError as error:
        raise JournalError(
            f"{path}: cannot be read ({error.strerror}); expected the folder of a finished run"
        ) from error


def _whole(path: Path, number: int, line: bytes) -> bytes:
    if line.endswith(b"\n"):
        return line[:-1]
    raise JournalError(
        f"{path}:{number}: the last line is torn ({len(line)} bytes without a line feed); the "
        f"run was cut off while writing: run it again"
    )


def records(folder: Path) -> Iterator[Record]:
    """The records of `commands.jsonl`. Raises `JournalError` at the first that is none."""
    path = folder / COMMANDS
    for number, line in enumerate(lines(path), 1):
        try:
            yield _decoder.decode(line)
        except _BAD as error:
            raise JournalError(
                f"{path}:{number}: is no record of a log ({error}); the file was changed, or "
                f"written by another version of margincall"
            ) from error


def genesis(folder: Path) -> Genesis:
    """The first record of a log."""
    first = next(records(folder), None)
    if not isinstance(first, Genesis):
        raise JournalError(f"{folder / COMMANDS}:1: expected the record Genesis; found another")
    return first


def commands(folder: Path, ticks: Iterator[Tick]) -> Iterator[Command]:
    """Every command of a log in its order, the ticks taken from the stream that is handed in.

    Raises `JournalError` if the stream ends before the log does.
    """
    path = folder / COMMANDS
    for number, record in enumerate(records(folder), 1):
        if isinstance(record, Genesis):
            if number > 1:
                raise JournalError(f"{path}:{number}: a second Genesis; expected commands")
        elif isinstance(record, Ticks):
            wanted = record.last - record.first + 1
            found = 0
            for tick in islice(ticks, wanted):
                found += 1
                yield tick
            if found < wanted:
                raise JournalError(
                    f"{path}:{number}: the files gave {found} of the {wanted} ticks that the log "
                    f"names; they are not those of this run"
                )
        elif not isinstance(record, Note):
            yield record


def notes(folder: Path) -> Iterator[msgspec.Raw]:
    """What the run wrote down for its report."""
    return (record.data for record in records(folder) if isinstance(record, Note))


def events(folder: Path, chain: Chain) -> Iterator[tuple[Event, ...]]:
    """The events of a log, those of one time together; `chain` ends at the last one's hash.

    The events of a command have one time, so they are never apart. Raises `JournalError` at the
    first line that is no event or does not vouch for all lines before it.
    """
    for _, batch in groupby(_events(folder / EVENTS, chain), key=attrgetter("at_us")):
        yield tuple(batch)


def _events(path: Path, chain: Chain) -> Iterator[Event]:
    for number, line in enumerate(lines(path), 1):
        try:
            event = _event_decoder.decode(line)
        except _BAD as error:
            raise JournalError(
                f"{path}:{number}: is no event of a log ({error}); the file was changed, or "
                f"written by another version of margincall"
            ) from error
        if chain.line(event) != line:
            raise JournalError(
                f"{path}:{number}: its hash is not that of the events up to it; the file was "
                f"changed: run it again"
            )
        yield event
