"""In a full unwind the order of closing is nobody's gain or loss.

With marks and fill prices held fixed and the residue going to the fund, what the fund pays less
the residue it gets is the same in whatever order the positions are closed.
"""

from itertools import permutations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.core.account.position import Position
from engine.core.command import Deposit, PlaceOrder, SetLeverage, TradeTick
from engine.core.exchange import Exchange
from engine.core.instrument import Rules, Venue
from engine.core.liquidation import waterfall
from engine.core.money import Lots, Micros, Price
from engine.core.state.venue import State
from tests.support.witness.figures import figures
from tests.support.worlds import QUOTE, SYMBOLS, contract, depth

RICH = 10**6 * QUOTE
LOTS = st.integers(-900, 900).filter(bool)


def opened(lots: list[int], marks: list[int], half_spread_ppm: int) -> Exchange:
    """A cross account with three positions whose marks have moved, and all money in the world.

    All that trades does so at the touch, which is deep: fill prices are fixed with the marks.
    """
    deep = depth([(0, 10**7)], half_spread_ppm=half_spread_ppm)
    contracts = tuple(contract(symbol, tick=1, depth=deep) for symbol in SYMBOLS)
    exchange = Exchange(Venue(Rules(name="deep"), contracts, Micros(RICH)))
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


def unwound(exchange: Exchange, equity: int, order: tuple[int, ...]) -> tuple[int, bool]:
    """Leave the account so much equity and liquidate it; return what the fund lost by it."""
    state = exchange.state
    account, fund = state.accounts["bob"], state.fund
    held = len(account.cross_positions())
    assert held == len(SYMBOLS), "all positions are open"
    state.post(account.wallet_key, "external", dict(figures(state))["bob"].equity - equity)
    ranks = dict(zip(SYMBOLS, order, strict=True))

    def rank(_: State, position: Position) -> int:
        return ranks[position.contract]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(waterfall, "_worst", rank)
        exchange.apply(tick(SYMBOLS[0], state.markets[SYMBOLS[0]].last))
    is_whole = not account.cross_positions()
    if is_whole:
        assert state.balance(account.wallet_key) == 0, "nothing is left and nothing is owed"
    return fund - state.fund, is_whole


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
    gross = sum(abs(quantity) for quantity in lots) * 10_000 * 100
    equity = gross * equity_ppm // 1_000_000
    for order in permutations(range(3)):
        exchange = opened(lots, marks, half_spread_ppm)
        expected = spread_paid(exchange) - equity
        paid, is_whole = unwound(exchange, equity, order)
        assume(is_whole)
        assert paid == expected, f"closed in the order {order}"
