"""The bus of one process: lists of records."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import get_args

from engine.bus.interface import BusError, Message, Polled, Record, Right

BATCH = 1_000
"""Records of one topic in a poll."""
KEPT = 3_000
"""Records that every reader has passed and that may still be looked at, where memory is bounded."""
LAG = 1_000
"""A reader that is further behind holds up whoever publishes, where memory is bounded."""


class MemoryBus:
    """Keeps every record, or only the newest; for one event loop.

    Publishing costs O(messages). With `followed`, publishing waits for readers that are behind,
    and records are let go of: those of the topics named there long after every reader has passed
    them, those of all others when they are old.
    """

    def __init__(self, topics: Sequence[str], followed: Collection[str] | None = None) -> None:
        self._records: dict[str, list[Record]] = {topic: [] for topic in topics}
        self._first = dict.fromkeys(topics, 0)
        self._left = dict.fromkeys(topics, 0)
        """Where the last reader that left a topic stood: another one may go on from there."""
        self._followed = followed
        self._readers: list[MemoryReader] = []
        self._grown, self._passed = asyncio.Event(), asyncio.Event()

    async def publish(self, topic: str, messages: Sequence[Message]) -> None:
        """Append messages to a topic in their order, and let the readers have their turn."""
        records = self.records(topic)
        while self._followed is not None and self._behind(topic) > LAG:
            await self._passed.wait()
        for message in messages:
            offset = self._end(topic)
            records.append(Record(offset, message.value, message.key, message.headers))
        self._grown.set()
        self._grown = asyncio.Event()
        self._forget(topic)
        await asyncio.sleep(0)

    def _end(self, topic: str) -> int:
        return self._first[topic] + len(self._records[topic])

    def _behind(self, topic: str) -> int:
        """How many records the slowest reader of a topic has yet to read."""
        end = self._end(topic)
        return max((end - each.at(topic, end) for each in self._readers), default=0)

    def _forget(self, topic: str) -> None:
        """Let go of old records, many at a time."""
        if self._followed is None:
            return
        needed = self._end(topic) - self._behind(topic)
        if topic in self._followed and not any(each.reads(topic) for each in self._readers):
            needed = self._left[topic]
        old = needed - KEPT - self._first[topic]
        if old > KEPT:
            del self._records[topic][:old]
            self._first[topic] += old

    async def flush(self, *topics: str) -> None:
        """Nothing is under way in memory."""

    def check(self) -> None:
        """Nothing is lost in memory."""

    async def read(self, starts: Mapping[str, int], *, evenly: bool = False) -> "MemoryReader":
        """A reader of topics, each from an offset; it always goes from one to the next."""
        for topic, start in starts.items():
            first, end = await self.span(topic)
            if not first <= start <= end:
                raise BusError(f"{topic} has the offsets {first} to {end}, not {start}")
        reader = MemoryReader(self, dict(starts))
        self._readers.append(reader)
        return reader

    async def span(self, topic: str) -> tuple[int, int]:
        """The first offset that the topic still has, and the one that its next record gets."""
        self.records(topic)
        return self._first[topic], self._end(topic)

    async def topics(self) -> frozenset[str]:
        """The names of all topics."""
        return frozenset(self._records)

    async def rights(self, topics: Iterable[str]) -> Mapping[str, frozenset[Right]]:
        """Everything may be done with topics that are there."""
        return {topic: frozenset(get_args(Right)) for topic in topics if topic in self._records}

    def records(self, topic: str) -> list[Record]:
        """The records that a topic still has. Raises `BusError` if there is no such topic."""
        if topic not in self._records:
            raise BusError(f"there is no topic {topic}")
        return self._records[topic]

    def after(self, topic: str, position: int) -> list[Record]:
        """The next records of a topic, at most `BATCH`."""
        start = position - self._first[topic]
        return self._records[topic][start : start + BATCH]

    async def grown(self, wait_s: float) -> None:
        """Wait until something was published, at most `wait_s` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):  # `wait_for` may swallow a cancellation
                await self._grown.wait()

    def passed(self) -> None:
        """Let whoever waits for readers look again."""
        self._passed.set()
        self._passed = asyncio.Event()

    def left(self, reader: "MemoryReader", positions: Mapping[str, int]) -> None:
        """Forget a reader, but not where it stood."""
        self._readers = [each for each in self._readers if each is not reader]
        self._left.update(positions)
        self.passed()


class MemoryReader:
    """Goes through topics of a `MemoryBus`."""

    def __init__(self, bus: MemoryBus, positions: dict[str, int]) -> None:
        self._bus, self._positions = bus, positions

    def reads(self, topic: str) -> bool:
        """Say whether it reads a topic."""
        return topic in self._positions

    def at(self, topic: str, default: int) -> int:
        """Where it stands in a topic, if it reads it."""
        return self._positions.get(topic, default)

    async def poll(self, wait_s: float, but: Collection[str] = ()) -> Polled:
        """What comes next; nothing if nothing has come after `wait_s` seconds."""
        found = self._next(but)
        if not found:
            await self._bus.grown(wait_s)
            found = self._next(but)
        if found:
            self._bus.passed()
        return found

    def _next(self, but: Collection[str]) -> Polled:
        found = []
        for topic, position in self._positions.items():
            records = [] if topic in but else self._bus.after(topic, position)
            if records:
                self._positions[topic] = position + len(records)
                found.append((topic, records))
        return found

    async def close(self) -> None:
        """Leave; the topics stay as they are."""
        self._bus.left(self, self._positions)
