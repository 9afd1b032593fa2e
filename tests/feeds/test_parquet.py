"""Trades and quotes in Parquet: types, names, row groups, and files that are refused."""

import io
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.config.settings import Columns
from engine.config.settings import Feed as FeedSettings
from engine.core.command import QuoteTick, Tick, TradeTick
from engine.core.money import Lots, Price
from feeds import parquet
from feeds.errors import FeedError
from feeds.replay import FileArg, open_feed, reopen_feed
from tests.feeds.making import CONTRACTS, NOON_MS, NOON_US, TRADES_HEADER, read

pyarrow = pytest.importorskip("pyarrow")
pyarrow_parquet = pytest.importorskip("pyarrow.parquet")

NOON = datetime(2024, 7, 18, 12, tzinfo=UTC)
TRADES: list[Tick] = [
    TradeTick(
        at_us=NOON_US, contract="BTCUSDT", price=Price(650_001), quantity=Lots(3), side="sell"
    ),
    TradeTick(
        at_us=NOON_US + 1_000,
        contract="BTCUSDT",
        price=Price(650_002),
        quantity=Lots(1_500),
        side="buy",
    ),
]


def table(path: Path | io.BytesIO, columns: dict[str, Any], **options: Any) -> Any:
    pyarrow_parquet.write_table(pyarrow.table(columns), path, **options)
    return path


def stamps(unit: str) -> Any:
    times = [NOON, NOON + timedelta(milliseconds=1)]
    return pyarrow.array(times, pyarrow.timestamp(unit, "UTC"))


def text(*values: str) -> Any:
    return pyarrow.array(values)


PRICES = {
    "double": pyarrow.array([65_000.1, 65_000.2]),
    "noisy": pyarrow.array([65_000.10000000001, 65_000.19999999999]),
    "text": text("65000.1", "65000.20"),
    "decimal": pyarrow.array([Decimal("65000.1"), Decimal("65000.2")], pyarrow.decimal128(20, 8)),
    "dictionary": text("65000.1", "65000.2").dictionary_encode(),
}


@pytest.mark.parametrize("price", PRICES)
@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_types_of_columns(tmp_path: Path, price: str, unit: str) -> None:
    columns = {
        "Timestamp": stamps(unit),
        "trade_id": pyarrow.array([1, 2]),
        "price": PRICES[price],
        "quantity": pyarrow.array([0.003, 1.5]),
        "side": text("Sell", "Buy"),
    }
    ticks, report = read(table(tmp_path / "BTCUSDT.parquet", columns))
    assert ticks == TRADES
    assert (report.format, report.rows, report.skipped) == ("parquet_trades", 2, {})


WHOLE = {"s": 1_000, "ms": 1, "us": 1_000, "ns": 1_000_000}


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_the_size_of_a_stamp_tells_its_unit(tmp_path: Path, unit: str) -> None:
    times = [(NOON_MS + i) * {"ms": 1, "us": 10**3, "ns": 10**6}[unit] for i in range(2)]
    columns = {
        "time": pyarrow.array(times),
        "px": pyarrow.array([65_000.1, 65_000.2]),
        "size": pyarrow.array([0.003, 1.5]),
        "is_buyer_maker": pyarrow.array([True, False]),
    }
    assert read(table(tmp_path / "BTCUSDT.parquet", columns))[0] == TRADES


def test_stamps_may_be_texts_and_sides_may_be_missing(tmp_path: Path) -> None:
    columns = {
        "ts": text("2024-07-18T12:00:00Z", "2024-07-18T12:00:00.001Z"),
        "price": pyarrow.array([65_000.1, 65_000.2]),
        "size": pyarrow.array([0.003, 1.5]),
    }
    ticks, _ = read(table(tmp_path / "BTCUSDT.parquet", columns))
    assert [(tick.at_us, tick.side) for tick in ticks if isinstance(tick, TradeTick)] == [
        (NOON_US, "buy"),
        (NOON_US + 1_000, "buy"),
    ]


