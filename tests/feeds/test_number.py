"""Decimal texts become the same numbers as fractions, or are refused."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.config.settings import SizeUnit
from engine.core.money import Price
from feeds.formats.cell import price_reader, rate_reader, size_reader
from feeds.number import NotPlain, fraction, plain, scaler
from feeds.report import RowSkipped, Skip
from tests.feeds.making import contract

DIGITS = st.text("0123456789", min_size=1, max_size=6) | st.text(
    "0123456789", min_size=1, max_size=20
)
PLAIN = st.builds(
    lambda sign, whole, part: sign + whole + part,
    st.sampled_from(["", "-", "+"]),
    DIGITS,
    st.one_of(st.just(""), DIGITS.map(".".__add__)),
)
NOT_PLAIN = [
    *("", "-", ".", "-.", "NaN", "nan", "inf", "-Infinity", "1E+999999", "1e5", "1.70027E+12"),
    *("0x10", "1_000", " 1", "1 ", "1\n", "1,5", "1.2.3", "--1", "١٢٣", "１２", "½", "1\x00"),
    *("9" * 21, "0." + "1" * 21, "9" * 100_000),
]


@given(PLAIN)
def test_a_plain_text_is_the_fraction_that_it_writes(text: str) -> None:
    number, places = plain(text)
    assert Fraction(number, 10**places) == Fraction(text)


@given(PLAIN, st.fractions(min_value=Fraction(1, 10**9), max_value=10**9))
def test_scaling_is_exact(text: str, factor: Fraction) -> None:
    numerator, denominator = scaler(factor)(text)
    assert denominator > 0
    assert Fraction(numerator, denominator) == Fraction(text) * factor


@pytest.mark.parametrize("text", NOT_PLAIN)
def test_what_is_not_plain_is_refused(text: str) -> None:
    with pytest.raises(NotPlain):
        plain(text)


@given(st.text(max_size=50))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        number = fraction(text)
    except NotPlain:
        return
    assert number == Fraction(Decimal(text))


def outcome(read: Callable[..., int], *arguments: str | int) -> int | Skip:
    """What a reader says, be it a number or why there is none."""
    try:
        return read(*arguments)
    except RowSkipped as skipped:
        return skipped.reason


@given(
    PLAIN,
    st.sampled_from(["0.1", "0.01", "0.5", "0.25", "1", "10", "0.000001", "2.5"]),
)
def test_a_price_is_exact_or_refused(text: str, unit: str) -> None:
    true = Fraction(text) / Fraction(unit)
    expected: Fraction | Skip = true
    if not 0 < true <= 10_000_000:
        expected = Skip.BAD_PRICE
    elif true.denominator != 1:
        expected = Skip.OFF_GRID
    assert outcome(price_reader(contract("X", unit, "1", 1)), text) == expected


@given(
    PLAIN,
    st.sampled_from(["0.001", "0.5", "1", "0.00001"]),
    st.integers(1, 10_000_000).map(Price),
    st.sampled_from(get_args(SizeUnit)),
)
def test_a_size_is_rounded_down_to_lots(text: str, lot: str, price: Price, unit: SizeUnit) -> None:
    true = Fraction(text) / Fraction(lot)
    if unit == "quote":
        true /= price * Fraction("0.5")
    if unit == "contract":
        true = Fraction(text)
    lots = abs(true) // 1
    expected: int | Skip = lots if true > 0 else -lots
    if true == 0 or lots * price * 7 >= 2**53:
        expected = Skip.BAD_QUANTITY
    assert outcome(size_reader(contract("X", "0.5", lot, 7), unit), text, price) == expected


@pytest.mark.parametrize(
    ("text", "rate_e8"),
    [
        ("0.0001", 10_000),
        ("-0.00375", -375_000),
        ("0.000000015", 2),
        ("0.000000025", 2),
        ("1", 100_000_000),
        ("0", 0),
    ],
)
def test_a_rate_is_rounded_half_even_to_its_hundred_millionth(text: str, rate_e8: int) -> None:
    assert rate_reader()(text) == rate_e8


@pytest.mark.parametrize("text", ["1.00000001", "-2", "NaN", "", "1e-4"])
def test_a_rate_beyond_the_notional_or_not_plain_is_refused(text: str) -> None:
    with pytest.raises(RowSkipped) as refused:
        rate_reader()(text)
    assert refused.value.reason is Skip.BAD_RATE
