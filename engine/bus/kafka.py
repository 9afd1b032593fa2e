"""The bus over Apache Kafka: one partition a topic, so that an offset is a place in one order.

The producer is idempotent and every broker that must have a record has it before it counts as
durable. There is nothing to repair in the producer: any of its errors, and a record that is not
acknowledged within `ACKNOWLEDGED_S`, ends the process; the next one goes on from the log. A reader
that stands at an offset which the topic does not have fails instead of jumping elsewhere.
"""

import asyncio
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Mapping,
    Sequence,
)
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.conn import create_conn
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaError,
    KafkaTimeoutError,
    NodeNotReadyError,
    NotLeaderForPartitionError,
    OffsetOutOfRangeError,
    for_code,
)
from aiokafka.protocol.fetch import FetchRequest

from engine.bus.batches import decoded, to_record
from engine.bus.interface import BusError, Message, Polled, Record, Right
from engine.bus.login import Login, LoginRefused, settings
from engine.bus.outbox import ACKNOWLEDGED_S, Outbox, told
from engine.bus.requests import TopicsAsked

ANSWER_MS = 10_000
"""How long a broker may take to answer a question about a topic."""
QUIET_S = 10.0
STOPPED_S = 1
RETRY_S = 0.2
RECORDS_MAX = 1_000
"""Records of one topic in a poll."""
BATCH_BYTES = 128 * 1024
FETCH_BYTES, RAW_BYTES = 4 * 1024 * 1024, 256 * 1024
PATIENT_MS, HURRY_MS = 500, 5
"""How long a broker holds back an answer in which nothing would stand, and how long if the question
leaves out a topic that has to wait: it is asked for only with the next question, and should not
run dry till then.
"""
EVEN_BYTES = 128 * 1024
"""Of one topic in a fetch that shall hold of all; a batch that is larger comes whole all the same.

aiokafka fetches nothing more from a broker as long as it has not handed out all of the last fetch.
"""


_BITS: tuple[tuple[Right, int], ...] = (("read", 3), ("write", 4))
"""A right's place in what a broker tells of a topic."""
_WHO = "MARGINCALL_SASL_USERNAME and MARGINCALL_SASL_PASSWORD"
_PASSING = (KafkaConnectionError, KafkaTimeoutError, NodeNotReadyError, NotLeaderForPartitionError)
"""Errors of a broker that is away for a moment."""


@asynccontextmanager
async def connected(bootstrap: str, login: Login | None = None) -> AsyncIterator["KafkaBus"]:
    """A bus over the brokers at `host:port[,host:port]`, for anybody or for a user.

    Raises `BusError` if no broker answers, `LoginRefused` if one does not take the login.
    """
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        enable_idempotence=True,
        max_batch_size=BATCH_BYTES,
        request_timeout_ms=ACKNOWLEDGED_S * 1_000,
        **settings(login),
    )
    onlooker = _consumer(bootstrap, login, FETCH_BYTES)
    asker = AIOKafkaClient(
        bootstrap_servers=bootstrap, request_timeout_ms=ANSWER_MS, **settings(login)
    )
    try:
        await _answered(bootstrap, login, asker.bootstrap())
        await _answered(bootstrap, login, producer.start())
        await _answered(bootstrap, login, onlooker.start())
        yield KafkaBus(bootstrap, login, producer, onlooker, asker)
    finally:
        await asyncio.gather(_left(onlooker.stop()), _left(producer.stop()), _left(asker.close()))


async def _answered(bootstrap: str, login: Login | None, start: Any) -> None:
    try:
        await asyncio.wait_for(start, ANSWER_MS / 1_000)
    except (KafkaConnectionError, TimeoutError) as error:
        raise await unreachable(bootstrap, login) from error


