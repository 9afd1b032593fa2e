"""What shocks make of a stream: moved prices, thinner books, silence, and all else as it was."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil, floor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.config.error import ConfigError
from engine.config.read import Place
from engine.config.settings import Feed as FeedSettings
from engine.config.settings import Shock
from engine.config.streams import FeedTable
from engine.config.streams import feed as feed_settings
from engine.core.command import BookTick, FundingTick, IndexTick, QuoteTick, Tick, TradeTick
from engine.core.money import Lots, Price
from feeds.errors import FeedError
from feeds.replay import FileArg, open_feed, reopen_feed
from feeds.shock import View, bent, view
from tests.feeds.making import CONTRACTS, NOON_US, contract, trade_row, write

Table = Mapping[str, object]
SECOND = 1_000_000
COARSE = contract("BTCUSDT", "0.1", "0.001", 100, tick=5)


def trade(at_s: int, price: int, symbol: str = "BTCUSDT") -> Tick:
    return TradeTick(
        at_us=NOON_US + at_s * SECOND,
        contract=symbol,
        price=Price(price),
        quantity=Lots(7),
        side="buy",
    )


def quote(at_s: int, bid: int, ask: int, lots: int = 1_001) -> Tick:
    return QuoteTick(
        at_us=NOON_US + at_s * SECOND,
        contract="BTCUSDT",
        bid=Price(bid),
        bid_quantity=Lots(lots),
        ask=Price(ask),
        ask_quantity=Lots(lots),
    )


def index(at_s: int, price: int) -> Tick:
    return IndexTick(at_us=NOON_US + at_s * SECOND, contract="BTCUSDT", price=Price(price))


def book(
    at_s: int,
    bids: Sequence[tuple[int, int]],
    asks: Sequence[tuple[int, int]],
    *,
    reset: bool = False,
) -> BookTick:
    return BookTick(
        at_us=NOON_US + at_s * SECOND,
        contract="BTCUSDT",
        bids=tuple((Price(price), Lots(lots)) for price, lots in bids),
        asks=tuple((Price(price), Lots(lots)) for price, lots in asks),
        reset=reset,
    )


def shock(**table: object) -> Shock:
    """A shock as a lab's table has it."""
    return feed_settings(FeedTable(shocks=(table,)), Place("lab.toml", "feed")).shocks[0]


def bend(ticks: Sequence[Tick], *tables: Table, coarse: bool = False) -> list[Tick]:
    contracts = {**CONTRACTS, "BTCUSDT": COARSE} if coarse else CONTRACTS
    return list(bent(ticks, [shock(**table) for table in tables], contracts))


GAP = {"kind": "gap", "contract": "BTCUSDT", "after": "10s", "move": "-0.08"}


def test_a_gap_moves_everything_from_then_on() -> None:
    ticks = [
        trade(0, 650_000),
        index(9, 650_100),
        trade(10, 650_005),
        trade(10, 300_000, "ETHUSDT"),
        quote(11, 650_000, 650_001),
        index(12, 650_100),
    ]
    assert bend(ticks, GAP) == [
        *ticks[:2],
        trade(10, 598_005),  # 598,004.6
        ticks[3],
        quote(11, 598_000, 598_001),
        index(12, 598_092),
    ]
    assert bend(ticks, {**GAP, "index": False})[-1] == ticks[-1]
    assert bend(ticks, {**GAP, "contract": ""})[3] == trade(10, 276_000, "ETHUSDT")


def test_moved_prices_stay_on_the_grid_and_do_not_cross() -> None:
    ticks = [trade(0, 650_005), trade(10, 650_005), quote(10, 650_000, 650_005)]
    moved = bend(ticks, GAP, coarse=True)
    # 598,004.6 is nearest to 598,005; the quote is at 598,000.0 and 598,004.6.
    assert moved[1:] == [trade(10, 598_005), quote(10, 598_000, 598_005)]
    up = bend(ticks, {**GAP, "move": "0.000001"}, coarse=True)
    assert up[2] == quote(10, 650_000, 650_010)


def test_a_wick_goes_away_and_comes_back() -> None:
    ticks = [*(trade(at_s, 650_000) for at_s in range(0, 50, 5)), index(20, 650_000)]
    ticks.sort(key=lambda tick: tick.at_us)
    table = {"kind": "wick", "after": "10s", "lasts": "20s", "move": "-0.1"}
    bent_ticks = bend(ticks, table)
    prices = [tick.price for tick in bent_ticks if isinstance(tick, TradeTick)]
    assert prices == [650_000, 650_000, 650_000, 617_500, 585_000, 617_500, *[650_000] * 4]
    assert [tick for tick in bent_ticks if isinstance(tick, IndexTick)] == [index(20, 650_000)]
    with_index = bend(ticks, {**table, "index": True})
    assert [tick for tick in with_index if isinstance(tick, IndexTick)] == [index(20, 585_000)]


def test_shocks_add_up() -> None:
    up = {"kind": "gap", "after": "5s", "move": "0.5"}
    assert bend([trade(0, 100_000), trade(10, 100_000)], GAP, up)[1] == trade(10, 138_000)


