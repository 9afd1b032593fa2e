"""The prices shown to a trader: at each of them exactly what it promises holds."""

from fractions import Fraction
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.instrument import Bracket
from engine.core.margin.liquidation_price import (
    Holding,
    approximate,
    bankruptcy,
    exact,
    to_tick,
)
from engine.core.money import PPM, Micros

Side = Literal["long", "short"]
FLAT = (Bracket(Micros(0), 5_000, Micros(0), 100),)
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
    price = exact(holding, (Bracket(Micros(0), 10_000, Micros(0), 50),), fee_ppm=600)
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


def maintenance(table: tuple[Bracket, ...], notional: Fraction) -> Fraction:
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
    price = exact(holding, table)
    if price is None:
        assert side == "long"
        assert holding.margin >= cost
        return
    equity = holding.margin + holding.sign * (price * size - cost)
    assert equity == maintenance(table, price * size)
    assert holding.sign * (price - bankruptcy(holding)) >= 0


@given(table=tables(), side=st.sampled_from(["long", "short"]), entry=st.integers(1, 2_000))
def test_at_the_approximate_price_maintenance_at_entry_is_equity(
    table: tuple[Bracket, ...], side: Side, entry: int
) -> None:
    holding = Holding(side, 30, 30 * entry, 3 * entry)
    price = approximate(holding, table)
    equity = holding.margin + holding.sign * (price * 30 - holding.cost)
    assert equity == maintenance(table, Fraction(holding.cost))
