"""Real files: rows, stamps and price ranges as the index of the samples has them.

The files are found through MARGINCALL_SAMPLES; none of them is part of this repository.
"""

import os
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from engine.config.lab import load_lab
from engine.config.settings import Feed as FeedSettings
from engine.core.command import QuoteTick, TradeTick
from engine.core.instrument import Contract
from feeds.errors import FeedError
from feeds.replay import FileArg, open_feed, reopen_feed
from tests.feeds.making import CONTRACTS

BITMEX = "bitmex/XBTUSD_trades_2018-01-01_first100k.csv.gz"
VISION = "binance_vision_derived/um/{type}/{symbol}-{type}-2024-07-18.zip"
FILES = [
    VISION.format(type=kind, symbol=symbol)
    for kind in ("trades", "aggTrades", "bookTicker")
    for symbol in CONTRACTS
]


def samples() -> Path:
    folder = os.environ.get("MARGINCALL_SAMPLES")
    if not folder:
        pytest.skip("MARGINCALL_SAMPLES names no folder of real tick files")
    return Path(folder)


def index_row(folder: Path, file: str) -> list[str]:
    """The cells of a file's row in the index: rows, span, price range."""
    for line in (folder / "INDEX.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] == file:
            return cells
    raise AssertionError(f"INDEX.md has no row {file}")


def index_sha256(folder: Path, file: str) -> str:
    found = re.search(
        rf"^([0-9a-f]{{64}})  {re.escape(file)}$", (folder / "INDEX.md").read_text(), re.MULTILINE
    )
    assert found is not None
    return found[1]


def second(at_us: int | None) -> str:
    assert at_us is not None
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_us)
    return f"{at:%Y-%m-%d %H:%M:%S}"


def prices(contract: Contract, *units: int | None) -> list[Fraction]:
    return [Fraction(contract.price_unit) * (unit or 0) for unit in units]


def assert_as_indexed(
    folder: Path, file: str, contracts: dict[str, Contract], settings: FeedSettings
) -> list[object]:
    cells = index_row(folder, file)
    feed = open_feed([FileArg(str(folder / file))], contracts, settings)
    ticks = list(feed.ticks())
    report = feed.reports[0]
    assert report.skipped == {}
    assert len(ticks) == report.rows == int(cells[2])
    assert f"{second(report.first_us)} … {second(report.last_us)}" == cells[3]
    low, high = (Fraction(Decimal(price)) for price in cells[4].split("–"))
    assert prices(contracts[report.contract], report.low, report.high) == [low, high]
    assert report.sha256 == index_sha256(folder, file)
    again = reopen_feed(feed.references, contracts, settings)
    assert list(again.ticks()) == ticks
    return list(ticks)


@pytest.mark.parametrize("file", FILES)
def test_a_file_of_binance_vision(file: str) -> None:
    ticks = assert_as_indexed(samples(), file, CONTRACTS, FeedSettings())
    kind = QuoteTick if "bookTicker" in file else TradeTick
    assert all(isinstance(tick, kind) for tick in ticks)


def test_the_file_of_bitmex_through_the_map_of_its_lab() -> None:
    lab = load_lab("bitmex-2018")
    contracts = {contract.symbol: contract for contract in lab.venue.contracts}
    ticks = assert_as_indexed(samples(), BITMEX, contracts, lab.feed)
    trades = [tick for tick in ticks if isinstance(tick, TradeTick)]
    assert len(trades) == 100_000
    assert {trade.side for trade in trades} == {"buy", "sell"}


def test_sizes_of_bitmex_are_dollars_divided_by_the_price() -> None:
    folder, lab = samples(), load_lab("bitmex-2018")
    contract = lab.venue.contracts[0]
    feed = open_feed([FileArg(str(folder / BITMEX))], {contract.symbol: contract}, lab.feed)
    first = next(feed.ticks())
    assert isinstance(first, TradeTick)
    # The file's first row: 1514764802610,13873,10.
    assert first.at_us == 1_514_764_802_610_000
    assert first.price == Fraction(13_873) / Fraction(contract.price_unit)
    assert first.quantity == Fraction(10, 13_873) // Fraction(contract.lot)
    assert first.side == "buy"


def test_files_of_two_contracts_and_two_kinds_as_one_stream() -> None:
    folder = samples()
    files = [FileArg(str(folder / file)) for file in FILES]
    ticks = list(open_feed(files, CONTRACTS, FeedSettings()).ticks())
    assert len(ticks) == sum(int(index_row(folder, file)[2]) for file in FILES)
    times = [tick.at_us for tick in ticks]
    assert times == sorted(times)


def test_a_real_file_that_went_through_a_spreadsheet_is_refused() -> None:
    """Its stamps read 1.70027E+12: whatever the format, no column of it is a time any more."""
    folder = samples()
    settings = load_lab("bitmex-2018").feed
    path = folder / "negative/binance_BTCUSDT-1h-2023-11-18_spreadsheet_mangled.csv"
    with pytest.raises(FeedError, match="expected one of the formats"):
        open_feed([FileArg(str(path))], CONTRACTS, settings)