def test_a_thin_market_shows_a_part_of_its_quantities() -> None:
    table = {"kind": "thin", "after": "10s", "lasts": "10s", "scale": "0.1"}
    ticks = [quote(at_s, 650_000, 650_001) for at_s in (0, 9, 10, 19, 20)]
    shown = [tick.bid_quantity for tick in bend(ticks, table) if isinstance(tick, QuoteTick)]
    assert shown == [1_001, 1_001, 100, 100, 1_001]
    assert bend([trade(0, 1), trade(10, 650_000)], table)[1] == trade(10, 650_000)


def test_a_stopped_feed_lets_funding_alone_through() -> None:
    table = {"kind": "stop", "after": "10s", "lasts": "10s", "contract": "BTCUSDT"}
    funding = FundingTick(at_us=NOON_US + 12 * SECOND, contract="BTCUSDT", rate_e8=1)
    other = trade(12, 300_000, "ETHUSDT")
    stopped: list[Tick] = [trade(10, 650_000), quote(11, 650_000, 650_001), index(12, 650_000)]
    ticks = [trade(0, 650_000), *stopped, funding, other, trade(20, 640_000)]
    assert bend(ticks, table) == [ticks[0], funding, other, ticks[-1]]


BOOK: list[Tick] = [
    book(0, [(650_000, 1_000), (649_990, 5)], [(650_001, 2_000), (650_002, 1_000)], reset=True),
    book(9, [(649_990, 3_000)], []),
]


def test_a_book_is_shown_anew_when_the_view_of_it_changes() -> None:
    table = {"kind": "thin", "after": "10s", "lasts": "10s", "scale": "0.01"}
    ticks = [
        *BOOK,
        trade(12, 650_000),
        book(13, [(649_990, 0), (650_000, 700)], []),
        book(14, [], [(650_002, 99)]),
        trade(20, 650_000),
        book(21, [(649_980, 10)], []),
    ]
    assert bend(ticks, table) == [
        *BOOK,
        book(12, [(649_990, 30), (650_000, 10)], [(650_001, 20), (650_002, 10)], reset=True),
        trade(12, 650_000),
        book(13, [(649_990, 0), (650_000, 7)], []),
        book(14, [], [(650_002, 0)]),
        book(20, [(650_000, 700)], [(650_001, 2_000), (650_002, 99)], reset=True),
        *ticks[-2:],
    ]


def test_changes_of_a_book_while_the_feed_is_stopped_are_there_when_it_goes_on() -> None:
    table = {"kind": "stop", "after": "10s", "lasts": "10s"}
    ticks = [*BOOK, book(12, [], [(650_001, 0)]), trade(13, 1), trade(30, 650_000)]
    assert bend(ticks, table) == [
        *BOOK,
        book(30, [(649_990, 3_000), (650_000, 1_000)], [(650_002, 1_000)], reset=True),
        trade(30, 650_000),
    ]


def test_levels_that_meet_on_the_grid_are_shown_together() -> None:
    half = {"kind": "gap", "after": "1s", "move": "-0.5"}
    ticks = [
        book(0, [(100, 1), (101, 2), (102, 4)], [(103, 8), (104, 16)], reset=True),
        book(1, [(100, 10)], []),
        book(2, [(101, 0)], [(104, 0)]),
        book(3, [(90, 7)], [(103, 0), (104, 0)], reset=True),
    ]
    assert bend(ticks, half)[1:] == [
        book(1, [(50, 12), (51, 4)], [(52, 24)], reset=True),
        book(2, [(50, 10)], [(52, 8)]),
        book(3, [(45, 7)], [], reset=True),
    ]


def test_a_book_that_goes_through_the_other_side_takes_it_away() -> None:
    thin = {"kind": "thin", "after": "0s", "lasts": "9s", "scale": "1"}
    ticks = [
        book(0, [(100, 1), (99, 1)], [(101, 1), (102, 1), (105, 1)], reset=True),
        book(1, [(103, 5)], []),
        book(10, [], [(99, 7)]),
    ]
    assert bend(ticks, {**thin, "scale": "0.5"})[1] == book(1, [(103, 2)], [(101, 0), (102, 0)])
    assert bend(ticks, {**thin, "scale": "0.5"})[2] == book(10, [], [(99, 7), (105, 1)], reset=True)


STEPS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.lists(st.tuples(st.integers(-30, -1), st.integers(0, 9)), max_size=3),
        st.lists(st.tuples(st.integers(0, 29), st.integers(0, 9)), max_size=3),
        st.booleans(),
        st.integers(-9, 9),
    ),
    min_size=1,
    max_size=25,
)
TABLES = st.lists(
    st.sampled_from(
        [
            {"kind": "gap", "after": "5s", "move": "-0.37"},
            {"kind": "gap", "after": "9s", "move": "0.61"},
            {"kind": "wick", "after": "7s", "lasts": "9s", "move": "-0.5"},
            {"kind": "thin", "after": "3s", "lasts": "12s", "scale": "0.4"},
            {"kind": "stop", "after": "11s", "lasts": "6s"},
        ]
    ),
    min_size=1,
    max_size=4,
)


