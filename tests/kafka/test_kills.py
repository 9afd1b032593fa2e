"""Services that are killed at any moment: nothing is lost, nothing happens twice."""

import os
import random
import signal
import subprocess

import pytest

from engine.cli.mistake import UNAVAILABLE
from tests.kafka.broker import Broker
from tests.kafka.lab import DONE_S, KafkaLab, lasts
from tests.support.embedded import replayed

LAB = "quickstart"
KILLS = int(os.environ.get("MARGINCALL_KILLS", "12"))
SEED = int(os.environ.get("MARGINCALL_SEED", "1"))
LOG_S = 720
"""How long the lab's log is, in its own time."""
KILL_S = 1.2
"""Mean time between two kills."""
PACE = f"{LOG_S / (KILLS * KILL_S):.3f}x"

Process = subprocess.Popen[bytes]


class Crew:
    """The services of a lab as processes of their own."""

    def __init__(self, lab: KafkaLab, pace: str) -> None:
        self._lab = lab
        self._commands = {
            "sequencer": ("sequencer", "--lab", LAB),
            "engine": ("engine", "--data", str(lab.folder), "--snapshot-every", "4000"),
            "fanout": ("fanout",),
            "feed": ("feed", "--lab", LAB, "--data", str(lab.folder), "--pace", pace),
        }
        self._running = {name: self._start(name) for name in self._commands}

    def _start(self, name: str) -> Process:
        return self._lab.start(*self._commands[name])

    def kill(self, name: str) -> None:
        """Kill a service where it is now, and start it again."""
        process = self._running[name]
        if process.poll() is None:
            process.kill()
        process.wait()
        self._running[name] = self._start(name)

    def outlive(self, name: str, seconds: float) -> None:
        """Let a service run for a while; only a feed may end by itself."""
        process = self._running[name]
        if process.poll() is None:
            lasts(process, seconds)

    def end(self) -> None:
        """Wait for the feed, end the others, and let what is left be worked off."""
        assert self._running.pop("feed").wait(DONE_S + 2 * KILLS) == 0
        for process in self._running.values():
            assert self._lab.end(process) == 0
        self._lab.run(*self._lab.up(LAB))


def assert_as_uninterrupted(lab: KafkaLab) -> dict[str, object]:
    """The events are those of a run that nobody disturbed; returns what was found."""
    verdict = lab.verify()
    assert verdict["agrees"] is True, verdict
    expected = replayed(LAB, lab.folder)
    assert {key: verdict[key] for key in expected} == expected
    return verdict


@pytest.mark.timeout(KILLS * 10 + 120)
def test_a_killed_service_comes_back_and_nobody_can_tell(lab: KafkaLab) -> None:
    dice = random.Random(SEED)
    lab.create(LAB)
    crew = Crew(lab, PACE)
    for _ in range(KILLS):
        victim = dice.choices(["engine", "sequencer", "fanout", "feed"], [7, 1, 1, 1])[0]
        crew.outlive("engine", dice.uniform(0, 2 * KILL_S))
        crew.kill(victim)
    crew.end()
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
