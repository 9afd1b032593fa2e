"""In a full unwind the order of closing is nobody's gain or loss.

With marks and fill prices held fixed and the residue going to the fund, what the fund pays less
the residue it gets is the same in whatever order the positions are closed.
"""

from collections.abc import Callable
from itertools import permutations
from typing import get_args, get_type_hints

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.core.account.position import Position
from engine.core.command import Deposit, PlaceOrder, SetLeverage, TradeTick
from engine.core.exchange import Exchange
from engine.core.instrument import Closing, Rules, Venue
from engine.core.liquidation import choose
from engine.core.liquidation.case import Breach
from engine.core.money import Lots, Micros, Price
from engine.core.state.venue import State
from tests.support.witness.figures import figures
from tests.support.worlds import QUOTE, SYMBOLS, contract, depth

RICH = 10**6 * QUOTE
CLOSING = Closing()
LOTS = st.integers(-900, 900).filter(bool)


ORDERS = get_args(get_type_hints(Closing)["order"])
"""Every order of closing that a profile can name."""


def opened(
    lots: list[int], marks: list[int], half_spread_ppm: int, closing: Closing = CLOSING
) -> Exchange:
    """A cross account with three positions whose marks have moved, and all money in the world.

    All that trades does so at the touch, which is deep: fill prices are fixed with the marks.
    """
    deep = depth([(0, 10**7)], half_spread_ppm=half_spread_ppm)
    contracts = tuple(contract(symbol, tick=1, depth=deep) for symbol in SYMBOLS)
    exchange = Exchange(Venue(Rules(name="deep", closing=closing), contracts, Micros(RICH)))
    exchange.apply(Deposit(at_us=0, account="bob", amount=Micros(RICH)))
    for number, (symbol, quantity, mark) in enumerate(zip(SYMBOLS, lots, marks, strict=True)):
        exchange.apply(tick(symbol, 10_000))
        exchange.apply(SetLeverage(at_us=0, account="bob", contract=symbol, leverage=20))
        exchange.apply(
            PlaceOrder(
                at_us=0,
                account="bob",
                order=str(number),
                contract=symbol,
                side="buy" if quantity > 0 else "sell",
                quantity=Lots(abs(quantity)),
            )
        )
        exchange.apply(tick(symbol, mark))
    return exchange


def tick(symbol: str, price: int) -> TradeTick:
    return TradeTick(at_us=0, contract=symbol, price=Price(price), quantity=Lots(1), side="buy")


def unwound(exchange: Exchange, equity: int) -> tuple[int, bool]:
    """Leave the account so much equity and liquidate it; return what the fund lost by it."""
    state = exchange.state
    account, fund = state.accounts["bob"], state.fund
    held = len(account.cross_positions())
    assert held == len(SYMBOLS), "all positions are open"
    state.post(account.wallet_key, "external", dict(figures(state))["bob"].equity - equity)
    exchange.apply(tick(SYMBOLS[0], state.markets[SYMBOLS[0]].last))
    is_whole = not account.cross_positions()
    if is_whole:
        assert state.balance(account.wallet_key) == 0, "nothing is left and nothing is owed"
    return fund - state.fund, is_whole


def in_order(order: tuple[int, ...]) -> Callable[[State, Breach], list[Position]]:
    """Close the contracts in an order that no policy has."""
    ranks = dict(zip(SYMBOLS, order, strict=True))

    def next_round(_: State, one: Breach) -> list[Position]:
        return sorted(one.account.cross_positions(), key=lambda p: ranks[p.contract])[:1]

    return next_round


def spread_paid(exchange: Exchange) -> int:
    """What closing everything at the touch costs against the marks."""
    total = 0
    for symbol, market in exchange.state.markets.items():
        lots = exchange.state.position("bob", symbol).quantity
        away = market.mark - market.outside.bid if lots > 0 else market.outside.ask - market.mark
        total += abs(lots) * away * market.contract.unit_value
    return total


@settings(max_examples=40)
@given(
    lots=st.lists(LOTS, min_size=3, max_size=3),
    marks=st.lists(st.integers(8_000, 12_500), min_size=3, max_size=3),
    half_spread_ppm=st.sampled_from((0, 500, 5_000, 20_000)),
    equity_ppm=st.integers(-100_000, 6_000),
)
def test_what_the_fund_pays_does_not_depend_on_the_order_of_closing(
    lots: list[int], marks: list[int], half_spread_ppm: int, equity_ppm: int
) -> None:
    equity = equity_of(lots, equity_ppm)
    for order in permutations(range(3)):
        exchange = opened(lots, marks, half_spread_ppm)
        expected = spread_paid(exchange) - equity
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(choose, "next_round", in_order(order))
            paid, is_whole = unwound(exchange, equity)
        assume(is_whole)
        assert paid == expected, f"closed in the order {order}"


@settings(max_examples=25)
@given(
    lots=st.lists(LOTS, min_size=3, max_size=3),
    marks=st.lists(st.integers(8_000, 12_500), min_size=3, max_size=3),
    half_spread_ppm=st.sampled_from((0, 500, 20_000)),
    equity_ppm=st.integers(-100_000, 0),
)
def test_it_does_not_depend_on_the_policy_either(
    lots: list[int], marks: list[int], half_spread_ppm: int, equity_ppm: int
) -> None:
    equity = equity_of(lots, equity_ppm)
    for order in ORDERS:
        exchange = opened(lots, marks, half_spread_ppm, Closing(order=order))
        expected = spread_paid(exchange) - equity
        assert unwound(exchange, equity) == (expected, True), f"closed by {order}"


def equity_of(lots: list[int], ppm: int) -> int:
    """What is left where so much of the positions' value is."""
    return sum(abs(quantity) for quantity in lots) * 10_000 * 100 * ppm // 1_000_000
