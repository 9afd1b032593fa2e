"""A whole lab on a real broker gives what the same lab gives in one process without any."""

import json

from tests.kafka.lab import KafkaLab, lasts
from tests.support.embedded import replayed

LAB = "quickstart"


def test_the_hashes_are_those_of_a_run_without_a_bus(lab: KafkaLab) -> None:
    lab.create(LAB)
    lab.run(*lab.up(LAB))
    verdict = lab.verify()
    assert verdict["agrees"] is True
    assert verdict["repeated"] == 0
    expected = replayed(LAB, lab.folder)
    assert {key: verdict[key] for key in expected} == expected


def test_a_lab_is_begun_once_and_verified_while_it_runs(lab: KafkaLab) -> None:
    begin = ("lab", "init", "--lab", LAB, "--bot", "maker=50000", "--bot", "taker=50000", "--json")
    first = json.loads(lab.run(*begin))
    assert len(first["made"]) == 14
    assert first["deposited"] == {"maker": 50_000_000_000, "taker": 50_000_000_000}
    assert json.loads(lab.run(*begin)) == {"made": [], "deposited": {}}
    running = lab.start("lab", "up", "--lab", LAB, "--data", str(lab.folder), "--pace", "60x")
    lab.heard(running, "has caught up")
    bots = [
        lab.start("bot", kind, "--as", kind, "--contract", "BTCUSDT", "--health", "0")
        for kind in ("maker", "taker")
    ]
    lasts(running, 4)
    verdict = lab.verify()
    assert (verdict["agrees"], verdict["holds"]) == (True, True)
    for bot in (*bots, running):
        assert lab.end(bot) == 0
    lab.run(*lab.up(LAB))
    proof = ("lab", "verify", "--traded", "2", "--liquidations", "1", "--json")
    assert [fact["holds"] for fact in json.loads(lab.run(*proof))["facts"]] == [True] * 4


def test_a_lab_that_was_stopped_goes_on_where_it_was(lab: KafkaLab) -> None:
    lab.create(LAB)
    first = lab.start("lab", "up", "--lab", LAB, "--data", str(lab.folder), "--pace", "20x")
    lab.heard(first, "has caught up")
    assert lab.end(first) == 0
    lab.run(*lab.up(LAB))
    verdict = lab.verify()
    assert verdict["agrees"] is True
    expected = replayed(LAB, lab.folder)
    assert {key: verdict[key] for key in expected} == expected