def test_quotes(tmp_path: Path) -> None:
    columns = {
        "timestamp": stamps("us"),
        "symbol": text("BTCUSDT", "ETHUSDT"),
        "ask_size": pyarrow.array([2.0, 1.0]),
        "ask": pyarrow.array([65_000.2, 3_000.0]),
        "bid_size": pyarrow.array([1.0, None]),
        "bid": pyarrow.array([65_000.1, None]),
    }
    ticks, report = read(table(tmp_path / "q.parquet", columns))
    assert ticks == [
        QuoteTick(
            at_us=NOON_US,
            contract="BTCUSDT",
            bid=Price(650_001),
            bid_quantity=Lots(1_000),
            ask=Price(650_002),
            ask_quantity=Lots(2_000),
        )
    ]
    assert report.skipped == {"bad_price": 1}


def binance(path: Path, stamp: Any) -> None:
    columns = {
        "id": pyarrow.array([1, 2]),
        "price": text("65000.1", "65000.2"),
        "qty": text("0.003", "1.5"),
        "quote_qty": text("1", "1"),
        "time": stamp,
        "is_buyer_maker": pyarrow.array([True, False]),
    }
    assert ",".join(columns) == TRADES_HEADER
    table(path, columns)


@pytest.mark.parametrize("typed", [True, False])
def test_columns_named_as_in_another_format_are_that(tmp_path: Path, typed: bool) -> None:
    stamp = stamps("ms") if typed else pyarrow.array([NOON_MS, NOON_MS + 1])
    path = tmp_path / "BTCUSDT.parquet"
    binance(path, stamp)
    ticks, report = read(path)
    assert (ticks, report.format) == (TRADES, "binance_trades")
    assert read(path, named="parquet_trades")[0] == TRADES
    own = Columns(
        name="own",
        header=tuple(TRADES_HEADER.split(",")),
        time="time",
        time_unit="ms",
        price="price",
        size="qty",
    )
    assert read(path, own)[1].format == "own"


def test_a_run_finds_the_same_ticks_again(tmp_path: Path) -> None:
    columns = {
        "time": pyarrow.array(range(NOON_MS, NOON_MS + 20_000)),
        "price": pyarrow.array([65_000.0] * 20_000),
        "size": pyarrow.array([1.0] * 20_000),
    }
    path = table(tmp_path / "BTCUSDT.parquet", columns, row_group_size=3_000)
    feed = open_feed([FileArg(str(path))], CONTRACTS, FeedSettings())
    ticks = list(feed.ticks())
    assert len(ticks) == 20_000
    assert feed.references[0].format == "parquet_trades"
    again = reopen_feed(feed.references, CONTRACTS, FeedSettings())
    assert list(again.ticks()) == ticks


def test_a_bad_row_is_counted_with_its_line(tmp_path: Path) -> None:
    columns = {
        "time": pyarrow.array([NOON_MS, NOON_MS, NOON_MS]),
        "price": pyarrow.array([65_000.0, float("nan"), 1e300]),
        "size": pyarrow.array([1.0, 1.0, 1.0]),
        "note": pyarrow.array(['a "b", c', None, "x"]),
    }
    path = table(tmp_path / "BTCUSDT.parquet", columns)
    with pytest.raises(
        FeedError, match=r"BTCUSDT\.parquet:3: 2 of 3 rows .* bad_price: found 'nan"
    ):
        read(path)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"time": [1], "price": [1.0]}, "found 'time,price'; expected one of the formats"),
        (
            {"time": [1], "size": [1.0], "price": pyarrow.array([1.0], pyarrow.float32())},
            "found 'time,size,price:float'; expected one of",
        ),
        ({"time": [1], "price": [1.0], "size": ["x" * 5_000]}, "a row of more than 4096 charact"),
    ],
)
def test_columns_that_are_not_known(tmp_path: Path, columns: dict[str, Any], message: str) -> None:
    path = table(tmp_path / "BTCUSDT.parquet", columns)
    with pytest.raises(FeedError, match=message):
        read(path)


