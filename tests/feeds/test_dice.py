"""Draws have the shape that they promise and come out the same everywhere."""

from decimal import Decimal, localcontext
from fractions import Fraction
from math import exp
from random import Random
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.money import PPM
from feeds.dice import Wealth, below, happens, wealth

NORMAL = NormalDist()


class Told(Random):
    """Dice that show what they are told: first a small number, so that the tail is drawn."""

    def __init__(self, *bits: int) -> None:
        super().__init__(0)
        self._bits = list(bits)

    def getrandbits(self, _: int, /) -> int:
        """The next number."""
        return self._bits.pop(0)


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


SHAPES = st.builds(
    Wealth,
    median=st.integers(1, 10**12),
    largest=st.integers(1, 10**15),
    sigma_ppm=st.integers(0, 3_000_000),
    tail_ppm=st.integers(0, 500_000),
    index_ppm=st.integers(500_000, 10_000_000),
)


def slowly(dice: Random, shape: Wealth) -> int:
    """The same amount in decimals of 60 digits: log-normal, or Pareto from its start on."""
    with localcontext() as context:
        context.prec = 60
        million = Decimal(PPM)
        if dice.getrandbits(64) * PPM >> 64 < shape.tail_ppm:
            part = Decimal(dice.getrandbits(32) + 1) / 2**32
            sigmas = NORMAL.inv_cdf(1 - shape.tail_ppm / PPM)
            start = (shape.sigma_ppm / million * round(sigmas * PPM) / million).exp()
            times = start * part ** (-million / shape.index_ppm)
        else:
            normal = (sum(dice.getrandbits(32) for _ in range(12)) * PPM >> 32) - 6 * PPM
            times = (shape.sigma_ppm / million * normal / million).exp()
        return max(1, min(shape.largest, int(shape.median * times)))


@given(st.integers(0), SHAPES)
def test_wealth_is_exact_to_the_unit(seed: int, shape: Wealth) -> None:
    throw, again = Random(seed), Random(seed)
    for _ in range(10):
        assert wealth(throw, shape) == slowly(again, shape)


@pytest.mark.parametrize(("index_ppm", "times"), [(1_000_000, 10), (2_000_000, 100), (500_000, 3)])
def test_above_x_lies_a_share_of_start_by_x_to_the_index(index_ppm: int, times: int) -> None:
    """Of all draws of the tail, as many as the Pareto distribution says, to the draw."""
    shape = Wealth(10**9, 10**18, 1_000_000, 500_000, index_ppm)
    start = 10**9  # half lie above the median, so it is where that tail begins
    bound = start * times
    above = round(2**32 / times ** (index_ppm / PPM))
    last_above, first_below = (wealth(Told(0, bits), shape) for bits in (above - 2, above))
    assert last_above > bound >= first_below


def test_the_tail_begins_where_the_log_normal_has_its_share_above_it() -> None:
    for tail_ppm, sigmas in ((500_000, 0), (158_655, 1), (22_750, 2), (1_350, 3)):
        shape = Wealth(10**9, 10**15, 1_000_000, tail_ppm)
        poorest = wealth(Told(0, 2**32 - 1), shape)
        assert poorest == pytest.approx(10**9 * exp(sigmas), rel=2e-4)


def test_quarters_lie_where_they_should_and_the_tail_holds_most() -> None:
    throw = Random(7)
    shape = Wealth(1_000_000_000, 10**15, 1_500_000)
    amounts = sorted(wealth(throw, shape) for _ in range(20_000))
    quartiles = [amounts[len(amounts) * share // 4] / 1e9 for share in (1, 2, 3)]
    assert quartiles == pytest.approx([exp(-1.01), 1.0, exp(1.01)], rel=0.1)
    richest = sum(amounts[-len(amounts) // 100 :])
    assert Fraction(richest, sum(amounts)) > Fraction(1, 3)


@given(st.integers(), SHAPES)
def test_wealth_has_its_bounds(seed: int, shape: Wealth) -> None:
    throw = Random(seed)
    assert all(1 <= wealth(throw, shape) <= shape.largest for _ in range(20))


def test_without_a_spread_and_a_tail_everybody_has_the_median() -> None:
    throw = Random(3)
    assert {wealth(throw, Wealth(1_000, 10**9, 0, 0)) for _ in range(1_000)} == {1_000}


def test_a_seed_gives_the_same_draws_on_every_python() -> None:
    throw = Random(20251010)
    assert [below(throw, 1_000) for _ in range(6)] == [270, 334, 994, 473, 671, 163]
    amounts = [wealth(throw, Wealth(10**9, 10**14, 1_500_000)) for _ in range(4)]
    assert amounts == [4_566_479_235, 1_651_244_919, 1_931_150_617, 456_171_246]
