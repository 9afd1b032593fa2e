"""Every format, with and without header, plain and packed; and how a format is recognised."""

from pathlib import Path

import pytest

from engine.config.settings import Columns
from engine.core.command import FundingTick, IndexTick, QuoteTick, Tick, TradeTick
from engine.core.money import Lots, Price
from feeds.errors import FeedError
from tests.feeds.making import (
    AGG_HEADER,
    FUNDED,
    NOON_MS,
    NOON_US,
    QUOTES_HEADER,
    TRADES_HEADER,
    read,
    write,
)

TRADES = [
    f"5182005737,63943.90,0.003,191.8317,{NOON_MS},true",
    f"5182005738,63944.00,1.017,65031.04,{NOON_MS + 62},false",
]
TRADE_TICKS: list[Tick] = [
    TradeTick(
        at_us=NOON_US, contract="BTCUSDT", price=Price(639_439), quantity=Lots(3), side="sell"
    ),
    TradeTick(
        at_us=NOON_US + 62_000,
        contract="BTCUSDT",
        price=Price(639_440),
        quantity=Lots(1_017),
        side="buy",
    ),
]
AGG_TRADES = [
    f"2000000001,63943.90,0.003,5182005737,5182005737,{NOON_MS},true",
    f"2000000002,63944.00,1.017,5182005738,5182005739,{NOON_MS + 62},false",
]
QUOTES = [
    f"4984028370881,63943.90,46.371,63944.00,0.0953,{NOON_MS},{NOON_MS + 3}",
    f"4984028374571,63943.80,46.369,63944.00,0.0005,{NOON_MS + 68},{NOON_MS + 70}",
]
QUOTE_TICKS: list[Tick] = [
    QuoteTick(
        at_us=NOON_US,
        contract="BTCUSDT",
        bid=Price(639_439),
        bid_quantity=Lots(46_371),
        ask=Price(639_440),
        ask_quantity=Lots(95),
    ),
    QuoteTick(
        at_us=NOON_US + 68_000,
        contract="BTCUSDT",
        bid=Price(639_438),
        bid_quantity=Lots(46_369),
        ask=Price(639_440),
        ask_quantity=Lots(0),
    ),
]
HEADER = f"header {TRADES_HEADER}"
BUILT_IN = [
    ("binance_trades", TRADES_HEADER, TRADES, TRADE_TICKS),
    ("binance_agg_trades", AGG_HEADER, AGG_TRADES, TRADE_TICKS),
    ("binance_book_ticker", QUOTES_HEADER, QUOTES, QUOTE_TICKS),
]


@pytest.mark.parametrize("ending", ["csv", "zip", "csv.gz"])
@pytest.mark.parametrize("with_header", [True, False])
@pytest.mark.parametrize("by_name", [True, False])
@pytest.mark.parametrize(("name", "header", "rows", "ticks"), BUILT_IN)
def test_a_built_in_format(
    tmp_path: Path,
    name: str,
    header: str,
    rows: list[str],
    ticks: list[Tick],
    ending: str,
    with_header: bool,
    by_name: bool,
) -> None:
    lines = [header, *rows] if with_header else rows
    path = write(tmp_path / f"BTCUSDT-x-2024-07-18.{ending}", lines)
    found, report = read(path, named=name if by_name else None)
    assert found == ticks
    assert (report.format, report.contract, report.rows) == (name, "BTCUSDT", 2)
    assert report.skipped == {}
    assert (report.first_us, report.last_us) == (ticks[0].at_us, ticks[1].at_us)


def test_a_report_holds_the_range_of_prices(tmp_path: Path) -> None:
    _, trades = read(write(tmp_path / "BTCUSDT-trades.csv", TRADES))
    _, quotes = read(write(tmp_path / "BTCUSDT-book.csv", QUOTES))
    assert (trades.low, trades.high) == (639_439, 639_440)
    assert (quotes.low, quotes.high) == (639_438, 639_440)