def test_a_format_by_name_says_which_column_is_missing(tmp_path: Path) -> None:
    path = table(tmp_path / "BTCUSDT.parquet", {"time": [1], "cost": [1.0], "size": [1.0]})
    with pytest.raises(FeedError, match=r"columns time, cost, size; expected .* price: price, px"):
        read(path, named="parquet_trades")


@cache
def good() -> bytes:
    """A file of six row groups."""
    count = 3_000
    columns = {
        "time": pyarrow.array(range(NOON_MS, NOON_MS + count)),
        "price": pyarrow.array([65_000 + i % 97 for i in range(count)]),
        "size": pyarrow.array([1.0 + i % 13 for i in range(count)]),
    }
    file = io.BytesIO()
    table(file, columns, row_group_size=500, write_page_checksum=True)
    return file.getvalue()


@pytest.mark.parametrize("cut", [1, 8, 400, 20_000])
def test_a_file_that_is_cut_off(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "BTCUSDT.parquet"
    path.write_bytes(good()[:-cut])
    with pytest.raises(FeedError, match=r"BTCUSDT\.parquet: cut off or damaged Parquet .*download"):
        read(path)


def test_a_page_that_was_changed_says_the_last_good_line(tmp_path: Path) -> None:
    data = bytearray(good())
    column = pyarrow_parquet.ParquetFile(io.BytesIO(data)).metadata.row_group(5).column(0)
    data[column.data_page_offset + column.total_compressed_size // 2] ^= 1
    path = tmp_path / "BTCUSDT.parquet"
    path.write_bytes(data)
    with pytest.raises(FeedError, match=r"damaged Parquet .*; last good line [1-9]\d*; download"):
        read(path)


@settings(max_examples=100)
@given(damage=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=4))
def test_a_byte_here_and_there(
    tmp_path_factory: pytest.TempPathFactory, damage: list[tuple[int, int]]
) -> None:
    data = bytearray(good())
    for place, byte in damage:
        data[place % len(data)] = byte
    path = tmp_path_factory.mktemp("damaged") / "BTCUSDT.parquet"
    path.write_bytes(data)
    try:
        ticks, report = read(path)
        message = ""
    except FeedError as error:
        message = str(error)
    assert "BTCUSDT.parquet" in message or len(ticks) == report.rows - report.dropped > 0


def test_what_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    count = 4_000_000
    columns = {
        "time": pyarrow.array([NOON_MS]).take(pyarrow.array([0] * count, pyarrow.int32())),
        "price": pyarrow.array([1.0]).take(pyarrow.array([0] * count, pyarrow.int32())),
    }
    path = table(tmp_path / "BTCUSDT.parquet", columns, compression="zstd")
    assert path.stat().st_size < 100_000
    with pytest.raises(FeedError, match="4000000 rows unpack to more than 200 times its size"):
        read(path)


def test_without_pyarrow_the_message_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "BTCUSDT.parquet"
    path.write_bytes(good())
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(FeedError, match=r"pip install 'margincall\[parquet\]', or convert the fi"):
        read(path)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """What Arrow holds at most, while files of one row group and of twenty are read."""
    held = []
    for groups in (2, 20):
        columns = {
            "time": pyarrow.array(range(NOON_MS, NOON_MS + groups * 5_000)),
            "price": pyarrow.array([65_000 + i % 97 for i in range(groups * 5_000)]),
            "size": pyarrow.array([1.0 + i % 13 for i in range(groups * 5_000)]),
        }
        path = table(tmp_path / "BTCUSDT.parquet", columns, row_group_size=5_000)
        del columns
        source = open_feed([FileArg(str(path))], CONTRACTS, FeedSettings())
        base, most = pyarrow.total_allocated_bytes(), 0
        for _ in source.batches():
            most = max(most, pyarrow.total_allocated_bytes() - base)
        held.append(most)
    assert 0 < held[1] < held[0] * 3 // 2 + parquet.BATCH * 100
