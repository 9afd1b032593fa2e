"""Draws have the shape that they promise and come out the same everywhere."""

from fractions import Fraction
from math import exp
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import dice
from feeds.dice import below, happens, wealth


@given(st.integers(), st.integers(1, 10**12))
def test_a_draw_is_below_its_limit(seed: int, limit: int) -> None:
    assert 0 <= below(Random(seed), limit) < limit


def test_every_number_below_a_limit_is_drawn_about_as_often() -> None:
    throw = Random(1)
    counts = [0] * 6
    for _ in range(60_000):
        counts[below(throw, 6)] += 1
    assert all(9_600 < count < 10_400 for count in counts)


def test_what_happens_in_no_case_and_in_every_case() -> None:
    throw = Random(1)
    assert not any(happens(throw, 0) for _ in range(1_000))
    assert all(happens(throw, 1_000_000) for _ in range(1_000))
    assert 2_300 < sum(happens(throw, 250_000) for _ in range(10_000)) < 2_700


@given(st.integers(-20 * 10**12, 20 * 10**12))
def test_the_exponential_in_whole_numbers(power: int) -> None:
    true = exp(power / 10**12) * 10**12
    assert dice._exp(power) == pytest.approx(true, rel=1e-9, abs=1)


def test_wealth_is_log_normal_with_a_rich_tail() -> None:
    throw = Random(7)
    amounts = sorted(wealth(throw, 1_000_000_000, 1_500_000, 10**15) for _ in range(20_000))
    quartiles = [amounts[len(amounts) * share // 4] / 1e9 for share in (1, 2, 3)]
    assert quartiles == pytest.approx([exp(-1.01), 1.0, exp(1.01)], rel=0.1)
    richest = sum(amounts[-len(amounts) // 100 :])
    assert Fraction(richest, sum(amounts)) > Fraction(1, 3)


@given(st.integers(), st.integers(1, 10**12), st.integers(0, 5_000_000), st.integers(1, 10**13))
def test_wealth_has_its_bounds(seed: int, median: int, sigma_ppm: int, largest: int) -> None:
    throw = Random(seed)
    assert all(1 <= wealth(throw, median, sigma_ppm, largest) <= largest for _ in range(20))


def test_without_a_spread_everybody_has_the_median_at_least() -> None:
    throw = Random(3)
    amounts = [wealth(throw, 1_000, 0, 10**9) for _ in range(1_000)]
    assert amounts.count(1_000) > 950
    assert min(amounts) == 1_000


def test_a_seed_gives_the_same_draws_on_every_python() -> None:
    throw = Random(20251010)
    assert [below(throw, 1_000) for _ in range(6)] == [270, 334, 994, 473, 671, 163]
    amounts = [wealth(throw, 10**9, 1_500_000, 10**14) for _ in range(4)]
    assert amounts == [4_566_479_235, 1_651_244_919, 1_931_150_617, 456_171_246]
