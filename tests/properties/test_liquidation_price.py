"""The price that is shown is the price at which it happens.

`margin.liquidation_price.exact` solves for it; here the trigger itself is asked, price by price,
and the venue is driven there tick by tick. Maintenance is rounded up to the unit: with a trigger
that holds at equality a position may go one price unit earlier, if it then lacks less than one
unit of money.
"""

from fractions import Fraction
from math import ceil, floor
from typing import Literal

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from engine.core.command import Deposit, PlaceOrder, SetLeverage, SetMarginMode, TradeTick
from engine.core.event import LiquidationStarted
from engine.core.exchange import Exchange
from engine.core.instrument import Bracket, Contract, Rules, Venue
from engine.core.margin.liquidation_price import Holding, bankruptcy, exact
from engine.core.money import PPM, Lots, Micros, Price
from tests.support.worlds import CHEAP, FLAT, QUOTE, STEEP, contract, depth

Side = Literal["long", "short"]
TABLES = st.sampled_from((CHEAP, STEEP, FLAT))
SIDES: st.SearchStrategy[Side] = st.sampled_from(("long", "short"))


def maintenance(notional: int, table: tuple[Bracket, ...]) -> int:
    row = [bracket for bracket in table if bracket.floor <= notional][-1]
    return max(0, -(-notional * row.rate_ppm // PPM) - row.deduction)


def triggers(holding: Holding, table: tuple[Bracket, ...], price: int, *, strict: bool) -> bool:
    """The trigger as the rules have it, at a mark."""
    equity = holding.margin + holding.sign * (price * holding.size - holding.cost)
    if equity <= 0:
        return True
    kept = maintenance(price * holding.size, table)
    return kept > equity if strict else kept >= equity


def first_price(holding: Holding, table: tuple[Bracket, ...], *, strict: bool) -> int | None:
    """The first mark, going from the entry towards loss, at which the trigger holds."""
    safe = holding.cost // holding.size + (holding.sign < 0)
    if triggers(holding, table, safe, strict=strict):
        return None
    far = 0 if holding.sign > 0 else 10 * safe + 10
    while abs(safe - far) > 1:
        middle = (safe + far) // 2
        if triggers(holding, table, middle, strict=strict):
            far = middle
        else:
            safe = middle
    return far


@given(
    side=SIDES,
    table=TABLES,
    lots=st.integers(1, 50_000),
    entry=st.integers(1_000, 50_000),
    leverage=st.integers(1, 60),
    strict=st.booleans(),
)
@example(side="long", table=STEEP, lots=500, entry=11_000, leverage=5, strict=False)
@example(side="short", table=STEEP, lots=500, entry=9_000, leverage=5, strict=True)
def test_the_trigger_first_holds_at_the_price_that_is_shown(
    *,
    side: Side,
    table: tuple[Bracket, ...],
    lots: int,
    entry: int,
    leverage: int,
    strict: bool,
) -> None:
    size = lots * 100
    holding = Holding(side, size, entry * size, entry * size // leverage)
    found = first_price(holding, table, strict=strict)
    assume(found is not None)
    compare(holding, table, found, strict=strict)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("side", ["long", "short"])
@pytest.mark.parametrize("table", [CHEAP, STEEP])
@pytest.mark.parametrize("extra", [-1, 0, 1])
def test_at_the_edge_of_a_bracket(
    side: Side, table: tuple[Bracket, ...], extra: int, *, strict: bool
) -> None:
    """Margins chosen so that the price lies on an edge, and one unit to both sides of it."""
    for row in table[1:]:
        size = row.floor // 10_000
        assert size * 10_000 == row.floor, "the edge is at 10_000"
        entry = 11_000 if side == "long" else 9_000
        sign = 1 if side == "long" else -1
        kept = maintenance(row.floor, table)
        margin = sign * (entry - 10_000) * size + kept + extra
        holding = Holding(side, size, entry * size, margin)
        if extra == 0:
            assert exact(holding, table) == 10_000
        compare(holding, table, first_price(holding, table, strict=strict), strict=strict)


def compare(
    holding: Holding, table: tuple[Bracket, ...], found: int | None, *, strict: bool
) -> None:
    """Hold the first price that was found against the formula."""
    shown = exact(holding, table)
    assert found is not None, "liquidated at its entry"
    if shown is None:
        assert found <= 0, f"no price is shown, but {found} liquidates"
        return
    if holding.sign > 0:
        expected = ceil(shown) - 1 if strict else floor(shown)
    else:
        expected = floor(shown) + 1 if strict else ceil(shown)
    if found == expected:
        return
    assert not strict, f"{found} liquidates, {expected} is shown"
    assert found == expected + holding.sign, f"{found} liquidates, {expected} is shown"
    assert lacking(holding, table, found) < 1, f"{found} liquidates, {expected} is shown"


def lacking(holding: Holding, table: tuple[Bracket, ...], price: int) -> Fraction:
    """What equity is above maintenance, not rounded, at a price that is not reached yet."""
    notional = price * holding.size
    row = [bracket for bracket in table if bracket.floor <= notional][-1]
    equity = holding.margin + holding.sign * (notional - holding.cost)
    return equity - (Fraction(notional * row.rate_ppm, PPM) - row.deduction)


@given(SIDES, st.integers(1, 50_000), st.integers(1, 50_000), st.integers(1, 100))
def test_equity_is_zero_at_the_bankruptcy_price(
    side: Side, lots: int, entry: int, leverage: int
) -> None:
    size = lots * 100
    holding = Holding(side, size, entry * size, entry * size // leverage)
    price = bankruptcy(holding)
    assert holding.margin + holding.sign * (price * size - holding.cost) == 0


@settings(max_examples=25)
@given(
    side=SIDES,
    table=TABLES,
    lots=st.integers(1, 3_000),
    leverage=st.sampled_from((2, 5, 10, 25)),
    strict=st.booleans(),
)
def test_the_venue_liquidates_at_that_price_and_not_one_unit_before(
    *, side: Side, table: tuple[Bracket, ...], lots: int, leverage: int, strict: bool
) -> None:
    details = contract(brackets=table, tick=1, depth=depth([(0, 10**6)], half_spread_ppm=0))
    exchange = Exchange(Venue(Rules(name="one", strict_trigger=strict), (details,), Micros(0)))
    holding = opened(exchange, details, side, lots, leverage)
    assume(holding is not None)
    assert holding is not None
    price = first_price(holding, table, strict=strict)
    assume(price is not None)
    assert price is not None
    assume(1 < price < details.price_max - 1)
    for mark, is_liquidated in ((price + holding.sign, False), (price, True)):
        events = exchange.apply(tick(mark))
        started = [event for event in events if isinstance(event, LiquidationStarted)]
        assert bool(started) == is_liquidated, f"at {mark}, first at {price}: {events}"


def opened(
    exchange: Exchange, details: Contract, side: Side, lots: int, leverage: int
) -> Holding | None:
    """Open an isolated position at the market; None where the venue refuses it."""
    symbol = details.symbol
    exchange.apply(tick(10_000))
    for command in (
        Deposit(at_us=1, account="dave", amount=Micros(10**6 * QUOTE)),
        SetMarginMode(at_us=1, account="dave", contract=symbol, mode="isolated"),
        SetLeverage(at_us=1, account="dave", contract=symbol, leverage=leverage),
        PlaceOrder(
            at_us=1,
            account="dave",
            order="1",
            contract=symbol,
            side="buy" if side == "long" else "sell",
            quantity=Lots(lots),
        ),
    ):
        exchange.apply(command)
    position = exchange.state.position("dave", symbol)
    if not position.quantity:
        return None
    margin = exchange.state.balance(position.margin_key)
    size = abs(position.quantity) * details.unit_value
    return Holding(side, size, abs(position.cost), margin)


def tick(price: int) -> TradeTick:
    return TradeTick(at_us=1, contract="BTCUSDT", price=Price(price), quantity=Lots(1), side="buy")
