"""The bus over a real broker: what every bus promises, and what happens where one cannot."""

import asyncio
from statistics import median
from struct import unpack_from
from time import perf_counter

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from engine.bus.batches import decoded
from engine.bus.interface import Bus, BusError, Message, Reader
from engine.bus.kafka import PATIENT_MS, connected
from engine.bus.kafka_topics import create
from tests.kafka.broker import Broker, free_ports


async def test_records_come_back_in_their_order_with_what_belongs_to_them(broker: Broker) -> None:
    await create(broker.bootstrap, ["bus.a", "bus.b"], 1)
    many = [Message(f"{number}".encode() * 100) for number in range(5_000)]
    async with connected(broker.bootstrap) as bus:
        await bus.publish("bus.a", many)
        await bus.publish("bus.b", [Message(b"1", b"key", (("h", b"x"),))])
        await bus.flush()
        assert await bus.span("bus.a") == (0, 5_000)
        reader = await bus.read({"bus.a": 1, "bus.b": 0})
        found: dict[str, list[bytes | None]] = {"bus.a": [], "bus.b": []}
        while sum(map(len, found.values())) < 5_000:
            for topic, records in await reader.poll(10):
                assert [record.offset for record in records] == list(
                    range(records[0].offset, records[-1].offset + 1)
                )
                found[topic] += [record.value for record in records]
        assert await reader.poll(0.01) == []
        await reader.close()
        assert found["bus.a"] == [message.value for message in many[1:]]
        assert found["bus.b"] == [b"1"]
        reader = await bus.read({"bus.b": 0})
        ((_, (record,)),) = await reader.poll(10)
        assert (record.key, record.header("h")) == (b"key", b"x")
        await reader.close()


async def polled_until_it_fails(reader: Reader) -> None:
    while True:
        await reader.poll(1)


async def published_until_it_fails(bus: Bus) -> None:
    """A signal to stand still takes effect a moment after it was sent."""
    while True:
        await bus.publish("bus.late", [Message(b"1")])
        await bus.flush()


async def test_a_reader_never_jumps(broker: Broker) -> None:
    await create(broker.bootstrap, ["bus.short"], 1)
    async with connected(broker.bootstrap) as bus:
        await bus.publish("bus.short", [Message(b"1")])
        await bus.flush()
        reader = await bus.read({"bus.short": 7})
        with pytest.raises(BusError, match="does not have the offset"):
            await polled_until_it_fails(reader)
        await reader.close()


async def test_topics_are_made_once_and_a_refusal_is_told(broker: Broker) -> None:
    first = await create(broker.bootstrap, ["made.a"], 1)
    again = await create(broker.bootstrap, ["made.a", "made.b"], 1)
    assert (first.made, first.found) == (("made.a",), ())
    assert (again.made, again.found) == (("made.b",), ("made.a",))
    with pytest.raises(BusError, match=r"made\.c: .*replication"):
        await create(broker.bootstrap, ["made.c"], 3)


async def test_where_no_broker_is_that_is_said_at_once() -> None:
    nobody = f"127.0.0.1:{free_ports(1)[0]}"
    with pytest.raises(BusError, match="no broker answers"):
        async with connected(nobody):
            pass
    with pytest.raises(BusError, match="no broker answers"):
        await create(nobody, ["a"], 1)


