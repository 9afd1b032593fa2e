"""The bus of one process: lists of records."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import get_args

from engine.bus.interface import BusError, Message, Polled, Record, Right

BATCH = 1_000
"""Records of one topic in a poll."""


class MemoryBus:
    """Keeps every record; for one event loop. Publishing costs O(messages)."""

    def __init__(self, topics: Sequence[str]) -> None:
        self._records: dict[str, list[Record]] = {topic: [] for topic in topics}
        self._grown = asyncio.Event()

    async def publish(self, topic: str, messages: Sequence[Message]) -> None:
        """Append messages to a topic in their order, and let the readers have their turn."""
        records = self.records(topic)
        for message in messages:
            records.append(Record(len(records), message.value, message.key, message.headers))
        self._grown.set()
        self._grown = asyncio.Event()
        await asyncio.sleep(0)

    async def flush(self) -> None:
        """Nothing is under way in memory."""

    async def read(self, starts: Mapping[str, int], *, evenly: bool = False) -> "MemoryReader":
        """A reader of topics, each from an offset; it always goes from one to the next."""
        for topic, start in starts.items():
            end = len(self.records(topic))
            if not 0 <= start <= end:
                raise BusError(f"{topic} has the offsets 0 to {end}, not {start}")
        return MemoryReader(self, dict(starts))

    async def span(self, topic: str) -> tuple[int, int]:
        """The first offset that the topic still has, and the one that its next record gets."""
        return 0, len(self.records(topic))

    async def topics(self) -> frozenset[str]:
        """The names of all topics."""
        return frozenset(self._records)

    async def rights(self, topics: Iterable[str]) -> Mapping[str, frozenset[Right]]:
        """Everything may be done with topics that are there."""
        return {topic: frozenset(get_args(Right)) for topic in topics if topic in self._records}

    def records(self, topic: str) -> list[Record]:
        """A topic's records. Raises `BusError` if there is no such topic."""
        if topic not in self._records:
            raise BusError(f"there is no topic {topic}")
        return self._records[topic]

    async def grown(self, wait_s: float) -> None:
        """Wait until something was published, at most `wait_s` seconds."""
        try:
            await asyncio.wait_for(self._grown.wait(), wait_s)
        except TimeoutError:
            return


class MemoryReader:
    """Goes through topics of a `MemoryBus`."""

    def __init__(self, bus: MemoryBus, positions: dict[str, int]) -> None:
        self._bus, self._positions = bus, positions

    async def poll(self, wait_s: float, but: Collection[str] = ()) -> Polled:
        """What comes next; nothing if nothing has come after `wait_s` seconds."""
        found = self._next(but)
        if not found:
            await self._bus.grown(wait_s)
            found = self._next(but)
        return found

    def _next(self, but: Collection[str]) -> Polled:
        found = []
        for topic, position in self._positions.items():
            if topic in but:
                continue
            records = self._bus.records(topic)[position : position + BATCH]
            if records:
                self._positions[topic] = position + len(records)
                found.append((topic, records))
        return found

    async def close(self) -> None:
        """Leave; the topics stay as they are."""
