"""Draws how a venue makes its prices: marks, what margin is valued at, and the index's sources.

The dice here are their own, so that a seed keeps the market and the commands that it had.
"""

import random

import msgspec

from engine.core.instrument import IndexSource, IndexTerms, Refusal, Venue
from engine.core.money import Micros
from tests.support.seeds import seed_text

QUOTE = 1_000_000
REFUSALS = (
    Refusal("", "insufficient_margin", "-2019", "Margin is insufficient."),
    Refusal("AddMargin", "insufficient_margin", "-4051", "Balance is insufficient."),
    Refusal("SetMarginMode", "unchanged", "-4046", "No need to change margin type."),
)


def with_prices(drawn: Venue) -> Venue:
    """Draw the settings of prices; half of the venues keep the mark that they had."""
    dice = random.Random(seed_text(drawn))
    mark = dice.choice((*3 * (drawn.rules.mark,), "index_mean", "impact_ema", "file"))
    rules = msgspec.structs.replace(
        drawn.rules,
        mark=mark,
        trigger_price=dice.choice(("mark", "mark", "mark", "index", "last")),
        stops_max=dice.choice((1, 3, 10)),
        refusals=dice.choice(((), REFUSALS)),
    )
    contracts = tuple(
        msgspec.structs.replace(
            one,
            impact=Micros(dice.choice((0, 30, 500, 10_000)) * QUOTE),
            index=_index(dice),
            notional_min=Micros(dice.choice((0, 0, 0, 2)) * QUOTE),
        )
        for one in drawn.contracts
    )
    return msgspec.structs.replace(drawn, rules=rules, contracts=contracts)


def _index(dice: random.Random) -> IndexTerms:
    """Draw no sources of an index, mostly, or up to four, which fall silent soon or never."""
    if dice.random() < 0.7:
        return IndexTerms()
    names = ("here", "near", "there", "yonder")[: dice.choice((0, 1, 2, 3, 4))]
    return IndexTerms(
        sources=tuple(IndexSource(name, dice.choice((1, 1, 2, 5))) for name in names),
        outlier_ppm=dice.choice((5_000, 50_000)),
        stale_us=dice.choice((0, 1_000_000, 10_000_000, 600_000_000)),
    )
