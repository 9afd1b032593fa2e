"""Several files as one stream: whose they are, in which order, and the same stream once more."""

import tracemalloc
from pathlib import Path

import pytest

from engine.config.settings import Columns
from engine.config.settings import Feed as FeedSettings
from engine.core.command import TradeTick
from feeds.errors import FeedError
from feeds.replay import FileArg, FileReference, open_feed, reopen_feed
from tests.feeds.making import (
    BTC,
    CONTRACTS,
    NOON_MS,
    TRADES_HEADER,
    contract,
    read,
    trade_row,
    trade_rows,
    write,
)

BY_COLUMN = Columns(
    name="by_column",
    header=("symbol", "time", "price", "size", "side"),
    contract="symbol",
    time="time",
    time_unit="ms",
    price="price",
    size="size",
    side="side",
)
SYMBOLS = ["BTCUSDT", "DOGEUSDT", "ETHUSDT"]


def by_column(folder: Path, *symbols: str) -> Path:
    rows = [f"{symbol},{NOON_MS + i},3400,1,buy" for i, symbol in enumerate(symbols)]
    return write(folder / "grouped.csv", ["symbol,time,price,size,side", *rows])


@pytest.mark.parametrize(
    "name",
    [
        *("BTCUSDT-trades-2024-07-18.csv", "BTCUSDT.csv", "btcusdt_trades.csv"),
        *("BTCUSDT2026-08-09.csv", "binance-futures_trades_2024-07-18_BTCUSDT.csv"),
        *("XBTCUSDT-not-but-BTCUSDT.csv",),
    ],
)
def test_the_contract_stands_in_the_name_of_the_file(tmp_path: Path, name: str) -> None:
    assert read(write(tmp_path / name, trade_rows(3)))[1].contract == "BTCUSDT"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("trades.csv", "no contract"),
        ("BTCUSDTM-trades.csv", "no contract"),
        ("1000BTCUSDT-trades.csv", "no contract"),
        ("BTCUSDT-ETHUSDT.csv", "more than one contract"),
    ],
)
def test_a_name_that_does_not_say_the_contract(tmp_path: Path, name: str, found: str) -> None:
    path = write(tmp_path / name, trade_rows(3))
    message = (
        rf"tells of {found} of the lab, which has BTCUSDT, ETHUSDT; name the file as SYMBOL={path}"
    )
    with pytest.raises(FeedError, match=message):
        read(path)
    assert read(f"BTCUSDT={path}")[1].contract == "BTCUSDT"


def test_the_longer_of_two_symbols_in_a_name_is_meant(tmp_path: Path) -> None:
    contracts = {"BTC": BTC, "BTC-PERP": contract("BTC-PERP", "0.1", "0.001", 100)}
    path = write(tmp_path / "BTC-PERP-trades.csv", trade_rows(3))
    feed = open_feed([FileArg(str(path))], contracts, FeedSettings())
    assert feed.references[0].contract == "BTC-PERP"


def test_a_symbol_that_the_lab_does_not_have(tmp_path: Path) -> None:
    path = write(tmp_path / "BTCUSDT.csv", trade_rows(3))
    message = rf"the lab has no contract DOGE; it has BTCUSDT, ETHUSDT; name .* SYMBOL={path} with"
    with pytest.raises(FeedError, match=message):
        read(f"DOGE={path}")


def test_a_column_says_the_contract_and_rows_of_others_are_counted(tmp_path: Path) -> None:
    ticks, report = read(by_column(tmp_path, *SYMBOLS), BY_COLUMN)
    assert [tick.contract for tick in ticks] == ["BTCUSDT", "ETHUSDT"]
    assert [tick.price for tick in ticks if isinstance(tick, TradeTick)] == [34_000, 340_000]
    assert (report.contract, report.skipped) == ("", {"unknown_contract": 1})
    assert (report.low, report.high) == (None, None)


def test_a_column_without_a_symbol_of_the_lab_is_an_error(tmp_path: Path) -> None:
    path = by_column(tmp_path, "DOGEUSDT", "XRPUSDT")
    with pytest.raises(FeedError, match=r"2 of 2 rows .* unknown_contract: found 'DOGEUSDT'"):
        read(path, BY_COLUMN)


def test_a_file_of_one_foreign_symbol_can_be_named_as_a_contract(tmp_path: Path) -> None:
    path = by_column(tmp_path, "XBTUSD", "XBTUSD")
    ticks, _ = read(f"BTCUSDT={path}", BY_COLUMN)
    assert [tick.contract for tick in ticks] == ["BTCUSDT", "BTCUSDT"]
    with pytest.raises(
        FeedError, match=r"grouped\.csv:3: found a row of ETHUSDT after rows of BTC"
    ):
        read(f"BTCUSDT={by_column(tmp_path, 'BTCUSDT', 'ETHUSDT')}", BY_COLUMN)


def test_a_map_may_name_the_contract(tmp_path: Path) -> None:
    one = Columns(
        name="one",
        header=("t", "p", "q"),
        symbol="ETHUSDT",
        time="t",
        time_unit="ms",
        price="p",
        size="q",
    )
    path = write(tmp_path / "BTCUSDT.csv", ["t,p,q", f"{NOON_MS},3400,1"])
    assert read(path, one)[1].contract == "ETHUSDT"
    assert read(f"BTCUSDT={path}", one)[1].contract == "BTCUSDT"


