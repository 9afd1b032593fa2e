"""Real files through whole runs: rows as their index says, invariants, and the rerun agrees."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call
from tests.feeds.indexed import index_row, index_sha256, samples

FALLEN = Path(__file__).parent / "fallen.toml"
"""A lab for every contract below: a crowd, and a market that falls by 8 % after three seconds."""
VISION = "binance_vision_derived/um/{type}/{symbol}-{type}-2024-07-18.zip"
TARDIS = "tardis_derived/binance-futures_{type}_2024-07-18_{symbol}.csv.gz"
PAIR = ("BTCUSDT", "ETHUSDT")
BITMEX = ["bitmex/XBTUSD_trades_2018-01-01_first100k.csv.gz"]
OKX = "okx_public_derived/BTC-USDT-trades-2022-05-13.zip"
OLD_OKX = "okx/BTC-USDT-aggtrades-2023-11-18.csv"
TRADES = [VISION.format(type="trades", symbol=symbol) for symbol in PAIR]
QUOTES = [VISION.format(type="bookTicker", symbol=symbol) for symbol in PAIR]
BOOKS, TARDIS_QUOTES, TARDIS_TRADES = (
    [TARDIS.format(type=kind, symbol=symbol) for symbol in PAIR]
    for kind in ("incremental_book_L2", "quotes", "trades")
)
CASES: dict[str, list[str]] = {
    "trades and best prices of Binance": [*TRADES, *QUOTES],
    "a book of Tardis": BOOKS[:1],
    "quotes of Tardis": TARDIS_QUOTES,
    "all of Tardis": [BOOKS[1], *TARDIS_QUOTES, *TARDIS_TRADES],
    "Bybit": [f"bybit_public_derived/{symbol}USDT2026-08-09.csv.gz" for symbol in ("BTC", "SOL")],
    "Bybit of 2023": ["bybit/FXSUSDT-ticks-2023-10-10.csv"],
    "OKX": [f"BTCUSDT={OKX}"],
    "OKX of 2023": [f"BTCUSDT={OLD_OKX}"],
    "Kraken": ["BCHEUR=kraken/BCHEUR.csv"],
}


def played(call: Call, files: list[str], lab: Path | str, out: Path) -> Any:
    """Replay files, which may be named with their symbols, and rerun it; the summary."""
    folder = samples()
    named = [file.rpartition("=") for file in files]
    arguments = [f"{symbol}{equals}{folder / path}" for symbol, equals, path in named]
    result = call("replay", *arguments, "--lab", lab, "--out", out, "--json")
    assert result.exit_code == 0, result.output
    summary = json.loads((out / "summary.json").read_text())
    found = summary["run"]["files"]
    for (_, _, path), row in zip(named, found, strict=True):
        assert row["rows"] == int(index_row(folder, path)[2])
        assert row["sha256"] == index_sha256(folder, path)
    assert (summary["complete"], summary["ledger_sum"]) == (True, "0")
    checked = call("check", out)
    assert checked.exit_code == 0, checked.output
    return summary


@pytest.mark.parametrize(
    ("files", "lab"),
    [
        (TRADES, "quickstart"),
        (QUOTES, "quickstart"),
        ([*QUOTES, *TRADES], "quickstart"),
    ],
    ids=["trades", "quotes", "both"],
)
def test_a_real_file_is_replayed_and_its_rerun_agrees(
    call: Call, tmp_path: Path, files: list[str], lab: str
) -> None:
    summary = played(call, files, lab, tmp_path / "run")
    found = summary["run"]["files"]
    assert [file["skipped"] for file in found] == [{}] * len(files)
    assert summary["ticks"] == sum(file["rows"] for file in found)
    assert summary["accounts"]["negative"] == 0


@pytest.mark.parametrize("files", CASES.values(), ids=CASES)
def test_a_crowd_falls_with_the_market_of_a_real_file(
    call: Call, tmp_path: Path, files: list[str]
) -> None:
    summary = played(call, files, FALLEN, tmp_path / "run")
    for row in summary["run"]["files"]:
        assert set(row["skipped"]) <= {"before_snapshot"}, "nothing good is dropped"
    contracts = {row["contract"] for row in summary["liquidations"]}
    traded = {symbol for symbol, row in summary["contracts"].items() if row["first"] is not None}
    assert contracts == traded
    for symbol in traded:
        marks = [row["mark"] for row in summary["liquidations"] if row["contract"] == symbol]
        first = Fraction(summary["contracts"][symbol]["first"])
        assert min(map(Fraction, marks)) < first * Fraction(93, 100)
    paid = {stage: Fraction(amount) for stage, amount in summary["waterfall"].items()}
    assert paid.pop("loss") == sum(paid.values()) > 0


def test_the_fall_of_2018_liquidates_and_its_fees_fill_the_fund(call: Call, tmp_path: Path) -> None:
    summary = played(call, BITMEX, "bitmex-2018", tmp_path / "run")
    assert summary["contracts"]["BTCUSDT"]["first"] == "13873"
    assert summary["contracts"]["BTCUSDT"]["low"] == "13036.5"
    assert summary["accounts"]["total"] == 1_000
    assert len(summary["liquidations"]) >= 100
    paid = {stage: Fraction(amount) for stage, amount in summary["waterfall"].items()}
    assert paid.pop("loss") == sum(paid.values()) > 0
    fund = summary["insurance_fund"]
    assert Fraction(fund["start"]) == Fraction(fund["low"]) < Fraction(fund["end"])
    assert {row["mode"] for row in summary["liquidations"]} == {"isolated", "cross"}
