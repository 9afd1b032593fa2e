"""Real files: rows, stamps and price ranges as the index of the samples has them.

The files are found through MARGINCALL_SAMPLES; none of them is part of this repository.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from engine.config.lab import load_lab
from engine.config.settings import Feed as FeedSettings
from engine.config.settings import Shock
from engine.core.command import (
    BookTick,
    FundingTick,
    IndexTick,
    MarkTick,
    QuoteTick,
    Tick,
    TradeTick,
)
from engine.core.exchange import Exchange
from engine.core.instrument import Contract, Rules, Venue
from feeds.errors import FeedError
from feeds.inspect import inspect
from feeds.replay import FileArg, open_feed, reopen_feed
from feeds.report import FileReport
from tests.feeds.indexed import index_row, index_sha256, samples
from tests.feeds.making import CONTRACTS, contract

BITMEX = "bitmex/XBTUSD_trades_2018-01-01_first100k.csv.gz"
VISION = "binance_vision_derived/um/{type}/{symbol}-{type}-2024-07-18.zip"
FILES = [
    VISION.format(type=kind, symbol=symbol)
    for kind in ("trades", "aggTrades", "bookTicker")
    for symbol in CONTRACTS
]
TARDIS = "tardis_derived/binance-futures_{type}_2024-07-18_{symbol}.csv.gz"
TARDIS_FILES = [
    TARDIS.format(type=kind, symbol=symbol) for kind in ("trades", "quotes") for symbol in CONTRACTS
]
TICKER = "tardis_derived/bybit_derivative_ticker_2026-08-09_BTC-ETH-SOL-DOGE.csv.gz"
OTHERS = {
    each.symbol: each
    for each in (
        contract("SOLUSDT", "0.001", "0.1", 100),
        contract("DOGEUSDT", "0.00001", "1", 10),
        contract("FXSUSDT", "0.0005", "0.01", 5),
        contract("XRPUSDT", "0.00001", "0.1", 1, funding="file"),
        contract("BCHEUR", "0.01", "0.00000001", 1),
        contract("XBTUSD", "0.5", "0.000001", 1),
        contract("BTC-PERPETUAL", "0.5", "0.000001", 1),
        contract("BTC-USD", "0.1", "0.001", 100),
        contract("BTC-USD-220527", "0.1", "0.001", 100),
    )
}
ALL = {**CONTRACTS, **OTHERS}
VENUES = [
    ("bybit_public_derived/BTCUSDT2026-08-09.csv.gz", "BTCUSDT"),
    ("bybit_public_derived/SOLUSDT2026-08-09.csv.gz", "SOLUSDT"),
    ("bybit/FXSUSDT-ticks-2023-10-10.csv", "FXSUSDT"),
    ("okx_public_derived/BTC-USDT-trades-2022-05-13.zip", "BTCUSDT"),
    ("okx_public_derived/BTC-USD-220527-trades-2022-05-13.zip", "BTC-USD-220527"),
    ("kraken/BCHEUR.csv", "BCHEUR"),
    ("tardis/bitmex_trades_XBTUSD.csv", "XBTUSD"),
    ("tardis/huobi-dm-swap_quotes_BTC-USD.csv", "BTC-USD"),
]
"""Files of trades or quotes, a tick a row."""


def second(at_us: int | None) -> str:
    assert at_us is not None
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_us)
    return f"{at:%Y-%m-%d %H:%M:%S}"


def price_range(contract: Contract, low: int | None, high: int | None) -> str:
    """Two prices as the index writes them: to six digits."""
    unit = Decimal(contract.price_unit)
    return f"{float((low or 0) * unit):.6g}–{float((high or 0) * unit):.6g}"


def read_twice(
    folder: Path, argument: FileArg, contracts: dict[str, Contract], settings: FeedSettings
) -> tuple[list[Tick], FileReport]:
    """The ticks of a file, which are the same when it is opened again, and what it gave."""
    path = str(folder / argument.path)
    feed = open_feed([FileArg(path, argument.symbol, argument.format)], contracts, settings)
    ticks = list(feed.ticks())
    report = feed.reports[0]
    assert report.ticks == len(ticks)
    assert report.rows == int(index_row(folder, argument.path)[2])
    assert report.sha256 == index_sha256(folder, argument.path)
    assert list(reopen_feed(feed.references, contracts, settings).ticks()) == ticks
    return ticks, report


def span(report: FileReport) -> str:
    return f"{second(report.first_us)} … {second(report.last_us)}"


def assert_as_indexed(
    folder: Path,
    file: str,
    contracts: dict[str, Contract],
    settings: FeedSettings,
    symbol: str | None = None,
) -> list[Tick]:
    cells = index_row(folder, file)
    ticks, report = read_twice(folder, FileArg(file, symbol), contracts, settings)
    assert report.skipped == {}
    assert len(ticks) == report.rows
    assert span(report) == cells[3]
    if cells[4]:
        assert price_range(contracts[report.contract], report.low, report.high) == cells[4]
    return ticks


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


@pytest.mark.parametrize("file", TARDIS_FILES)
def test_trades_and_quotes_of_tardis_are_those_of_binance(file: str) -> None:
    """Both were made from one capture; Tardis has the time of the event, Vision that of the row."""
    folder = samples()
    symbol = "BTCUSDT" if "BTCUSDT" in file else "ETHUSDT"
    ticks = assert_as_indexed(folder, file, CONTRACTS, FeedSettings(), symbol)
    kind = "trades" if "trades" in file else "bookTicker"
    vision = VISION.format(type=kind, symbol=symbol)
    assert ticks == assert_as_indexed(folder, vision, CONTRACTS, FeedSettings())


@pytest.mark.parametrize(("file", "symbol"), VENUES)
def test_a_file_of_another_venue(file: str, symbol: str) -> None:
    ticks = assert_as_indexed(samples(), file, ALL, FeedSettings(), symbol)
    kind = QuoteTick if "quotes" in file else TradeTick
    assert {type(tick) for tick in ticks} == {kind}


@pytest.mark.parametrize(
    ("symbol", "before", "messages"), [("BTCUSDT", 272, 3_321), ("ETHUSDT", 241, 3_267)]
)
def test_books_of_tardis_begin_at_the_snapshot(symbol: str, before: int, messages: int) -> None:
    """Each day's file has changes before its snapshot; the rest is a tick a message."""
    folder, file = samples(), TARDIS.format(type="incremental_book_L2", symbol=symbol)
    ticks, report = read_twice(folder, FileArg(file), CONTRACTS, FeedSettings())
    assert report.skipped == {"before_snapshot": before}
    assert span(report) == index_row(folder, file)[3]
    books = [tick for tick in ticks if isinstance(tick, BookTick)]
    assert len(books) == len(ticks) == messages
    assert [tick.reset for tick in books] == [True, *[False] * (messages - 1)]
    assert sum(len(tick.bids) + len(tick.asks) for tick in books) == report.rows - before
    assert (len(books[0].bids), len(books[0].asks)) == (1_000, 1_000)