def test_files_are_merged_by_time_and_ties_by_their_order(tmp_path: Path) -> None:
    first = write(tmp_path / "BTCUSDT.csv", [trade_row(i, ms=20 * i) for i in range(50)])
    second = write(
        tmp_path / "ETHUSDT.csv", [trade_row(i, price="3400", ms=10 * i) for i in range(100)]
    )
    for files in ([first, second], [second, first]):
        feed = open_feed([FileArg(str(path)) for path in files], CONTRACTS, FeedSettings())
        ticks = list(feed.ticks())
        symbols = [path.stem for path in files]
        expected = sorted(ticks, key=lambda tick: (tick.at_us, symbols.index(tick.contract)))
        assert ticks == expected
        assert len(ticks) == 150
        assert [report.rows for report in feed.reports] == [
            50 if path is first else 100 for path in files
        ]


def test_batches_are_the_same_stream(tmp_path: Path) -> None:
    path = write(tmp_path / "BTCUSDT.csv", trade_rows(2_500))
    batches = list(open_feed([FileArg(str(path))], CONTRACTS, FeedSettings()).batches())
    assert [len(batch) for batch in batches] == [1_000, 1_000, 500]
    assert [tick for batch in batches for tick in batch] == read(path)[0]


def test_a_feed_is_read_once(tmp_path: Path) -> None:
    feed = open_feed(
        [FileArg(str(write(tmp_path / "BTCUSDT.csv", trade_rows(3))))], CONTRACTS, FeedSettings()
    )
    list(feed.ticks())
    with pytest.raises(AssertionError, match="a feed is read once"):
        feed.ticks()


def test_the_same_files_give_the_same_ticks_again(tmp_path: Path) -> None:
    grouped = by_column(tmp_path, *SYMBOLS)
    trades = write(tmp_path / "some.csv", [TRADES_HEADER, *trade_rows(300)])
    settings = FeedSettings(columns=(BY_COLUMN,))
    files = [FileArg.parse(f"ETHUSDT={trades}"), FileArg.parse(str(grouped), "by_column")]
    feed = open_feed(files, CONTRACTS, settings)
    assert feed.references[0] == FileReference(
        str(trades), "binance_trades", "ETHUSDT", feed.reports[0].sha256
    )
    ticks = list(feed.ticks())
    again = reopen_feed(feed.references, CONTRACTS, settings)
    assert list(again.ticks()) == ticks
    assert again.reports == feed.reports


def test_a_file_that_is_not_the_one_of_the_run_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "BTCUSDT.csv", trade_rows(30))
    references = open_feed([FileArg(str(path))], CONTRACTS, FeedSettings()).references
    write(path, trade_rows(31))
    with pytest.raises(FeedError, match="is not the file that the run has read: found sha256"):
        reopen_feed(references, CONTRACTS, FeedSettings())
    path.unlink()
    with pytest.raises(FeedError, match="there is no such file"):
        reopen_feed(references, CONTRACTS, FeedSettings())


@pytest.mark.parametrize(
    ("text", "path", "symbol"),
    [
        ("day.csv", "day.csv", None),
        ("BTCUSDT=day.csv", "day.csv", "BTCUSDT"),
        ("BTC-PERP=x=y/day.csv", "x=y/day.csv", "BTC-PERP"),
        ("x/a=b.csv", "x/a=b.csv", None),
        ("=day.csv", "=day.csv", None),
        ("BTCUSDT=", "BTCUSDT=", None),
    ],
)
def test_a_file_may_be_named_with_its_symbol(text: str, path: str, symbol: str | None) -> None:
    assert FileArg.parse(text) == FileArg(path, symbol, None)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """Twelve times the rows: the peak stays where the fixed buffers put it."""
    peaks = []
    for count in (5_000, 60_000):
        path = write(tmp_path / "BTCUSDT.csv.gz", trade_rows(count))
        feed = open_feed([FileArg(str(path))], CONTRACTS, FeedSettings())
        tracemalloc.start()
        assert sum(len(batch) for batch in feed.batches()) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 2
    assert peaks[1] < 8_000_000


@pytest.mark.parametrize("name", ["BTCUSD_PERP-aggTrades-2024-08-08", "BTCUSD_240927-trades"])
def test_sizes_in_contracts_are_not_taken_for_coins(tmp_path: Path, name: str) -> None:
    """A coin-margined file of Binance looks like any other; only its name tells."""
    path = write(tmp_path / f"{name}.csv", [TRADES_HEADER, *trade_rows(3)])
    with pytest.raises(FeedError, match=r"its sizes count contracts of some dollars, not coins"):
        read(f"BTCUSDT={path}")
    assert len(read(f"BTCUSDT={path}", named="binance_trades")[0]) == 3
    columns = Columns(
        name="coin",
        header=tuple(TRADES_HEADER.split(",")),
        time="time",
        time_unit="ms",
        price="price",
        size="qty",
        size_unit="contract",
    )
    assert read(f"BTCUSDT={path}", columns)[1].format == "coin"
