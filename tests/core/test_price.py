"""Index and mark from prices that are known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.margin.price import index_price, median_mark, running_average_e6
from engine.core.money import PPM

HOUR_US = 3_600_000_000


@pytest.mark.parametrize(
    ("source_x2", "displacement_x2", "feedback_ppm", "index"),
    [
        (200, 0, PPM, 100),
        (200, -20, 0, 100),
        (200, -20, PPM, 90),
        (200, -20, PPM // 2, 95),
        (201, 0, 0, 100),  # 100.5 goes to the even side
        (203, 0, 0, 102),
        (200, 1, PPM, 100),
        (200, 3, PPM, 102),
        (200, 6, 333_333, 101),
        (2, -400, PPM, 1),  # a price is never below one unit
    ],
)
def test_the_index_moves_by_the_part_of_our_displacement_that_is_fed_back(
    source_x2: int, displacement_x2: int, feedback_ppm: int, index: int
) -> None:
    assert index_price(source_x2, displacement_x2, feedback_ppm) == index


@pytest.mark.parametrize(
    ("index", "last", "samples", "rate_e8", "left_us", "mark"),
    [
        # Binance's page of 2019: 10 000 at 0.03 % and four of eight hours to go, in half units
        (20_000, 30_000, [], 30_000, 4 * HOUR_US, 20_003),
        (20_000, 19_000, [], 30_000, 4 * HOUR_US, 20_000),
        # Bybit's: the average basis of 30 decides
        (36_350, 36_500, [60], 10_000, 4 * HOUR_US, 36_380),
        (36_350, 36_360, [60], 10_000, 4 * HOUR_US, 36_360),
        (36_350, 30_000, [60], 10_000, 4 * HOUR_US, 36_352),
        # half an average basis: (2 + 4 + 4) / 6 = 1.67
        (100, 200, [2, 4, 4], 1_000_000, 8 * HOUR_US, 102),
        # a negative rate, and no time left
        (100, 50, [-10, -6], -10_000_000, 0, 96),
        (100, 50, [-10, -6], -10_000_000, 8 * HOUR_US, 90),
        (3, 1, [-40], 0, 0, 1),
    ],
)
def test_the_mark_is_the_middle_one_of_three(
    index: int, last: int, samples: list[int], rate_e8: int, left_us: int, mark: int
) -> None:
    found = median_mark(
        index=index,
        last=last,
        samples=samples,
        rate_e8=rate_e8,
        left_us=left_us,
        interval_us=8 * HOUR_US,
    )
    assert found == mark


def test_a_running_average_stops_where_the_sample_is() -> None:
    """A half of the way each time, to the unit: 0, 0.5, 0.75 ... of one, in millionths."""
    found = [running_average_e6(0, 1, times, 3) for times in (1, 2, 60, 1_000_000_000)]
    assert found == [500_000, 750_000, 999_999, 999_999]


@given(st.integers(1_000, 10**9), st.integers(1, 10**9), st.integers(1, 10**9))
def test_a_last_price_alone_cannot_carry_the_mark_away(index: int, last: int, other: int) -> None:
    def mark(price: int) -> int:
        return median_mark(
            index=index, last=price, samples=[20], rate_e8=0, left_us=0, interval_us=HOUR_US
        )

    assert index <= mark(last) <= index + 10
    assert (mark(last) - mark(other)) * (last - other) >= 0
