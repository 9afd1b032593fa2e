"""Decimal numbers on the command line, exact, and back to text."""

import re
from fractions import Fraction

import click

from engine.core.money import div_half_even

_DECIMAL = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")


class PositiveDecimal(click.ParamType[Fraction]):
    """A plain decimal number above 0, as a Fraction."""

    name = "number"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Fraction:
        """Read the text; anything else than digits and one point is a usage error."""
        if isinstance(value, Fraction):
            return value
        text = str(value)
        if _DECIMAL.fullmatch(text) is None or Fraction(text) == 0:
            self.fail(f"found {text!r}, expected a number above 0 such as 0.005", param, ctx)
        return Fraction(text)


def decimals(step: Fraction) -> int:
    """Return how many decimals a step such as 0.05 has."""
    places = 0
    while (step * 10**places).denominator != 1:
        places += 1
    return places


def rounded(number: Fraction, places: int) -> str:
    """Write a number with so many decimals, half to even.

    >>> rounded(Fraction(-5, 2), 0), rounded(Fraction(1, 3), 4)
    ('-2', '0.3333')
    """
    digits = div_half_even(number.numerator * 10**places, number.denominator)
    text = str(abs(digits)).rjust(places + 1, "0")
    sign = "-" if digits < 0 else ""
    return f"{sign}{text[:-places]}.{text[-places:]}" if places else f"{sign}{text}"
