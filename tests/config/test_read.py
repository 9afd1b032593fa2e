"""TOML into exact numbers: what is read, and what each refusal says."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from engine.config import read
from engine.config.error import ConfigError
from engine.config.read import Place

PLACE = Place("lab.toml", "key")


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(ConfigError) as caught:
        call()
    return str(caught.value)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("0.1", Fraction(1, 10)),
        ("-12.50", Fraction(-25, 2)),
        (7, Fraction(7)),
        ("1_000_000", Fraction(1_000_000)),
    ],
)
def test_a_decimal_is_read_exactly(value: str | int, number: Fraction) -> None:
    assert read.exact(value, PLACE) == number


@pytest.mark.parametrize("value", ["", "1e6", "NaN", "Infinity", ".5", "5.", "0x10", "١", "1 000"])
def test_what_is_no_plain_decimal_is_refused(value: str) -> None:
    assert "lab.toml: key: found" in refusal(lambda: read.exact(value, PLACE))


def test_a_huge_number_is_refused_by_its_length_not_by_its_value() -> None:
    assert "expected a decimal" in refusal(lambda: read.exact("9" * 10_000, PLACE))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: read.positive("0", PLACE), "expected a number above 0"),
        (lambda: read.micros("0.0000001", PLACE), "whole multiple of 0.000001"),
        (lambda: read.micros("9007199255", PLACE), "to 9007199254.740991"),
        (lambda: read.micros(-1, PLACE), "expected from 0"),
        (lambda: read.ppm("1.5", PLACE), "expected from 0 to 1"),
        (lambda: read.ppm("0.0000005", PLACE), "one part per million"),
        (lambda: read.rate_e8("1.1", PLACE), "from -1 to 1"),
        (lambda: read.duration_us("8 hours", PLACE), "expected a time"),
        (lambda: read.duration_us("0.5us", PLACE), "whole microseconds"),
        (lambda: read.duration_us("0s", PLACE, least=1), "at least 1"),
        (lambda: read.at_least(0, 1, PLACE), "expected 1 or more"),
    ],
)
def test_a_number_out_of_range_says_the_range(call: Callable[[], object], said: str) -> None:
    message = refusal(call)
    assert message.startswith("lab.toml: key: ")
    assert said in message


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("250us", 250),
        ("1ms", 1_000),
        ("1.5s", 1_500_000),
        ("2m", 120_000_000),
        ("1d", 86_400_000_000),
    ],
)
def test_a_time_is_read_in_microseconds(text: str, micros: int) -> None:
    assert read.duration_us(text, PLACE) == micros


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = [", "is not valid TOML"),
        ("[a]\nb = 0.5", 'a.b: found the float 0.5; write it as a string: "0.5"'),
        ("a = [{ b = 1.0 }]", "a[1].b: found the float"),
    ],
)
def test_a_file_that_is_no_exact_toml_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "lab.toml"
    path.write_text(text)
    assert said in refusal(lambda: read.load_toml(path))


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(lambda: read.load_toml(tmp_path / "none.toml"))
    path = tmp_path / "latin.toml"
    path.write_bytes(b'a = "\xe4"')
    assert "is not UTF-8" in refusal(lambda: read.load_toml(path))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Fraction(1, 8), "0.125"),
        (Fraction(-3, 2), "-1.5"),
        (Fraction(0), "0"),
        (Fraction(10), "10"),
    ],
)
def test_a_fraction_is_told_as_a_decimal(number: Fraction, text: str) -> None:
    assert read.decimal_text(number) == text
