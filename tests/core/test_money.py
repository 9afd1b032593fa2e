"""The four divisions and the sharing of an amount."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.money import div_half_even, div_to_zero, div_up, shares

WHOLE = st.integers(-(10**30), 10**30)
POSITIVE = st.integers(1, 10**20)


@pytest.mark.parametrize(
    ("numerator", "denominator", "up", "to_zero", "half_even"),
    [
        (0, 7, 0, 0, 0),
        (7, 7, 1, 1, 1),
        (7, 2, 4, 3, 4),
        (5, 2, 3, 2, 2),
        (-5, 2, -2, -2, -2),
        (-7, 2, -3, -3, -4),
        (2, 3, 1, 0, 1),
        (1, 3, 1, 0, 0),
        (-1, 3, 0, 0, 0),
        (-2, 3, 0, 0, -1),
        (2**80 + 1, 2**80, 2, 1, 1),
    ],
)
def test_each_division_rounds_its_own_way(
    numerator: int, denominator: int, up: int, to_zero: int, half_even: int
) -> None:
    assert div_up(numerator, denominator) == up
    assert div_to_zero(numerator, denominator) == to_zero
    assert div_half_even(numerator, denominator) == half_even


@given(WHOLE, POSITIVE)
def test_divisions_are_what_exact_fractions_say(numerator: int, denominator: int) -> None:
    exact = Fraction(numerator, denominator)
    assert div_up(numerator, denominator) == -(-exact // 1)
    assert div_to_zero(numerator, denominator) == int(exact)
    assert div_half_even(numerator, denominator) == round(exact)


@pytest.mark.parametrize(
    ("amount", "weights", "expected"),
    [
        (0, {}, {}),
        (0, {"a": 5}, {"a": 0}),
        (7, {"a": 7}, {"a": 7}),
        (10, {"b": 1, "a": 1, "c": 1}, {"a": 4, "b": 3, "c": 3}),
        (2, {"b": 1, "a": 1, "c": 1}, {"a": 1, "b": 1, "c": 0}),
        (5, {"a": 1, "b": 2, "c": 2}, {"a": 1, "b": 2, "c": 2}),
        # 0.8, 1.6 and 5.6: the two largest remainders are b's and a's, then c's
        (8, {"a": 1, "b": 2, "c": 7}, {"a": 1, "b": 2, "c": 5}),
        # more than all weights: nothing is left over, and nobody is spared
        (30, {"a": 1, "b": 2}, {"a": 10, "b": 20}),
    ],
)
def test_an_amount_is_shared_by_the_largest_remainder(
    amount: int, weights: dict[str, int], expected: dict[str, int]
) -> None:
    shared = shares(amount, weights.items())
    assert dict(shared) == expected
    assert [owner for owner, _ in shared] == sorted(weights)


@given(
    st.dictionaries(st.text(max_size=3), POSITIVE, min_size=1, max_size=8),
    st.integers(0, 10**24),
)
def test_shares_add_up_and_are_never_a_unit_off(weights: dict[str, int], amount: int) -> None:
    total = sum(weights.values())
    shared = dict(shares(amount, weights.items()))
    assert sum(shared.values()) == amount
    for owner, weight in weights.items():
        assert abs(shared[owner] - Fraction(amount * weight, total)) < 1
        assert amount > total or shared[owner] <= weight
