"""Powers in whole numbers against decimals of many digits and the standard library."""

from decimal import Decimal, localcontext
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.powers import SCALE, exp, ln, quantile_ppm


def decimal(scaled: int) -> Decimal:
    return Decimal(scaled) / SCALE


@given(st.integers(-20 * SCALE, 40 * SCALE))
def test_the_exponential(power: int) -> None:
    with localcontext() as context:
        context.prec = 60
        true = decimal(power).exp()
        assert abs(decimal(exp(power)) - true) < max(true, Decimal(1)) * Decimal("1e-22")


@given(st.integers(1, 10**40))
def test_the_logarithm(number: int) -> None:
    with localcontext() as context:
        context.prec = 60
        assert abs(decimal(ln(number)) - decimal(number).ln()) < Decimal("1e-22")


@given(st.integers(1, 500_000))
def test_the_quantile(above_ppm: int) -> None:
    true = NormalDist().inv_cdf(1 - above_ppm / 1_000_000) * 1_000_000
    assert quantile_ppm(above_ppm) == pytest.approx(true, abs=0.5001)