Book = tuple[dict[int, int], dict[int, int]]


def applied(book: Book, tick: BookTick) -> Book:
    """The venue's rule: set the levels, then each side takes away what it has gone through."""
    bids, asks = ({}, {}) if tick.reset else book
    bids, asks = {**bids, **dict(tick.bids)}, {**asks, **dict(tick.asks)}
    highest = max((price for price, lots in tick.bids if lots), default=0)
    lowest = min((price for price, lots in tick.asks if lots), default=10**9)
    return (
        {price: lots for price, lots in bids.items() if lots and price < lowest},
        {price: lots for price, lots in asks.items() if lots and price > highest},
    )


def seen(levels: dict[int, int], now: View, *, up: bool) -> dict[int, int]:
    """The levels of a side as a view shows them, worked out from the beginning."""
    shown: dict[int, int] = {}
    for price, lots in levels.items():
        steps = Fraction(price * now.numerator, now.denominator * COARSE.tick)
        at = (ceil(steps) if up else floor(steps)) * COARSE.tick
        shown[at] = shown.get(at, 0) + lots
    scaled = {price: floor(lots * Fraction(*now.scale)) for price, lots in shown.items()}
    return {price: lots for price, lots in scaled.items() if lots}


@settings(max_examples=200)
@given(STEPS, TABLES)
def test_a_bent_book_is_the_files_book_seen_through_the_shocks(
    steps: list[tuple[int, list[tuple[int, int]], list[tuple[int, int]], bool, int]],
    tables: list[Table],
) -> None:
    at_s, middle = 0, 5_000
    ticks: list[Tick] = []
    shocks = [shock(**table) for table in tables]
    whole: Book = ({}, {})
    for wait, bids, asks, reset, drift in steps:
        at_s, middle = at_s + wait, middle + 5 * drift
        tick = book(
            at_s,
            [(middle + 5 * away, lots) for away, lots in bids],
            [(middle + 5 * away, lots) for away, lots in asks],
            reset=reset,
        )
        ticks.append(tick)
        whole = applied(whole, tick)
        now = view(shocks, at_s * SECOND - (ticks[0].at_us - NOON_US))
        shown: Book = ({}, {})
        for out in bent(ticks, shocks, {"BTCUSDT": COARSE}):
            assert isinstance(out, BookTick)
            shown = applied(shown, out)
        if not now.is_stopped:
            assert shown == (seen(whole[0], now, up=False), seen(whole[1], now, up=True))


def test_what_leaves_the_range_of_prices_is_an_error() -> None:
    for price, move in ((650_000, "15"), (1, "-0.9")):
        table = {"kind": "gap", "after": "0s", "move": move}
        with pytest.raises(FeedError, match="a shock moves BTCUSDT out of the range of its prices"):
            bend([trade(0, price)], table)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"kind": "flood", "after": "1s"}, r"feed\.shocks\[1\]\.kind: found 'flood', expected one"),
        ({"after": "1s"}, r"shocks\[1\]\.kind: found None, expected one of gap, wick, thin, stop"),
        ({"kind": "gap", "after": "1s"}, r"shocks\[1\]\.move: this key is missing"),
        ({"kind": "gap", "after": "1s", "move": "-1"}, r"move: found -1, expected from -0\.999999"),
        ({**GAP, "lasts": "1s"}, r"shocks\[1\]\.lasts: unknown key"),
        (
            {"kind": "stop", "after": "1s", "lasts": "0s"},
            r"lasts: found '0s', expected .* at least",
        ),
        ({"kind": "thin", "after": "x", "lasts": "1s", "scale": "1"}, r"after: found 'x'"),
        ({"kind": "thin", "after": "1s", "lasts": "1s", "scale": "1.1"}, r"scale: found 1\.1"),
    ],
)
def test_a_shock_that_is_not_one(table: Table, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        shock(**table)


def test_a_run_with_shocks_finds_the_same_ticks_again(tmp_path: Path) -> None:
    rows = [trade_row(number, ms=1_000 * number) for number in range(30)]
    path = write(tmp_path / "BTCUSDT.csv", rows)
    bending = FeedSettings(shocks=(shock(**GAP),))
    feed = open_feed([FileArg(str(path))], CONTRACTS, bending)
    prices = [tick.price for tick in feed.ticks() if isinstance(tick, TradeTick)]
    assert prices == [650_000] * 10 + [598_000] * 20
    assert (feed.reports[0].low, feed.reports[0].high) == (650_000, 650_000)
    again = reopen_feed(feed.references, CONTRACTS, bending)
    assert [tick.price for tick in again.ticks() if isinstance(tick, TradeTick)] == prices


def test_a_shock_of_a_contract_that_the_lab_does_not_have(tmp_path: Path) -> None:
    path = write(tmp_path / "BTCUSDT.csv", [trade_row(1)])
    settings = FeedSettings(shocks=(shock(**{**GAP, "contract": "DOGE"}),))
    with pytest.raises(FeedError, match="a shock is of DOGE; the lab has BTCUSDT, ETHUSDT; name o"):
        open_feed([FileArg(str(path))], CONTRACTS, settings)