async def unreachable(bootstrap: str, login: Login | None) -> BusError | LoginRefused:
    """Why there is no connection: aiokafka has one error for everything."""
    user = "without a user" if login is None else f"as {login.user}"
    for address in bootstrap.split(","):
        host, _, port = address.strip().rpartition(":")
        try:
            connection = await asyncio.wait_for(
                create_conn(host, int(port), request_timeout_ms=ANSWER_MS, **settings(login)),
                ANSWER_MS / 1_000,
            )
        except (KafkaConnectionError, OSError, TimeoutError, ValueError):
            continue
        except KafkaError as error:
            return LoginRefused(f"the broker at {address} lets nobody in {user}: {told(error)}")
        connection.close()
        return LoginRefused(
            f"the broker at {address} is there and says nothing {user}; set {_WHO} to a user that "
            f"it knows, or to none if it asks for none"
        )
    return BusError(
        f"no broker answers at {bootstrap}; start one there, or name another with --bootstrap "
        f"or MARGINCALL_BOOTSTRAP"
    )


async def _left(leaving: Any) -> None:
    """Let a client stop, without waiting for one that does not come back."""
    try:
        await asyncio.wait_for(leaving, STOPPED_S)
    except (KafkaError, TimeoutError):
        return


def _consumer(bootstrap: str, login: Login | None, fetch_bytes: int) -> Any:
    return AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="none",
        request_timeout_ms=ANSWER_MS,
        max_partition_fetch_bytes=fetch_bytes,
        fetch_max_wait_ms=PATIENT_MS,
        **settings(login),
    )


class KafkaBus:
    """Publishes and reads over one cluster; made by `connected`."""

    def __init__(
        self, bootstrap: str, login: Login | None, producer: Any, onlooker: Any, asker: Any
    ) -> None:
        self._bootstrap, self._login = bootstrap, login
        self._onlooker, self._asker = onlooker, asker
        self._outbox = Outbox(producer)

    async def publish(self, topic: str, messages: Sequence[Message]) -> None:
        """Append messages to a topic in their order; waits if too much is under way."""
        await self._outbox.put(topic, messages)

    def check(self) -> None:
        """Raise `BusError` if anything that was published is lost or overdue."""
        self._outbox.check()

    async def flush(self, *topics: str) -> None:
        """Wait until all that was published before is durable, or that of some topics."""
        await self._outbox.empty(*topics)

    async def read(self, starts: Mapping[str, int], *, evenly: bool = False) -> "KafkaReader":
        """A reader of topics, each from an offset."""
        fetch_bytes = EVEN_BYTES if evenly else FETCH_BYTES
        consumer = _consumer(self._bootstrap, self._login, fetch_bytes)
        try:
            await _answered(self._bootstrap, self._login, consumer.start())
        except BusError:
            await _left(consumer.stop())
            raise
        partitions = {TopicPartition(topic, 0): start for topic, start in starts.items()}
        consumer.assign(list(partitions))
        for partition, start in partitions.items():
            consumer.seek(partition, start)
        return KafkaReader(self, consumer, partitions, None if evenly else RECORDS_MAX)

    async def span(self, topic: str) -> tuple[int, int]:
        """The first offset that the topic still has, and the one that its next record gets."""
        partition = TopicPartition(topic, 0)
        first = await self._answer(topic, self._onlooker.beginning_offsets, [partition])
        end = await self._answer(topic, self._onlooker.end_offsets, [partition])
        return first[partition], end[partition]

    async def topics(self) -> frozenset[str]:
        """The names of all topics that may be seen."""
        return frozenset(await self._answer("the list of topics", self._onlooker.topics))

    async def rights(self, topics: Iterable[str]) -> Mapping[str, frozenset[Right]]:
        """What may be done with those of the topics that are there and may be seen."""
        names = list(topics)
        answer = await self._answer("the rights of topics", self._ask, TopicsAsked(names))
        return {
            name: frozenset(right for right, bit in _BITS if operations >> bit & 1)
            for code, name, _, _, operations in answer.topics
            if code == 0
        }

    async def fetched(self, topic: str, offset: int) -> bytes:
        """The batches of a topic from that in which a record stands, as the broker has them."""
        return bytes(await self._answer(topic, self._fetch, topic, offset) or b"")

    async def _fetch(self, topic: str, offset: int) -> Any:
        """Ask whoever leads the topic now."""
        about = await self._ask(TopicsAsked([topic]))
        ((code, _, _, partitions, _),) = about.topics
        if code != 0:
            raise for_code(code)
        ((_, _, leader, *_),) = partitions
        request = FetchRequest(0, 0, RAW_BYTES, 0, [(topic, [(0, offset, RAW_BYTES)])])
        answer = await self._asker.send(leader, request)
        ((_, ((_, code, *_, data),)),) = answer.topics
        if code != 0:
            raise for_code(code)
        return data

    async def _ask(self, request: Any) -> Any:
        return await self._asker.send(self._asker.get_random_node(), request)

    async def _answer(self, what: str, ask: Callable[..., Awaitable[Any]], *about: Any) -> Any:
        """What a broker answers; one that is away is asked again as long as one may be away."""
        patience = monotonic() + ACKNOWLEDGED_S
        while True:
            try:
                return await ask(*about)
            except KafkaError as error:
                lasting = not isinstance(error, _PASSING)
                if lasting or monotonic() > patience:
                    raise BusError(f"{what} cannot be looked at: {told(error)}") from error
            await asyncio.sleep(RETRY_S)


