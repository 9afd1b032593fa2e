"""The bus over Apache Kafka: one partition a topic, so that an offset is a place in one order.

The producer is idempotent and every broker that must have a record has it before it counts as
durable. There is nothing to repair in the producer: any of its errors, and a record that is not
acknowledged within `ACKNOWLEDGED_S`, ends the process; the next one goes on from the log. A reader
that stands at an offset which the topic does not have fails instead of jumping elsewhere.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaError,
    KafkaTimeoutError,
    NodeNotReadyError,
    NotLeaderForPartitionError,
    OffsetOutOfRangeError,
)

from engine.bus.interface import BusError, Message, Polled, Record

ACKNOWLEDGED_S = 30
"""A record that has waited longer for its acknowledgement ends the process."""
ANSWER_MS = 10_000
"""How long a broker may take to answer a question about a topic."""
STOPPED_S = 1
RETRY_S = 0.2
RECORDS_MAX = 1_000
"""Records of one topic in a poll."""
BATCH_BYTES = 128 * 1024
VALUE_BYTES_MAX = 900_000
"""A broker takes 1 MiB with everything around it."""


_PASSING = (KafkaConnectionError, KafkaTimeoutError, NodeNotReadyError, NotLeaderForPartitionError)
"""Errors of a broker that is away for a moment."""


@asynccontextmanager
async def connected(bootstrap: str) -> AsyncIterator["KafkaBus"]:
    """A bus over the brokers at `host:port[,host:port]`. Raises `BusError` if none answers."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        enable_idempotence=True,
        max_batch_size=BATCH_BYTES,
        request_timeout_ms=ACKNOWLEDGED_S * 1_000,
    )
    onlooker = _consumer(bootstrap)
    try:
        await _answered(bootstrap, producer.start())
        await _answered(bootstrap, onlooker.start())
        yield KafkaBus(bootstrap, producer, onlooker)
    finally:
        await asyncio.gather(_left(onlooker), _left(producer))


async def _answered(bootstrap: str, start: Any) -> None:
    try:
        await asyncio.wait_for(start, ANSWER_MS / 1_000)
    except (KafkaConnectionError, TimeoutError) as error:
        raise BusError(
            f"no broker answers at {bootstrap}; start one there, or name another with --bootstrap "
            f"or MARGINCALL_BOOTSTRAP"
        ) from error


async def _left(client: Any) -> None:
    """Stop a client, without waiting for one that does not come back."""
    try:
        await asyncio.wait_for(client.stop(), STOPPED_S)
    except (KafkaError, TimeoutError):
        return


def _consumer(bootstrap: str) -> Any:
    return AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="none",
        request_timeout_ms=ANSWER_MS,
        max_partition_fetch_bytes=4 * 1024 * 1024,
    )


class KafkaBus:
    """Publishes and reads over one cluster; made by `connected`."""

    def __init__(self, bootstrap: str, producer: Any, onlooker: Any) -> None:
        self._bootstrap, self._producer, self._onlooker = bootstrap, producer, onlooker
        self._pending: dict[asyncio.Future[Any], float] = {}
        self._failed: BaseException | None = None

    async def publish(self, topic: str, messages: Sequence[Message]) -> None:
        """Append messages to a topic in their order; waits if too much is under way."""
        batch = self._producer.create_batch()
        for message in messages:
            if not _added(batch, message):
                await self._send(topic, batch)
                batch = self._producer.create_batch()
                assert _added(batch, message), f"{len(message.value)} bytes fit into no batch"
        if batch.record_count():
            await self._send(topic, batch)

    async def _send(self, topic: str, batch: Any) -> None:
        self.check()
        batch.close()
        try:
            future = await self._producer.send_batch(batch, topic, partition=0)
        except KafkaError as error:
            raise BusError(f"{topic} takes nothing: {_told(error)}") from error
        self._pending[future] = monotonic()
        future.add_done_callback(self._acknowledged)

    def _acknowledged(self, future: "asyncio.Future[Any]") -> None:
        del self._pending[future]
        if not future.cancelled() and future.exception() is not None:
            self._failed = future.exception()

    def check(self) -> None:
        """Raise `BusError` if anything that was published is lost or overdue."""
        if self._failed is not None:
            raise BusError(f"a record was not taken: {_told(self._failed)}")
        oldest = next(iter(self._pending.values()), None)
        if oldest is not None and monotonic() - oldest > ACKNOWLEDGED_S:
            raise BusError(f"a record was not acknowledged within {ACKNOWLEDGED_S} s")

    async def flush(self) -> None:
        """Wait until all that was published is durable."""
        while self._pending:
            await asyncio.wait(tuple(self._pending), timeout=1)
            self.check()
        self.check()

    async def read(self, starts: Mapping[str, int]) -> "KafkaReader":
        """A reader of topics, each from an offset."""
        consumer = _consumer(self._bootstrap)
        try:
            await _answered(self._bootstrap, consumer.start())
        except BusError:
            await _left(consumer)
            raise
        partitions = {TopicPartition(topic, 0): start for topic, start in starts.items()}
        consumer.assign(list(partitions))
        for partition, start in partitions.items():
            consumer.seek(partition, start)
        return KafkaReader(self, consumer)

    async def span(self, topic: str) -> tuple[int, int]:
        """The first offset that the topic still has, and the one that its next record gets."""
        partition = TopicPartition(topic, 0)
        first = await self._answer(topic, self._onlooker.beginning_offsets, [partition])
        end = await self._answer(topic, self._onlooker.end_offsets, [partition])
        return first[partition], end[partition]

    async def topics(self) -> frozenset[str]:
        """The names of all topics that may be seen."""
        return frozenset(await self._answer("the list of topics", self._onlooker.topics))

    async def _answer(self, what: str, ask: Callable[..., Awaitable[Any]], *about: Any) -> Any:
        """What a broker answers; one that is away is asked again as long as one may be away."""
        patience = monotonic() + ACKNOWLEDGED_S
        while True:
            try:
                return await ask(*about)
            except KafkaError as error:
                lasting = not isinstance(error, _PASSING)
                if lasting or monotonic() > patience:
                    raise BusError(f"{what} cannot be looked at: {_told(error)}") from error
            await asyncio.sleep(RETRY_S)


class KafkaReader:
    """Goes through topics of a `KafkaBus`."""

    def __init__(self, bus: KafkaBus, consumer: Any) -> None:
        self._bus, self._consumer = bus, consumer

    async def poll(self, wait_s: float) -> Polled:
        """What comes next; nothing if nothing has come after `wait_s` seconds."""
        self._bus.check()
        try:
            found = await self._consumer.getmany(
                timeout_ms=int(wait_s * 1_000), max_records=RECORDS_MAX
            )
        except OffsetOutOfRangeError as error:
            raise BusError(
                f"the topic does not have the offset at which reading stands: {_told(error)}; "
                f"records were lost or deleted, and going on elsewhere would be wrong"
            ) from error
        except KafkaError as error:
            raise BusError(f"a topic cannot be read: {_told(error)}") from error
        return [
            (partition.topic, [_record(each) for each in new]) for partition, new in found.items()
        ]

    async def close(self) -> None:
        """Leave; the topics stay as they are."""
        await _left(self._consumer)


def _added(batch: Any, message: Message) -> bool:
    added = batch.append(
        timestamp=None, key=message.key, value=message.value, headers=list(message.headers)
    )
    return added is not None


def _record(raw: Any) -> Record:
    return Record(raw.offset, raw.value, raw.key, tuple(raw.headers))


def _told(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
