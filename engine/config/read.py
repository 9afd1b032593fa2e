"""From TOML text to exact whole numbers; every refusal names the file, the key and a way out.

Money, prices, sizes and rates are written as decimal strings ("0.0005") or integers and are
converted exactly. A TOML float is refused: it has lost its last digits before anybody sees it.
"""

import re
import tomllib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from engine.config.error import ConfigError
from engine.config.misfit import misfit
from engine.core.money import AMOUNT_MAX, E8, PPM, Micros

Number = str | int
Table = dict[str, Any]
T = TypeVar("T")

_DECIMAL = re.compile(r"-?[0-9][0-9_]{0,23}(\.[0-9]{1,18})?")
_DURATION = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?)(us|ms|s|m|h|d)")
_UNITS_US = {
    "us": 1,
    "ms": 1_000,
    "s": 1_000_000,
    "m": 60_000_000,
    "h": 3_600_000_000,
    "d": 86_400_000_000,
}


class Place(msgspec.Struct, frozen=True):
    """Where a value was found: the file and the key's path in it."""

    file: str
    key: str = ""

    def at(self, name: str | int) -> "Place":
        """The place of a key, or of a row that counts from 1, inside this one."""
        if isinstance(name, int):
            return Place(self.file, f"{self.key}[{name}]")
        return Place(self.file, f"{self.key}.{name}" if self.key else name)

    def error(self, problem: str) -> ConfigError:
        """Say what is wrong here."""
        return ConfigError(self.file, self.key, problem)


class _Float(str):
    """The text of a TOML float, kept so that the refusal can show how to write it."""


