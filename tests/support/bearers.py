"""Draws who bears the losses of a venue: every policy of the waterfall.

The dice here are their own, begun from where those of the world stand, so that a seed keeps the
contracts and commands that it had.
"""

import random

import msgspec

from engine.core.instrument import Rules


def with_bearers(dice: random.Random, rules: Rules) -> Rules:
    """Draw the policies; one venue in three keeps those of the textbook."""
    own = random.Random(repr(dice.getstate()))
    if own.random() < 1 / 3:
        return rules
    return msgspec.structs.replace(
        rules,
        adl=own.choice(("ranked", "hyperliquid", "pro_rata", "random", "none")),
        adl_price=own.choice(("bankruptcy", "bankruptcy", "mark", "previous_mark")),
        adl_against=own.choice(("winners", "winners", "anybody")),
        adl_seed=own.choice((0, 7)),
        outside_in_waterfall=own.choice(("never", "last")),
    )