def test_the_book_of_tardis_has_the_touch_of_the_quotes() -> None:
    """Levels set and taken away give the best prices that the quotes of the same capture have."""
    folder, settings = samples(), FeedSettings()
    for symbol in CONTRACTS:
        files = [
            FileArg(str(folder / TARDIS.format(type=kind, symbol=symbol)))
            for kind in ("incremental_book_L2", "quotes")
        ]
        bids: dict[int, int] = {}
        asks: dict[int, int] = {}
        seen: set[tuple[int, int]] = set()
        touches = []
        for tick in open_feed(files, CONTRACTS, settings).ticks():
            if isinstance(tick, QuoteTick):
                seen.add((tick.bid, tick.ask))
                continue
            assert isinstance(tick, BookTick)
            for side, levels in ((bids, tick.bids), (asks, tick.asks)):
                side.update(levels)
                for price in [price for price, lots in levels if not lots]:
                    del side[price]
            touches.append((max(bids), min(asks)))
        assert sum(touch in seen for touch in touches) > 0.95 * len(touches)


def test_a_ticker_of_four_contracts() -> None:
    folder = samples()
    ticks, report = read_twice(folder, FileArg(TICKER), ALL, FeedSettings())
    assert report.skipped == {}
    assert {type(tick) for tick in ticks} == {IndexTick}
    assert len(ticks) == report.rows
    assert span(report) == index_row(folder, TICKER)[3]
    assert {tick.contract for tick in ticks} == {"BTCUSDT", "ETHUSDT", "SOLUSDT", "DOGEUSDT"}