def load_toml(path: Path) -> Table:
    """Read a TOML file. Raises `ConfigError` if it cannot be read, is no TOML or holds floats."""
    place = Place(str(path))
    try:
        tree = tomllib.loads(path.read_text("utf-8-sig"), parse_float=_Float)
    except OSError as error:
        raise place.error(f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise place.error(f"is not UTF-8 text ({error.reason} at byte {error.start})") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        twice = "overwrite" in str(error) or "twice" in str(error)
        hint = "; a key or a table is there twice" if twice else ""
        raise place.error(f"is not valid TOML: {error}{hint}") from error
    _refuse_floats(tree, place)
    return tree


def _refuse_floats(value: object, place: Place) -> None:
    if isinstance(value, _Float):
        if not Decimal(value).is_finite():
            raise place.error(f"found {value}, expected a finite number")
        text = f"{Decimal(value):f}"
        raise place.error(f'found the float {value}; write it as a string: "{text}"')
    if isinstance(value, dict):
        for name, item in value.items():
            _refuse_floats(item, place.at(name))
    elif isinstance(value, list):
        for row, item in enumerate(value, 1):
            _refuse_floats(item, place.at(row))


def shaped(kind: type[T], value: object, place: Place) -> T:
    """Give a table its shape: `kind` is a struct that forbids unknown fields.

    Raises `ConfigError` for an unknown or missing key and for a wrong type.
    """
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise _located(kind, value, str(error), place) from error


def _located(kind: type[object], value: object, message: str, place: Place) -> ConfigError:
    wrong = misfit(kind, value, message, place.key)
    for step in wrong.steps:
        place = place.at(step if isinstance(step, str) else step + 1)
    return place.error(wrong.problem)


def exact(value: Number, place: Place) -> Fraction:
    """The number that a decimal text or an integer says.

    >>> exact("0.1", Place("lab.toml"))
    Fraction(1, 10)
    """
    text = str(value)
    if isinstance(value, bool) or _DECIMAL.fullmatch(text) is None:
        hint = '; 0.05 % is "0.0005"' if "%" in text else ""
        raise place.error(f'found {value!r}, expected a decimal number such as "0.5" or 12{hint}')
    return Fraction(text.replace("_", ""))


def positive(value: Number, place: Place) -> Fraction:
    """An exact number above 0."""
    number = exact(value, place)
    if number <= 0:
        raise place.error(f"found {value}, expected a number above 0")
    return number


def whole(number: Fraction, unit: Fraction, place: Place, unit_name: str) -> int:
    """How many times `unit` goes into `number`; an error if not a whole number of times."""
    count = number / unit
    if count.denominator != 1:
        raise place.error(
            f"found {decimal_text(number)}, expected a whole multiple of "
            f"{decimal_text(unit)} ({unit_name})"
        )
    return count.numerator


def micros(value: Number, place: Place, *, least: int = 0) -> Micros:
    """Money in micros, from `least` to 2^53 - 1."""
    amount = whole(exact(value, place), Fraction(1, 1_000_000), place, "one micro")
    if not least <= amount <= AMOUNT_MAX:
        raise place.error(
            f"found {value}, expected from {decimal_text(Fraction(least, PPM))} "
            f"to {decimal_text(Fraction(AMOUNT_MAX, PPM))}"
        )
    return Micros(amount)


def ppm(value: Number, place: Place, *, least: int = 0, most: int = PPM) -> int:
    """A rate or a share in parts per million, from `least` to `most`."""
    rate = whole(exact(value, place), Fraction(1, PPM), place, "one part per million")
    if not least <= rate <= most:
        raise place.error(
            f"found {value}, expected from {decimal_text(Fraction(least, PPM))} "
            f"to {decimal_text(Fraction(most, PPM))}"
        )
    return rate


def rate_e8(value: Number, place: Place) -> int:
    """A funding rate in 10^-8, from -1 to 1."""
    rate = whole(exact(value, place), Fraction(1, E8), place, "10^-8")
    if abs(rate) > E8:
        raise place.error(f"found {value}, expected from -1 to 1")
    return rate


def duration_us(value: str, place: Place, *, least: int = 0) -> int:
    """A span of time in microseconds.

    >>> duration_us("1.5s", Place("lab.toml"))
    1500000
    """
    parts = _DURATION.fullmatch(value)
    if parts is None:
        raise place.error(f'found {value!r}, expected a time such as "500ms", "1.5s" or "8h"')
    span = Fraction(parts[1]) * _UNITS_US[parts[2]]
    if span.denominator != 1 or not least <= span <= AMOUNT_MAX:
        raise place.error(
            f"found {value!r}, expected whole microseconds, at least {least}, at most 2^53 - 1"
        )
    return span.numerator


TIMER_LEAST_US = 1_000_000
"""The shortest time between what comes again and again: each time of it is worked off singly."""


def interval_us(value: str, place: Place) -> int:
    """A span between two of what a venue does again and again, from a second on."""
    span = duration_us(value, place)
    if span < TIMER_LEAST_US:
        raise place.error(
            f"found {value!r}, expected at least 1s: every such instant is worked off by itself, "
            "and of shorter ones a run would see no end"
        )
    return span


def at_least(value: int, least: int, place: Place) -> int:
    """An integer that is not below `least`."""
    if value < least:
        raise place.error(f"found {value}, expected {least} or more")
    return value


def within(value: int, least: int, most: int, place: Place) -> int:
    """An integer from `least` to `most`."""
    if not least <= value <= most:
        raise place.error(f"found {value}, expected from {least} to {most}")
    return value


def decimal_text(number: Fraction) -> str:
    """A terminating fraction as a decimal text without exponent or trailing zeros.

    >>> decimal_text(Fraction(1, 1000)), decimal_text(Fraction(-50))
    ('0.001', '-50')
    """
    shift = 0
    scaled = number
    while scaled.denominator != 1:
        shift += 1
        scaled *= 10
    digits = str(abs(scaled.numerator)).rjust(shift + 1, "0")
    text = f"{digits[:-shift]}.{digits[-shift:]}" if shift else digits
    return f"-{text}" if number < 0 else text