def test_a_lab_map_goes_before_what_is_built_in(tmp_path: Path) -> None:
    other_way = Columns(
        name="other_way",
        header=tuple(TRADES_HEADER.split(",")),
        time="time",
        time_unit="ms",
        price="price",
        size="qty",
        side="is_buyer_maker",
        buy="true",
        sell="false",
    )
    path = write(tmp_path / "BTCUSDT.csv", [TRADES_HEADER, *TRADES])
    ticks, report = read(path, other_way)
    assert report.format == "other_way"
    assert [tick.side for tick in ticks if isinstance(tick, TradeTick)] == ["buy", "sell"]
    assert read(path, other_way, named="binance_trades")[0] == TRADE_TICKS


def trades_map(**changes: object) -> Columns:
    fields = {
        "name": "own",
        "header": ("when", "paid", "much", "way"),
        "time": "when",
        "time_unit": "s",
        "price": "paid",
        "size": "much",
        "side": "way",
    }
    return Columns(**{**fields, **changes})  # type: ignore[arg-type]


def sides_and_lots(ticks: list[Tick]) -> list[tuple[str, int]]:
    return [(tick.side, tick.quantity) for tick in ticks if isinstance(tick, TradeTick)]


def test_a_side_is_one_of_two_words_in_any_case(tmp_path: Path) -> None:
    rows = ["1721304000.5,65000,1,B", "1721304000.6,65000,1,s", "1721304000.7,65000,1,S"]
    path = write(tmp_path / "BTCUSDT.csv", ["when,paid,much,way", *rows])
    ticks, _ = read(path, trades_map(buy="b", sell="s"))
    assert sides_and_lots(ticks) == [("buy", 1_000), ("sell", 1_000), ("sell", 1_000)]
    assert ticks[0].at_us == NOON_US + 500_000


def test_a_negative_size_is_a_sell_where_the_side_is_the_sign(tmp_path: Path) -> None:
    path = write(
        tmp_path / "BTCUSDT.csv",
        ["timestamp,price,size", f"{NOON_MS},65000,-130", f"{NOON_MS},65000,64", f"{NOON_MS},1,0"],
    )
    signed = Columns(
        name="bitmex",
        header=("timestamp", "price", "size"),
        time="timestamp",
        time_unit="ms",
        price="price",
        size="size",
        side="sign",
        size_unit="quote",
    )
    ticks, report = read(path, signed)
    # 130 / 65,000 is 2 lots of 0.001; 64 / 65,000 is less than one, but it moved the price.
    assert sides_and_lots(ticks) == [("sell", 2), ("buy", 1)]
    assert report.skipped == {"bad_quantity": 1}


def test_without_a_side_the_price_tells(tmp_path: Path) -> None:
    prices = ["65000", "65000", "64999", "64999", "65001", "65001"]
    path = write(
        tmp_path / "BTCUSDT.csv", [f"{1_721_304_000 + i},{p},1" for i, p in enumerate(prices)]
    )
    kraken = trades_map(header=None, time="1", price="2", size="3", side=None)
    sides = [side for side, _ in sides_and_lots(read(path, kraken)[0])]
    assert sides == ["buy", "buy", "sell", "sell", "buy", "buy"]


def test_columns_without_a_header_are_counted_and_may_be_more_than_are_named(
    tmp_path: Path,
) -> None:
    rows = ["x;65000;2;sell;1721304000;ANY", "y;65001;3;buy;1721304001;ANY"]
    path = write(tmp_path / "BTCUSDT.csv", rows)
    counted = trades_map(header=None, delimiter=";", time="5", price="2", size="3", side="4")
    assert sides_and_lots(read(path, counted)[0]) == [("sell", 2_000), ("buy", 3_000)]


def test_cells_may_be_quoted(tmp_path: Path) -> None:
    rows = ['"1721304000","65000","2","buy"', '1721304001,65001,"3,5",sell']
    path = write(tmp_path / "BTCUSDT.csv", ['"when","paid","much","way"', *rows])
    ticks, report = read(path, trades_map())
    assert sides_and_lots(ticks) == [("buy", 2_000)]
    assert report.skipped == {"bad_quantity": 1}


def test_quotes_of_a_map_may_be_in_quote_currency(tmp_path: Path) -> None:
    quotes = Columns(
        name="quotes",
        kind="quotes",
        header=("t", "b", "bs", "a", "as"),
        time="t",
        time_unit="us",
        bid="b",
        bid_size="bs",
        ask="a",
        ask_size="as",
        size_unit="quote",
    )
    path = write(tmp_path / "BTCUSDT.csv", ["t,b,bs,a,as", f"{NOON_US},64999.9,1300,65000,649.9"])
    assert read(path, quotes)[0] == [
        QuoteTick(
            at_us=NOON_US,
            contract="BTCUSDT",
            bid=Price(649_999),
            bid_quantity=Lots(20),
            ask=Price(650_000),
            ask_quantity=Lots(9),
        )
    ]