@pytest.mark.parametrize("symbol", CONTRACTS)
def test_bars_pass_the_extremes_of_the_trades_that_they_were_made_from(symbol: str) -> None:
    folder, settings = samples(), FeedSettings()
    file = f"binance_vision_derived/um/klines/1m/{symbol}-1m-2024-07-18.zip"
    ticks, report = read_twice(folder, FileArg(file), CONTRACTS, settings)
    cells = index_row(folder, file)
    trades = open_feed(
        [FileArg(str(folder / VISION.format(type="trades", symbol=symbol)))], CONTRACTS, settings
    )
    whole = [tick for tick in trades.ticks() if isinstance(tick, TradeTick)]
    bars = [tick for tick in ticks if isinstance(tick, TradeTick)]
    assert (report.format, len(bars)) == ("binance_klines", 4 * report.rows)
    assert (report.low, report.high) == (trades.reports[0].low, trades.reports[0].high)
    assert sum(bar.quantity for bar in bars) == sum(trade.quantity for trade in whole)
    first, last = cells[3].split(" … ")
    assert second(bars[0].at_us) == first
    assert second(bars[-4].at_us) == last
    closes = [bar.price for bar in bars[3::4]]
    assert price_range(CONTRACTS[symbol], min(closes), max(closes)) == cells[4]


def test_bars_of_a_mark_are_marks_where_the_venue_goes_by_them_or_an_index_by_name() -> None:
    folder = samples()
    file = "binance_vision_derived/um/markPriceKlines/1h/XRPUSDT-1h-2021-11.zip"
    with pytest.raises(FeedError, match="is binance_mark_klines: the venue makes its own mark"):
        open_feed([FileArg(str(folder / file))], OTHERS, FeedSettings())
    marks, _ = read_twice(folder, FileArg(file), OTHERS, FeedSettings(marks=True))
    assert {type(tick) for tick in marks} == {MarkTick}
    argument = FileArg(file, None, "binance_index_klines")
    ticks, report = read_twice(folder, argument, OTHERS, FeedSettings())
    assert (report.skipped, len(ticks)) == ({}, 4 * report.rows)
    closes = [tick.price for tick in ticks[3::4] if isinstance(tick, IndexTick)]
    assert price_range(OTHERS["XRPUSDT"], min(closes), max(closes)) == index_row(folder, file)[4]


def test_funding_rates_of_a_month() -> None:
    folder = samples()
    file = "binance_vision_derived/um/fundingRate/XRPUSDT-fundingRate-2021-11.zip"
    ticks = assert_as_indexed(folder, file, OTHERS, FeedSettings())
    assert all(isinstance(tick, FundingTick) for tick in ticks)
    assert isinstance(ticks[0], FundingTick)
    assert (ticks[0].at_us, ticks[0].rate_e8) == (1_637_193_600_017_000, 10_000)


@pytest.mark.parametrize("symbol", CONTRACTS)
def test_depth_by_bands_is_a_book_worth_what_the_file_says(symbol: str) -> None:
    folder = samples()
    file = VISION.format(type="bookDepth", symbol=symbol)
    ticks, report = read_twice(folder, FileArg(file), CONTRACTS, FeedSettings())
    assert (report.format, report.skipped) == ("binance_book_depth", {})
    assert len(ticks) == report.rows // 12
    assert span(report) == index_row(folder, file)[3]
    contract = CONTRACTS[symbol]
    for tick in ticks:
        assert isinstance(tick, BookTick)
        assert tick.reset
        assert tick.bids[0][0] < tick.asks[0][0]
    first = ticks[0]
    assert isinstance(first, BookTick)
    worth = sum(price * lots for price, lots in first.bids) * contract.unit_value
    told = {"BTCUSDT": 40_955_415, "ETHUSDT": 30_468_554}[symbol]
    assert worth / 10**6 == pytest.approx(told, rel=1e-4)


