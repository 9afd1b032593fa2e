"""A lab whose accounts react to margin calls: played, rerun, reported, compared."""

import json
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.bus.memory import MemoryBus
from engine.bus.names import Topics
from engine.cli.folder import PAGE, SUMMARY
from engine.cli.run import reactions_of
from engine.cli.serving import Services
from engine.cli.stream import stream_of
from engine.config.lab import load_lab
from engine.journal.write import COMMANDS, EVENTS
from engine.services.verify import verify
from tests.cli.conftest import Call

LAB = """
venue = "textbook"
seed = 4
fund = "100"

[contracts.BTCUSDT]
depth_scale = "0.05"

[contracts.ETHUSDT]
depth_scale = "0.05"

[crowd]
accounts = 200
isolated = "%s"
equity_median = "1000"
equity_max = "5000"
enter = "20m"
leverages = [{ low = 7, high = 14, share = "1" }]

[crowd.at_margin_call]
add = "0.4"
cut = "0.4"
after = ["30s", "5m"]
kept_back = "0.1"
restore_to = "0.45"

[[accounts]]
name = "trader"
deposit = "2100"
mode = "%s"
orders = [{ contract = "BTCUSDT", side = "buy", quantity = "0.15", leverage = 10, after = "1m" }]
at_margin_call = { add = 1, after = "1m", times = 9 }

[path]
seed = 3
legs = [
  { lasts = "30m", per = "1m", trades = 4 },
  { lasts = "12h", per = "1m", trades = 2, to = { BTCUSDT = "0.94", ETHUSDT = "1.06" } },
  { lasts = "24h", per = "1m", trades = 2, to = { BTCUSDT = "0.9", ETHUSDT = "0.95" } },
]
[path.markets]
BTCUSDT = { start = "65000", noise = "12", size = "0.001", size_bits = 11 }
ETHUSDT = { start = "3400", noise = "0.7", size = "0.001", size_bits = 15 }
"""


def lines(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / name).read_text().splitlines()]


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    path = tmp_path / "called.toml"
    path.write_text(LAB % ("0.5", "isolated"))
    return path


@pytest.fixture
def played(call: Call, lab: Path, tmp_path: Path) -> Path:
    result = call("replay", "--lab", lab, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert " margin calls were answered with " in result.output
    return tmp_path / "out"


def test_answers_of_every_kind_stand_in_the_log_and_it_reruns_alone(
    call: Call, played: Path, lab: Path
) -> None:
    kinds = Counter(each["type"] for each in lines(played, COMMANDS))
    orders = [each.get("order", "") for each in lines(played, COMMANDS)]
    assert kinds["Deposit"] > 211
    assert kinds["AddMargin"] > 10
    assert sum(order.startswith("call-") for order in orders) > 10
    lab.unlink()
    result = call("check", played)
    assert (result.exit_code, "agree byte for byte" in result.output) == (0, True)
    page = (played / PAGE).read_bytes()
    assert call("report", played).exit_code == 0
    assert (played / PAGE).read_bytes() == page


def test_the_same_lab_seed_and_ticks_give_the_same_commands(
    call: Call, played: Path, lab: Path, tmp_path: Path
) -> None:
    assert call("replay", "--lab", lab, "--out", tmp_path / "again").exit_code == 0
    for name in (COMMANDS, EVENTS):
        assert (tmp_path / "again" / name).read_bytes() == (played / name).read_bytes()


def test_forced_top_ups_are_counted_by_account_and_day(played: Path) -> None:
    sent = lines(played, COMMANDS)
    modes = {each["account"]: each["mode"] for each in sent if each["type"] == "SetMarginMode"}
    events = lines(played, EVENTS)
    first: set[str] = set()
    counts: Counter[tuple[str, str]] = Counter()
    amounts: Counter[tuple[str, str]] = Counter()
    for event in events:
        answers = event["type"] == "MarginAdded"
        if event["type"] == "Deposited":
            answers = event["account"] in first and modes.get(event["account"]) == "cross"
            first.add(event["account"])
        if answers:
            day = datetime.fromtimestamp(event["at_us"] // 1_000_000, UTC).date().isoformat()
            counts[day, event["account"]] += 1
            amounts[day, event["account"]] += event["amount"]
    assert {day for day, _ in counts} == {"2030-01-01", "2030-01-02"}
    told = json.loads((played / SUMMARY).read_text())["top_ups"]
    assert [
        (row["day"], row["account"], row["count"], int(Decimal(row["amount"]) * 1_000_000))
        for row in told
    ] == [(*key, count, amounts[key]) for key, count in sorted(counts.items())]
    assert sum(row["count"] for row in told if row["account"] == "trader") > 1


def test_the_page_marks_what_a_watched_account_paid_in(call: Call, played: Path) -> None:
    told = json.loads(call("report", played, "--json").output)
    marks = {row["name"]: row["data"] for row in told["charts"]["equity"]["series"]}
    rows = json.loads((played / SUMMARY).read_text())["top_ups"]
    trader = sum(row["count"] for row in rows if row["account"] == "trader")
    assert len(marks["paid in after a call"]) == trader > 0


async def test_a_lab_on_a_bus_gives_the_same_answers(
    played: Path, lab: Path, tmp_path: Path
) -> None:
    topics = Topics("called")
    bus = MemoryBus(topics.shared())
    services, settings = Services(bus, topics), load_lab(str(lab))
    stream = stream_of(settings, [], tmp_path / "data")
    tasks = [
        services.sequencer(settings),
        services.engine(tmp_path / "data", 3_000),
        services.fanout(),
        services.feed(stream),
        services.drained,
    ]
    await services.serve(tasks, (), None)
    verdict = await verify(bus, topics, reactions_of)
    assert verdict.difference == ""
    summary = json.loads((played / SUMMARY).read_text())
    same = ("commands", "events", "event_hash", "state_hash")
    assert [getattr(verdict, name) for name in same] == [summary[name] for name in same]
    answers = [each for each in lines(played, COMMANDS) if each["type"] == "AddMargin"]
    assert verdict.answers > len(answers) > 10


@pytest.mark.parametrize(("mode", "share"), [("isolated", "1"), ("cross", "0")])
def test_comparing_modes_plays_the_same_answers(
    call: Call, tmp_path: Path, mode: str, share: str
) -> None:
    path = tmp_path / "called.toml"
    path.write_text(LAB % (share, mode))
    result = call("compare", path, "--modes", mode, "--json")
    assert result.exit_code == 0, result.output
    (side,) = json.loads(result.stdout)["sides"]
    assert call("replay", "--lab", path, "--out", tmp_path / "out").exit_code == 0
    summary = json.loads((tmp_path / "out" / SUMMARY).read_text())
    assert side["event_hash"] == summary["event_hash"]
