"""Files of Tardis, Bybit, OKX and Kraken, row by row."""

from pathlib import Path

import msgspec
import pytest

from engine.config.error import ConfigError
from engine.config.read import Place
from engine.config.settings import Columns
from engine.config.streams import FeedTable
from engine.config.streams import feed as feed_settings
from engine.core.command import BookTick, FundingTick, IndexTick, MarkTick, QuoteTick, TradeTick
from engine.core.instrument import IndexSource, IndexTerms
from engine.core.money import Lots, Price
from feeds.errors import FeedError
from tests.feeds.making import CONTRACTS, FUNDED, NOON_MS, NOON_US, read, write

TARDIS = "exchange,symbol,timestamp,local_timestamp"
BYBIT = (
    "timestamp,symbol,side,size,price,tickDirection,trdMatchID,grossValue,homeNotional,"
    "foreignNotional"
)
OKX_OLD = "trade_id/撮合id,side/交易方向,size/数量,price/价格,created_time/成交时间"
OKX_NEW = "instrument_name,trade_id,side,price,size,created_time"


def tardis_row(
    rest: str, at_us: int = 0, symbol: str = "BTCUSDT", local_us: int | None = None
) -> str:
    """A row of Tardis, `at_us` after noon; captured 5 ms later if nothing else is said."""
    local = at_us + 5_000 if local_us is None else local_us
    return f"binance-futures,{symbol},{NOON_US + at_us},{NOON_US + local},{rest}"


def trade(at_us: int, price: int, lots: int, side: str, symbol: str = "BTCUSDT") -> TradeTick:
    return TradeTick(
        at_us=NOON_US + at_us,
        contract=symbol,
        price=Price(price),
        quantity=Lots(lots),
        side="buy" if side == "buy" else "sell",
    )


def book(
    at_us: int,
    bids: list[tuple[int, int]],
    asks: list[tuple[int, int]],
    *,
    reset: bool = False,
    symbol: str = "BTCUSDT",
) -> BookTick:
    return BookTick(
        at_us=NOON_US + at_us,
        contract=symbol,
        bids=tuple((Price(price), Lots(lots)) for price, lots in bids),
        asks=tuple((Price(price), Lots(lots)) for price, lots in asks),
        reset=reset,
    )


def test_trades_of_tardis(tmp_path: Path) -> None:
    rows = [
        tardis_row("1,sell,65000.0,0.003"),
        tardis_row(",buy,65000.1,2", at_us=1, symbol="ETHUSDT"),
        tardis_row("3,unknown,65000.5,0.0005", at_us=2),
        tardis_row("4,unknown,64999.5,1", at_us=3),
        tardis_row("5,BUY,64999.5,1", at_us=4, symbol="XRPUSDT"),
        tardis_row("6,both,64999.5,1", at_us=5),
    ]
    path = write(tmp_path / "any.csv.gz", [f"{TARDIS},id,side,price,amount", *rows])
    ticks, report = read(path)
    assert ticks == [
        trade(0, 650_000, 3, "sell"),
        trade(1, 6_500_010, 2_000, "buy", "ETHUSDT"),
        trade(2, 650_005, 1, "buy"),
        trade(3, 649_995, 1_000, "sell"),
    ]
    assert (report.format, report.rows, report.ticks) == ("tardis_trades", 6, 4)
    assert report.skipped == {"unknown_contract": 1, "bad_side": 1}


def test_liquidations_of_tardis_are_not_replayed_as_trades(tmp_path: Path) -> None:
    lines = [f"{TARDIS},id,side,price,amount", tardis_row(",sell,65000.0,0.003")]
    path = write(tmp_path / "bybit_liquidations_2024-02-12_BTCUSDT.csv.gz", lines)
    for named in (None, "tardis_liquidations"):
        with pytest.raises(FeedError, match=r"is tardis_liquidations: liquidations .* among its"):
            read(path, named=named)
    assert read(path, named="tardis_trades")[0] == [trade(0, 650_000, 3, "sell")]


