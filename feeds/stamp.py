"""Time stamps of tick files as UTC microseconds.

Units finer than a microsecond are cut off (rows of one microsecond keep their place in the
file). A stamp before 1990 or at or above 2^53 microseconds (the year 2255) is refused: every
stamp that is read in a wrong unit falls on one of these sides.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from feeds.number import PLACES_MAX, NotPlain, scaler

AT_MIN = 631_152_000_000_000
"""1990-01-01, in microseconds."""
AT_LIMIT = 2**53
"""The first stamp that not every reader of JSON keeps exactly."""

_PER_UNIT = {
    "s": Fraction(1_000_000),
    "ms": Fraction(1_000),
    "us": Fraction(1),
    "ns": Fraction(1, 1_000),
}
_ISO = re.compile(
    r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})[TtDd ]"
    r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,12}))?)?"
    r" ?(?:(Z|z|UTC)|([+-])([0-9]{2}):?([0-9]{2}))?"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class BadStamp(ValueError):
    """The text is not a time in the unit that the format names."""


def stamp_reader(unit: str) -> Callable[[str], int]:
    """Make a reader of one column: `s`, `ms`, `us` or `ns` since 1970, or `iso`.

    ISO texts without an offset are UTC; the day may be followed by `T`, `D` or a space. What it
    returns raises `BadStamp`.

    >>> stamp_reader("ms")("1721347022956")
    1721347022956000
    >>> stamp_reader("iso")("2018-11-27D00:00:01.123456000")
    1543276801123456
    """
    if unit == "iso":
        return _iso
    factor = _PER_UNIT[unit]
    scaled = scaler(factor)
    times, over = factor.numerator, factor.denominator

    def read(text: str) -> int:
        if len(text) <= PLACES_MAX and text.isascii() and text.isdigit():
            at_us = int(text) * times // over  # nearly every stamp of nearly every file
        else:
            try:
                numerator, denominator = scaled(text)
            except NotPlain as error:
                raise BadStamp(text) from error
            at_us = numerator // denominator
        if not AT_MIN <= at_us < AT_LIMIT:
            raise BadStamp(text)
        return at_us

    return read


def _iso(text: str) -> int:
    found = _ISO.fullmatch(text)
    if found is None:
        raise BadStamp(text)
    year, month, day, hour, minute, second, part, _, sign, away, and_minutes = found.groups()
    try:
        at = datetime(
            int(year), int(month), int(day), int(hour), int(minute), int(second or 0), tzinfo=UTC
        )
    except ValueError as error:
        raise BadStamp(text) from error
    at_us = (at - _EPOCH) // timedelta(microseconds=1) + int((part or "0")[:6].ljust(6, "0"))
    if sign:
        offset = (int(away) * 60 + int(and_minutes)) * 60_000_000
        at_us += -offset if sign == "+" else offset
    if not AT_MIN <= at_us < AT_LIMIT:
        raise BadStamp(text)
    return at_us
