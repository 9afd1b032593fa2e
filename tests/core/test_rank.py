"""The lights: how near a position is to being deleveraged."""

from fractions import Fraction

import pytest

from engine.core.account.account import OUTSIDE
from engine.core.instrument import Rules
from engine.core.liquidation.rank import lights
from engine.vectors.stage import Listing, Stage, flat

ONE = Fraction(1)


def staged(**rules: object) -> Stage:
    """Five equal shorts of rising profit at a mark of 100, a long one, and one that has lost."""
    settings = Rules(name="lights", warning_levels=(), **rules)  # type: ignore[arg-type]
    stage = Stage(settings, [Listing("X", ONE, ONE, flat(Fraction(1, 100)))], ONE, Fraction(0))
    stage.mark("X", Fraction(100))
    for number in range(1, 6):
        stage.open(f"short{number}", "X", -ONE, Fraction(100 + number))
        stage.wallet(f"short{number}", Fraction(50))
    stage.open("long", "X", ONE, Fraction(90))
    stage.open("lost", "X", -ONE, Fraction(90))
    stage.wallet("lost", Fraction(50))
    stage.open("ruined", "X", -ONE, Fraction(110))
    stage.wallet("ruined", Fraction(-10))
    return stage


def shown(stage: Stage) -> dict[str, int]:
    """Give the lights of everybody."""
    held = stage.state.markets["X"].held()
    return {position.account: lights(stage.state, position) for position in held}


@pytest.mark.parametrize("adl", ["ranked", "hyperliquid"])
def test_the_last_fifth_of_the_queue_has_one_light(adl: str) -> None:
    found = shown(staged(adl=adl))
    shorts = [found[f"short{number}"] for number in range(1, 6)]
    assert shorts == ([1, 2, 3, 4, 5] if adl == "ranked" else [5, 4, 3, 2, 1])


def test_who_has_no_profit_or_no_equity_is_in_no_queue() -> None:
    found = shown(staged())
    assert (found["long"], found["lost"], found["ruined"], found[OUTSIDE]) == (1, 0, 0, 0)


@pytest.mark.parametrize("adl", ["pro_rata", "random", "none"])
def test_without_a_ranking_there_are_no_lights(adl: str) -> None:
    assert set(shown(staged(adl=adl)).values()) == {0}


def test_a_flat_position_has_no_light() -> None:
    stage = staged()
    assert lights(stage.state, stage.state.position("long", "Y")) == 0
