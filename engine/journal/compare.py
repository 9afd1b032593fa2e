"""Rerun a log and say whether every event is what was written, byte for byte."""

from collections.abc import Iterable
from itertools import zip_longest
from pathlib import Path

import msgspec

from engine.core.event import Event
from engine.journal.chain import Chain
from engine.journal.read import lines
from engine.journal.write import EVENTS


class Difference(msgspec.Struct, frozen=True):
    """The first event on which the file and the rerun disagree; None: there is no such event."""

    seq: int
    recorded: str | None
    rerun: str | None


def first_difference(folder: Path, events: Iterable[Event], chain: Chain) -> Difference | None:
    """Compare the events of a rerun with `events.jsonl`; the chain ends at the rerun's last hash.

    Costs memory for one event. Raises `JournalError` if the file is missing or torn.
    """
    recorded = lines(folder / EVENTS)
    rerun = (chain.line(event) for event in events)
    for seq, (old, new) in enumerate(zip_longest(recorded, rerun), 1):
        if old != new:
            return Difference(seq, _text(old), _text(new))
    return None


def _text(line: bytes | None) -> str | None:
    return None if line is None else line.decode("utf-8", "backslashreplace")
