"""Pace on a clock that only sleeping moves."""

from collections.abc import AsyncIterator, Sequence

import pytest

from engine.core.command import Tick, TradeTick
from engine.core.money import Lots, Price
from feeds.pace import paced, pulled


def ticks(*times_us: int) -> list[Tick]:
    return [
        TradeTick(at_us=at_us, contract="X", price=Price(1), quantity=Lots(1), side="buy")
        for at_us in times_us
    ]


class Wall:
    """A clock for tests: `sleep` moves it, a little further than it was asked to."""

    def __init__(self, oversleep_ns: int = 0) -> None:
        self.now_ns = 5_000_000_000
        self.slept = 0.0
        self._oversleep_ns = oversleep_ns

    def clock_ns(self) -> int:
        return self.now_ns

    async def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.slept += seconds
        self.now_ns += max(1_000, round(seconds * 1e9)) + self._oversleep_ns


async def stream(batches: Sequence[Sequence[Tick]]) -> AsyncIterator[Sequence[Tick]]:
    for batch in batches:
        yield batch


async def timed(
    batches: Sequence[Sequence[Tick]], speed_ppm: int | None, wall: Wall
) -> list[tuple[int, list[int]]]:
    """When (in microseconds on the wall) which ticks came out."""
    start_ns = wall.now_ns
    return [
        ((wall.now_ns - start_ns) // 1_000, [tick.at_us for tick in batch])
        async for batch in paced(stream(batches), speed_ppm, wall.clock_ns, wall.sleep)
    ]


async def test_without_a_speed_batches_go_through_as_they_are() -> None:
    wall = Wall()
    batches = [ticks(10, 20), ticks(10**12)]
    assert await timed(batches, None, wall) == [(0, [10, 20]), (0, [10**12])]
    assert wall.slept == 0


@pytest.mark.parametrize(("speed_ppm", "divisor"), [(1_000_000, 1), (10_000_000, 10)])
async def test_ticks_come_out_in_step_with_the_clock(speed_ppm: int, divisor: int) -> None:
    batches = [ticks(1_000, 1_000, 51_000), ticks(51_000, 3_001_000)]
    assert await timed(batches, speed_ppm, Wall()) == [
        (0, [1_000, 1_000]),
        (50_000 // divisor, [51_000]),
        (50_000 // divisor, [51_000]),
        (3_000_000 // divisor, [3_001_000]),
    ]


async def test_slower_than_real_time() -> None:
    assert await timed([ticks(0, 1_000)], 500_000, Wall()) == [(0, [0]), (2_000, [1_000])]


async def test_a_feed_that_is_late_sends_at_once_whatever_is_due() -> None:
    wall = Wall(oversleep_ns=2_500_000)
    batches = [ticks(0, 1_000, 2_000, 3_000, 9_000)]
    assert await timed(batches, 1_000_000, wall) == [
        (0, [0]),
        (3_500, [1_000, 2_000, 3_000]),
        (11_500, [9_000]),
    ]


async def test_nothing_comes_out_before_its_time_and_all_of_it_in_order() -> None:
    times = [i * i * 37 % 1_000 + i * 1_000 for i in range(500)]
    batches = [ticks(*times[i : i + 70]) for i in range(0, 500, 70)]
    found = await timed(batches, 3_000_000, Wall(oversleep_ns=400_000))
    assert [at_us for _, batch in found for at_us in batch] == times
    assert all(wall_us * 3 >= at_us - times[0] for wall_us, batch in found for at_us in batch)


async def test_batches_are_pulled_until_there_are_no_more() -> None:
    batches = [ticks(1, 2), ticks(3)]
    assert [batch async for batch in pulled(iter(batches))] == batches


async def test_what_goes_wrong_in_the_thread_is_raised_on_the_loop() -> None:
    with pytest.raises(ZeroDivisionError):
        [batch async for batch in pulled(ticks(1 // divisor) for divisor in (1, 0))]