def test_a_file_of_okx_that_is_not_sorted_needs_a_longer_hold_back() -> None:
    folder, file = samples(), "okx/BTC-USDT-aggtrades-2023-11-18.csv"
    with pytest.raises(FeedError, match="sort the file by time, or raise the lab's hold-back"):
        list(open_feed([FileArg(str(folder / file), "BTCUSDT")], ALL, FeedSettings()).ticks())
    settings = FeedSettings(hold_back_us=120_000_000)
    ticks, report = read_twice(folder, FileArg(file, "BTCUSDT"), ALL, settings)
    assert (report.format, report.skipped) == ("okx_old_trades", {})
    assert [tick.at_us for tick in ticks] == sorted(tick.at_us for tick in ticks)
    assert second(report.first_us) == "2023-11-17 16:37:20"


def test_the_first_rows_of_a_book_of_deribit() -> None:
    file = "tardis/deribit_incremental_book_L2_BTC-PERPETUAL.csv"
    ticks, report = read_twice(samples(), FileArg(file), OTHERS, FeedSettings())
    assert report.skipped == {}
    assert isinstance(ticks[0], BookTick)
    assert ticks[0].reset


@pytest.mark.parametrize("kind", ["trades", "quotes"])
def test_parquet_of_binance_spot(kind: str) -> None:
    pytest.importorskip("pyarrow")
    spot = {"BTCUSDT": contract("BTCUSDT", "0.01", "0.000001", 1)}
    file = f"parquet/binance_spot_btcusdt-{kind}.parquet"
    ticks = assert_as_indexed(samples(), file, spot, FeedSettings(), "BTCUSDT")
    assert {type(tick) for tick in ticks} == {TradeTick if kind == "trades" else QuoteTick}


def test_inspect_says_of_each_file_what_the_index_says() -> None:
    folder = samples()
    mark = "binance_vision_derived/um/markPriceKlines/1h/XRPUSDT-1h-2021-11.zip"
    for file in [*FILES, *TARDIS_FILES, *(file for file, _ in VENUES), TICKER, mark]:
        cells = index_row(folder, file)
        found = inspect(FileArg(str(folder / file)))
        assert found.rows == int(cells[2])
        assert found.skipped == {}
        first = min(fact.first_us for fact in found.contracts)
        last = max(fact.last_us for fact in found.contracts)
        assert file == mark or f"{second(first)} … {second(last)}" == cells[3]
        (fact, *more) = found.contracts
        if cells[4] and file != mark:
            assert not more
            assert f"{float(fact.low or 0):.6g}–{float(fact.high or 0):.6g}" == cells[4]


def test_a_real_book_that_was_bent_is_taken_by_the_venue_without_a_word() -> None:
    """A gap, a wick, a thin market and silence: no tick is refused, the touch is 8 % lower."""
    folder = samples()
    files = [
        FileArg(str(folder / TARDIS.format(type=kind, symbol="BTCUSDT")))
        for kind in ("incremental_book_L2", "quotes", "trades")
    ]
    shocks = (
        Shock(kind="gap", after_us=30_000_000, move_ppm=-80_000),
        Shock(kind="thin", after_us=50_000_000, lasts_us=60_000_000, scale_ppm=100_000),
        Shock(kind="wick", after_us=60_000_000, lasts_us=1_000_000, move_ppm=-100_000),
        Shock(kind="stop", after_us=120_000_000, lasts_us=20_000_000),
    )
    touches = []
    for settings in (FeedSettings(), FeedSettings(shocks=shocks)):
        exchange = Exchange(Venue(rules=Rules(name="t"), contracts=tuple(CONTRACTS.values())))
        for tick in open_feed(files, CONTRACTS, settings).ticks():
            assert exchange.apply(tick) == ()
        outside = exchange.state.markets["BTCUSDT"].outside
        touches.append((outside.bid, outside.ask))
    (bid, ask), moved = touches
    assert moved == (bid * 92 // 100, -(-ask * 92 // 100))
