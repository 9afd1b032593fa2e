"""Draws how the contracts of a venue settle funding, and what it costs to borrow.

The dice here are their own, so that a seed keeps the market and the commands that it had.
"""

import random

import msgspec

from engine.core.instrument import Funding, Venue

HOUR_US = 3_600_000_000


def with_fundings(dice: random.Random, venue: Venue) -> Venue:
    """Draw the terms; half of the venues settle as the textbook does."""
    apart = random.Random(f"funding {dice.getstate()}")
    if apart.random() < 0.5:
        return venue
    contracts = tuple(
        msgspec.structs.replace(one, funding=_terms(apart, one.funding)) for one in venue.contracts
    )
    return msgspec.structs.replace(venue, contracts=contracts)


def _terms(dice: random.Random, plain: Funding) -> Funding:
    apart = random.Random(f"divisor {dice.getstate()}")
    cap = dice.choice((plain.cap_e8, plain.cap_e8, 10_000, 0, 20_000_000))
    return msgspec.structs.replace(
        plain,
        source=dice.choice((plain.source, "premium")),
        interval_us=dice.choice((plain.interval_us, 4 * HOUR_US)),
        cap_e8=cap,
        average=dice.choice(("even", "late")),
        divisor=apart.choice((1, 1, 8, 24, 7)),
        at_cap=dice.choice(("stays", "shortest", "halves")),
        interval_least_us=dice.choice((HOUR_US, HOUR_US // 4)),
        calm_count=dice.choice((0, 1, 2)),
        accrues=dice.random() < 0.6,
        borrow_e8=dice.choice((0, 0, 10_000, 1_000_000)),
        borrow_interval_us=dice.choice((HOUR_US, 8 * HOUR_US)),
    )


def without_both(venue: Venue) -> Venue:
    """What a fund holds pays funding when it is due: where it holds any, nothing accrues."""
    if "inventory" not in venue.rules.closing.takeover:
        return venue
    contracts = tuple(
        msgspec.structs.replace(one, funding=msgspec.structs.replace(one.funding, accrues=False))
        for one in venue.contracts
    )
    return msgspec.structs.replace(venue, contracts=contracts)
