"""Files of Binance Vision whose rows are not ticks: bars, funding rates, depth by bands."""

from pathlib import Path

import pytest

from engine.core.command import BookTick, FundingTick, IndexTick, MarkTick, TradeTick
from engine.core.money import AMOUNT_MAX, Lots, Price
from feeds.errors import FeedError
from tests.feeds.making import FUNDED, NOON_MS, NOON_US, read, write

KLINES = (
    "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,"
    "taker_buy_quote_volume,ignore"
)
MINUTE = 60_000


def bar(
    number: int, prices: str, volume: str = "1.000", count: int = 9, *, ms: int | None = None
) -> str:
    """A bar of a minute, `number` minutes after noon; prices are open, high, low, close."""
    begin = NOON_MS + number * MINUTE if ms is None else ms
    return f"{begin},{prices},{volume},{begin + MINUTE - 1},9.0,{count},0.5,4.5,0"


def bars(folder: Path, *rows: str, header: bool = True, name: str = "BTCUSDT-1m.csv") -> Path:
    return write(folder / name, [KLINES, *rows] if header else rows)


def trades_of(path: Path) -> list[tuple[int, int, int, str]]:
    ticks, _ = read(path)
    return [
        (tick.at_us - NOON_US, tick.price, tick.quantity, tick.side)
        for tick in ticks
        if isinstance(tick, TradeTick)
    ]


@pytest.mark.parametrize("header", [True, False])
def test_a_rising_bar_goes_down_first_and_a_falling_one_up(tmp_path: Path, header: bool) -> None:
    path = bars(
        tmp_path,
        bar(0, "65000.0,65002.0,64999.0,65001.0", volume="1.007"),
        bar(1, "65001.0,65001.5,64990.0,65000.9"),
        header=header,
    )
    third = 19_999_666
    assert trades_of(path) == [
        (0, 650_000, 251, "buy"),
        (third, 649_990, 251, "sell"),
        (2 * third + 1, 650_020, 251, "buy"),
        (59_999_000, 650_010, 254, "sell"),
        (60_000_000, 650_010, 250, "sell"),
        (60_000_000 + third, 650_015, 250, "buy"),
        (60_000_000 + 2 * third + 1, 649_900, 250, "sell"),
        (119_999_000, 650_009, 250, "buy"),
    ]


def test_a_bar_of_hardly_any_volume_still_moves_the_price(tmp_path: Path) -> None:
    path = bars(tmp_path, bar(0, "65000.0,65000.0,65000.0,65000.0", volume="0.0005"))
    assert [quantity for _, _, quantity, _ in trades_of(path)] == [1, 1, 1, 1]


def test_the_volume_of_a_bar_is_worth_no_more_than_money_can_be(tmp_path: Path) -> None:
    path = bars(tmp_path, bar(0, "65000.0,65000.0,65000.0,65000.0", volume="9" * 18))
    most = AMOUNT_MAX // (650_000 * 100)
    assert [quantity for _, _, quantity, _ in trades_of(path)] == [most] * 4


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (bar(3, "65000.0,65001.0,64999.0,65000.0", volume="0", count=0), "empty"),
        (bar(3, "65000.0,64999.9,64999.0,65000.0"), "bad_price"),
        (bar(3, "65000.0,65001.0,65000.1,65000.0"), "bad_price"),
        (bar(3, "65000.0,65001.0,65000.0,64999.9"), "bad_price"),
        (bar(3, "65000.0,65000.5,65000.0,65000.6"), "bad_price"),
        (bar(3, "65000.0,1E+5,65000.0,65000.6"), "bad_price"),
        (bar(3, "65000.05,65001.0,64999.0,65000.0"), "off_grid"),
        (bar(3, "65000.0,65001.0,64999.0,65000.0", volume="-1"), "bad_quantity"),
        (bar(3, "65000.0,65001.0,64999.0,65000.0", volume="NaN"), "bad_quantity"),
        (
            bar(3, "65000.0,65001.0,64999.0,65000.0").replace(f"{NOON_MS + 239_999}", "0"),
            "bad_time",
        ),
        (
            bar(3, "65000.0,65001.0,64999.0,65000.0").replace(
                f"{NOON_MS + 239_999}", f"{NOON_MS + 180_000}"
            ),
            "bad_time",
        ),
        (bar(2, "65000.0,65001.0,64999.0,65000.0"), "duplicate"),
        (bar(1, "65000.0,65001.0,64999.0,65000.0", ms=NOON_MS + 170_000), "out_of_order"),
    ],
)
def test_a_bad_bar_is_left_out_whole(tmp_path: Path, row: str, reason: str) -> None:
    good = [bar(number, "65000.0,65001.0,64999.0,65000.0") for number in range(-200, 3)]
    ticks, report = read(bars(tmp_path, *good, row))
    assert report.skipped == {reason: 1}
    assert (report.rows, report.ticks, len(ticks)) == (204, 812, 812)