def test_quotes_of_tardis(tmp_path: Path) -> None:
    rows = [
        tardis_row("0.095,64000.1,64000.0,46.371"),
        tardis_row(",,64000.0,46.371", at_us=1),
        tardis_row("0.0001,64000.2,64000.1,1", at_us=2),
        tardis_row("1,64000.2,64000.2,1", at_us=3),
    ]
    path = write(tmp_path / "x.csv", [f"{TARDIS},ask_amount,ask_price,bid_price,bid_amount", *rows])
    ticks, report = read(path)
    assert [(tick.bid, tick.ask) for tick in ticks if isinstance(tick, QuoteTick)] == [
        (640_000, 640_001),
        (640_001, 640_002),
    ]
    assert ticks[0] == QuoteTick(
        at_us=NOON_US,
        contract="BTCUSDT",
        bid=Price(640_000),
        bid_quantity=Lots(46_371),
        ask=Price(640_001),
        ask_quantity=Lots(95),
    )
    assert report.skipped == {"empty": 1, "crossed_quote": 1}


def tardis_book(folder: Path, *rows: str) -> Path:
    return write(folder / "book.csv", [f"{TARDIS},is_snapshot,side,price,amount", *rows])


def test_rows_of_one_message_are_one_tick_of_a_book(tmp_path: Path) -> None:
    path = tardis_book(
        tmp_path,
        tardis_row("false,bid,63000.0,1", at_us=0),
        tardis_row("true,bid,64000.0,1", at_us=10),
        tardis_row("true,bid,63999.0,2", at_us=10),
        tardis_row("true,ask,64000.1,0.5", at_us=10),
        tardis_row("true,ask,64000.2,0.5", at_us=11),
        tardis_row("false,ask,64000.1,0", at_us=12),
        tardis_row("false,bid,64000.0,0.0009", at_us=12, local_us=99),
        tardis_row("false,bid,64000.0,7", at_us=12, local_us=99),
        tardis_row("false,bid,NaN,7", at_us=13),
        tardis_row("false,ask,64001.0,3", at_us=14),
        tardis_row("true,ask,64001.0,3", at_us=15),
    )
    ticks, report = read(path)
    assert ticks == [
        book(10, [(640_000, 1_000), (639_990, 2_000)], [(640_001, 500)], reset=True),
        book(11, [], [(640_002, 500)]),
        book(12, [], [(640_001, 0)]),
        book(12, [(640_000, 7_000)], []),
        book(14, [], [(640_010, 3_000)]),
        book(15, [], [(640_010, 3_000)], reset=True),
    ]
    assert (report.format, report.rows, report.ticks) == ("tardis_book", 11, 6)
    assert report.skipped == {"before_snapshot": 1, "bad_price": 1}
    assert (report.low, report.high) == (None, None)


def test_books_of_two_contracts_do_not_wait_for_each_other(tmp_path: Path) -> None:
    path = tardis_book(
        tmp_path,
        tardis_row("true,bid,64000.0,1", at_us=0),
        tardis_row("true,bid,3000.0,1", at_us=5, symbol="ETHUSDT"),
        tardis_row("true,bid,3000.0,x", at_us=5, symbol="BTCUSDT"),
        tardis_row("false,ask,3000.5,1", at_us=2_000_000, symbol="ETHUSDT"),
        tardis_row("false,ask,64000.5,1", at_us=4_000_000),
    )
    ticks, report = read(path)
    assert ticks == [
        book(0, [(640_000, 1_000)], [], reset=True),
        book(5, [(300_000, 1_000)], [], reset=True, symbol="ETHUSDT"),
        book(2_000_000, [], [(300_050, 1_000)], symbol="ETHUSDT"),
        book(4_000_000, [], [(640_005, 1_000)]),
    ]
    assert report.skipped == {"bad_quantity": 1}


