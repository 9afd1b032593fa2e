"""Equity, initial margin, maintenance, draw, and the comparison that liquidates."""

import pytest

from engine.core.account.position import Position
from engine.core.command import Mode
from engine.core.instrument import Bracket
from engine.core.margin.risk import Risk, draw, initial, maintenance, notional, unrealized
from engine.core.money import Lots, Micros
from tests.support import worlds

CONTRACT = worlds.contract(
    unit_value=Micros(10), brackets=(Bracket(Micros(0), 10_000, Micros(0), 100),)
)


def held(quantity: int, cost: int, mode: Mode = "cross", leverage: int = 10) -> Position:
    """Return a position of signed lots at a signed cost."""
    return Position("alice", "BTCUSDT", mode, leverage, Lots(quantity), Micros(cost))


@pytest.mark.parametrize(
    ("equity", "maintenance_", "has_position", "at_or_above", "above"),
    [
        (101, 100, True, False, False),
        (100, 100, True, True, False),  # the two triggers differ here alone
        (99, 100, True, True, True),
        (1, 0, True, False, False),
        (0, 0, True, True, True),  # a position without equity is bankrupt by any rule
        (-1, 0, True, True, True),
        (0, 0, False, False, False),
        (-1, 0, False, True, True),  # a debt without a position must be made good
        (5, 0, False, False, False),
    ],
)
def test_the_trigger(
    equity: int, maintenance_: int, has_position: bool, at_or_above: bool, above: bool
) -> None:
    risk = Risk(equity, maintenance_, has_position)
    assert risk.is_breach(strict=False) is at_or_above
    assert risk.is_breach(strict=True) is above


@pytest.mark.parametrize(
    ("equity", "maintenance_", "percent", "reached"),
    [(200, 100, 50, True), (201, 100, 50, False), (125, 100, 80, True), (126, 100, 80, False)],
)
def test_a_level_is_reached_without_dividing(
    equity: int, maintenance_: int, percent: int, reached: bool
) -> None:
    assert Risk(equity, maintenance_).reaches(percent) is reached


@pytest.mark.parametrize(
    ("quantity", "cost", "mark", "value", "profit", "kept"),
    [
        (3, 3_000, 100, 3_000, 0, 30),
        (3, 3_000, 90, 2_700, -300, 27),
        (-3, -3_000, 90, 2_700, 300, 27),
        (-3, -3_000, 111, 3_330, -330, 34),
        (1, 1_007, 101, 1_010, 3, 11),
        (0, 0, 90, 0, 0, 0),
    ],
)
def test_a_position_at_a_mark(
    quantity: int, cost: int, mark: int, value: int, profit: int, kept: int
) -> None:
    position = held(quantity, cost)
    assert notional(CONTRACT, position, mark) == value
    assert unrealized(CONTRACT, position, mark) == profit
    assert maintenance(CONTRACT, position, mark, 0) == kept


def test_a_flat_position_keeps_nothing_even_where_the_table_would() -> None:
    strange = worlds.contract(brackets=(Bracket(Micros(0), 1, Micros(-5), 1),))
    assert maintenance(strange, held(0, 0), 100, 0) == 0


@pytest.mark.parametrize(
    ("mode", "quantity", "cost", "expected"),
    [
        ("isolated", 3, 3_007, 429),  # on entry: 3 007 / 7 = 429.57
        ("isolated", -3, -3_007, 429),
        ("cross", 3, 3_007, 385),  # on the mark: 2 700 / 7 = 385.71
        ("cross", -3, -3_007, 385),
    ],
)
def test_initial_margin_is_rounded_down(
    mode: Mode, quantity: int, cost: int, expected: int
) -> None:
    assert initial(CONTRACT, held(quantity, cost, mode, leverage=7), 90) == expected


@pytest.mark.parametrize(
    ("quantity", "mark", "drawn"),
    [
        (10, 100, -900),  # no loss: initial 1 000 less maintenance 100 are still there
        (10, 91, 900 - (910 - 91)),
        (10, 92, 800 - (920 - 92)),
        (-10, 109, 900 - (1_090 - 109)),
        (-10, 110, 1_000 - (1_100 - 110)),
    ],
)
def test_the_draw_is_what_an_isolated_twin_would_lack(quantity: int, mark: int, drawn: int) -> None:
    assert draw(CONTRACT, held(quantity, 1_000 * quantity), mark) == drawn
