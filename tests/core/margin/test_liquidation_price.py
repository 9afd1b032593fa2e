"""The prices shown to a trader: at each of them exactly what it promises holds."""

from fractions import Fraction
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.account.position import Position
from engine.core.instrument import Bracket, ClosingFee
from engine.core.margin.band import Exposure
from engine.core.margin.liquidation_price import (
    Holding,
    Row,
    approximate,
    bankruptcy,
    exact,
    first_mark,
    rows_for,
    rows_of,
    to_tick,
)
from engine.core.margin.risk import Risk
from engine.core.money import PPM, Micros
from tests.support import worlds

Side = Literal["long", "short"]
FLAT = (Row(0, Fraction(1, 200)),)
ARTICLE = Holding("long", 10_000, 650_000_000, 65_000_000)
"""10x long at 65,000 with a margin of 1,000, all times 65,000."""


@pytest.mark.parametrize(
    ("side", "liquidated", "textbook", "broke"),
    [("long", "58793.9698", "58825", "58500"), ("short", "71144.2786", "71175", "71500")],
)
def test_the_articles_position_and_its_twin(
    side: Side, liquidated: str, textbook: str, broke: str
) -> None:
    holding = Holding(side, ARTICLE.size, ARTICLE.cost, ARTICLE.margin)
    price = exact(holding, FLAT)
    assert price is not None
    assert abs(price - Fraction(liquidated)) < Fraction(1, 10_000)
    assert approximate(holding, FLAT) == Fraction(textbook)
    assert bankruptcy(holding) == Fraction(broke)


def test_the_fee_that_a_venue_counts_in_brings_liquidation_nearer() -> None:
    """Gate, from freqtrade's test: short 1 at 8, margin 1.6, 1 % and 0.06 % taker: 9.4993073."""
    holding = Holding("short", 10, 80, 16)
    price = exact(holding, rows_of((Bracket(0, 10_000, Micros(0), 50),), fee_ppm=600))
    assert price == Fraction(96, 10) / Fraction(10_106, 10_000)


def test_a_long_whose_margin_is_its_value_is_never_liquidated() -> None:
    assert exact(Holding("long", 1, 100, 100), FLAT) is None
    assert exact(Holding("long", 1, 100, 99), FLAT) is not None
    assert exact(Holding("short", 1, 100, 1_000), FLAT) is not None


@pytest.mark.parametrize(
    ("price", "tick", "side", "rounded"),
    [
        (Fraction(587_939_698, 10_000), 1, "long", 58_794),
        (Fraction(587_939_698, 10_000), 1, "short", 58_793),
        (Fraction(58_793), 5, "long", 58_795),
        (Fraction(58_793), 5, "short", 58_790),
        (Fraction(58_790), 5, "long", 58_790),
        (Fraction(58_790), 5, "short", 58_790),
    ],
)
def test_a_shown_price_is_rounded_against_the_traders_delay(
    price: Fraction, tick: int, side: Side, rounded: int
) -> None:
    assert to_tick(price, tick, side) == rounded


@st.composite
def tables(draw: st.DrawFn) -> tuple[Bracket, ...]:
    """Continuous tables with rising floors and rates."""
    steps = draw(st.lists(st.integers(1, 50), min_size=0, max_size=4))
    rates = sorted(draw(st.lists(st.integers(1, 400), min_size=len(steps) + 1,
                                 max_size=len(steps) + 1)))  # fmt: skip
    result = [Bracket(Micros(0), rates[0] * 1_000, Micros(0), 1)]
    for step, rate in zip(steps, rates[1:], strict=True):
        before = result[-1]
        floor = before.floor + step * 1_000
        deduction = before.deduction + floor * (rate * 1_000 - before.rate_ppm) // PPM
        result.append(Bracket(Micros(floor), rate * 1_000, Micros(deduction), 1))
    return tuple(result)


def maintenance(table: tuple[Bracket, ...], notional: Fraction | int) -> Fraction:
    row = [row for row in table if row.floor <= notional][-1]
    return notional * Fraction(row.rate_ppm, PPM) - row.deduction


