"""Where an engine goes on: from what is durable, the newest snapshot before it, and the log.

The end of `events` says what the world has been told. A snapshot counts only if it is not ahead
of that, because the events between would be missing. From there the log is applied again, and the
hash of the last durable event must come out; else this is another program, another log, or
somebody has changed one of them, and the engine stops.
"""

from collections.abc import Iterable

import msgspec

from engine.bus.interface import Bus, Record
from engine.services.entries import LogError
from engine.services.look import paged
from engine.services.reacting import ReactingOf
from engine.services.replica import Beginning, Replica
from engine.services.snapshots import Snapshot, Snapshots

TAIL = 1_000
"""Records at the end of `events` that are looked at first, and twice as many each further time."""


class Durable(msgspec.Struct, frozen=True):
    """The newest event that everybody may have read, and its hash."""

    seq: int = 0
    h: str = ""


_decoder = msgspec.json.Decoder(Durable)


async def durable_of(bus: Bus, events: str) -> Durable:
    """The event of the greatest number in `events`, whatever a second engine put behind it.

    An event is said only when those before it were, so a record's number is at most its offset
    and 1. Hence nothing newer stands before a place that the newest found so far has reached, and
    no more is read than has ever been repeated. Raises `BusError` and `LogError`.
    """
    newest = Durable()
    first, end = await bus.span(events)
    count = TAIL
    while end > max(first, newest.seq):
        start = max(first, end - count)
        async for record in paged(bus, events, start, end):
            found = _durable(record, events)
            if found.seq > newest.seq:
                newest = found
        end, count = start, 2 * count
    return newest


def _durable(record: Record, events: str) -> Durable:
    try:
        return _decoder.decode(record.value or b"")
    except (msgspec.MsgspecError, ValueError) as error:
        raise LogError(f"record {record.offset} of {events} is no event: {error}") from error


def recovered(
    beginning: Beginning, durable: Durable, snapshots: Snapshots, reacting_of: ReactingOf
) -> Replica:
    """The newest state that may be gone on from; at worst that before the first command.

    What was passed over stands in `snapshots.rejected`.
    """
    for kept in snapshots.newest_first():
        problem = _unfit(kept, beginning, durable)
        if problem is None:
            try:
                return Replica.restored(beginning, kept, reacting_of)
            except ValueError as error:
                problem = f"cannot be restored: {error}"
        snapshots.rejected.append(f"snapshot at {kept.offset}: {problem}")
    return Replica(beginning, reacting_of)


def _unfit(kept: Snapshot, beginning: Beginning, durable: Durable) -> str | None:
    if kept.run != beginning.run:
        return "is of another run"
    if kept.version != beginning.genesis.version:
        return f"is of version {kept.version}"
    if kept.seq > durable.seq:
        return f"is at event {kept.seq}, and only those up to {durable.seq} are durable"
    if kept.seq == durable.seq and kept.seq and kept.hash != durable.h:
        return f"has another hash at event {kept.seq} than the one that was published"
    return None


class Watch:
    """Compares what comes out of a replay with what is durable, and says what is new."""

    def __init__(self, durable: Durable) -> None:
        self.durable = durable

    def new(self, lines: Iterable[tuple[int, bytes]]) -> list[bytes]:
        """The lines of events that are not durable yet. Raises `LogError` at a difference."""
        result = []
        for seq, line in lines:
            if seq > self.durable.seq:
                result.append(line)
            elif seq == self.durable.seq:
                found = _decoder.decode(line).h
                if found != self.durable.h:
                    raise LogError(
                        f"event {seq} has the hash {found} now, and {self.durable.h} in the events "
                        f"that were published: this is another program or another log; put the "
                        f"right one back, or begin a new lab with --name"
                    )
        return result

    def hold(self, reached: int) -> None:
        """Raise `LogError` unless the whole log has given all events that are durable."""
        if reached < self.durable.seq:
            raise LogError(
                f"the log gives {reached} events, and {self.durable.seq} were published: records "
                f"of the log are lost; begin a new lab with --name"
            )