def test_index_prices_and_funding_rates(tmp_path: Path) -> None:
    index = Columns(
        name="index",
        kind="index",
        header=("t", "p"),
        time="t",
        time_unit="iso",
        price="p",
        source="near",
    )
    rates = Columns(name="rates", kind="funding", header=None, time="1", time_unit="iso", rate="2")
    at_index = write(tmp_path / "BTCUSDT-index.csv", ["t,p", "2024-07-18 12:00:00,64321.0"])
    at_rates = write(tmp_path / "BTCUSDT-rates.csv", ["20240718 12:00:00,-0.0001"])
    assert read(at_index, index, rates)[0] == [
        IndexTick(at_us=NOON_US, contract="BTCUSDT", price=Price(643_210), source="near")
    ]
    ticks, report = read(at_rates, index, rates, contracts=FUNDED)
    assert ticks == [FundingTick(at_us=NOON_US, contract="BTCUSDT", rate_e8=-10_000)]
    assert (report.low, report.high) == (None, None)


@pytest.mark.parametrize(
    ("lines", "near"),
    [
        (["id,price,qty,base_qty,time,is_buyer_maker", *TRADES], f"binance_trades ({HEADER}"),
        (["id,price,quantity,quote_qty,time,is_buyer_maker", *TRADES], "binance_trades"),
        (["open_time,open,high,low,close", "1,2,3,4,5"], "binance_klines"),
        (["1,2,3"], None),
        (["<html>"], None),
    ],
)
def test_a_header_that_is_none_of_the_known_is_never_taken_for_a_bad_row(
    tmp_path: Path, lines: list[str], near: str | None
) -> None:
    path = write(tmp_path / "BTCUSDT.csv", lines)
    with pytest.raises(FeedError) as error:
        read(path, trades_map())
    message = str(error.value)
    assert message.startswith(f"{path}:1: found {lines[0]!r}; expected one of the formats own")
    assert "binance_trades, binance_agg_trades" in message
    assert ("the most alike is" in message) is (near is not None)
    assert f"the most alike is {near or ''}" in message or near is None
    assert "--format" in message


def test_a_format_that_was_named_must_fit(tmp_path: Path) -> None:
    path = write(tmp_path / "BTCUSDT.csv", [AGG_HEADER, *AGG_TRADES])
    with pytest.raises(
        FeedError, match=rf"BTCUSDT\.csv:1: found .*expected header {TRADES_HEADER}"
    ):
        read(path, named="binance_trades")
    counted = trades_map(header=None, time="1", price="2", size="3", side="4")
    with pytest.raises(FeedError, match="expected no header, 4 or more columns"):
        read(path, counted, named="own")
    with pytest.raises(
        FeedError, match="--format no_such: there is no such format; there are: own"
    ):
        read(path, trades_map(), named="no_such")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,2,3", "bad_row"),
        ("x1,65000,1,buy", "bad_time"),
        ("1721304000,6x,1,buy", "bad_price"),
    ],
)
def test_rows_that_do_not_fit_counted_columns_are_not_taken_for_them(
    tmp_path: Path, row: str, reason: str
) -> None:
    counted = trades_map(header=None, time="1", price="2", size="3", side="4")
    path = write(tmp_path / "BTCUSDT.csv", [row])
    with pytest.raises(FeedError, match=r"BTCUSDT\.csv:1: found .*expected one of the formats own"):
        read(path, counted)
    write(path, [row, "1721304000,65000,1,buy"])
    assert read(path, counted)[1].skipped == {reason: 1}


def test_a_first_row_that_is_bad_does_not_hide_a_format(tmp_path: Path) -> None:
    path = write(tmp_path / "BTCUSDT.csv", ["1,NaN,1,1,x,true", *TRADES])
    ticks, report = read(path)
    assert ticks == TRADE_TICKS
    assert report.skipped == {"bad_time": 1}
