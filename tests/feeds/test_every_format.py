"""What holds for a file of any built-in format: bad cells, wrong headers, cut-off files, damage."""

import gzip
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.config.settings import Feed as FeedSettings
from engine.core.command import Tick
from feeds.errors import FeedError
from feeds.formats.detect import BUILT_IN
from feeds.replay import FileArg, open_feed
from feeds.report import FileReport
from tests.feeds.making import FUNDED, NOON_MS, NOON_US, read, write

COUNT = 240
HUGE = "9" * 25
ROW_OF = {
    "binance_trades": "{i},65000.0,0.010,650.0,{ms},true",
    "binance_agg_trades": "{i},65000.0,0.010,{i},{i},{ms},false",
    "binance_book_ticker": "{i},64999.9,0.010,65000.0,0.010,{ms},{ms}",
    "binance_book_depth": "2024-07-18 {hour:02}:{minute:02}:{second:02},{percent},3,{worth}",
    "binance_klines": "{bar},65000.0,65001.0,64999.0,65000.5,1.0,{end},1,9,1,1,0",
    "binance_index_klines": "{bar},65000.0,65001.0,64999.0,65000.5,0,{end},0,60,0,0,0",
    "binance_mark_klines": "{bar},65000.0,65001.0,64999.0,65000.5,0,{end},0,60,0,0,0",
    "binance_funding": "{bar},8,0.0001",
    "bybit_trades": "{s}.5,BTCUSDT,Buy,0.010,65000.0,PlusTick,id-{i},1,1,1",
    "kraken_trades": "{s},65000.0,0.010",
    "okx_trades": "BTCUSDT,{i},buy,65000.0,0.010,{ms}",
    "okx_old_trades": "{i},buy,0.010,65000.0,{ms}",
    "okx_old_contract_trades": "{i},buy,10,65000.0,{ms}",
    "tardis_trades": "x,BTCUSDT,{us},{us},{i},buy,65000.0,0.010",
    "tardis_quotes": "x,BTCUSDT,{us},{us},0.010,65000.0,64999.9,0.010",
    "tardis_book": "x,BTCUSDT,{us},{us},{snapshot},bid,65000.0,0.010",
    "tardis_ticker": "x,BTCUSDT,{us},{us},{later},0.0001,,1,65000.0,65000.0,65000.0",
}
FORMATS = {form.name: form for form in BUILT_IN if form.refused is None}
PRICES = ("price", "best_bid_price", "best_ask_price", "ask_price", "bid_price", "index_price")
SAMPLED = ("binance_index_klines", "binance_mark_klines")
"""Bars of prices in which nothing was traded."""
NAMED = (*SAMPLED, "okx_old_contract_trades")
"""Formats that a file's content does not tell."""
BARS = ("open", "high", "low", "close")
SIZES = ("qty", "quantity", "size", "best_bid_qty", "best_ask_qty", "bid_amount", "ask_amount")
AMOUNTS = ("amount", "volume", "depth", "notional")
STAMPS = ("time", "transact_time", "transaction_time", "timestamp", "created_time", "calc_time")
NOT_NUMBERS = ("NaN", "inf", "1E+999999", "0x1", "1_0", "", "6,5", HUGE)


def row(name: str, number: int) -> str:
    """A good row of a format."""
    return ROW_OF[name].format(
        i=number,
        ms=NOON_MS + 10 * number,
        us=NOON_US + 10_000 * number,
        s=NOON_MS // 1_000 + number,
        bar=NOON_MS + 60_000 * number,
        end=NOON_MS + 60_000 * number + 59_999,
        later=NOON_US + 3_600_000_000,
        hour=12 + number // 7_200,
        minute=number // 120 % 60,
        second=number // 2 % 60,
        percent="-1" if number % 2 else "1",
        worth="194999.7" if number % 2 else "195000.3",
        snapshot="true" if number == 0 else "false",
    )


def header_of(name: str) -> list[str]:
    return list(FORMATS[name].columns.header or ())


def file_of(path: Path, name: str, rows: list[str], header: list[str] | None = None) -> Path:
    first = header or header_of(name)
    return write(path, rows if name == "kraken_trades" else [",".join(first), *rows])


def read_as(path: Path, name: str) -> tuple[list[Tick], FileReport]:
    """Read a file; by name where the content does not say all."""
    named = name if name in NAMED else None
    marks = name == "binance_mark_klines"
    return read(f"BTCUSDT={path}", contracts=FUNDED, named=named, marks=marks)


def rows_of(name: str) -> list[str]:
    return [row(name, number) for number in range(COUNT)]


def test_every_format_that_is_replayed_is_here() -> None:
    assert set(ROW_OF) == set(FORMATS)


@pytest.mark.parametrize("name", ROW_OF)
def test_a_good_file_is_read_whole(tmp_path: Path, name: str) -> None:
    ticks, report = read_as(file_of(tmp_path / "x.csv", name, rows_of(name)), name)
    assert (report.rows, report.skipped, report.format) == (COUNT, {}, name)
    per_row = {
        "binance_klines": 4,
        "binance_index_klines": 4,
        "binance_mark_klines": 4,
        "binance_book_depth": 0.5,
    }
    assert len(ticks) == report.ticks == COUNT * per_row.get(name, 1)