def test_a_message_stamped_before_the_one_before_it_keeps_its_place(tmp_path: Path) -> None:
    path = tardis_book(
        tmp_path,
        tardis_row("true,bid,64000.0,1", at_us=2_000_000, local_us=1),
        tardis_row("false,bid,64000.0,2", at_us=1_500_000, local_us=2),
        *(tardis_row(f"false,bid,64000.0,{i}", at_us=2_000_000 + i) for i in range(3, 400)),
        tardis_row("false,bid,64000.0,3", at_us=500_000, local_us=9_000_000),
        tardis_row("false,ask,64001.0,3", at_us=500_000, local_us=9_000_000),
    )
    ticks, report = read(path)
    assert ticks[1] == book(2_000_000, [(640_000, 2_000)], [])
    assert len(ticks) == report.ticks == 399
    assert report.skipped == {"out_of_order": 2}


@pytest.mark.parametrize("last", ["bid", "ask"])
def test_a_message_that_crosses_itself_is_applied_side_by_side(tmp_path: Path, last: str) -> None:
    rows = [tardis_row("true,bid,64001.0,1"), tardis_row("true,ask,64000.0,1")]
    path = tardis_book(tmp_path, *(rows if last == "ask" else rows[::-1]))
    bid, ask = (640_010, 1_000), (640_000, 1_000)
    if last == "ask":
        assert read(path)[0] == [book(0, [bid], [], reset=True), book(0, [], [ask])]
    else:
        assert read(path)[0] == [book(0, [], [ask], reset=True), book(0, [bid], [])]


def test_a_book_without_a_snapshot_is_an_error(tmp_path: Path) -> None:
    path = tardis_book(tmp_path, tardis_row("false,bid,64000.0,1"))
    with pytest.raises(
        FeedError, match="before_snapshot: found 'false'; begin with the file of the da"
    ):
        read(path)


@pytest.mark.parametrize("cell", ["True", "1", ""])
def test_a_book_row_that_does_not_say_whether_it_is_of_a_snapshot(
    tmp_path: Path, cell: str
) -> None:
    rows = [tardis_row("true,bid,64000.0,1"), tardis_row(f"{cell},bid,64000.0,2")]
    assert read(tardis_book(tmp_path, *rows))[1].skipped == {"bad_row": 1}


TICKER = (
    f"{TARDIS},funding_timestamp,funding_rate,predicted_funding_rate,open_interest,last_price,"
    "index_price,mark_price"
)


def ticker_row(at_us: int, due_us: int | None, rate: str, index: str) -> str:
    due = "" if due_us is None else str(NOON_US + due_us)
    return tardis_row(f"{due},{rate},,1,65000.0,{index},65000.0", at_us=at_us)


def index(at_us: int, price: int) -> IndexTick:
    return IndexTick(at_us=NOON_US + at_us, contract="BTCUSDT", price=Price(price))


def funding(at_us: int, rate_e8: int) -> FundingTick:
    return FundingTick(at_us=NOON_US + at_us, contract="BTCUSDT", rate_e8=rate_e8)


def test_a_ticker_of_tardis_gives_the_index_rounded_to_the_unit(tmp_path: Path) -> None:
    rows = [
        ticker_row(0, 10, "0.0001", "65000.04"),
        ticker_row(20, 99, "0.0001", "65000.05"),
        ticker_row(21, 99, "0.0001", "65000.15"),
        ticker_row(22, 99, "0.0001", ""),
        ticker_row(23, 99, "0.0001", "0"),
    ]
    ticks, report = read(write(tmp_path / "t.csv", [TICKER, *rows]))
    assert ticks == [index(0, 650_000), index(20, 650_000), index(21, 650_002)]
    assert report.skipped == {"empty": 1, "bad_price": 1}


def test_a_ticker_of_tardis_gives_the_mark_where_the_venue_goes_by_it(tmp_path: Path) -> None:
    rows = [ticker_row(0, 10, "0.0001", "65000.1"), ticker_row(20, 99, "0.0001", "")]
    path = write(tmp_path / "t.csv", [TICKER, *rows])
    ticks, report = read(path, marks=True)
    marks = [
        MarkTick(at_us=NOON_US + at_us, contract="BTCUSDT", price=Price(650_000))
        for at_us in (0, 20)
    ]
    assert (ticks, report.skipped) == ([index(0, 650_001), *marks], {})


