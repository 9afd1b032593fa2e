"""The bus of one process: a bounded queue of batches for each subscriber."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, TypeVar

from engine.bus.topic import Topic

T = TypeVar("T")


class MemoryBus:
    """Keeps at most `depth` batches for each subscriber; then the publisher waits.

    Publishing costs O(subscribers). For one event loop.
    """

    def __init__(self, depth: int = 8) -> None:
        assert depth >= 1, "a queue without a place would wait for ever"
        self._depth = depth
        self._queues: dict[str, list[asyncio.Queue[tuple[Any, ...] | None]]] = {}
        self._closed: dict[str, bool] = {}

    async def publish(self, topic: Topic[T], batch: tuple[T, ...]) -> None:
        """Hand a batch to every subscriber; waits as long as one of them is full."""
        assert not self._closed.get(topic.name), f"{topic.name} is closed"
        for queue in self._queues.get(topic.name, ()):
            await queue.put(batch)

    def subscribe(self, topic: Topic[T]) -> AsyncIterator[tuple[T, ...]]:
        """Every batch from now on, until the topic is closed and read to its end."""
        assert not self._closed.get(topic.name), f"{topic.name} is closed"
        queue: asyncio.Queue[tuple[T, ...] | None] = asyncio.Queue(self._depth)
        self._queues.setdefault(topic.name, []).append(queue)
        return _drained(queue)

    async def close(self, topic: Topic[T]) -> None:
        """Say that no batch will follow; a second time changes nothing."""
        if self._closed.get(topic.name):
            return
        self._closed[topic.name] = True
        for queue in self._queues.get(topic.name, ()):
            await queue.put(None)


async def _drained(queue: "asyncio.Queue[tuple[T, ...] | None]") -> AsyncIterator[tuple[T, ...]]:
    while (batch := await queue.get()) is not None:
        yield batch
