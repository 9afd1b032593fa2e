"""Draws which position modes a venue has; the dice are its own, as for all such settings."""

import random

import msgspec

from engine.core.command import PositionMode
from engine.core.instrument import Venue
from tests.support.seeds import seed_text


def with_position_modes(drawn: Venue) -> Venue:
    """Draw the position modes of a venue; half of them know no hedge mode."""
    dice = random.Random(seed_text(drawn))
    one: tuple[PositionMode, ...] = ("one_way",)
    both: tuple[PositionMode, ...] = ("one_way", "hedge")
    modes = dice.choice((one, one, one, both, both, both[::-1]))
    return msgspec.structs.replace(
        drawn, rules=msgspec.structs.replace(drawn.rules, position_modes=modes)
    )
