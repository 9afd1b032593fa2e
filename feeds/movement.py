"""What is worth knowing of a stream of prices: its moves, its pauses, its step.

Everything is kept as the stream goes by, in memory that does not grow with it. Prices are whole
numbers of any one unit. The ratios of moves are floats: they are read, never posted.
"""

from collections import deque
from heapq import heappush, heapreplace
from math import gcd

import msgspec

WINDOW_MAX = 100_000
"""Most prices that a window holds; the busiest minute on record had about half of that."""


class Move(msgspec.Struct, frozen=True):
    """A price went from `from_price` to `to_price` and arrived at `at_us`."""

    at_us: int
    from_price: int
    to_price: int

    @property
    def share(self) -> float:
        """How far it went, as a share of where it began; down is negative."""
        return (self.to_price - self.from_price) / self.from_price


class Window:
    """The largest rise and the largest fall within a stretch of time.

    >>> window = Window(1_000_000)
    >>> for at_us, price in ((0, 100), (500_000, 90), (1_400_000, 99), (2_600_000, 150)):
    ...     window.see(at_us, price)
    >>> window.rise
    Move(at_us=1400000, from_price=90, to_price=99)
    >>> window.fall
    Move(at_us=500000, from_price=100, to_price=90)

    A price costs O(1) on average.
    """

    def __init__(self, length_us: int) -> None:
        self._length_us = length_us
        self._lows: deque[tuple[int, int]] = deque(maxlen=WINDOW_MAX)
        self._highs: deque[tuple[int, int]] = deque(maxlen=WINDOW_MAX)
        self.rise: Move | None = None
        self.fall: Move | None = None

    def see(self, at_us: int, price: int) -> None:
        """Take the next price; times must not go back."""
        edge = at_us - self._length_us
        lows, highs = self._lows, self._highs
        while lows and lows[0][0] < edge:
            lows.popleft()
        while highs and highs[0][0] < edge:
            highs.popleft()
        while lows and lows[-1][1] >= price:
            lows.pop()
        while highs and highs[-1][1] <= price:
            highs.pop()
        if lows:
            move = Move(at_us, lows[0][1], price)
            if self.rise is None or move.share > self.rise.share:
                self.rise = move
        if highs:
            move = Move(at_us, highs[0][1], price)
            if self.fall is None or move.share < self.fall.share:
                self.fall = move
        lows.append((at_us, price))
        highs.append((at_us, price))


class Pauses:
    """The longest times in which nothing came.

    >>> pauses = Pauses(2)
    >>> for at_us in (0, 5, 6, 16, 18):
    ...     pauses.see(at_us)
    >>> pauses.longest()
    [(6, 10), (0, 5)]
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._last_us: int | None = None
        self._found: list[tuple[int, int]] = []  # how long, and minus when it began

    def see(self, at_us: int) -> None:
        """Take the time of the next tick."""
        if self._last_us is not None and at_us > self._last_us:
            found = (at_us - self._last_us, -self._last_us)
            if len(self._found) < self._count:
                heappush(self._found, found)
            elif found > self._found[0]:
                heapreplace(self._found, found)
        self._last_us = at_us

    def longest(self) -> list[tuple[int, int]]:
        """When each began and how long it was, the longest first, of equal ones the first."""
        return [(-began, lasted) for lasted, began in sorted(self._found, reverse=True)]


class Step:
    """The grid on which numbers stand: a usual step that divides them all.

    That is the largest of 1, 2, 5 or 25 times a power of ten; of a single number, the largest
    power of ten.

    >>> step = Step()
    >>> for number in (85_315, 85_320, 85_335):
    ...     step.see(number)
    >>> step.guess()
    5
    """

    def __init__(self) -> None:
        self._divisor = 0
        self._is_single = True
        self._last = 0

    def see(self, number: int) -> None:
        """Take the next number, above 0."""
        if number == self._last:
            return
        self._is_single = self._is_single and not self._last
        self._divisor = gcd(self._divisor, number)
        self._last = number

    def guess(self) -> int | None:
        """The step, None where there was no number."""
        if not self._divisor:
            return None
        power = 1
        while self._divisor % (power * 10) == 0:
            power *= 10
        usual = (1,) if self._is_single else (25, 5, 2, 1)
        return next(times * power for times in usual if self._divisor % (times * power) == 0)
