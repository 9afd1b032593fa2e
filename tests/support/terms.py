"""Draws what a venue asks of orders beside prices and sizes: rates, memory, limits.

The dice here are their own, so that a seed keeps the market and the commands that it had.
"""

import random

import msgspec

from engine.core.instrument import OrderTerms, Venue


def with_terms(drawn: Venue) -> Venue:
    """Draw the terms of orders; most venues limit no rate."""
    dice = random.Random(repr(drawn))
    rate, burst = dice.choice((*12 * ((0, 1),), (1, 10), (5, 30), (500, 5)))
    kept = dice.choice((0, 0, 1, 3, 20))
    kept_us = dice.choice((0, 1_000_000, 600_000_000))
    terms = OrderTerms(rate=rate, burst=burst, ids_kept=kept, ids_kept_us=kept_us)
    return msgspec.structs.replace(drawn, rules=msgspec.structs.replace(drawn.rules, orders=terms))
