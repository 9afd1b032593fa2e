"""A lab whose account holds a long and a short of one contract: played, rerun, told."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.cli.folder import SUMMARY
from engine.journal.write import COMMANDS, EVENTS
from tests.cli.conftest import Call

LAB = """
venue = "%s"
seed = 4
fund = "100"

[contracts.BTCUSDT]
depth_scale = "0.5"

[[accounts]]
name = "hedger"
deposit = "%s"
mode = "%s"
position_mode = "hedge"
orders = [
  { contract = "BTCUSDT", side = "buy", leg = "long", quantity = "0.5", leverage = 20 },
  { contract = "BTCUSDT", side = "sell", leg = "short", quantity = "0.4", after = "2s" },
  { contract = "BTCUSDT", side = "buy", leg = "short", quantity = "0.1", after = "30s" },
]

[report]
watch = ["hedger"]

[path]
seed = 1
legs = [
  { lasts = "60s", trades = 5 },
  { lasts = "60s", trades = 5, to = { BTCUSDT = "0.9" } },
  { lasts = "60s", trades = 5, to = { BTCUSDT = "0.7" } },
]

[path.markets]
BTCUSDT = { start = "65000", noise = "2", size = "0.001", size_bits = 11 }
"""


@pytest.mark.parametrize(
    ("venue", "deposit", "mode"),
    [("binance", "4000", "isolated"), ("okx", "3700", "cross"), ("bybit", "9000", "cross")],
)
def test_both_legs_are_told_and_the_run_can_be_checked(
    venue: str, deposit: str, mode: str, call: Call, tmp_path: Path
) -> None:
    path, out = tmp_path / "lab.toml", tmp_path / "out"
    path.write_text(LAB % (venue, deposit, mode), "utf-8")
    played = call("replay", "--lab", path, "--out", out, "--quiet")
    assert played.exit_code == 0, played.output
    (row,) = json.loads((out / SUMMARY).read_text("utf-8"))["watched"]
    names = [position["contract"] for position in row["positions"]]
    assert names == ["BTCUSDT:long", "BTCUSDT:short"]
    assert [position["side"] for position in row["positions"]] == ["long", "short"]
    assert float(row["positions"][1]["result"]) > 0, "the short leg won"
    events = (out / EVENTS).read_text("utf-8")
    assert ('"PairsNetted"' in events) == (venue == "okx")
    assert call("check", out).exit_code == 0
    assert call("report", out).exit_code == 0


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (('venue = "binance"', 'venue = "kraken"'), "position_mode"),
        ((' leg = "long",', ""), "orders[1].leg"),
        (('position_mode = "hedge"', ""), "orders[1].leg"),
        (
            (
                'position_mode = "hedge"',
                'position_mode = "hedge"\ntop_ups = [{ contract = "BTCUSDT", amount = "5", '
                'after = "9s" }]',
            ),
            "top_ups[1].leg",
        ),
    ],
)
def test_what_makes_no_sense_names_its_key(
    change: tuple[str, str], key: str, call: Call, tmp_path: Path
) -> None:
    path = tmp_path / "lab.toml"
    path.write_text((LAB % ("binance", "4000", "isolated")).replace(*change), "utf-8")
    refused = call("replay", "--lab", path, "--out", tmp_path / "out", "--quiet")
    assert refused.exit_code == 2
    assert f"{key}: " in refused.output


CALLED = """position_mode = "hedge"
top_ups = [{ contract = "BTCUSDT", amount = "5", after = "9s", leg = "short" }]
at_margin_call = { %s = 1, after = "3s", times = 9, kept_back = "0.02" }
"""


@pytest.mark.parametrize(
    ("venue", "mode", "does"),
    [
        ("binance", "isolated", "add"),
        ("binance", "isolated", "cut"),
        ("bybit", "cross", "add"),
        ("okx", "cross", "cut"),
    ],
)
def test_the_leg_that_was_warned_is_answered_for(
    venue: str, mode: str, does: str, call: Call, tmp_path: Path
) -> None:
    path, out = tmp_path / "lab.toml", tmp_path / "out"
    deposit = "4000" if mode == "isolated" else "3500"
    text = (LAB % (venue, deposit, mode)).replace('position_mode = "hedge"', CALLED % does)
    path.write_text(text, "utf-8")
    played = call("replay", "--lab", path, "--out", out)
    assert played.exit_code == 0, played.output
    sent, events = lines(out / COMMANDS), lines(out / EVENTS)
    calls = [each for each in events if each["type"] == "MarginCalled"]
    assert calls
    assert all(each["leg"] == "long" for each in calls)
    added = [each for each in sent if each["type"] == "AddMargin"]
    cuts = [each for each in sent if each.get("order", "").startswith("call-")]
    legs = {each["leg"] for each in added if each["at_us"] > calls[0]["at_us"]}
    assert legs == ({"long"} if (mode, does) == ("isolated", "add") else set())
    assert {(each["leg"], each["side"]) for each in cuts} == (
        {("long", "sell")} if does == "cut" else set()
    )
    assert [each["leg"] for each in added[:1]] == (["short"] if mode == "isolated" else [])
    refused = [each for each in events if each["type"] == "Rejected"]
    assert refused == []
    told = json.loads((out / SUMMARY).read_text("utf-8"))["top_ups"]
    assert (sum(row["count"] for row in told) > 0) == (does == "add")
    assert call("check", out).exit_code == 0
    shown = json.loads(call("report", out, "--json").output)["charts"]["equity"]["series"]
    marks = {each["name"]: each["data"] for each in shown}
    names = [mark["name"] for mark in marks.get("paid in after a call", ())]
    where = " in BTCUSDT:long" if mode == "isolated" else ""
    assert all(f"{where} after a margin call" in name for name in names)
    assert len(names) == sum(row["count"] for row in told)
    if mode == "isolated":
        assert any("in BTCUSDT:long" in mark["name"] for mark in marks["liquidated"])


def test_a_comparison_asks_for_the_leg_that_isolated_money_goes_to(
    call: Call, tmp_path: Path
) -> None:
    path = tmp_path / "lab.toml"
    text = (LAB % ("binance", "4000", "cross")).replace('position_mode = "hedge"', CALLED % "add")
    path.write_text(text, "utf-8")
    assert call("compare", path, "--json").exit_code == 0
    path.write_text(text.replace(', leg = "short" }]', " }]"), "utf-8")
    refused = call("compare", path)
    assert refused.exit_code == 2
    assert "top-ups of hedger" in refused.output
    assert call("compare", path, "--modes", "cross", "--json").exit_code == 0


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
