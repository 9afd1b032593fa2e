"""Whole units as texts."""

import pytest

from engine.report.text import Units, grouped, moment, money, scaled


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0, 6, "0"),
        (1, 6, "0.000001"),
        (-1, 6, "-0.000001"),
        (1_000_000, 6, "1"),
        (-1_230_000, 6, "-1.23"),
        (120, 0, "120"),
        (9_007_199_254_740_991, 6, "9007199254.740991"),
    ],
)
def test_a_number_is_told_without_exponent_and_trailing_zeros(
    value: int, decimals: int, text: str
) -> None:
    assert scaled(value, decimals) == text


def test_money_is_in_quote_currency() -> None:
    assert money(58_500_000_000) == "58500"


@pytest.mark.parametrize(
    ("text", "decimals", "shown"),
    [
        ("1234567.5", None, "1,234,567.5"),
        ("-0.5", None, "-0.5"),
        ("-0.5", 2, "-0.50"),
        ("999", 2, "999.00"),
        ("-1000", None, "-1,000"),
        ("12.999", 2, "12.99"),
    ],
)
def test_a_number_for_people_has_its_thousands_apart(
    text: str, decimals: int | None, shown: str
) -> None:
    assert grouped(text, decimals) == shown


def test_units_are_those_of_the_contract() -> None:
    units = Units("0.05", "10")
    assert units.price(3) == "0.15"
    assert units.quantity(-2) == "-20"
    assert units.average(7, 2) == "0.2"
    assert units.average(5, 2) == "0.1"
    assert units.average(0, 0) is None
    assert units.number(3) == 0.15


def test_a_time_is_told_in_utc() -> None:
    assert moment(1_514_764_802_610_999) == "2018-01-01 00:00:02.610"
