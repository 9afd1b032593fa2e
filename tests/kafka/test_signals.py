"""SIGTERM again and again under load: services drain, take their snapshot and end with 0."""

import random
import signal
import subprocess
from contextlib import suppress

from tests.kafka.crew import LAB, assert_as_uninterrupted
from tests.kafka.lab import KafkaLab, lasts

AGAIN_S = 0.05
TIMES = 3


def test_services_that_are_told_to_end_more_than_once_end_well(lab: KafkaLab) -> None:
    dice = random.Random(1)
    lab.create(LAB)
    feed = lab.start("feed", "--lab", LAB, "--data", str(lab.folder), "--pace", "100x")
    for _ in range(3):
        sequencer = lab.start("sequencer", "--lab", LAB)
        engine = lab.start("engine", "--data", str(lab.folder))
        lab.heard(engine, "has caught up")
        lasts(engine, dice.uniform(0, 1))
        for _ in range(TIMES):
            for each in (engine, sequencer):
                each.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                engine.wait(dice.uniform(0, AGAIN_S))
        for each in (engine, sequencer):
            assert lab.end(each) == 0
    feed.send_signal(signal.SIGTERM)
    assert feed.wait(5) == 0
    for name in ("engine", "sequencer"):
        assert "Traceback" not in lab.said(name)
    assert list(lab.folder.glob("*.snapshot"))
    lab.run(*lab.up(LAB))
    assert_as_uninterrupted(lab)
