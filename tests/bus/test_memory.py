"""What every bus promises, and the memory bus keeps."""

import asyncio

import pytest

from engine.bus.interface import BusError, Message
from engine.bus.memory import BATCH, KEPT, LAG, MemoryBus


async def test_a_reader_gets_every_record_from_its_start_on() -> None:
    bus = MemoryBus(["a", "b"])
    await bus.publish("a", [Message(b"0"), Message(b"1", b"key", (("h", b"x"),))])
    reader = await bus.read({"a": 1, "b": 0})
    ((topic, (record,)),) = await reader.poll(0)
    assert (topic, record.offset, record.value, record.key) == ("a", 1, b"1", b"key")
    assert (record.header("h"), record.header("other")) == (b"x", None)
    assert await reader.poll(0) == []
    assert await bus.span("a") == (0, 2)


async def test_a_waiting_reader_hears_of_what_is_published() -> None:
    bus = MemoryBus(["a"])
    reader = await bus.read({"a": 0})
    waiting = asyncio.ensure_future(reader.poll(60))
    await asyncio.sleep(0)
    await bus.publish("a", [Message(b"0")])
    ((_, (record,)),) = await waiting
    assert record.value == b"0"


async def test_a_poll_is_bounded() -> None:
    bus = MemoryBus(["a"])
    await bus.publish("a", [Message(b"")] * (BATCH + 1))
    reader = await bus.read({"a": 0})
    assert [len(records) for _ in range(3) for _, records in await reader.poll(0)] == [BATCH, 1]


async def test_there_is_no_reading_from_an_offset_that_is_not_there() -> None:
    bus = MemoryBus(["a"])
    with pytest.raises(BusError, match="has the offsets 0 to 0, not 1"):
        await bus.read({"a": 1})
    with pytest.raises(BusError, match="no topic b"):
        await bus.publish("b", [Message(b"")])


async def test_a_topic_that_has_to_wait_goes_on_where_it_stands() -> None:
    bus = MemoryBus(["a", "b"])
    await bus.publish("a", [Message(b"0")])
    await bus.publish("b", [Message(b"1")])
    reader = await bus.read({"a": 0, "b": 0}, evenly=True)
    assert [topic for topic, _ in await reader.poll(0, ("a",))] == ["b"]
    assert [topic for topic, _ in await reader.poll(0)] == ["a"]


ONE = [Message(b"")]


async def test_where_memory_is_bounded_a_publisher_waits_for_a_reader_that_is_behind() -> None:
    bus = MemoryBus(["a"], followed=["a"])
    reader = await bus.read({"a": 0})
    await bus.publish("a", ONE * (LAG + 1))
    publishing = asyncio.ensure_future(bus.publish("a", ONE))
    for _ in range(10):
        await asyncio.sleep(0)
    assert not publishing.done()
    assert len(bus.records("a")) == LAG + 1
    await reader.poll(0)
    await publishing
    held_up = asyncio.ensure_future(bus.publish("a", ONE * (2 * LAG)))
    await held_up
    held_up = asyncio.ensure_future(bus.publish("a", ONE))
    await asyncio.sleep(0)
    await reader.close()  # who leaves holds up nobody
    await held_up


async def test_where_memory_is_bounded_what_all_have_passed_is_let_go_of() -> None:
    bus = MemoryBus(["a"], followed=["a"])
    reader = await bus.read({"a": 0})
    most = 0
    for _ in range(20 * KEPT // LAG):
        await bus.publish("a", ONE * LAG)
        ((_, records),) = await reader.poll(0)
        most = max(most, len(bus.records("a")))
    assert records[-1].offset == 20 * KEPT - 1
    first, end = await bus.span("a")
    assert end == 20 * KEPT
    assert first > 0
    assert most <= 2 * KEPT + 2 * LAG
    with pytest.raises(BusError, match=f"has the offsets {first} to {end}, not 0"):
        await bus.read({"a": 0})
    late = await bus.read({"a": first})
    ((_, records),) = await late.poll(0)
    assert records[0].offset == first


async def test_where_memory_is_bounded_a_reader_that_is_expected_finds_everything() -> None:
    bus = MemoryBus(["a", "b"], followed=["a"])
    for topic in ("a", "b"):
        for _ in range(10):
            await bus.publish(topic, ONE * KEPT)
    assert await bus.span("a") == (0, 10 * KEPT)
    first, end = await bus.span("b")
    assert end == 10 * KEPT
    assert end - first <= 2 * KEPT