def bad_cells(name: str) -> list[tuple[str, str]]:
    """Columns of a format that are read, with texts that are no numbers of theirs."""
    cells = []
    is_index = name in SAMPLED
    for column in header_of(name):
        if (
            column in STAMPS
            or column in (*PRICES, *BARS)
            or (column in SIZES and column != "quote_qty")
        ):
            cells += [(column, text) for text in (*NOT_NUMBERS, "0", "-1")]
        elif column in AMOUNTS and not is_index:
            zero = () if name == "tardis_book" else ("0",)
            cells += [(column, text) for text in (*NOT_NUMBERS, *zero, "-1")]
        elif column in ("last_funding_rate",):
            cells += [(column, text) for text in (*NOT_NUMBERS, "1.5")]
    return cells


@pytest.mark.parametrize("name", ROW_OF)
def test_a_cell_that_is_no_number_leaves_its_row_out_and_no_other(
    tmp_path: Path, name: str
) -> None:
    header, place = header_of(name), COUNT // 2
    cells = bad_cells(name)
    assert len({column for column, _ in cells}) >= 2
    for column, text in cells:
        rows = rows_of(name)
        spoiled = rows[place].split(",")
        spoiled[header.index(column)] = f'"{text}"' if "," in text else text
        rows[place] = ",".join(spoiled)
        _, report = read_as(file_of(tmp_path / "x.csv", name, rows), name)
        assert (report.rows, report.dropped) == (COUNT, 1), (column, text)
        (first,) = report.first_skips.values()
        assert first.line == place + (1 if name == "kraken_trades" else 2), (column, text)
        assert first.found == text[:40] or name in ("binance_klines", "binance_book_depth")


@pytest.mark.parametrize("name", ROW_OF)
def test_columns_in_another_order_are_another_format(tmp_path: Path, name: str) -> None:
    header = header_of(name)[::-1]
    rows = [",".join(text.split(",")[::-1]) for text in rows_of(name)]
    path = write(tmp_path / "x.csv", [",".join(header), *rows])
    with pytest.raises(FeedError, match=r"x\.csv:1: found .* expected one of the formats"):
        read(f"BTCUSDT={path}")
    with pytest.raises(FeedError, match=rf"x\.csv:1: found .* expected header {header[-1]},"):
        read(f"BTCUSDT={path}", named=name, marks=True)


@pytest.mark.parametrize("name", ROW_OF)
@pytest.mark.parametrize("ending", ["csv.gz", "zip"])
def test_a_file_that_is_cut_off(tmp_path: Path, name: str, ending: str) -> None:
    path = file_of(tmp_path / f"x.{ending}", name, rows_of(name))
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(FeedError, match=rf"x\.{ending}: cut off or damaged .*last good line \d+;"):
        read_as(path, name)


@pytest.mark.parametrize("name", ROW_OF)
def test_a_file_from_the_newest_row_to_the_oldest_has_to_be_sorted(
    tmp_path: Path, name: str
) -> None:
    rows = rows_of(name)
    if name == "tardis_book":
        rows = [text.replace("false", "true") for text in rows]
    path = file_of(tmp_path / "x.csv", name, rows[::-1])
    with pytest.raises(FeedError, match=r"x\.csv:\d+: \d+ of 240 rows come more than 1 s .* sort"):
        read_as(path, name)


@pytest.mark.parametrize("name", ["binance_book_depth", "tardis_book"])
def test_memory_does_not_grow_where_rows_wait_for_others(tmp_path: Path, name: str) -> None:
    peaks = []
    for count in (6_000, 18_000):
        rows = [row(name, number) for number in range(count)]
        path = file_of(tmp_path / "BTCUSDT.csv", name, rows)
        del rows
        feed = open_feed([FileArg(str(path))], FUNDED, FeedSettings(hold_back_us=0))
        tracemalloc.start()
        assert sum(len(batch) for batch in feed.batches()) >= count / 2
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0]


@pytest.mark.parametrize("name", ROW_OF)
def test_a_header_alone(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "x.csv", [",".join(header_of(name))])
    with pytest.raises(FeedError, match=r"x\.csv: has a header and no rows"):
        read_as(path, name)


@pytest.mark.parametrize("name", ROW_OF)
@settings(max_examples=40)
@given(
    damage=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=5),
    packed=st.booleans(),
)
def test_a_byte_here_and_there(
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    damage: list[tuple[int, int]],
    packed: bool,
) -> None:
    path = tmp_path_factory.mktemp("damaged") / "x.csv"
    text = file_of(path, name, rows_of(name)[:30]).read_bytes()
    data = bytearray(gzip.compress(text, mtime=0) if packed else text)
    for place, byte in damage:
        data[place % len(data)] = byte
    path.write_bytes(data)
    message = ""
    try:
        ticks, report = read_as(path, name)
    except FeedError as error:
        message = str(error)
    assert "x.csv" in message or len(ticks) == report.ticks > 0
