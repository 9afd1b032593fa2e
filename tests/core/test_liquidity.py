"""What a liquidation costs in a book that comes back slowly and has an end.

The file has only trades. The profile shows 10_000 quote at the touch and 20_000 more on each of
two levels, half a percent apart; what was taken from a level comes back by half in a second.
"""

from collections.abc import Sequence

import pytest

from engine.core.event import ClosedOutside, Event, LiquidationFilled, LiquidationStarted
from engine.core.money import PPM
from tests.support import worlds
from tests.support.replayed import SECOND_US, Replayed
from tests.support.worlds import QUOTE

HOUR_US = 3_600 * SECOND_US
DEPTH = worlds.depth([(0, 10_000), (10_000, 50_000)], half_spread_ppm=0, half_life_us=SECOND_US)
TRADERS = [f"trader {number}" for number in range(10)]


def holding(lots: int, deposits: dict[str, int]) -> Replayed:
    """Return a market in which each account holds so many lots, bought from the file at 1_000."""
    replayed = Replayed(DEPTH, default_leverage=100, fund=PPM)
    replayed.trade(1_000)
    for account, deposit in deposits.items():
        replayed.deposit(account, deposit)
        replayed.order(account, "buy", lots, 1_000)
    replayed.trade(999)
    return replayed


def ten_liquidations(apart_us: int) -> list[list[Event]]:
    """Let the price fall by 20 units a step, each of which takes one trader of 10 lots.

    9.9 × price = 10_000 − deposit is where his equity meets 1 %: 970, 950, 930 and so on.
    """
    replayed = holding(10, {name: 397 + 198 * i for i, name in enumerate(TRADERS)})
    steps = []
    for i in range(len(TRADERS)):
        replayed.now += apart_us
        steps.append(list(replayed.trade(970 - 20 * i)))
    return steps


def liquidated(step: Sequence[Event]) -> list[str]:
    return [event.account for event in step if isinstance(event, LiquidationStarted)]


def slippage(step: Sequence[Event]) -> int:
    """Return, in quote, what the fills of one liquidation got less than the mark."""
    mark = next(event.mark for event in step if isinstance(event, LiquidationStarted))
    return sum(
        fill.quantity * (mark - fill.price) for fill in step if isinstance(fill, LiquidationFilled)
    )


@pytest.mark.parametrize("apart_us", [SECOND_US // 10, HOUR_US // 10])
def test_every_step_takes_one_trader(apart_us: int) -> None:
    assert [liquidated(step) for step in ten_liquidations(apart_us)] == [[t] for t in TRADERS]


def test_ten_liquidations_in_one_second_cost_more_than_ten_in_an_hour() -> None:
    in_an_hour = [slippage(step) for step in ten_liquidations(HOUR_US // 10)]
    in_a_second = [slippage(step) for step in ten_liquidations(SECOND_US // 10)]
    # six minutes later the touch is whole again: ten lots, one unit below the mark
    assert in_an_hour == [10] * 10
    # first the touch; then, with nothing back yet, ten lots at 944 (949 less ½ %);
    # then the one that is back at 929, and nine at 924
    assert in_a_second[:3] == [10 * 1, 10 * 6, 1 * 1 + 9 * 6]
    assert sum(in_a_second) > 3 * sum(in_an_hour)


def test_the_same_ten_lose_more_in_a_second() -> None:
    def lost(steps: list[list[Event]]) -> int:
        events = [event for step in steps for event in step]
        return sum(e.loss for e in events if isinstance(e, LiquidationFilled | ClosedOutside))

    in_an_hour, in_a_second = ten_liquidations(HOUR_US // 10), ten_liquidations(SECOND_US // 10)
    assert lost(in_an_hour) == sum(10 * (31 + 20 * i) for i in range(10)) * QUOTE
    assert lost(in_a_second) > lost(in_an_hour)


def test_a_thin_book_runs_dry_and_comes_back() -> None:
    replayed = holding(100, {"alice": 3_970})
    events = replayed.trade(970)
    sold = [
        (event.stage, event.quantity, event.price)
        for event in events
        if isinstance(event, LiquidationFilled)
    ]
    # 961 is the bankruptcy price: what lies below it, the fund pays for
    assert sold == [("book", 10, 969), ("book", 20, 964), ("fund", 20, 959)]
    (left,) = [event for event in events if isinstance(event, ClosedOutside)]
    assert (left.quantity, left.price) == (50, 970)
    assert replayed.levels("buy") == []
    assert replayed.market.best("buy", replayed.now) is None
    replayed.now += SECOND_US
    assert replayed.levels("buy") == [(969, 5), (964, 10), (959, 10)]


def test_levels_below_one_tick_do_not_exist() -> None:
    replayed = Replayed(worlds.depth([(0, 3_000), (800_000, 9_000)], half_spread_ppm=0))
    replayed.quote(2, 1_500, 3, 7)
    # 40 % and 80 % away: 1.2 and 0.4 below, rounded down; 4.2 and 5.4 above, rounded up
    assert replayed.levels("buy") == [(2, 1_500), (1, 3_000)]
    assert replayed.levels("sell") == [(3, 7), (5, 600), (6, 500)]


def test_levels_above_the_highest_price_do_not_exist() -> None:
    replayed = Replayed(worlds.depth([(0, 3_000), (800_000, 9_000_000)], half_spread_ppm=0))
    replayed.quote(199_999, 1, 200_000, 7)
    assert replayed.levels("sell") == [(200_000, 7)]


def test_an_order_finds_no_more_than_the_last_band_shows() -> None:
    replayed = holding(1, {})
    replayed.deposit("alice")
    replayed.order("alice", "sell", 1_000)
    assert replayed.levels("buy") == []
    held = replayed.exchange.state.accounts["alice"].positions["BTCUSDT"].quantity
    # at the touch of 998, then 993 and 988: 10_000 and 2 × 20_000 quote
    assert held == -(10 + 20 + 20)
