"""Accounts that answer margin calls on a broker: the engine dies between a call and its answer."""

import asyncio
import json
from asyncio import timeout

from engine.bus.kafka import connected
from engine.bus.names import Topics
from engine.services.look import WAIT_S
from tests.kafka.lab import DONE_S, KafkaLab, lasts
from tests.support.embedded import replayed

LAB = """
venue = "textbook"
seed = 4
fund = "100"

[contracts.BTCUSDT]
depth_scale = "0.05"

[crowd]
accounts = 50
isolated = "0.5"
equity_median = "1000"
equity_max = "5000"
enter = "20m"
leverages = [{ low = 4, high = 30, share = "1" }]

[crowd.at_margin_call]
add = "0.5"
cut = "0.5"
after = ["4h", "6h"]
kept_back = "0.1"

[path]
seed = 3
legs = [
  { lasts = "30m", per = "1m", trades = 4 },
  { lasts = "2h", per = "1m", trades = 2, to = { BTCUSDT = "0.96" } },
  { lasts = "12h", per = "1m", trades = 2 },
]
[path.markets]
BTCUSDT = { start = "65000", noise = "4", size = "0.001", size_bits = 11 }
"""
PACE = "8000x"
"""Nobody answers within 4 hours, which pass in 1.8 seconds."""
FIRST_US = 4 * 3_600_000_000
KILLS = 2


def test_an_engine_killed_between_call_and_answer_answers_once(lab: KafkaLab) -> None:
    path = lab.folder / "called.toml"
    path.write_text(LAB)
    lab.create(str(path))
    engine = ("engine", "--data", str(lab.folder), "--snapshot-every", "2500")
    others = [lab.start("sequencer", "--lab", str(path)), lab.start("fanout")]
    running = lab.start(*engine)
    lab.heard(running, "has caught up")
    arguments = ("--lab", str(path), "--data", str(lab.folder), "--pace", PACE)
    feed = lab.start("feed", *arguments)
    calls: list[int] = []
    between = 0
    for _ in range(KILLS):
        calls, _ = asyncio.run(more_calls(lab, len(calls)))
        running.kill()
        running.wait()
        calls, newest_us = asyncio.run(more_calls(lab, len(calls) - 1))
        between += newest_us < calls[-1] + FIRST_US
        running = lab.start(*engine)
    assert feed.wait(DONE_S) == 0
    lasts(running, 0.5)
    for process in (*others, running):
        assert lab.end(process) == 0
    lab.run(*lab.up(str(path)))
    verdict = lab.verify()
    assert verdict["agrees"] is True, verdict
    expected = replayed(str(path), lab.folder)
    assert {key: verdict[key] for key in expected} == expected
    answers = verdict["answers"]
    assert isinstance(answers, int)
    assert answers > KILLS
    for service in ("feed", "fanout", "sequencer"):
        last = json.loads(lab.said(service).splitlines()[-1])
        assert (last["run"], last["seq"] > 0) == (verdict["run"], True), last
    assert between > 0


async def more_calls(lab: KafkaLab, before: int) -> tuple[list[int], int]:
    """Wait until more margin calls are durable than before; the time of each, and of all."""
    topic = Topics(lab.name).events
    calls: dict[int, int] = {}
    newest_us = 0
    async with connected(lab.bootstrap) as bus, timeout(DONE_S):
        _, end = await bus.span(topic)
        reader = await bus.read({topic: 0})
        seen = 0
        while len(calls) <= before or seen < end:
            for _, records in await reader.poll(WAIT_S):
                seen += len(records)
                said = [json.loads(record.value or b"") for record in records]
                newest_us = said[-1]["at_us"]
                calls |= {each["seq"]: each["at_us"] for each in said if is_call(each)}
        await reader.close()
    return list(calls.values()), newest_us


def is_call(event: dict[str, object]) -> bool:
    return event["type"] == "MarginCalled"
