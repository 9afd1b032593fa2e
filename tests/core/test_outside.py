"""The replayed market's book: its touch, its shape, and what was taken from it."""

from collections.abc import Sequence

import pytest

from engine.core.book.outside import Missing, Outside
from engine.core.command import Side
from engine.core.instrument import Contract
from engine.core.money import Lots, Micros, Price
from tests.support import worlds

QUOTE = worlds.QUOTE
MINUTE_US = 60_000_000


def contract(
    bands: Sequence[tuple[int, int]] = ((0, 1_000), (10_000, 3_000)), **changes: object
) -> Contract:
    """Return a contract of which a lot gains one quote per unit; bands in ppm and quote."""
    shape = {"half_spread_ppm": 0, "half_life_us": MINUTE_US, **changes}
    return worlds.contract(
        tick=shape.pop("tick", 1),
        price_max=Price(2_000),
        unit_value=Micros(QUOTE),
        depth=worlds.depth(bands, **shape),  # type: ignore[arg-type]
    )


def levels(
    outside: Outside, listed: Contract, side: Side, now_us: int = 0
) -> list[tuple[int, int, int]]:
    """Return number, price and lots of what shows."""
    return [
        (level.number, level.price, level.quantity)
        for level in outside.levels(listed, side, now_us)
    ]


def test_before_the_first_tick_nothing_shows() -> None:
    assert levels(Outside(), contract(), "buy") == []
    assert levels(Outside(), contract(), "sell") == []


@pytest.mark.parametrize(
    ("price", "tick", "half_spread_ppm", "bid", "ask"),
    [
        (1_000, 1, 0, 999, 1_001),  # at least one tick on either side
        (1_000, 1, 2_500, 997, 1_003),  # 2.5 units are rounded up
        (1_002, 5, 0, 995, 1_010),  # off the grid: outwards
        (1_000, 5, 0, 995, 1_005),
        (1, 1, 0, 1, 2),  # a bid is never below one tick
        (3, 5, 0, 5, 10),
    ],
)
def test_a_trade_moves_the_touch(
    price: int, tick: int, half_spread_ppm: int, bid: int, ask: int
) -> None:
    outside = Outside()
    outside.trade(contract(tick=tick, half_spread_ppm=half_spread_ppm), price)
    assert (outside.bid, outside.ask) == (bid, ask)


def test_after_a_quote_trades_no_longer_move_the_touch() -> None:
    outside, listed = Outside(), contract()
    outside.trade(listed, 1_000)
    outside.quote(Price(990), Lots(4), Price(1_010), Lots(6))
    outside.trade(listed, 500)
    assert (outside.bid, outside.ask) == (990, 1_010)
    assert levels(outside, listed, "buy")[0] == (0, 990, 4)
    assert levels(outside, listed, "sell")[0] == (0, 1_010, 6)


def test_levels_step_outwards_to_the_end_of_the_last_band() -> None:
    listed = contract([(0, 1_998), (10_000, 5_994), (30_000, 9_990)])
    outside = Outside(bid=Price(999), ask=Price(1_001))
    # 0.5 % and 1 %, then 2 % and 3 %: two levels a band, bids down and asks up to the grid
    assert levels(outside, listed, "buy") == [
        (0, 999, 2),
        (1, 994, 2),
        (2, 989, 2),
        (3, 979, 2),
        (4, 969, 2),
    ]
    assert levels(outside, listed, "sell") == [
        (0, 1_001, 1),
        (1, 1_007, 1),
        (2, 1_012, 1),
        (3, 1_022, 1),
        (4, 1_032, 1),
    ]


def test_a_scaled_market_shows_less_and_a_coarse_grid_fewer_prices() -> None:
    outside = Outside(bid=Price(995), ask=Price(1_005))
    half = contract([(0, 1_990), (10_000, 5_970)], tick=5, scale_ppm=500_000)
    # a notional of 995 at the touch, and half of 1 990 in each step: one lot each
    assert levels(outside, half, "buy") == [(0, 995, 1), (1, 990, 1), (2, 985, 1)]
    empty = contract([(0, 1_990), (10_000, 5_970)], scale_ppm=1)
    assert levels(outside, empty, "buy") == []


def test_there_is_nothing_below_one_tick_nor_above_the_largest_price() -> None:
    listed = contract([(0, 2_000), (900_000, 40_000)], levels_per_band=3)
    low = Outside(bid=Price(2), ask=Price(3))
    assert [price for _, price, _ in levels(low, listed, "buy")] == [2, 1]
    high = Outside(bid=Price(1_500), ask=Price(1_501))
    assert [price for _, price, _ in levels(high, listed, "sell")] == [1_501, 1_952]


@pytest.mark.parametrize(
    ("after_us", "missing"),
    [
        (0, 1_000),
        (MINUTE_US // 2, 750),  # linear between the halvings
        (MINUTE_US - 1, 501),
        (MINUTE_US, 500),
        (3 * MINUTE_US // 2, 375),
        (3 * MINUTE_US, 125),
        (9 * MINUTE_US, 1),
        (10 * MINUTE_US, 0),
        (10**15, 0),
    ],
)
def test_what_was_taken_comes_back_by_half_in_each_half_life(after_us: int, missing: int) -> None:
    assert Missing(1_000, at_us=7).at(7 + after_us, MINUTE_US) == missing


def test_a_level_lacks_what_was_taken_whatever_its_price_has_become() -> None:
    listed = contract([(0, 10_000)])
    outside = Outside(bid=Price(1_000), ask=Price(1_001))
    outside.take(listed, "buy", 0, 4, 0)
    assert levels(outside, listed, "buy") == [(0, 1_000, 6)]
    assert levels(outside, listed, "sell") == [(0, 1_001, 9)]
    outside.bid = Price(2_000)  # five lots there: four of them are gone
    assert levels(outside, listed, "buy") == [(0, 2_000, 1)]
    assert levels(outside, listed, "buy", MINUTE_US) == [(0, 2_000, 3)]


def test_taking_again_counts_what_has_come_back_since() -> None:
    listed = contract([(0, 10_000)])
    outside = Outside(bid=Price(1_000), ask=Price(1_001))
    outside.take(listed, "sell", 0, 8, 0)
    outside.take(listed, "sell", 0, 5, MINUTE_US)
    assert outside.missing_asks == {0: Missing(9, MINUTE_US)}
    assert levels(outside, listed, "sell", MINUTE_US) == []
    assert levels(outside, listed, "sell", 2 * MINUTE_US) == [(0, 1_001, 5)]  # 9 >> 1 missing
