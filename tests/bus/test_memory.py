"""The memory bus: order, bounds, draining."""

import asyncio

import pytest

from engine.bus.memory import MemoryBus
from engine.bus.topic import COMMANDS, EVENTS
from engine.core.command import Command, Deposit
from engine.core.money import Micros


def batch(*numbers: int) -> tuple[Command, ...]:
    return tuple(Deposit(at_us=at, account="alice", amount=Micros(1)) for at in numbers)


async def test_every_subscriber_reads_every_batch_in_order_and_then_ends() -> None:
    bus = MemoryBus()
    first, second = bus.subscribe(COMMANDS), bus.subscribe(COMMANDS)
    for number in range(3):
        await bus.publish(COMMANDS, batch(number, number))
    await bus.close(COMMANDS)
    expected = [batch(number, number) for number in range(3)]
    assert [each async for each in first] == expected
    assert [each async for each in second] == expected


async def test_a_publisher_waits_for_the_slowest_subscriber() -> None:
    bus = MemoryBus(depth=2)
    slow = bus.subscribe(COMMANDS)
    await bus.publish(COMMANDS, batch(1))
    await bus.publish(COMMANDS, batch(2))
    third = asyncio.ensure_future(bus.publish(COMMANDS, batch(3)))
    await asyncio.sleep(0)
    assert not third.done()
    assert await anext(slow) == batch(1)
    await third
    assert [await anext(slow), await anext(slow)] == [batch(2), batch(3)]


async def test_what_was_published_before_the_end_is_still_read_after_it() -> None:
    bus = MemoryBus(depth=4)
    reader = bus.subscribe(COMMANDS)
    await bus.publish(COMMANDS, batch(1))
    await bus.close(COMMANDS)
    await bus.close(COMMANDS)
    assert [each async for each in reader] == [batch(1)]


async def test_topics_do_not_meet_and_a_closed_one_takes_nothing() -> None:
    bus = MemoryBus()
    commands, events = bus.subscribe(COMMANDS), bus.subscribe(EVENTS)
    await bus.close(EVENTS)
    await bus.publish(COMMANDS, batch(1))
    await bus.close(COMMANDS)
    assert [each async for each in events] == []
    assert [each async for each in commands] == [batch(1)]
    with pytest.raises(AssertionError, match="commands is closed"):
        await bus.publish(COMMANDS, batch(2))
    with pytest.raises(AssertionError, match="events is closed"):
        bus.subscribe(EVENTS)
