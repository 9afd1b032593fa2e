"""Services that are killed at any moment: nothing is lost, nothing happens twice."""

import os
import random
import signal

import pytest

from engine.cli.mistake import UNAVAILABLE
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
