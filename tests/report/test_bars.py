"""Average true range and realised volatility, against the textbook's formulas in floats."""

from itertools import pairwise
from math import sqrt
from random import Random

import pytest

from engine.report.bars import Bars

MINUTE = 60_000_000
YEAR = 365 * 1_440


def bars_of(trades: list[tuple[int, int]]) -> Bars:
    bars = Bars()
    for at_us, price in trades:
        bars.saw(at_us, price)
    return bars


def walk(seed: int, minutes: int, every: int) -> list[tuple[int, int]]:
    dice, price, trades = Random(seed), 1_000_000, []
    for minute in range(0, minutes, every):
        for second in sorted(dice.sample(range(60), 5)):
            price += dice.randint(-2_000, 2_000)
            trades.append((minute * MINUTE + second * 1_000_000, price))
    return trades


def slow(trades: list[tuple[int, int]], minutes: int) -> tuple[float, float]:
    """Mean true range and yearly volatility, both as shares, straight from the definitions."""
    candles: dict[int, list[int]] = {}
    for at_us, price in trades:
        candles.setdefault(at_us // (minutes * MINUTE), []).append(price)
    ranges, squares = [], 0.0
    for before, prices in pairwise(candles.values()):
        high, low = max(*prices, before[-1]), min(*prices, before[-1])
        ranges.append((high - low) / before[-1])
        squares += (prices[-1] / before[-1] - 1) ** 2
    spent = (max(candles) - min(candles)) * minutes
    return sum(ranges) / len(ranges), sqrt(squares * YEAR / spent)


@pytest.mark.parametrize(
    ("length", "every", "bar", "minutes"),
    [
        (10, 1, "1m", 1),
        (40, 1, "1m", 1),
        (300, 1, "15m", 15),
        (2_000, 3, "1h", 60),
        (6_000, 7, "4h", 240),
        (30_000, 60, "1d", 1_440),
    ],
)
def test_moves_are_those_of_the_longest_bars_of_which_there_are_enough(
    length: int, every: int, bar: str, minutes: int
) -> None:
    trades = walk(length, length, every)
    bars = bars_of(trades)
    moves = bars.moves()
    assert moves is not None
    assert moves.bar == bar
    average, volatility = slow(trades, minutes)
    assert moves.range_ppm == pytest.approx(average * 1e6, abs=1)
    assert moves.volatility_ppm == pytest.approx(volatility * 1e6, rel=1e-3)
    prices = [price for _, price in trades]
    assert (bars.first, bars.last) == (prices[0], prices[-1])
    assert (bars.low, bars.high) == (min(prices), max(prices))


def test_a_pause_is_time_in_which_a_price_did_not_move() -> None:
    moved = [(0, 100), (MINUTE, 101), (2 * MINUTE, 100)]
    paused = [*moved[:2], (11 * MINUTE, 100)]
    (brief, long) = (bars_of(trades).moves() for trades in (moved, paused))
    assert brief is not None
    assert long is not None
    assert long.range_ppm == brief.range_ppm
    assert long.volatility_ppm == pytest.approx(brief.volatility_ppm * sqrt(2 / 11), rel=1e-3)


def test_what_never_traded_or_only_in_one_minute_has_no_moves() -> None:
    assert not Bars()
    assert Bars().moves() is None
    one = bars_of([(0, 100), (1, 105)])
    assert one
    assert one.moves() is None
