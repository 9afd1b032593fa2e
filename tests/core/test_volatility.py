"""Depth by volatility: moves are noted at whole instants and choose a regime (P15)."""

import pytest

from engine.core.instrument import Band, Depth, Regime
from engine.core.money import PPM, Micros
from tests.support.replayed import SECOND_US, START_US, Replayed

REGIMES = (Regime(6_000, 500_000), Regime(9_000, 100_000))


def wild(count: int = 3, regimes: tuple[Regime, ...] = REGIMES) -> Replayed:
    """Return a market of 100 lots at the touch; instants are whole seconds."""
    bands = (Band(0, Micros(100_000 * PPM)),)
    depth = Depth(0, bands, 1, SECOND_US, PPM, regimes, SECOND_US, count)
    return Replayed(depth)


def at(replayed: Replayed, seconds: float, price: int) -> list[int]:
    """Replay a trade and return the squares that are noted then."""
    replayed.now = START_US + round(seconds * SECOND_US)
    replayed.trade(price)
    return replayed.market.volatility.squares


def test_moves_are_noted_from_the_second_tick_on_and_once_an_instant() -> None:
    replayed = wild()
    assert at(replayed, 0.1, 1_000) == []  # no price before it
    assert at(replayed, 1.2, 1_000) == []  # the touch is noted, 999 and 1_001
    assert at(replayed, 1.9, 1_010) == []  # no instant between
    assert at(replayed, 2.0, 1_010) == [10_000**2]  # the touch before this tick: 1_009 and 1_011
    assert at(replayed, 2.9, 1_000) == [10_000**2]
    # from 2_020 to 2_000 is −9_900.99 ppm: cut, not rounded down
    assert at(replayed, 3.5, 1_000) == [10_000**2, 9_900**2]


def test_instants_without_a_tick_are_quiet() -> None:
    replayed = wild(count=4)
    at(replayed, 0, 1_000)
    at(replayed, 0.5, 1_000)
    at(replayed, 0.6, 1_010)
    assert at(replayed, 3.0, 1_010) == [10_000**2, 0, 0]
    assert at(replayed, 5.0, 1_010) == [0, 0, 0, 0]  # the newest four of five


@pytest.mark.parametrize("seconds", [4.0, 5.0, 100_000.0])
def test_a_long_silence_ends_in_calm(seconds: float) -> None:
    replayed = wild(count=3)
    at(replayed, 0, 1_000)
    at(replayed, 0.5, 1_000)
    at(replayed, 0.6, 1_100)
    assert at(replayed, seconds, 1_100) == [0, 0, 0]  # the move itself has left the window


def test_a_silence_of_as_many_instants_as_are_kept_still_shows_its_move() -> None:
    replayed = wild(count=3)
    at(replayed, 0, 1_000)
    at(replayed, 0.5, 1_000)
    at(replayed, 0.6, 1_100)
    assert at(replayed, 3.0, 1_100) == [100_000**2, 0, 0]


def test_the_last_regime_that_is_reached_scales_the_depth() -> None:
    replayed = wild()
    at(replayed, 0, 1_000)
    at(replayed, 0.5, 1_000)
    assert replayed.levels("buy") == [(999, 100)]  # nothing noted: as it is
    at(replayed, 0.6, 1_010)
    assert replayed.levels("buy") == [(1_009, 99)]  # 100_000 / 1_009: no instant has passed
    at(replayed, 1.0, 1_010)
    assert replayed.levels("buy") == [(1_009, 9)]  # 10_000 ppm ≥ 9_000: a tenth
    at(replayed, 2.0, 1_010)
    assert replayed.levels("buy") == [(1_009, 49)]  # √(10⁸ / 2) = 7_071 ≥ 6_000: a half
    at(replayed, 3.0, 1_010)
    assert replayed.levels("buy") == [(1_009, 99)]  # √(10⁸ / 3) = 5_774


@pytest.mark.parametrize(("above_ppm", "lots"), [(10_000, 50), (10_001, 100)])
def test_a_regime_begins_at_just_its_volatility(above_ppm: int, lots: int) -> None:
    replayed = wild(regimes=(Regime(above_ppm, 500_000),))
    at(replayed, 0, 1_000)
    at(replayed, 0.5, 1_000)
    at(replayed, 0.6, 1_010)
    at(replayed, 1.0, 1_001)
    assert replayed.levels("buy") == [(1_000, lots)]


def test_the_regime_scales_what_the_profiles_scale_has_left_and_rounds_down_twice() -> None:
    bands = (Band(0, Micros(1_000_003)),)
    depth = Depth(0, bands, 1, SECOND_US, 333_333, (Regime(0, 500_001),), SECOND_US, 3)
    replayed = Replayed(depth, unit_value=1)
    at(replayed, 0, 2)
    assert replayed.levels("buy") == [(1, 333_333)]  # 333_333.999…
    at(replayed, 0.5, 2)
    at(replayed, 1.0, 2)
    assert replayed.levels("buy") == [(1, 166_666)]  # 333_333 × 0.500001 = 166_666.83


def test_quotes_and_books_note_moves_as_trades_do() -> None:
    replayed = wild()
    replayed.quote(999, 7, 1_001, 7)
    replayed.now += SECOND_US // 2
    replayed.quote(999, 7, 1_001, 7)
    replayed.quote(1_009, 7, 1_011, 7)
    replayed.now += SECOND_US
    replayed.book([(1_019, 3)], [(1_021, 4)])
    assert replayed.market.volatility.squares == [10_000**2]
    replayed.now += SECOND_US
    replayed.trade(5)
    # from 2_020 to 2_040: 9_900.99 ppm; and the levels of a book are never scaled
    assert replayed.market.volatility.squares == [10_000**2, 9_900**2]
    assert replayed.levels("buy") == [(1_019, 3)]


def test_without_regimes_nothing_is_noted() -> None:
    replayed = wild(regimes=())
    for seconds in range(5):
        assert at(replayed, seconds, 1_000 + 50 * seconds) == []
    assert replayed.levels("buy") == [(1_199, 83)]


def test_a_refused_tick_notes_nothing() -> None:
    replayed = wild()
    at(replayed, 0, 1_000)
    at(replayed, 0.5, 1_000)
    at(replayed, 0.6, 1_010)
    replayed.now += SECOND_US
    replayed.trade(0)
    replayed.quote(5, 1, 5, 1)
    replayed.book([(0, 1)], [])
    assert replayed.market.volatility.squares == []


def test_in_a_wild_market_less_is_before_an_order() -> None:
    replayed = wild()
    at(replayed, 0, 1_000)
    at(replayed, 0.5, 1_000)
    at(replayed, 0.6, 1_010)
    at(replayed, 1.0, 1_010)
    replayed.deposit("alice")
    replayed.order("alice", "buy", 5, 1_009)
    assert replayed.ahead("buy", 1_009) == [9]
