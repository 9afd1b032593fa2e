"""Services that are killed at any moment: nothing is lost, nothing happens twice."""

import asyncio
import json
import os
import random
import signal

import pytest

from engine.bus.kafka import connected
from engine.bus.names import Topics
from engine.cli.mistake import UNAVAILABLE
from engine.services.look import paged
from feeds.bots.client import LIFE
from tests.kafka.broker import Broker
from tests.kafka.crew import LAB, LOG_S, Crew, assert_as_uninterrupted
from tests.kafka.lab import KafkaLab, lasts

KILLS = int(os.environ.get("MARGINCALL_KILLS", "12"))
SEED = int(os.environ.get("MARGINCALL_SEED", "1"))
KILL_S = 1.2
"""Mean time between two kills."""
PACE = f"{LOG_S / (KILLS * KILL_S):.3f}x"


@pytest.mark.timeout(KILLS * 10 + 120)
def test_a_killed_service_comes_back_and_nobody_can_tell(lab: KafkaLab) -> None:
    dice = random.Random(SEED)
    lab.create(LAB)
    crew = Crew(lab, PACE)
    for _ in range(KILLS):
        victim = dice.choices(["engine", "sequencer", "fanout", "feed"], [7, 1, 1, 1])[0]
        crew.outlive("engine", dice.uniform(0, 2 * KILL_S))
        crew.kill(victim)
    crew.end(2 * KILLS)
    assert_as_uninterrupted(lab)


def test_a_broker_that_is_killed_and_comes_back_costs_a_pause(
    lab: KafkaLab, broker: Broker
) -> None:
    lab.create(LAB)
    running = lab.start("lab", "up", "--lab", LAB, "--data", str(lab.folder), "--pace", "40x")
    lab.heard(running, "has caught up")
    lasts(running, 2)
    broker.kill()
    lasts(running, 1)
    broker.start()
    lasts(running, 2)
    assert lab.end(running) == 0
    lab.run(*lab.up(LAB))
    assert_as_uninterrupted(lab)


def test_a_lab_ends_in_time_though_its_broker_does_not_answer(
    lab: KafkaLab, broker: Broker
) -> None:
    lab.create(LAB)
    running = lab.start("lab", "up", "--lab", LAB, "--data", str(lab.folder), "--pace", "40x")
    lab.heard(running, "has caught up")
    lasts(running, 1)
    with broker.paused():
        lasts(running, 1)
        assert lab.end(running) == UNAVAILABLE
    lab.run(*lab.up(LAB))
    assert_as_uninterrupted(lab)


def test_a_second_engine_that_was_asleep_is_harmless(lab: KafkaLab) -> None:
    lab.create(LAB)
    crew = Crew(lab, "40x")
    asleep = lab.start("engine", "--data", str(lab.folder / "other"))
    lab.heard(asleep, "has caught up")
    asleep.send_signal(signal.SIGSTOP)
    crew.outlive("engine", 3)
    asleep.send_signal(signal.SIGCONT)
    crew.end()
    assert lab.end(asleep) == 0
    repeated = assert_as_uninterrupted(lab)["repeated"]
    assert isinstance(repeated, int)
    assert repeated > 0


def test_bots_that_are_killed_lose_nothing_and_say_nothing_twice(lab: KafkaLab) -> None:
    dice = random.Random(SEED)
    bots = {"maker": "maker", "noise": "noise"}
    lab.create(LAB, *bots)
    for bot in bots:
        lab.run("lab", "deposit", bot, "20000")
    crew = Crew(lab, "20x", bots)
    for victim in ("noise", "engine", "maker", "noise", "engine", "noise", "maker", "sequencer"):
        crew.outlive("fanout", dice.uniform(0, 2 * KILL_S))
        crew.kill(victim)
    crew.outlive("fanout", 3)
    crew.end_some(*bots)
    crew.end()
    verdict = lab.verify()
    assert verdict["agrees"] is True, verdict
    seen = verdict["bots"]
    assert isinstance(seen, dict)
    topics = Topics(lab.name)
    assert sum(each["commands"] for each in seen.values()) > 10
    for bot in bots:
        said = asyncio.run(numbers(lab.bootstrap, topics.commands(bot)))
        assert said == sorted(set(said)), bot
        assert len({number // LIFE for number in said}) > 2, bot  # one for each life that spoke
        assert seen[bot]["commands"] == len(said), bot


async def numbers(bootstrap: str, topic: str) -> list[int]:
    """What a bot called its commands, in their order."""
    async with connected(bootstrap) as bus:
        first, end = await bus.span(topic)
        said = [record.value or b"" async for record in paged(bus, topic, first, end)]
    return [json.loads(value)["client_seq"] for value in said]
