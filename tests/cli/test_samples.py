"""Real files through whole runs: rows as their index says, invariants, and the rerun agrees."""

import json
import os
from fractions import Fraction
from pathlib import Path

import pytest

from tests.cli.conftest import Call

VISION = "binance_vision_derived/um"
TRADES = [f"{VISION}/trades/{symbol}-trades-2024-07-18.zip" for symbol in ("BTCUSDT", "ETHUSDT")]
QUOTES = [
    f"{VISION}/bookTicker/{symbol}-bookTicker-2024-07-18.zip" for symbol in ("BTCUSDT", "ETHUSDT")
]
BITMEX = ["bitmex/XBTUSD_trades_2018-01-01_first100k.csv.gz"]


@pytest.fixture(scope="module")
def samples() -> Path:
    folder = os.environ.get("MARGINCALL_SAMPLES")
    if folder is None:
        pytest.skip("MARGINCALL_SAMPLES names no folder of real tick files")
    return Path(folder)


@pytest.mark.parametrize(
    ("files", "lab", "rows"),
    [
        (BITMEX, "bitmex-2018", [100_000]),
        (TRADES, "quickstart", [974, 1_640]),
        (QUOTES, "quickstart", [7_113, 9_089]),
        ([*QUOTES, *TRADES], "quickstart", [7_113, 9_089, 974, 1_640]),
    ],
    ids=["bitmex", "trades", "quotes", "both"],
)
def test_a_real_file_is_replayed_and_its_rerun_agrees(
    call: Call, samples: Path, tmp_path: Path, files: list[str], lab: str, rows: list[int]
) -> None:
    out = tmp_path / "run"
    result = call(
        "replay", *(samples / file for file in files), "--lab", lab, "--out", out, "--json"
    )
    assert result.exit_code == 0, result.output
    summary = json.loads(result.output)
    found = summary["run"]["files"]
    assert [file["rows"] for file in found] == rows
    assert summary["ticks"] == sum(rows) - sum(sum(f["skipped"].values()) for f in found)
    assert (summary["complete"], summary["ledger_sum"]) == (True, "0")
    assert summary["accounts"]["negative"] == 0
    checked = call("check", out)
    assert checked.exit_code == 0, checked.output


def test_the_fall_of_2018_liquidates_and_its_fees_fill_the_fund(
    call: Call, samples: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    arguments = [samples / file for file in BITMEX]
    result = call("replay", *arguments, "--lab", "bitmex-2018", "--out", out, "--json")
    summary = json.loads(result.output)
    assert summary["contracts"]["BTCUSDT"]["first"] == "13873"
    assert summary["contracts"]["BTCUSDT"]["low"] == "13036.5"
    assert summary["accounts"]["total"] == 1_000
    assert len(summary["liquidations"]) >= 100
    paid = {stage: Fraction(amount) for stage, amount in summary["waterfall"].items()}
    assert paid.pop("loss") == sum(paid.values()) > 0
    fund = summary["insurance_fund"]
    assert Fraction(fund["start"]) == Fraction(fund["low"]) < Fraction(fund["end"])
    assert {row["mode"] for row in summary["liquidations"]} == {"isolated", "cross"}
