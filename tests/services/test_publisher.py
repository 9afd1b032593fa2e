"""The feed as a process: it goes on behind what it sent, and only with the same stream."""

from pathlib import Path

import pytest

from engine.core.command import Command, Deposit
from engine.core.money import Micros
from engine.services.entries import LogError
from engine.services.meters import Meters
from engine.services.publisher import Publisher, sent_before
from tests.services.stage import Stage, tick

STREAM: list[Command] = [
    tick(1),
    tick(2),
    Deposit(at_us=2, account="alice", amount=Micros(5)),
    tick(3),
]


async def send(stage: Stage, commands: list[Command], sent: int) -> None:
    publisher = Publisher(stage.bus, stage.topics.ticks, "name", sent, Meters().feed)
    await publisher.send(tuple(commands))


async def test_a_feed_goes_on_behind_what_it_sent(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    ticks = stage.topics.ticks
    assert await sent_before(stage.bus, ticks, "name") == 0
    await send(stage, STREAM[:3], 0)
    assert await sent_before(stage.bus, ticks, "name") == 3
    await send(stage, STREAM[1:], 1)  # one that did not see the end of the other
    assert await sent_before(stage.bus, ticks, "name") == 4
    await stage.sequence()
    await stage.apply()
    assert (await stage.verdict()).commands == len(STREAM)


async def test_a_topic_is_not_filled_from_other_files(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    await send(stage, STREAM, 0)
    with pytest.raises(LogError, match="filled from other files"):
        await sent_before(stage.bus, stage.topics.ticks, "other")
