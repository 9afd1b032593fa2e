"""A whole lab on a real broker gives what the same lab gives in one process without any."""

import asyncio
import json

import msgspec

from engine.cli.mistake import BREACH, MISTAKE
from engine.core.event import Deposited, Event, OrderAccepted, Rejected
from engine.core.reason import Reason
from feeds.bots.client import client
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


async def told(lab: KafkaLab) -> list[Event]:
    """All that alice hears of her account."""
    heard: list[Event] = []
    async with client(lab.bootstrap, lab.name, "alice") as alice:
        async for each in alice.events():
            if each is None and heard:
                break
            if isinstance(each, Event):
                heard.append(each)
        await alice.close()
    return heard


def test_limits_that_a_lab_was_begun_with_hold_and_bots_are_told_when_to_come_again(
    lab: KafkaLab,
) -> None:
    limits = ("--rate", "1", "--burst", "4", "--open-orders", "3")
    lab.run("lab", "init", "--lab", LAB, "--bot", "alice=50000")
    lab.run(*lab.up(LAB, *limits))

    async def says() -> None:
        async with client(lab.bootstrap, lab.name, "alice") as alice:
            for _ in range(6):
                await alice.place("BTCUSDT", "buy", 1, 500_000)
            await alice.close()

    asyncio.run(says())
    lab.run(*lab.up(LAB, *limits))
    deposited, *answers = asyncio.run(told(lab))
    assert isinstance(deposited, Deposited)
    assert [type(each) for each in answers] == [*3 * [OrderAccepted], *3 * [Rejected]]
    reasons = [each.reason for each in answers if isinstance(each, Rejected)]
    assert reasons == [Reason.ORDER_LIMIT, *2 * [Reason.RATE_LIMIT]]
    waits = [each.retry_after_us for each in answers if isinstance(each, Rejected)]
    assert waits == [msgspec.UNSET, 1_000_000, 1_000_000]
    assert lab.verify()["agrees"] is True
    other = lab.start("sequencer", "--lab", LAB, "--rate", "2")
    assert other.wait(30) == BREACH
    assert "was begun with another configuration" in lab.said("sequencer")


def test_a_burst_without_a_rate_is_a_mistake(lab: KafkaLab) -> None:
    wrong = lab.start(*lab.up(LAB, "--burst", "2"))
    assert wrong.wait(30) == MISTAKE
    assert "--burst 2 was given for a lab without a rate" in lab.said("lab")
