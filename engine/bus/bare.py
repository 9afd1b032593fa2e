"""An echo over aiokafka alone, to measure others by: no bus and no lab, and the same settings.

Whoever says something and whoever repeats it have a producer and a consumer each, as two programs
would, on one event loop. What is said goes over two topics and comes back.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from time import perf_counter
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from engine.bus.login import Login, settings

WAIT_MS = 200
PATIENCE_S = 30.0


class Echo:
    """Says messages and hears them again; made by `echoing`."""

    def __init__(self, said: str, producer: Any, consumer: Any) -> None:
        self._said, self._producer, self._consumer = said, producer, consumer

    async def times(self, messages: Sequence[bytes]) -> list[float]:
        """Seconds until each message is heard, one under way at a time. Raises TimeoutError."""
        took = []
        for message in messages:
            began = perf_counter()
            await self._producer.send(self._said, message, partition=0)
            while not await self._consumer.getmany(timeout_ms=WAIT_MS):
                if perf_counter() - began > PATIENCE_S:
                    raise TimeoutError(f"nothing comes back of what was said on {self._said}")
            took.append(perf_counter() - began)
        return took


@asynccontextmanager
async def echoing(
    bootstrap: str, login: Login | None, said: str, heard: str
) -> AsyncIterator[Echo]:
    """An echo between two topics that are there, while it lasts."""
    async with AsyncExitStack() as clients:
        producers = [
            await clients.enter_async_context(
                AIOKafkaProducer(
                    bootstrap_servers=bootstrap,
                    acks="all",
                    enable_idempotence=True,
                    **settings(login),
                )
            )
            for _ in range(2)
        ]
        consumers = [
            await clients.enter_async_context(
                AIOKafkaConsumer(bootstrap_servers=bootstrap, **settings(login))
            )
            for _ in range(2)
        ]
        for topic, consumer in zip((said, heard), consumers, strict=True):
            partition = TopicPartition(topic, 0)
            consumer.assign([partition])
            await consumer.seek_to_end(partition)
        repeating = asyncio.ensure_future(_repeat(consumers[0], producers[1], heard))
        try:
            yield Echo(said, producers[0], consumers[1])
        finally:
            repeating.cancel()
            await asyncio.wait((repeating,))


async def _repeat(consumer: Any, producer: Any, heard: str) -> None:
    while True:
        for records in (await consumer.getmany(timeout_ms=WAIT_MS)).values():
            for record in records:
                await producer.send(heard, record.value, partition=0)