def test_bars_that_go_backwards_have_to_be_sorted(tmp_path: Path) -> None:
    rows = [bar(-number, "65000.0,65001.0,64999.0,65000.0") for number in range(20)]
    with pytest.raises(FeedError, match=r"BTCUSDT-1m\.csv:3: 19 of 20 rows .* sort the file by"):
        read(bars(tmp_path, *rows))


PRICE_BAR = bar(0, "65000.05,65000.151,64999.0,65000.1", volume="0", count=60)


def test_bars_of_an_index_become_index_prices(tmp_path: Path) -> None:
    folder = tmp_path / "indexPriceKlines" / "1m"
    folder.mkdir(parents=True)
    for path, named in (
        (bars(folder, PRICE_BAR), None),
        (bars(tmp_path, PRICE_BAR), "binance_index_klines"),
    ):
        ticks, report = read(path, named=named)
        assert report.format == "binance_index_klines"
        assert [tick.price for tick in ticks if isinstance(tick, IndexTick)] == [
            *(650_000, 649_990, 650_002, 650_001)
        ]
        assert (ticks[0].at_us, ticks[3].at_us) == (NOON_US, NOON_US + 59_999_000)


def test_bars_of_a_mark_are_marks_where_the_venue_goes_by_them(tmp_path: Path) -> None:
    folder = tmp_path / "markPriceKlines"
    folder.mkdir()
    ticks, report = read(bars(folder, PRICE_BAR), marks=True)
    assert report.format == "binance_mark_klines"
    assert [tick.price for tick in ticks if isinstance(tick, MarkTick)] == [
        *(650_000, 649_990, 650_002, 650_001)
    ]


@pytest.mark.parametrize(
    ("folder", "message"),
    [
        ("markPriceKlines", "is binance_mark_klines: the venue makes its own mark"),
        ("premiumIndexKlines", "is binance_price_klines: bars without volume are of index, mark"),
        ("somewhere", "is binance_price_klines: bars without volume are of index, mark"),
    ],
)
def test_bars_of_other_prices_are_not_replayed(tmp_path: Path, folder: str, message: str) -> None:
    (tmp_path / folder).mkdir()
    with pytest.raises(FeedError, match=rf"{message}.* --format binance_index_klines"):
        read(bars(tmp_path / folder, PRICE_BAR))


def test_funding_rates_need_a_contract_that_takes_them(tmp_path: Path) -> None:
    lines = [
        "calc_time,funding_interval_hours,last_funding_rate",
        f"{NOON_MS + 7},8,0.00010000",
        f"{NOON_MS + 28_800_001},8,-0.00004321",
    ]
    path = write(tmp_path / "BTCUSDT-fundingRate-2024-07.zip", lines)
    ticks, report = read(path, contracts=FUNDED)
    assert ticks == [
        FundingTick(at_us=NOON_US + 7_000, contract="BTCUSDT", rate_e8=10_000),
        FundingTick(at_us=NOON_US + 28_800_001_000, contract="BTCUSDT", rate_e8=-4_321),
    ]
    assert report.format == "binance_funding"
    with pytest.raises(FeedError, match=r"funding_source: .* set the contract's funding\.source"):
        read(path)


