"""A line over the log's time with a bounded number of points, whatever the run's length.

The time is cut into steps of one length. Of each step the first, the lowest, the highest and the
last value are kept, so that a picture with a step for each of its columns looks as if all values
were drawn (M4: Jugel et al., VLDB 2014). Whenever there are too many points, the steps become
twice as long: the extremes of two steps are the extremes of both together, so nothing that a
longer step would have kept is ever lost.
"""

from bisect import bisect_right
from collections.abc import Iterator

import msgspec

LIMIT_MIN = 10
"""Points that a curve must be allowed at least."""
_STEP_US = 1_000
_PER_STEP = 4

Point = tuple[int, int]
"""A time in the log's microseconds and a value in whole units."""


class Step(msgspec.Struct):
    """What is kept of one step; `end_us` is the first time behind it.

    `is_down` says that the highest value came before the lowest.
    """

    end_us: int
    first: Point
    low: Point
    high: Point
    last: Point
    is_down: bool = False

    @classmethod
    def begun(cls, point: Point, length_us: int) -> "Step":
        """The step that a point lies in, with that point alone."""
        return cls((point[0] // length_us + 1) * length_us, point, point, point, point)

    def extend(self, point: Point) -> None:
        """Take in a point that came after the others."""
        self.last = point
        if point[1] < self.low[1]:
            self.low, self.is_down = point, True
        elif point[1] > self.high[1]:
            self.high, self.is_down = point, False

    def points(self) -> Iterator[Point]:
        """The kept points in the order in which they came, each once."""
        between = (self.high, self.low) if self.is_down else (self.low, self.high)
        before = None
        for point in (self.first, *between, self.last):
            if point is not before:
                yield point
            before = point


class Curve:
    """Takes in values in the order of time and keeps about `limit` points at most.

    >>> curve = Curve(10)
    >>> for at_us, value in enumerate([5, 9, 6, 1, 4]):
    ...     curve.add(at_us, value)
    >>> curve.points()
    [(0, 5), (1, 9), (3, 1), (4, 4)]
    """

    def __init__(self, limit: int) -> None:
        assert limit >= LIMIT_MIN, f"a curve needs {LIMIT_MIN} points, not {limit}"
        self._limit = limit
        self._length_us = _STEP_US
        self._done: list[Point] = []
        self._step: Step | None = None
        self._end_us = self._low = self._high = 0
        self._last: Point | None = None

    def add(self, at_us: int, value: int) -> None:
        """Take in a value; costs O(1), and O(limit) when the steps become longer."""
        if at_us < self._end_us and self._low <= value <= self._high:
            self._last = (at_us, value)
        else:
            self._turn((at_us, value))

    def points(self) -> list[Point]:
        """All points that are kept, in the order of time."""
        step = self._settled()
        result = list(self._done)
        if step is not None:
            _append(result, step)
        return result

    def _settled(self) -> Step | None:
        if self._step is not None and self._last is not None:
            self._step.last = self._last
        return self._step

    def _turn(self, point: Point) -> None:
        """Take in a point that is an extreme of its step or begins the next one."""
        step = self._settled()
        if step is not None and point[0] < step.end_us:
            step.extend(point)
        else:
            if step is not None:
                _append(self._done, step)
            step = Step.begun(point, self._length_us)
            while len(self._done) + _PER_STEP > self._limit:
                self._length_us *= 2
                step = self._lengthened(step)
        self._step, self._last = step, None
        self._end_us, self._low, self._high = step.end_us, step.low[1], step.high[1]

    def _lengthened(self, newest: Step) -> Step:
        """Put all that is kept into longer steps; returns the step in progress."""
        points = [*self._done, *newest.points()]
        self._done = []
        step = Step.begun(points[0], self._length_us)
        for point in points[1:]:
            if point[0] < step.end_us:
                step.extend(point)
            else:
                _append(self._done, step)
                step = Step.begun(point, self._length_us)
        return step


def _append(points: list[Point], step: Step) -> None:
    """Append what a step keeps; of three equal values in a row the middle one is left out."""
    for point in step.points():
        if len(points) >= 2 and points[-1][1] == points[-2][1] == point[1]:
            points[-1] = point
        else:
            points.append(point)


def value_at(points: list[Point], at_us: int) -> int | None:
    """The value of a line at a time: that of the newest point; None before its first.

    >>> value_at([(1, 10), (5, 20)], 4), value_at([(1, 10)], 0)
    (10, None)
    """
    place = bisect_right(points, at_us, key=lambda point: point[0])
    return points[place - 1][1] if place else None