def test_the_exchange_of_a_ticker_is_the_source_of_an_index_that_has_some(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", [TICKER, ticker_row(0, 10, "0.0001", "65000.1")])
    exchange = tardis_row("").partition(",")[0]
    sourced = msgspec.structs.replace(
        CONTRACTS["BTCUSDT"], index=IndexTerms(sources=(IndexSource(exchange),))
    )
    (tick,) = read(path, contracts={**CONTRACTS, "BTCUSDT": sourced})[0]
    assert tick == msgspec.structs.replace(index(0, 650_001), source=exchange)


def test_funding_of_a_ticker_is_settled_when_the_due_time_moves_on(tmp_path: Path) -> None:
    rows = [
        ticker_row(100, 50, "0.0009", "65000"),  # due before the file began: settled before it
        ticker_row(200, 1_000, "0.0001", "65000"),
        ticker_row(900, 1_000, "0.0002", "65000"),
        ticker_row(1_100, 2_000, "-0.0003", "65000"),  # the one of 1,000 has been settled
        ticker_row(1_200, 1_500, "-0.0004", "65000"),  # moved forward, not settled
        ticker_row(1_600, 1_500, "-0.0005", "65000"),  # past, and still shown
        ticker_row(1_700, 3_000, "0.0006", ""),
        ticker_row(1_800, None, "", "65000"),
    ]
    path = write(tmp_path / "t.csv", [TICKER, *rows])
    ticks, report = read(path, contracts=FUNDED)
    assert [tick for tick in ticks if isinstance(tick, FundingTick)] == [
        funding(1_000, 20_000),
        funding(1_600, -50_000),
    ]
    assert [tick.at_us for tick in ticks] == sorted(tick.at_us for tick in ticks)
    assert (len(ticks), report.skipped) == (9, {})
    without, report = read(path)
    assert without == [tick for tick in ticks if isinstance(tick, IndexTick)]
    assert report.skipped == {"empty": 1}


def test_trades_of_bybit(tmp_path: Path) -> None:
    rows = [
        "1721304000.5001,BTCUSDT,Sell,0.002,65000.10,MinusTick,a-1,1.3e+10,0.002,130.0002",
        "1721304000.9,BTCUSDT,Buy,1.5,65000.20,PlusTick,a-2,9.75003e+12,1.5,97500.3",
        "1721304000.9,BTCUSDT,Buy,1.5,65000.20,PlusTick,a-2,9.75003e+12,1.5,97500.3",
    ]
    expected = [trade(500_100, 650_001, 2, "sell"), trade(900_000, 650_002, 1_500, "buy")]
    ticks, report = read(write(tmp_path / "BTCUSDT2024-07-18.csv.gz", [BYBIT, *rows]))
    assert ticks == expected
    assert (report.format, report.skipped) == ("bybit_trades", {"duplicate": 1})
    newer = [f"{BYBIT},RPI", *(f"{row},0" for row in rows)]
    assert read(write(tmp_path / "newer.csv.gz", newer))[0] == expected


def test_an_old_file_of_bybit_that_goes_backwards_has_to_be_sorted(tmp_path: Path) -> None:
    rows = [f"{1_721_304_000 - i},BTCUSDT,Buy,1,65000,PlusTick,a-{i},1,1,65000" for i in range(100)]
    path = write(tmp_path / "x.csv", [BYBIT, *rows])
    with pytest.raises(FeedError, match=r"x\.csv:4: 98 of 100 rows come more than 1 s.*sort the f"):
        read(path)
    assert len(read(path, hold_back_us=100_000_000)[0]) == 100


def test_trades_of_okx_with_the_old_header(tmp_path: Path) -> None:
    rows = [f"1,buy,0.00418,65000.1,{NOON_MS}", f"2,sell,2,65000.0,{NOON_MS + 5}"]
    path = tmp_path / "BTC-USDT-trades-2023-11-18.csv"
    path.write_bytes("".join(f"{line}\n" for line in [OKX_OLD, *rows]).encode("gbk"))
    ticks, report = read(f"BTCUSDT={path}")
    assert ticks == [trade(0, 650_001, 4, "buy"), trade(5_000, 650_000, 2_000, "sell")]
    assert (report.format, report.skipped) == ("okx_old_trades", {})
    plain = write(tmp_path / "BTCUSDT.csv", ["trade_id,side,size,price,created_time", *rows])
    assert read(plain)[0] == ticks


@pytest.mark.parametrize("name", ["BTC-USDT-SWAP-trades-2023-11-18", "BTC-USDT-231229-trades"])
def test_sizes_of_okx_swaps_are_contracts(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / f"{name}.zip", [OKX_OLD, f"1,buy,7,65000.1,{NOON_MS}"])
    ticks, report = read(f"BTCUSDT={path}")
    assert ticks == [trade(0, 650_001, 7, "buy")]
    assert report.format == "okx_old_contract_trades"


def test_trades_of_okx_with_the_new_header_say_their_instrument(tmp_path: Path) -> None:
    lines = [OKX_NEW, f"BTC-USDT,1,buy,65000.1,0.007,{NOON_MS}"]
    assert read(f"BTCUSDT={write(tmp_path / 'spot.zip', lines)}")[0] == [
        trade(0, 650_001, 7, "buy")
    ]
    lines = [OKX_NEW, f"BTC-USDT-SWAP,1,buy,65000.1,7,{NOON_MS}"]
    assert read(f"BTCUSDT={write(tmp_path / 'swap.zip', lines)}")[0] == [
        trade(0, 650_001, 7, "buy")
    ]


SWAP = {
    "header": OKX_NEW.split(","),
    "time": "created_time",
    "time_unit": "ms",
    "price": "price",
    "size": "size",
    "side": "side",
}


def swap(**more: str) -> Columns:
    """A lab's map of OKX's swaps."""
    table = FeedTable(columns={"swap": {**SWAP, **more}})
    return feed_settings(table, Place("lab.toml", "feed")).columns[0]


def test_a_lab_says_how_large_a_contract_is(tmp_path: Path) -> None:
    lines = [OKX_NEW, f"BTC-USDT-SWAP,1,buy,65000.1,7.25,{NOON_MS}"]
    path = write(tmp_path / "BTCUSDT.csv", lines)
    of_a_hundredth = swap(size_unit="contract", contract_size="0.01")
    assert read(path, of_a_hundredth)[0] == [trade(0, 650_001, 72, "buy")]
    assert read(path, swap(size_unit="contract"))[0] == [trade(0, 650_001, 7, "buy")]


def test_a_lab_says_how_large_a_contract_is_only_of_contracts() -> None:
    with pytest.raises(
        ConfigError, match=r"swap\.contract_size: .* expected size_unit = \"contract"
    ):
        swap(contract_size="0.01")
    with pytest.raises(ConfigError, match=r"swap\.contract_size: found 0, expected .* above 0"):
        swap(size_unit="contract", contract_size="0")


def test_time_and_sales_of_kraken_have_no_header_and_no_side(tmp_path: Path) -> None:
    prices = ["65000.00000", "65000.1", "65000.1", "64999.9", "64999.9"]
    rows = [f"{1_721_304_000 + i // 2},{price},0.25" for i, price in enumerate(prices)]
    ticks, report = read(write(tmp_path / "BTCUSDT.csv", rows))
    assert report.format == "kraken_trades"
    assert [tick.side for tick in ticks if isinstance(tick, TradeTick)] == [
        *("buy", "buy", "buy", "sell", "sell")
    ]
    assert [tick.at_us - NOON_US for tick in ticks] == [0, 0, 10**6, 10**6, 2 * 10**6]
    assert ticks[0] == trade(0, 650_000, 250, "buy")


@pytest.mark.parametrize("row", ["1721304000000,65000,1", "12,65000,1", "1721304000,65000,-1"])
def test_three_columns_that_are_not_krakens(tmp_path: Path, row: str) -> None:
    with pytest.raises(FeedError, match="expected one of the formats"):
        read(write(tmp_path / "BTCUSDT.csv", [row]))
