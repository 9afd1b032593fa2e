"""Decimal texts of tick files as exact integers, without a float on the way.

A number is plain: an optional sign, ASCII digits, an optional point; at most 20 digits on either
side of it. Exponents are refused on purpose: a file that has them went through a spreadsheet,
which rounds before it writes `1.70027E+12`, and `1E+999999` would be a million digits long.
`Fraction`s appear only while a reader is put together; a row costs a multiplication and a
division of integers.
"""

import re
from collections.abc import Callable
from fractions import Fraction

PLACES_MAX = 20
"""Most digits on either side of the point."""
_PLAIN = re.compile(r"([+-]?)([0-9]{0,20})(?:\.([0-9]{0,20}))?")


class NotPlain(ValueError):
    """The text is not a plain decimal number."""


def plain(text: str) -> tuple[int, int]:
    """Read a decimal text as a whole number and how many of its digits are after the point.

    Raises `NotPlain`.

    >>> plain("63943.90"), plain("-0.5"), plain("7")
    ((6394390, 2), (-5, 1), (7, 0))
    """
    found = _PLAIN.fullmatch(text)
    if found is None:
        raise NotPlain(text)
    sign, whole, part = found.groups(default="")
    digits = whole + part
    if not digits:
        raise NotPlain(text)
    number = int(digits)
    return (-number if sign == "-" else number), len(part)


def fraction(text: str) -> Fraction:
    """Read a decimal text exactly; raises `NotPlain`.

    >>> fraction("0.25")
    Fraction(1, 4)
    """
    number, places = plain(text)
    return Fraction(number, 10**places)


def scaler(factor: Fraction) -> Callable[[str], tuple[int, int]]:
    """Make a reader of decimal texts that multiplies by `factor` and leaves the division.

    What it returns is (numerator, positive denominator), so that its caller says how to round.
    It raises `NotPlain`.

    >>> scaler(Fraction(10))("63943.95")
    (63943950, 100)
    """
    by_places = [
        (factor.numerator, factor.denominator * 10**places) for places in range(PLACES_MAX + 1)
    ]

    def scaled(text: str) -> tuple[int, int]:
        number, places = plain(text)
        times, over = by_places[places]
        return number * times, over

    return scaled
