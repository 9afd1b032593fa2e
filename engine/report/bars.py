"""How much a price moved: average true range and realised volatility, from bars of trades.

Whole numbers all the way, so that every machine shows the same.
"""

from collections.abc import Iterator
from itertools import pairwise
from math import isqrt

import msgspec

from engine.core.money import PPM, div_half_even

_MINUTE_US = 60_000_000
_LENGTHS = ((1, "1m"), (5, "5m"), (15, "15m"), (60, "1h"), (240, "4h"), (1_440, "1d"))
_BARS_MIN = 14
_YEAR_MINUTES = 365 * 1_440


class Bar(msgspec.Struct):
    """A bar's number since 1970 and its prices in price units."""

    number: int
    high: int
    low: int
    close: int


class Moves(msgspec.Struct, frozen=True):
    """What bars of a length tell, as parts per million of the price.

    `range_ppm` is the mean true range of a bar, `volatility_ppm` the realised volatility of a
    year.
    """

    bar: str
    range_ppm: int
    volatility_ppm: int


class Bars:
    """Bars of a minute of one contract, and its first, last, lowest and highest price.

    >>> bars = Bars()
    >>> for minute, price in enumerate([100, 101, 100, 101]):
    ...     bars.saw(minute * 60_000_000, price)
    >>> bars.moves().bar, bars.moves().range_ppm
    ('1m', 9967)
    """

    def __init__(self) -> None:
        self.first = self.last = self.low = self.high = 0
        self._bars: list[Bar] = []

    def __bool__(self) -> bool:
        """Whether there was a trade."""
        return bool(self._bars)

    def saw(self, at_us: int, price: int) -> None:
        """Take in a trade, in the order of time."""
        number = at_us // _MINUTE_US
        self.last = price
        if not self._bars:
            self.first = self.low = self.high = price
        elif price < self.low:
            self.low = price
        elif price > self.high:
            self.high = price
        if not self._bars or self._bars[-1].number < number:
            self._bars.append(Bar(number, price, price, price))
            return
        bar = self._bars[-1]
        bar.close = price
        if price > bar.high:
            bar.high = price
        elif price < bar.low:
            bar.low = price

    def moves(self) -> Moves | None:
        """Tell it in the longest bars of which there are 14, else in minutes.

        None where there are not two bars, between which a price could move.
        """
        fitting = [length for length in _LENGTHS if len(self._of(length[0])) >= _BARS_MIN]
        minutes, name = fitting[-1] if fitting else _LENGTHS[0]
        bars = self._of(minutes)
        if len(bars) < 2:
            return None
        ranges = list(_true_ranges(bars))
        spent = (bars[-1].number - bars[0].number) * minutes
        return Moves(
            name,
            div_half_even(sum(ranges), len(ranges)),
            isqrt(sum(move * move for move in _returns(bars)) * _YEAR_MINUTES // spent),
        )

    def _of(self, minutes: int) -> list[Bar]:
        """Longer bars, made of those of a minute."""
        result: list[Bar] = []
        for bar in self._bars:
            number = bar.number // minutes
            if not result or result[-1].number < number:
                result.append(Bar(number, bar.high, bar.low, bar.close))
                continue
            last = result[-1]
            last.high, last.low = max(last.high, bar.high), min(last.low, bar.low)
            last.close = bar.close
        return result


def _true_ranges(bars: list[Bar]) -> Iterator[int]:
    """What each bar but the first went through, the way from the close before included."""
    for before, bar in pairwise(bars):
        span = max(bar.high, before.close) - min(bar.low, before.close)
        yield div_half_even(span * PPM, before.close)


def _returns(bars: list[Bar]) -> Iterator[int]:
    for before, bar in pairwise(bars):
        yield div_half_even((bar.close - before.close) * PPM, before.close)
