"""Looking at topics before going to work: are they there, and what stands at their ends."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from time import monotonic

from engine.bus.interface import Bus, BusError, Reader, Record, Right
from engine.bus.rights import Grant

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


class RightsMissing(Exception):
    """Topics are there, but what is needed may not be done with them."""

    def __init__(self, lacks: Iterable[tuple[Right, str]]) -> None:
        self.lacks = tuple(lacks)
        told = ", ".join(f"to {right} {topic}" for right, topic in self.lacks)
        super().__init__(
            f"this user may not do what is needed: {told}; take the right user, or give it its "
            f"rights with: margincall topics secure"
        )


async def need(bus: Bus, *, reads: Iterable[str] = (), writes: Iterable[str] = ()) -> None:
    """Hold on only if all topics are there and may be read and written.

    Raises `TopicsMissing`, `RightsMissing`, and `BusError` if that cannot be told.
    """
    wanted: list[tuple[Right, str]] = [("read", name) for name in reads]
    wanted += [("write", name) for name in writes]
    names = dict.fromkeys(name for _, name in wanted)
    rights = await bus.rights(names)
    missing = [name for name in names if name not in rights]
    if missing:
        raise TopicsMissing(missing)
    lacks = [(right, name) for right, name in wanted if right not in rights[name]]
    if lacks:
        raise RightsMissing(lacks)


async def need_all(bus: Bus, grants: Iterable[Grant]) -> None:
    """Hold on only if all that is granted of named topics may be done. Raises as `need` does."""
    named = [grant for grant in grants if grant.kind == "topic" and not grant.prefixed]
    await need(
        bus,
        reads=[grant.name for grant in named if grant.right == "read"],
        writes=[grant.name for grant in named if grant.right == "write"],
    )


async def paged(bus: Bus, topic: str, start: int, end: int) -> AsyncGenerator[Record, None]:
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