DEPTH = "timestamp,percentage,depth,notional"


def depth_rows(time: str, *rows: str) -> list[str]:
    return [f"2024-07-18 {time},{row}" for row in rows]


def test_depth_by_bands_becomes_a_level_a_band(tmp_path: Path) -> None:
    lines = [
        DEPTH,
        *depth_rows(
            "12:00:00",
            "-2,30.0000,1939999.0",
            "-1,10.0,649990.15",
            "1,5.0,325010.1",
            "2,5,325010.1",
        ),
        *depth_rows("12:00:30", "-1.00,1,65000", "1.00,2.0005,130100.0", "5.00,2.0009,130200.0"),
        *depth_rows("12:01:00", "-1,2,130000"),
    ]
    ticks, report = read(write(tmp_path / "BTCUSDT-bookDepth.csv", lines))
    assert ticks == [
        BookTick(
            at_us=NOON_US,
            contract="BTCUSDT",
            # 649,990.15 / 10 is 64,999.015; 1,290,008.85 / 20 is 64,500.4425.
            bids=((Price(649_990), Lots(10_000)), (Price(645_004), Lots(20_000))),
            asks=((Price(650_021), Lots(5_000)),),
            reset=True,
        ),
        BookTick(
            at_us=NOON_US + 30_000_000,
            contract="BTCUSDT",
            bids=((Price(650_000), Lots(1_000)),),
            asks=((Price(650_338), Lots(2_000)),),
            reset=True,
        ),
        BookTick(
            at_us=NOON_US + 60_000_000,
            contract="BTCUSDT",
            bids=((Price(650_000), Lots(2_000)),),
            asks=(),
            reset=True,
        ),
    ]
    assert (report.format, report.rows, report.skipped) == ("binance_book_depth", 8, {})


@pytest.mark.parametrize(
    ("rows", "skipped"),
    [
        (["-1,NaN,1", "1,1,65001"], {"bad_quantity": 1}),
        (["-1,1,-1", "1,1,65001"], {"bad_quantity": 1}),
        (["-1,0,1", "1,1,65001"], {"bad_quantity": 1}),
        (["0,1,65000", "1,1,65001"], {"bad_row": 1}),
        (["x,1,65000", "1,1,65001"], {"bad_row": 1}),
        (["-1,1,65001", "1,1,65001"], {"crossed_quote": 2}),
    ],
)
def test_bad_depth_is_counted_row_by_row(
    tmp_path: Path, rows: list[str], skipped: dict[str, int]
) -> None:
    good = ["-1,1,65000", "1,1,65001"]
    for order in (
        [("12:00:00", rows), ("12:00:30", good), ("12:01:00", good)],
        [("12:00:00", good), ("12:00:30", good), ("12:01:00", rows)],
    ):
        lines = [row for time, some in order for row in depth_rows(time, *some)]
        path = write(tmp_path / "BTCUSDT.csv", [DEPTH, *lines])
        ticks, report = read(path)
        assert report.skipped == skipped
        assert len(ticks) == (2 if "crossed_quote" in skipped else 3)


def test_a_band_that_holds_less_than_the_one_within_it_is_no_level(tmp_path: Path) -> None:
    rows = depth_rows("12:00:00", "1,1,65001", "2,0.5,32501", "3,2,131002", "4,3,999999999")
    (tick,), _ = read(write(tmp_path / "BTCUSDT.csv", [DEPTH, *rows]))
    assert isinstance(tick, BookTick)
    assert tick.asks == ((Price(650_010), Lots(1_000)), (Price(660_010), Lots(1_000)))
