"""Maintenance by bracket: edges, deductions, and both ways to write the same table."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.instrument import Bracket
from engine.core.margin.brackets import maintenance_of, row_of
from engine.core.money import PPM, Micros
from tests.support import worlds

TABLE = (
    Bracket(Micros(0), 4_000, Micros(0), 125),
    Bracket(Micros(50_000), 5_000, Micros(50), 100),
    Bracket(Micros(600_000), 6_500, Micros(950), 75),
)


def keeps(table: tuple[Bracket, ...], notional: int) -> int:
    """What a notional keeps, as one lot worth so much."""
    return maintenance_of(worlds.contract(unit_value=Micros(1), brackets=table), 1, notional)


@pytest.mark.parametrize(
    ("notional", "number", "maintenance"),
    [
        (0, 0, 0),
        (1, 0, 1),  # 0.004 is rounded up
        (250, 0, 1),
        (251, 0, 2),
        (49_999, 0, 200),
        (50_000, 1, 200),  # the floor belongs to its row, and the table is continuous there
        (50_001, 1, 201),
        (599_999, 1, 2_950),
        (600_000, 2, 2_950),
        (600_001, 2, 2_951),
        (10**9, 2, 6_500_000 - 950),
    ],
)
def test_a_notional_is_kept_at_the_rate_of_its_row(
    notional: int, number: int, maintenance: int
) -> None:
    assert row_of(TABLE, notional) == number
    assert keeps(TABLE, notional) == maintenance


def test_a_deduction_never_makes_maintenance_negative() -> None:
    table = (Bracket(Micros(0), 1, Micros(10), 1),)
    assert keeps(table, 5_000_000) == 0
    assert keeps(table, 11_000_000) == 1


@given(st.integers(0, 10**14))
def test_rate_less_deduction_is_each_rate_on_its_own_part(notional: int) -> None:
    for table in (worlds.CHEAP, worlds.STEEP):
        ends = [*(row.floor for row in table[1:]), notional + 1]
        parts = (
            max(0, min(notional, end) - row.floor) * Fraction(row.rate_ppm, PPM)
            for row, end in zip(table, ends, strict=True)
        )
        assert keeps(table, notional) == -(-sum(parts) // 1)


@given(st.integers(0, 10**13), st.integers(0, 10**9))
def test_maintenance_never_falls_as_a_position_grows(notional: int, more: int) -> None:
    for table in (worlds.CHEAP, worlds.STEEP, TABLE):
        assert keeps(table, notional) <= keeps(table, notional + more)
