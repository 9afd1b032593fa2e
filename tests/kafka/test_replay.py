"""Tick files over Kafka: events do not depend on the pace, nor memory on the length."""

import asyncio
import json
from pathlib import Path
from time import monotonic

import pytest

from engine.bus.kafka import connected
from engine.bus.names import Topics
from engine.services.entries import place_of
from engine.services.look import tail_of
from tests.cli.test_memory import MORE_KIB, ROWS, SHARE, files_of, weighed
from tests.kafka.lab import KafkaLab

LAB = "quickstart"
PACED_ROWS, PACE, PACED_S = 2_000, "20x", 1.9
"""Files of so many rows last 40 s in their own time, and so at this pace at least so long."""


def sent(bootstrap: str, name: str) -> int:
    """How many commands a lab's topic of ticks holds."""

    async def look() -> int:
        async with connected(bootstrap) as bus:
            (last,) = await tail_of(bus, Topics(name).ticks, 1)
            return place_of(last, -1) + 1

    return asyncio.run(look())


def test_a_feed_takes_no_more_memory_for_a_longer_file(
    lab: KafkaLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARGINCALL_BOOTSTRAP", lab.bootstrap)
    peaks = []
    for rows in (ROWS // SHARE, ROWS):
        name = f"{lab.name[:40]}-{rows}"
        weighed("topics", "create", "--lab", LAB, "--name", name)
        paths = files_of(rows, tmp_path / str(rows))
        _, peak = weighed("feed", *paths, "--lab", LAB, "--name", name, "--data", str(tmp_path))
        assert sent(lab.bootstrap, name) >= rows
        peaks.append(peak)
    assert peaks[1] - peaks[0] <= MORE_KIB, peaks


def test_files_at_any_pace_become_what_a_replay_makes_of_them(lab: KafkaLab) -> None:
    paths = files_of(PACED_ROWS, lab.folder / "files")
    out = str(lab.folder / "out")
    printed, _ = weighed("replay", *paths, "--lab", LAB, "--out", out, "--json")
    expected = json.loads(printed)
    for pace, least_s in (("max", 0), (PACE, PACED_S)):
        lab.name = f"paced-{pace}"
        lab.create(LAB)
        data = str(lab.folder / pace)
        began = monotonic()
        lab.run("lab", "up", *paths, "--lab", LAB, "--drain", "--data", data, "--pace", pace)
        assert monotonic() - began >= least_s
        verdict = lab.verify()
        assert (verdict["agrees"], verdict["ledger_sum"]) == (True, 0)
        for what in ("commands", "events", "event_hash", "state_hash"):
            assert verdict[what] == expected[what], (pace, what)
