"""A curve keeps what a picture of it needs and no more, whatever it is fed."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.report.curve import LIMIT_MIN, Curve, value_at

STEPS_US = st.sampled_from([0, 1, 400, 1_000, 60_000, 10**7, 10**10])
MOVES = st.sampled_from([-100, -1, 0, 0, 1, 2])


def kept(limit: int, points: list[tuple[int, int]]) -> list[tuple[int, int]]:
    curve = Curve(limit)
    for at_us, value in points:
        curve.add(at_us, value)
    return curve.points()


@st.composite
def lines(draw: st.DrawFn) -> list[tuple[int, int]]:
    moves = draw(st.lists(st.tuples(STEPS_US, MOVES), min_size=1, max_size=300))
    times = accumulate(step for step, _ in moves)
    values = accumulate(move for _, move in moves)
    return list(zip(times, values, strict=True))


@given(limit=st.integers(LIMIT_MIN, 60), points=lines())
def test_it_is_bounded_and_keeps_ends_and_extremes(
    limit: int, points: list[tuple[int, int]]
) -> None:
    found = kept(limit, points)
    assert len(found) <= limit + 4
    assert (found[0], found[-1]) == (points[0], points[-1])
    for extreme in (min, max):
        assert extreme(value for _, value in found) == extreme(value for _, value in points)
    rest = iter(points)
    assert all(any(point == other for other in rest) for point in found), "invented or out of order"


@given(points=lines())
def test_looking_at_it_changes_nothing(points: list[tuple[int, int]]) -> None:
    curve = Curve(20)
    for at_us, value in points:
        curve.add(at_us, value)
        curve.points()
    assert curve.points() == kept(20, points)


def test_every_wick_of_a_day_is_still_there_after_many_longer_steps() -> None:
    day = [(second * 1_000_000, 100 + second % 7) for second in range(86_400)]
    wicks = {second: 20 + second // 10_000 for second in range(5_000, 86_400, 10_000)}
    for second, value in wicks.items():
        day[second] = (second * 1_000_000, value)
    found = kept(400, day)
    assert {value for _, value in found if value < 90} == set(wicks.values())
    assert 100 < len(found) <= 404


def test_a_flat_stretch_costs_two_points() -> None:
    assert kept(100, [(at * 10**6, 5) for at in range(5_000)]) == [(0, 5), (4_999 * 10**6, 5)]


def test_a_limit_that_is_too_small_is_an_error() -> None:
    with pytest.raises(AssertionError, match="needs 10 points, not 9"):
        Curve(9)


@pytest.mark.parametrize(
    ("at_us", "value"), [(0, None), (10, 1), (19, 1), (20, 3), (25, 3), (30, 4), (99, 4)]
)
def test_a_value_holds_until_the_next_one(at_us: int, value: int | None) -> None:
    assert value_at([(10, 1), (20, 2), (20, 3), (30, 4)], at_us) == value
