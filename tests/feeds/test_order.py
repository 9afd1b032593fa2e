"""Rows that come late find their place, or are dropped; memory is bounded."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from engine.core.command import Tick, TradeTick
from engine.core.money import Lots, Price
from feeds.order import in_order

SECOND = 1_000_000


def tick(at_us: int, place: int = 1) -> TradeTick:
    return TradeTick(
        at_us=at_us, contract="BTCUSDT", price=Price(1), quantity=Lots(place), side="buy"
    )


def ordered(times: list[int], hold_back_us: int, held_max: int = 100_000) -> tuple[list[Tick], int]:
    late: list[Tick] = []
    ticks = [tick(at_us, place) for place, at_us in enumerate(times, 1)]
    return list(in_order(ticks, hold_back_us, late.append, held_max)), len(late)


@given(st.lists(st.tuples(st.integers(0, 2 * SECOND), st.integers(0, SECOND)), max_size=60))
def test_rows_at_most_a_second_late_come_out_as_a_stable_sort(steps: list[tuple[int, int]]) -> None:
    newest, times = 0, []
    for step, lateness in steps:
        newest += step
        times.append(newest - min(lateness, newest))
    found, late = ordered(times, SECOND)
    ticks = [tick(at_us, place) for place, at_us in enumerate(times, 1)]
    assert late == 0
    assert found == sorted(ticks, key=lambda each: each.at_us)


@given(st.lists(st.integers(0, 20), max_size=60), st.integers(0, 5), st.integers(1, 10))
def test_whatever_comes_what_goes_out_is_sorted_and_nothing_is_lost(
    times: list[int], hold_back_us: int, held_max: int
) -> None:
    found, late = ordered(times, hold_back_us, held_max)
    assert found == sorted(found, key=lambda each: (each.at_us, each.quantity))  # type: ignore[union-attr]
    assert len(found) + late == len(times)


@given(st.lists(st.integers(0, 20), max_size=60), st.integers(0, 5))
def test_a_row_is_dropped_only_when_it_is_later_than_rows_are_held_back(
    times: list[int], hold_back_us: int
) -> None:
    newest, expected = 0, 0
    for at_us in times:
        newest = max(newest, at_us)
        expected += at_us < newest - hold_back_us
    assert ordered(times, hold_back_us)[1] == expected


def test_rows_are_held_back_for_a_second_and_no_longer() -> None:
    pulled: list[int] = []

    def source() -> Iterator[Tick]:
        for at_us in range(0, 5 * SECOND, SECOND // 10):
            pulled.append(at_us)
            yield tick(at_us)

    out = in_order(source(), SECOND, lambda _: None)
    assert next(out).at_us == 0
    assert pulled[-1] == SECOND


def test_a_file_that_repeats_one_stamp_does_not_fill_the_memory() -> None:
    pulled = 0

    def source() -> Iterator[Tick]:
        nonlocal pulled
        while True:
            pulled += 1
            yield tick(7, pulled)

    out = in_order(source(), SECOND, lambda _: None, held_max=50)
    found = [next(out) for _ in range(500)]
    assert [each.quantity for each in found if isinstance(each, TradeTick)] == list(range(1, 501))
    assert pulled <= 500 + 50
