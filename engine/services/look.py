"""Looking at topics before going to work: are they there, and what stands at their ends."""

from collections.abc import AsyncIterator, Iterable
from time import monotonic

from engine.bus.interface import Bus, BusError, Reader, Record

WAIT_S = 0.5
PATIENCE_S = 30.0
"""How long a record that is there may take to come."""


class TopicsMissing(Exception):
    """Topics that a service needs are not there, or it may not see them."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        super().__init__(
            f"these topics are missing, or may not be seen: {', '.join(self.names)}; make them "
            f"with: margincall topics create"
        )


async def need(bus: Bus, names: Iterable[str]) -> None:
    """Raise `TopicsMissing` unless all topics can be seen, `BusError` if that cannot be told."""
    known = await bus.topics()
    missing = [name for name in names if name not in known]
    if missing:
        raise TopicsMissing(missing)


async def paged(bus: Bus, topic: str, start: int, end: int) -> AsyncIterator[Record]:
    """The records from `start` up to but without `end`, a poll at a time in memory.

    Raises `BusError`, also if they do not come.
    """
    if start >= end:
        return
    reader = await bus.read({topic: start})
    try:
        async for record in _coming(reader, topic):
            if record.offset < end:
                yield record
            if record.offset >= end - 1:
                return
    finally:
        await reader.close()


async def _coming(reader: Reader, topic: str) -> AsyncIterator[Record]:
    patience = monotonic() + PATIENCE_S
    while monotonic() < patience:
        for _, records in await reader.poll(WAIT_S):
            patience = monotonic() + PATIENCE_S
            for record in records:
                yield record
    raise BusError(f"{topic} does not hand out records that it says to have")


async def records_of(bus: Bus, topic: str, start: int, end: int) -> list[Record]:
    """The records from `start` up to but without `end`, all at once. Raises `BusError`."""
    return [record async for record in paged(bus, topic, start, end)]


async def tail_of(bus: Bus, topic: str, count: int) -> list[Record]:
    """The last `count` records of a topic. Raises `BusError`."""
    first, end = await bus.span(topic)
    return await records_of(bus, topic, max(first, end - count), end)
