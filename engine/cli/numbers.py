"""Decimal numbers on the command line, exact."""

import re
from fractions import Fraction

import click

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
