"""Moves, pauses and steps, against a look at all of them at once."""

from itertools import pairwise
from math import gcd

from hypothesis import given
from hypothesis import strategies as st

from feeds.movement import WINDOW_MAX, Pauses, Step, Window

GAPS = st.lists(st.tuples(st.integers(0, 7), st.integers(1, 30)), min_size=1, max_size=60)


@given(GAPS, st.integers(0, 20))
def test_the_largest_move_is_that_of_all_pairs(gaps: list[tuple[int, int]], length: int) -> None:
    window = Window(length)
    points, at_us = [], 0
    for gap, price in gaps:
        at_us += gap
        points.append((at_us, price))
        window.see(at_us, price)
    shares = [
        (late[1] - early[1]) / early[1]
        for place, late in enumerate(points)
        for early in points[:place]
        if late[0] - early[0] <= length
    ]
    rises, falls = [each for each in shares if each > 0], [each for each in shares if each < 0]
    assert (window.rise.share if window.rise else None) == (max(rises) if rises else None)
    assert (window.fall.share if window.fall else None) == (min(falls) if falls else None)


@given(st.lists(st.integers(0, 9), max_size=40), st.integers(1, 5))
def test_the_longest_pauses_are_those_of_all(gaps: list[int], count: int) -> None:
    pauses = Pauses(count)
    times = [sum(gaps[:place]) for place in range(len(gaps) + 1)]
    for at_us in times:
        pauses.see(at_us)
    found = [(late - early, early) for early, late in pairwise(times)]
    expected = sorted((each for each in found if each[0]), key=lambda each: (-each[0], each[1]))
    assert pauses.longest() == [(began, lasted) for lasted, began in expected[:count]]


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=20))
def test_a_step_divides_every_number_and_is_a_usual_one(numbers: list[int]) -> None:
    step = Step()
    for number in numbers:
        step.see(number)
    guess = step.guess()
    assert guess is not None
    assert gcd(*numbers) % guess == 0
    assert str(guess).rstrip("0") in ("1", "2", "5", "25")


def test_steps_of_venues() -> None:
    for tick, numbers in (
        (5, [130_005, 130_010, 139_995]),
        (1, [639_439, 639_440]),
        (25, [475_025, 475_100]),
        (2, [1_002, 1_004, 1_006]),
        (100, [65_000, 65_100]),
        (1_000, [65_000]),
    ):
        step = Step()
        for number in numbers:
            step.see(number)
        assert step.guess() == tick
    assert Step().guess() is None


def test_a_window_holds_no_more_than_it_may() -> None:
    """A file that repeats one stamp for ever and falls with every row does not fill the memory."""
    window = Window(1)
    for number in range(WINDOW_MAX + 10):
        window.see(0, 10**9 - number)
    assert window.fall is not None
    assert window.fall.to_price == 10**9 - WINDOW_MAX - 9
