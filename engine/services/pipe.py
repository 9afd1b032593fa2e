"""What lies between two tasks of one process: a bounded queue of batches with an end."""

import asyncio
from collections.abc import AsyncIterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Pipe(Generic[T]):
    """Holds at most `depth` batches; then the writer waits. For one writer and one reader."""

    def __init__(self, depth: int = 8) -> None:
        assert depth >= 1, "a queue without a place would wait for ever"
        self._queue: asyncio.Queue[tuple[T, ...] | None] = asyncio.Queue(depth)
        self._closed = False

    async def put(self, batch: tuple[T, ...]) -> None:
        """Hand a batch on; waits as long as there is no place."""
        assert not self._closed, "it is closed"
        await self._queue.put(batch)

    async def close(self) -> None:
        """Say that no batch will follow; a second time changes nothing."""
        if not self._closed:
            self._closed = True
            await self._queue.put(None)

    async def __aiter__(self) -> AsyncIterator[tuple[T, ...]]:
        """Every batch in its order, until the pipe is closed and read to its end."""
        while (batch := await self._queue.get()) is not None:
            yield batch
