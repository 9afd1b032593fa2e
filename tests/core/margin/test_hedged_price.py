"""Both legs of a contract: the marks that are found are those of a walk over every mark."""

from fractions import Fraction
from typing import Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.core.account.position import Position
from engine.core.instrument import Bracket, ClosingFee, Contract
from engine.core.margin.hedged_exact import exact
from engine.core.margin.hedged_price import Pair, TooFlatError, first_above, first_below
from engine.core.margin.risk import Risk, maintenance, unrealized
from engine.core.money import E12, Lots, Micros, Price
from tests.support import worlds
from tests.support.worlds import contract

By = Literal["notional", "lots"]
TOP = 300
LATE = (Bracket(0, 100_000, Micros(400), 50), Bracket(6_000, 100_000, Micros(50), 10))
"""A table that asks nothing of small positions and jumps."""
FREE = (Bracket(0, 0, Micros(0), 50), Bracket(2_000, 20_000, Micros(0), 10))
JUMPS = (Bracket(0, 10_000, Micros(0), 50), Bracket(9_000, 300_000, Micros(0), 2))
TABLES: tuple[tuple[tuple[Bracket, ...], By], ...] = (
    (worlds.CHEAP, "notional"),
    (worlds.STEEP, "notional"),
    (worlds.FLAT, "notional"),
    (worlds.STEPPED, "notional"),
    (worlds.TIERS, "lots"),
    (worlds.LINEAR, "lots"),
    (LATE, "notional"),
    (LATE, "lots"),
    (FREE, "notional"),
    (JUMPS, "notional"),
)
CONTINUOUS = (worlds.CHEAP, worlds.STEEP, worlds.FLAT, worlds.TIERS, worlds.LINEAR)
"""Here surplus bends downwards only, so that once it is gone it stays so."""
FEES = (None, ClosingFee(1_000, "mark"), ClosingFee(1_000, "bankruptcy"))


def pair_of(
    terms: Contract,
    lots: tuple[int, int],
    mark: int,
    left: int,
    *,
    others: int = 0,
    strict: bool = False,
) -> Pair:
    """Legs that were opened near the mark, in an account with so much more than it must keep."""
    legs = Position("", "BTCUSDT", "cross", 10), Position("", "BTCUSDT", "cross", 10)
    for leg, count, sign in zip(legs, lots, (1, -1), strict=True):
        leg.grow(count, count * mark * terms.unit_value, sign)
    kept = others + sum(maintenance(terms, leg, mark, 0) for leg in legs)
    return Pair(terms, legs, mark, Risk(kept + left, kept), strict)


def holds(pair: Pair, mark: int) -> bool:
    """The trigger at a mark, position by position as the engine adds them up."""
    terms = pair.contract
    wallet = pair.risk.equity - sum(unrealized(terms, leg, pair.mark) for leg in pair.legs)
    others = pair.risk.maintenance - sum(maintenance(terms, leg, pair.mark, 0) for leg in pair.legs)
    equity = wallet + sum(unrealized(terms, leg, mark) for leg in pair.legs)
    kept = others + sum(maintenance(terms, leg, mark, 0) for leg in pair.legs)
    return Risk(equity, kept).is_breach(pair.strict)


def walked(pair: Pair) -> tuple[int | None, int | None]:
    down = (mark for mark in range(pair.mark, 0, -1) if holds(pair, mark))
    up = (mark for mark in range(pair.mark, TOP + 1) if holds(pair, mark))
    return next(down, None), next(up, None)


@settings(max_examples=400)
@given(
    table=st.sampled_from(TABLES),
    fee=st.sampled_from(FEES),
    unit_value=st.sampled_from((1, 7, 100, 10_000)),
    long=st.integers(1, 4_000),
    more=st.one_of(st.just(0), st.integers(-90, 90), st.integers(-4_000, 4_000)),
    mark=st.integers(1, TOP),
    permille=st.one_of(st.integers(0, 30), st.integers(0, 1_500)),
    left=st.integers(-1, 3),
    others=st.integers(0, 5),
    strict=st.booleans(),
)
@example(
    table=(worlds.STEPPED, "notional"), fee=None, unit_value=1, long=285, more=-3, mark=31,
    permille=0, left=20, others=0, strict=False,
)  # fmt: skip
def test_the_first_marks_are_those_of_a_walk(
    *,
    table: tuple[tuple[Bracket, ...], By],
    fee: ClosingFee | None,
    unit_value: int,
    long: int,
    more: int,
    mark: int,
    permille: int,
    left: int,
    others: int,
    strict: bool,
) -> None:
    rows, by = table
    terms = contract(
        unit_value=Micros(unit_value), brackets=rows, brackets_by=by, closing_fee=fee,
        price_max=Price(TOP),
    )  # fmt: skip
    lots = long, max(1, long + more)
    slack = left + long * mark * unit_value * permille // 1_000
    pair = pair_of(terms, lots, mark, slack, others=others, strict=strict)
    below, above = walked(pair)
    assert (first_below(pair), first_above(pair)) == (below, above)
    for limit in (0, TOP):
        way = range(mark, 0, -1) if limit == 0 else range(mark, TOP + 1)
        met = next((price for price in way if pair.surplus_e12(price) <= 0), None)
        price = exact(pair, limit)
        if met is not None:
            assert price is not None
            assert abs(price - mark) <= abs(met - mark)
        if price is not None and price >= 1 and rows in CONTINUOUS:
            assert met is not None
            assert abs(met - price) < 1


def test_a_net_long_account_may_end_above_and_one_may_end_on_both_sides() -> None:
    """10 % of 101 and of 99 grow by 20 a price unit, equity by 2."""
    flat = (Bracket(0, 100_000, Micros(0), 10),)
    terms = contract(unit_value=Micros(1), brackets=flat, price_max=Price(TOP))
    pair = pair_of(terms, (101, 99), 100, 180)
    assert (first_below(pair), first_above(pair)) == (None, 110)
    assert (exact(pair, 0), exact(pair, TOP)) == (None, Fraction(110))
    steps = contract(unit_value=Micros(1), brackets=JUMPS, price_max=Price(TOP))
    both = pair_of(steps, (120, 100), 70, 1_000)
    # below 20 a unit less 2.2: 70 - 1000 / 17.8; above the long leg's 30 % begin at 75
    assert exact(both, 0) == 70 - Fraction(1_000) / Fraction(178, 10)
    assert (first_below(both), first_above(both), exact(both, TOP)) == (13, 75, Fraction(75))


def test_an_account_in_breach_ends_at_the_mark_on_both_sides() -> None:
    pair = pair_of(contract(price_max=Price(TOP)), (5, 5), TOP, -1)
    assert (first_below(pair), first_above(pair)) == (TOP, TOP)
    assert (exact(pair, 0), exact(pair, TOP)) == (Fraction(TOP), Fraction(TOP))


def test_what_would_be_asked_forever_is_refused() -> None:
    """1 % of 10,100 and of 9,900 are whole and grow as equity does: one unit is always left."""
    terms = contract(unit_value=Micros(1), brackets=worlds.FLAT, price_max=Price(10_000_000))
    pair = pair_of(terms, (10_100, 9_900), 1_000_000, 1)
    assert pair.surplus_e12(5) == pair.surplus_e12(9_999_999) == E12
    with pytest.raises(TooFlatError):
        first_above(pair)
    assert first_above(pair_of(terms, (10_100, 9_900), 1_000_000, 2)) is None
    assert pair.lots == (Lots(10_100), Lots(9_900))
