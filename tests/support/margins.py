"""Draws what clients may do to modes, leverage and margin.

The dice here are their own, so that a seed keeps the market and the commands that it had.
"""

import random

import msgspec

from engine.core.instrument import MarginTerms, Venue


def with_margins(dice: random.Random, venue: Venue) -> Venue:
    """Draw the terms; one venue in three keeps those of the textbook."""
    apart = random.Random(f"margins {dice.getstate()}")
    if apart.random() < 1 / 3:
        return venue
    is_whole = apart.random() < 0.4
    terms = MarginTerms(
        mode_of="account" if is_whole else "position",
        leverage_with_position=apart.choice(("refused", "raised", "reset", "reset")),
        leverage_isolates=not is_whole and apart.random() < 0.3,
        auto_margin=apart.random() < 0.7,
    )
    return msgspec.structs.replace(venue, rules=msgspec.structs.replace(venue.rules, margin=terms))
