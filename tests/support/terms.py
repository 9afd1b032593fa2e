"""Draws what a venue asks of orders beside prices and sizes: rates, memory, limits.

The dice here are their own, so that a seed keeps the market and the commands that it had.
"""

import random

import msgspec

from engine.core.instrument import OrderTerms, Venue
from engine.core.money import Lots
from tests.support.seeds import seed_text


def with_terms(drawn: Venue) -> Venue:
    """Draw the terms of orders; most venues limit no rate."""
    dice = random.Random(seed_text(drawn))
    rate, burst = dice.choice((*12 * ((0, 1),), (1, 10), (5, 30), (500, 5)))
    kept = dice.choice((0, 0, 1, 3, 20))
    kept_us = dice.choice((0, 1_000_000, 600_000_000))
    terms = OrderTerms(rate=rate, burst=burst, ids_kept=kept, ids_kept_us=kept_us)
    return msgspec.structs.replace(drawn, rules=msgspec.structs.replace(drawn.rules, orders=terms))


def with_limits(drawn: Venue) -> Venue:
    """Draw, for some venues, how large orders may be and how many may rest in all (O24, O25)."""
    dice = random.Random("limits" + seed_text(drawn))
    if dice.random() >= 0.1:
        return drawn
    terms = msgspec.structs.replace(drawn.rules.orders, open_max=dice.choice((0, 2, 4)))
    contracts = tuple(
        msgspec.structs.replace(
            one,
            order_max=dice.choice((msgspec.UNSET, Lots(500), Lots(2_000))),
            market_order_max=dice.choice((msgspec.UNSET, Lots(200), Lots(1_000))),
        )
        for one in drawn.contracts
    )
    rules = msgspec.structs.replace(drawn.rules, orders=terms)
    return msgspec.structs.replace(drawn, rules=rules, contracts=contracts)
