"""Draws who bears the losses of a venue: every policy of the waterfall.

The dice here are their own, begun from where those of the world stand, so that a seed keeps the
contracts and commands that it had.
"""

import random
from typing import Any

import msgspec

from engine.core.instrument import FundTerms, Rules, Venue
from engine.core.money import PPM, Micros

QUOTE = 1_000_000
HOUR_US = 3_600_000_000


def with_bearers(dice: random.Random, venue: Venue) -> Venue:
    """Draw the policies; one venue in three keeps those of the textbook."""
    own = random.Random(repr(dice.getstate()))
    apart = random.Random(f"inventory {dice.getstate()}")
    if own.random() < 1 / 3:
        return msgspec.structs.replace(venue, rules=_with_inventory(apart, venue.rules))
    contracts = [
        msgspec.structs.replace(one, group=own.choice(("", "alts"))) for one in venue.contracts
    ]
    pools = {one.symbol: Micros(own.randrange(1, 10**9)) for one in contracts[1:]}
    return msgspec.structs.replace(
        venue,
        contracts=tuple(contracts),
        pools=own.choice(({}, pools)),
        rules=_with_inventory(apart, _rules(own, venue.rules)),
    )


def _rules(own: random.Random, rules: Rules) -> Rules:
    """Draw the rules of the waterfall."""
    drawn: dict[str, Any] = {
        "adl": own.choice(("ranked", "margin_ratio", "hyperliquid", "pro_rata", "random", "none")),
        "adl_price": own.choice(("bankruptcy", "bankruptcy", "mark", "previous_mark")),
        "adl_against": own.choice(("winners", "winners", "anybody")),
        "outside_in_waterfall": own.choice(("never", "last")),
        "fund_pools": own.choice(("one", "one", "symbol", "group")),
        "socialized": own.choice(("profit", "profit", "open_interest", "none")),
        "settlement_us": own.choice((0, 0, 600_000_000, HOUR_US, 24 * HOUR_US)),
    }
    terms = FundTerms(
        fills=own.choice(("lots", "lots", "whole")),
        account_loss_max=Micros(own.choice((0, 0, own.randrange(1, 10**8)))),
        day_loss_ppm=own.choice((0, 0, 50_000, 500_000)),
        drawdown_ppm=own.choice((0, 0, 300_000)),
        drawdown_stop_ppm=own.choice((0, 250_000)),
        drawdown_window_us=own.choice((60_000_000, 8 * HOUR_US)),
    )
    return msgspec.structs.replace(rules, fund=terms, **drawn)


def _with_inventory(dice: random.Random, rules: Rules) -> Rules:
    """Draw in some venues a fund that holds positions, or that sells near the best price."""
    if dice.random() < 0.55:
        return rules
    takeover = dice.choice(
        (
            ("inventory", "adl"),
            ("inventory", "fund", "adl"),
            ("fund", "inventory", "adl"),
            ("inventory",),
        )
    )
    if "assignment" in rules.closing.takeover:
        takeover = ("assignment", "inventory", "adl")
    fund = msgspec.structs.replace(
        rules.fund,
        band_ppm=dice.choice((0, 0, 1, 2_000, 20_000)),
        inventory_ppm=dice.choice((0, 100_000, PPM, PPM, 20 * PPM)),
        offload_interval_us=dice.choice((0, 60_000_000, 60_000_000, 600_000_000, 3 * HOUR_US)),
        offload_slice=Micros(dice.choice((0, 3, 20, 200)) * QUOTE),
        offload_band_ppm=dice.choice((0, 0, 100, 5_000, 50_000)),
    )
    closing = msgspec.structs.replace(rules.closing, takeover=takeover)
    return msgspec.structs.replace(rules, closing=closing, fund=fund)
