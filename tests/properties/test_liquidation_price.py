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

from engine.core.account.position import Position
from engine.core.command import Deposit, Mode, PlaceOrder, SetLeverage, TradeTick
from engine.core.event import LiquidationStarted
from engine.core.exchange import Exchange
from engine.core.instrument import Bracket, ClosingFee, Contract, Rules, Venue
from engine.core.margin.band import Exposure
from engine.core.margin.liquidation_price import Holding, bankruptcy, exact, first_mark, rows_of
from engine.core.margin.risk import Risk, unrealized
from engine.core.money import PPM, Lots, Micros, Price
from engine.core.state.standing import own_margin, risk_of
from tests.support import worlds
from tests.support.witness.figures import Figures, maintenance_at
from tests.support.worlds import CHEAP, FLAT, QUOTE, STEEP, contract, depth

Side = Literal["long", "short"]
MODES: tuple[Mode, ...] = ("isolated", "cross")
TABLES = st.sampled_from((CHEAP, STEEP, FLAT))
SIDES: st.SearchStrategy[Side] = st.sampled_from(("long", "short"))


def kept(notional: int, table: tuple[Bracket, ...]) -> int:
    row = [bracket for bracket in table if bracket.floor <= notional][-1]
    return max(0, -(-notional * row.rate_ppm // PPM) - row.deduction)


def triggers(holding: Holding, table: tuple[Bracket, ...], price: int, *, strict: bool) -> bool:
    """The trigger as the rules have it, at a mark."""
    equity = holding.margin + holding.sign * (price * holding.size - holding.cost)
    if equity <= 0:
        return True
    needed = kept(int(price * holding.size), table)
    return needed > equity if strict else needed >= equity


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
        needed = kept(row.floor, table)
        margin = sign * (entry - 10_000) * size + needed + extra
        holding = Holding(side, size, entry * size, margin)
        if extra == 0:
            assert exact(holding, rows_of(table)) == 10_000
        compare(holding, table, first_price(holding, table, strict=strict), strict=strict)


def compare(
    holding: Holding, table: tuple[Bracket, ...], found: int | None, *, strict: bool
) -> None:
    """Hold the first price that was found against the formula."""
    shown = exact(holding, rows_of(table))
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


FAMILIES: tuple[worlds.Tables, ...] = (
    (CHEAP, "notional", ()),
    (STEEP, "notional", worlds.DOUBLE),
    (worlds.STEPPED, "notional", ()),
    (worlds.TIERS, "lots", ()),
    (worlds.LINEAR, "lots", worlds.LINEAR_INITIAL),
)
CLOSING = (None, ClosingFee(5_000, "mark"), ClosingFee(5_000, "bankruptcy"))


@st.composite
def exposures(draw: st.DrawFn) -> tuple[Exposure, int]:
    """Draw a position at a mark, often one unit beside an edge of its table, and its margin."""
    brackets, by, initial = draw(st.sampled_from(FAMILIES))
    details = contract(
        unit_value=Micros(10_000),
        brackets=brackets,
        brackets_by=by,
        initial=initial,
        closing_fee=draw(st.sampled_from(CLOSING)),
    )
    lots = draw(st.integers(1, 8_000))
    mark = draw(st.integers(2, 400))
    if by == "notional" and draw(st.booleans()):
        edge = draw(st.sampled_from(brackets[1:])).floor
        mark = max(2, min(400, edge // (lots * 10_000) + draw(st.integers(-1, 1))))
    sign, mode = draw(st.sampled_from((1, -1))), draw(st.sampled_from(MODES))
    entry, leverage = draw(st.integers(1, 400)), draw(st.sampled_from((1, 3, 10, 50)))
    position = Position("a", details.symbol, mode, leverage)
    position.grow(lots, lots * entry * 10_000, sign)
    # at the mark, from a little below maintenance to far above it
    value = lots * mark * 10_000
    margin = draw(st.integers(-value // 50, value)) - unrealized(details, position, mark)
    return Exposure(details, position, mark), margin


@settings(max_examples=300)
@given(drawn=exposures(), kept=st.integers(0, 10 * QUOTE), strict=st.booleans())
def test_the_first_mark_is_the_first_of_all_marks(
    drawn: tuple[Exposure, int], kept: int, *, strict: bool
) -> None:
    """Every mark on the way is asked, with the witness's own arithmetic; `kept` is by others."""
    one, margin = drawn
    details, position = one.contract, one.position
    kept = kept if position.mode == "cross" else 0

    def figures_at(mark: int) -> Figures:
        unit = mark * details.unit_value
        equity = margin + position.quantity * unit - position.cost
        return Figures(equity, kept + maintenance_at(position, margin, unit, details), 0, True)

    now = figures_at(one.mark)
    found = first_mark(one, Risk(now.equity, now.maintenance), margin, strict=strict)
    way = range(one.mark, 0, -1) if position.sign > 0 else range(one.mark, 10_000)
    walked = (mark for mark in way if figures_at(mark).is_breach(strict=strict))
    assert found == next(walked, None)


@settings(max_examples=40)
@given(
    side=SIDES,
    family=st.sampled_from(FAMILIES),
    closing=st.sampled_from(CLOSING),
    mode=st.sampled_from(MODES),
    lots=st.integers(1, 3_000),
    leverage=st.sampled_from((2, 5, 10, 25)),
    strict=st.booleans(),
)
def test_the_venue_liquidates_at_that_price_and_not_one_unit_before(
    *,
    side: Side,
    family: worlds.Tables,
    closing: ClosingFee | None,
    mode: Mode,
    lots: int,
    leverage: int,
    strict: bool,
) -> None:
    brackets, by, initial = family
    details = contract(
        brackets=brackets,
        brackets_by=by,
        initial=initial,
        closing_fee=closing,
        tick=1,
        depth=depth([(0, 10**6)], half_spread_ppm=0),
    )
    rules = Rules(name="one", strict_trigger=strict, default_mode=mode)
    exchange = Exchange(Venue(rules, (details,), Micros(0)))
    opens(exchange, details, side, lots, leverage)
    position = exchange.state.position("dave", details.symbol)
    assume(position.quantity)
    risk, margin = risk_of(exchange.state, position), own_margin(exchange.state, position)
    one = Exposure(details, position, exchange.state.markets[details.symbol].mark)
    price = first_mark(one, risk, margin, strict=strict)
    assume(price is not None)
    assert price is not None
    assume(1 < price < details.price_max - 1)
    for mark, is_liquidated in ((price + position.sign, False), (price, True)):
        events = exchange.apply(tick(mark))
        started = [event for event in events if isinstance(event, LiquidationStarted)]
        assert bool(started) == is_liquidated, f"at {mark}, first at {price}: {events}"


def opens(exchange: Exchange, details: Contract, side: Side, lots: int, leverage: int) -> None:
    """Open a position at the market; the venue may refuse it. A pool has half as much besides."""
    symbol = details.symbol
    exchange.apply(tick(10_000))
    value = lots * 10_000 * details.unit_value
    for command in (
        Deposit(at_us=1, account="dave", amount=Micros(value * 3 // (2 * leverage) + QUOTE)),
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


def tick(price: int) -> TradeTick:
    return TradeTick(at_us=1, contract="BTCUSDT", price=Price(price), quantity=Lots(1), side="buy")
