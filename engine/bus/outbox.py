"""What is on its way to the brokers: one batch of a topic at a time, and the next one fills up.

An idempotent producer has one batch of a partition under way anyway. So whoever publishes need not
wait for it: what is published meanwhile goes together in the next batch, and the busier a topic
is, the larger its batches are. Who fills that one too has to wait.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from time import monotonic
from typing import Any

from aiokafka.errors import KafkaError

from engine.bus.interface import BusError, Message

ACKNOWLEDGED_S = 30
"""A batch that waits longer for its acknowledgement ends the process."""
LOOK_S = 1.0
"""How often somebody who waits looks whether anything is overdue."""


class Outbox:
    """Hands messages to a producer of aiokafka."""

    def __init__(self, producer: Any) -> None:
        self._producer = producer
        self._filling: dict[str, Any] = {}
        """Behind the batch that is under way, by topic."""
        self._since: dict[str, float] = {}
        """When the batch that is under way was handed over, by topic."""
        self._sent: Counter[str] = Counter()
        self._done: Counter[str] = Counter()
        """How many batches were handed over, and how many of them are acknowledged, by topic."""
        self._sending: set[asyncio.Task[None]] = set()
        self._failed: BaseException | None = None
        self._moved = asyncio.Event()

    async def put(self, topic: str, messages: Sequence[Message]) -> None:
        """Append messages to a topic; waits for room. Raises `BusError`."""
        self.check()
        for message in messages:
            while not self._has_taken(topic, message):
                if topic in self._since:
                    await self._move()
                else:
                    await self._send(topic)
        if topic in self._filling and topic not in self._since:
            await self._send(topic)
            self.check()
        await asyncio.sleep(0)  # whoever has much to say leaves the producer its turn

    async def empty(self, *topics: str) -> None:
        """Wait until all that was put before is acknowledged, or that of some topics.

        What others put meanwhile is not waited for: they may never stop. Raises `BusError`.
        """
        wanted = {
            topic: self._sent[topic] + (topic in self._filling)
            for topic in topics or self._since
            if topic in self._since
        }
        while any(self._done[topic] < count for topic, count in wanted.items()):
            await self._move()
        self.check()

    def check(self) -> None:
        """Raise `BusError` if any message is lost or overdue."""
        if self._failed is not None:
            raise BusError(f"a record was not taken: {told(self._failed)}") from self._failed
        oldest = min(self._since.values(), default=None)
        if oldest is not None and monotonic() - oldest > ACKNOWLEDGED_S:
            raise BusError(f"a record was not acknowledged within {ACKNOWLEDGED_S} s")

    def _has_taken(self, topic: str, message: Message) -> bool:
        batch = self._filling.get(topic)
        if batch is None:
            batch = self._filling[topic] = self._producer.create_batch()
        headers = list(message.headers)
        added = batch.append(timestamp=None, key=message.key, value=message.value, headers=headers)
        assert added is not None or batch.record_count(), (
            f"{len(message.value)} bytes fit into no batch"
        )
        return added is not None

    async def _move(self) -> None:
        """Wait until any batch has come through."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_S):  # `wait_for` may swallow a cancellation
                await self._moved.wait()
        self.check()

    async def _send(self, topic: str) -> None:
        self._since[topic] = monotonic()
        self._sent[topic] += 1
        batch = self._filling.pop(topic)
        batch.close()
        try:
            future = await self._producer.send_batch(batch, topic, partition=0)
        except KafkaError as error:
            self._fail(error)
            return
        future.add_done_callback(lambda future: self._acknowledged(topic, future))

    def _acknowledged(self, topic: str, future: "asyncio.Future[Any]") -> None:
        if future.cancelled():
            return
        error = future.exception()
        if error is not None:
            self._fail(error)
            return
        self._done[topic] += 1
        if topic in self._filling:
            sending = asyncio.ensure_future(self._send(topic))
            self._sending.add(sending)
            sending.add_done_callback(self._sending.discard)
        else:
            del self._since[topic]
        self._wake()

    def _fail(self, error: BaseException) -> None:
        self._failed = error
        self._wake()

    def _wake(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()


def told(error: BaseException) -> str:
    """An error with its kind: aiokafka's say little without it."""
    return f"{type(error).__name__}: {error}"
