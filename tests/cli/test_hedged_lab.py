"""A lab whose account holds a long and a short of one contract: played, rerun, told."""

import json
from pathlib import Path

import pytest

from engine.cli.folder import SUMMARY
from engine.journal.write import EVENTS
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
            "top_ups",
        ),
        (
            (
                'position_mode = "hedge"',
                'position_mode = "hedge"\nat_margin_call = { add = "1", after = "9s" }',
            ),
            "at_margin_call",
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