class KafkaReader:
    """Goes through topics of a `KafkaBus`.

    A topic that is deleted or may no longer be read looks like one where nothing happens, so the
    brokers are asked about each one that was silent for `QUIET_S`.
    """

    def __init__(
        self,
        bus: KafkaBus,
        consumer: Any,
        starts: Mapping[TopicPartition, int],
        records_max: int | None,
    ) -> None:
        self._bus, self._consumer, self._next = bus, consumer, dict(starts)
        self._records_max = records_max
        self._paused: frozenset[TopicPartition] = frozenset()
        self._heard = {partition.topic: monotonic() for partition in starts}

    async def poll(self, wait_s: float, but: Collection[str] = ()) -> Polled:
        """What comes next; nothing if nothing has come after `wait_s` seconds."""
        self._bus.check()
        self._pause(but)
        try:
            found = await self._polled(wait_s)
        except OffsetOutOfRangeError as error:
            raise BusError(
                f"the topic does not have the offset at which reading stands: {told(error)}; "
                f"records were lost or deleted, and going on elsewhere would be wrong"
            ) from error
        except KafkaError as error:
            raise BusError(f"a topic cannot be read: {told(error)}") from error
        now = monotonic()
        self._heard.update((topic, now) for topic, _ in found)
        if not found:
            silent = [topic for topic, heard in self._heard.items() if now - heard > QUIET_S]
            if silent:
                await self._hold_to_rights(silent)
        return found

    async def _polled(self, wait_s: float) -> Polled:
        try:
            polled = await self._consumer.getmany(
                timeout_ms=int(wait_s * 1_000), max_records=self._records_max
            )
        except ValueError:  # and what had been polled of other topics is gone with it
            return await self._with_care()
        found = []
        for partition, new in polled.items():
            self._next[partition] = new[-1].offset + 1
            found.append((partition.topic, [to_record(each) for each in new]))
        return found

    async def _with_care(self) -> Polled:
        """Read on from where all topics stand without aiokafka's consumer, which cannot decode."""
        found: list[tuple[str, Sequence[Record]]] = []
        for partition, start in self._next.items():
            if partition in self._paused:
                continue
            data = await self._bus.fetched(partition.topic, start)
            records, self._next[partition] = decoded(data, start)
            if records:
                found.append((partition.topic, records))
            self._consumer.seek(partition, self._next[partition])
        return found

    def _pause(self, topics: Collection[str]) -> None:
        paused = frozenset(each for each in self._next if each.topic in topics)
        if paused != self._paused:
            self._consumer.resume(*(self._paused - paused))
            self._consumer.pause(*(paused - self._paused))
            self._paused = paused
            fetcher = self._consumer._fetcher  # aiokafka has no other way
            fetcher._fetch_max_wait_ms = HURRY_MS if paused else PATIENT_MS

    async def _hold_to_rights(self, topics: Sequence[str]) -> None:
        rights = await self._bus.rights(topics)
        gone = [topic for topic in topics if "read" not in rights.get(topic, ())]
        if gone:
            raise BusError(f"these topics are gone, or may no longer be read: {', '.join(gone)}")
        self._heard.update(dict.fromkeys(topics, monotonic()))

    async def close(self) -> None:
        """Leave; the topics stay as they are."""
        await _left(self._consumer.stop())