@given(
    table=tables(),
    side=st.sampled_from(["long", "short"]),
    size=st.integers(1, 50),
    entry=st.integers(1, 2_000),
    percent=st.integers(1, 200),
)
def test_at_the_exact_price_maintenance_is_equity(
    table: tuple[Bracket, ...], side: Side, size: int, entry: int, percent: int
) -> None:
    cost = size * entry
    holding = Holding(side, size, cost, -(-cost * percent // 100))
    price = exact(holding, rows_of(table))
    if price is None:
        assert side == "long"
        assert holding.margin >= cost
        return
    equity = holding.margin + holding.sign * (price * size - cost)
    if price == entry:  # it could not have been opened
        assert equity <= maintenance(table, price * size)
        return
    assert equity == maintenance(table, price * size)
    assert holding.sign * (price - bankruptcy(holding)) >= 0


@given(table=tables(), side=st.sampled_from(["long", "short"]), entry=st.integers(1, 2_000))
def test_at_the_approximate_price_maintenance_at_entry_is_equity(
    table: tuple[Bracket, ...], side: Side, entry: int
) -> None:
    holding = Holding(side, 30, 30 * entry, 3 * entry)
    price = approximate(holding, rows_of(table))
    equity = holding.margin + holding.sign * (price * 30 - holding.cost)
    assert equity == maintenance(table, Fraction(holding.cost))


STEPS = (Row(0, Fraction(1, 100)), Row(1_000, Fraction(3, 100)), Row(2_000, Fraction(10, 100)))


@pytest.mark.parametrize(
    ("holding", "mark", "price"),
    [
        # long 10 at 250 with 560: at 215.56 it is worth the 10 % that it keeps above 200
        (Holding("long", 10, 2_500, 560), 250, Fraction(1_940, 9)),
        # looked at below that edge it keeps 3 %, which is all it is worth at 194.02
        (Holding("long", 10, 2_500, 618), 199, Fraction(1_882, 10) * Fraction(100, 97)),
        # short 10 at 150 with 570: just before 200 it keeps 60 of 70, from there on 200
        (Holding("short", 10, 1_500, 570), 150, Fraction(200)),
        # with less margin it does not get there
        (Holding("short", 10, 1_500, 530), 150, Fraction(2_030, 10) * Fraction(100, 103)),
        # in breach already
        (Holding("short", 10, 1_500, 10), 150, Fraction(150)),
        # what the rest of a cross account keeps
        (Holding("long", 10, 900, 100, kept=9), 90, Fraction(809, 10) * Fraction(100, 99)),
    ],
)
def test_a_table_that_jumps_may_be_met_at_its_edge(
    holding: Holding, mark: int, price: Fraction
) -> None:
    assert exact(holding, STEPS, mark) == price


def test_a_table_by_lots_is_one_row_for_a_position() -> None:
    listed = worlds.contract(
        brackets=worlds.LINEAR, brackets_by="lots", closing_fee=ClosingFee(500, "mark")
    )
    # 1 % and 0.001 % a lot, and 0.05 % to close
    assert rows_for(listed, 1_000) == (Row(0, Fraction(205, 10_000)),)
    assert rows_for(listed, Fraction(1, 2)) == (Row(0, Fraction(10_505, 1_000_000)),)
    tiers = worlds.contract(brackets=worlds.TIERS, brackets_by="lots")
    assert rows_for(tiers, Fraction(299)) == (Row(0, Fraction(5, 1_000)),)
    assert rows_for(tiers, 300) == (Row(0, Fraction(1, 100)),)
    assert rows_for(worlds.contract(), 300) == rows_of(worlds.CHEAP)


@pytest.mark.parametrize(("margin", "mark"), [(990, 11), (999, 2), (1_000, 1), (1_001, None)])
def test_a_long_is_met_at_the_last_mark_or_never(margin: int, mark: int | None) -> None:
    """One lot bought at 1 000, of which 1 % is kept: a unit at every mark up to 100."""
    listed = worlds.contract(unit_value=Micros(1), brackets=worlds.FLAT)
    position = Position("dave", listed.symbol, "isolated", 1)
    position.grow(1, 1_000, 1)
    risk = Risk(margin - 1_000 + 500, 5)
    assert first_mark(Exposure(listed, position, 500), risk, margin, strict=False) == mark
