"""What a run writes down for its page beside commands and events: curves, and how it ended.

The log keeps a note as it is, and a rerun passes over it (`engine.journal.record.Note`).
"""

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from engine.report.curve import Point
from engine.report.sampling import Samples

Kind = Literal["last", "mark", "equity"]


class CurveNote(msgspec.Struct, frozen=True, tag="Curve"):
    """A curve: `name` is a contract, or the account whose equity it is.

    Times are `begin_us` and each of `after_us` on top of it; prices are in price units, equity
    is in micros.
    """

    kind: Kind
    name: str
    begin_us: int
    after_us: tuple[int, ...]
    values: tuple[int, ...]

    @classmethod
    def of(cls, kind: Kind, name: str, points: list[Point]) -> "CurveNote":
        """The note of a curve that has points."""
        begin_us = points[0][0]
        times = tuple(at_us - begin_us for at_us, _ in points)
        return cls(kind, name, begin_us, times, tuple(value for _, value in points))

    def points(self) -> list[Point]:
        """Times and values."""
        times = (self.begin_us + after for after in self.after_us)
        return list(zip(times, self.values, strict=True))


class Held(msgspec.Struct, frozen=True):
    """What a watched account had at the end, in micros; open profit by contract, at the mark.

    `lights` are those of open positions in the queue of deleveraging, by contract.
    """

    account: str
    equity: int
    open_profit: dict[str, int]
    lights: dict[str, int] = {}


class ReadFile(msgspec.Struct, frozen=True):
    """A tick file by its name without folders; `skipped` of its rows were not applied."""

    name: str
    format: str
    rows: int
    skipped: int


class ClosingNote(msgspec.Struct, frozen=True, tag="Closing"):
    """How the run ended: the last record of its log. `complete` is False after a signal."""

    complete: bool
    ticks: int
    commands: int
    event_hash: str
    held: tuple[Held, ...]
    files: tuple[ReadFile, ...]


Note = CurveNote | ClosingNote
_decoder = msgspec.json.Decoder(Note)


class Notes(msgspec.Struct):
    """All notes of a run; `closing` is None if it was cut off."""

    curves: dict[tuple[Kind, str], list[Point]]
    closing: ClosingNote | None


def curve_notes(samples: Samples) -> Iterator[CurveNote]:
    """The notes of all curves that have points."""
    kinds: tuple[tuple[Kind, dict[str, list[Point]]], ...] = (
        ("last", {name: curve.points() for name, curve in samples.last.items()}),
        ("mark", {name: curve.points() for name, curve in samples.mark.items()}),
        ("equity", {name: curve.points() for name, curve in samples.equity.items()}),
    )
    for kind, curves in kinds:
        for name, points in curves.items():
            if points:
                yield CurveNote.of(kind, name, points)


def gathered(notes: Iterable[Note]) -> Notes:
    """Put the notes of a run together."""
    result = Notes({}, None)
    for note in notes:
        if isinstance(note, ClosingNote):
            result.closing = note
        else:
            result.curves[note.kind, note.name] = note.points()
    return result


def decoded(records: Iterable[msgspec.Raw]) -> Notes:
    """Read the notes of a log. Raises `msgspec.MsgspecError` for what is none."""
    return gathered(_decoder.decode(record) for record in records)