async def test_a_record_that_is_not_acknowledged_in_time_is_fatal(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    await create(broker.bootstrap, ["bus.late"], 1)
    async with connected(broker.bootstrap) as bus:
        await bus.publish("bus.late", [Message(b"0")])
        await bus.flush()
        monkeypatch.setattr("engine.bus.outbox.ACKNOWLEDGED_S", 0.5)
        with broker.paused(), pytest.raises(BusError, match="not acknowledged"):
            await published_until_it_fails(bus)


async def test_a_flush_does_not_wait_for_what_others_publish_meanwhile(broker: Broker) -> None:
    await create(broker.bootstrap, ["flush.busy", "flush.few"], 1)
    async with connected(broker.bootstrap) as bus:

        async def busy() -> None:
            while True:
                await bus.publish("flush.busy", [Message(b"0" * 1_000)] * 100)

        publishing = asyncio.create_task(busy())
        for number in range(20):
            await bus.publish("flush.few", [Message(b"%d" % number)])
            async with asyncio.timeout(10):
                await bus.flush()
            _, end = await bus.span("flush.few")
            assert end == number + 1
        assert not publishing.done()
        publishing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await publishing


async def test_a_record_that_is_refused_is_fatal(broker: Broker) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    small = NewTopic("bus.small", 1, 1, topic_configs={"max.message.bytes": "100"})
    await admin.create_topics([small])
    await admin.close()
    async with connected(broker.bootstrap) as bus:
        await bus.publish("bus.small", [Message(b"1" * 200)])
        with pytest.raises(BusError, match="MessageSizeTooLarge"):
            await bus.flush()
        with pytest.raises(BusError, match="MessageSizeTooLarge"):
            await bus.publish("bus.small", [Message(b"1")])


async def test_a_topic_that_has_to_wait_goes_on_where_it_stands(broker: Broker) -> None:
    await create(broker.bootstrap, ["even.a", "even.b"], 1)
    async with connected(broker.bootstrap) as bus:
        for topic in ("even.a", "even.b"):
            await bus.publish(topic, [Message(b"%d" % number) for number in range(5_000)])
        await bus.flush()
        reader = await bus.read({"even.a": 0, "even.b": 0}, evenly=True)
        found: dict[str, list[bytes | None]] = {"even.a": [], "even.b": []}
        while len(found["even.b"]) < 5_000:
            for topic, records in await reader.poll(5, ("even.a",)):
                found[topic] += [record.value for record in records]
        assert found["even.a"] == []
        while len(found["even.a"]) < 5_000:
            for topic, records in await reader.poll(5):
                found[topic] += [record.value for record in records]
        assert found["even.a"] == found["even.b"] == [b"%d" % number for number in range(5_000)]
        await reader.close()


async def test_a_reader_says_when_its_topic_is_gone(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.bus.kafka.QUIET_S", 0.2)
    await create(broker.bootstrap, ["bus.gone", "bus.stays"], 1)
    async with connected(broker.bootstrap) as bus:
        reader = await bus.read({"bus.gone": 0, "bus.stays": 0})
        for _ in range(5):
            assert await reader.poll(0.1) == []
        admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
        await admin.start()
        await admin.delete_topics(["bus.gone"])
        await admin.close()
        with pytest.raises(BusError, match=r"gone, or may no longer be read: bus\.gone"):
            await polled_until_it_fails(reader)
        await reader.close()


async def test_what_is_published_while_a_batch_is_under_way_goes_together(broker: Broker) -> None:
    await create(broker.bootstrap, ["bus.batches"], 1)
    async with connected(broker.bootstrap) as bus:
        for number in range(2_000):
            await bus.publish("bus.batches", [Message(b"%d" % number)])
        await bus.flush()
        data = await bus.fetched("bus.batches", 0)
        assert data.count(b"1999"), "all stands in one answer"
        records, _ = decoded(data, 0)
    assert [record.value for record in records] == [b"%d" % number for number in range(2_000)]
    assert batches_in(data) < 500


def batches_in(data: bytes) -> int:
    count = place = 0
    while place < len(data):
        (length,) = unpack_from(">i", data, place + 8)
        place, count = place + 12 + length, count + 1
    return count


async def test_a_topic_that_had_to_wait_is_read_as_soon_as_it_may_be(broker: Broker) -> None:
    """A question that leaves it out is answered soon, although nothing came of the others."""
    await create(broker.bootstrap, ["late.a", "late.b"], 1)
    async with connected(broker.bootstrap) as bus:
        reader = await bus.read({"late.a": 0, "late.b": 0}, evenly=True)
        took = []
        for _ in range(5):
            while await reader.poll(0.1, ("late.a",)):
                pass
            await bus.publish("late.a", [Message(b"1")])
            await bus.flush()
            began = perf_counter()
            while not await reader.poll(5):
                pass
            took.append(perf_counter() - began)
        await reader.close()
    assert median(took) * 1_000 < PATIENT_MS / 2, took
