"""Short dramas in which something rare happens on purpose, so that no seed need be lucky.

Half of the seeds have one, told after the opening and once more in the second half. A plot says
what its venue must be like and plays out between accounts of its own, in a contract where nobody
else offers anything, at prices of its own: moves that others add change nothing about it. Its
dice are its own too, so that seeds without one keep their commands.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from engine.core.command import AnyCommand
from engine.core.instrument import (
    Backed,
    Band,
    Depth,
    FundTerms,
    IndexTerms,
    MarginTerms,
    OrderTerms,
    Venue,
)
from engine.core.money import PPM, Micros
from tests.support import plot_stages
from tests.support.model import Model
from tests.support.plot_scene import Scene, Told
from tests.support.worlds import HOUR_US, QUOTE

EMPTY = Depth(500, (Band(0, Micros(0)),), 1, 60_000_000)
Suited = Callable[[random.Random, Venue], Venue]


@dataclass(frozen=True)
class Plot:
    """What a venue must be like, and what then happens there."""

    suited: Suited
    told: Callable[[Scene], Told]
    causes: tuple[str, ...]
    """Events and reasons that it brings about in most of its worlds."""


def name_of(plot: Plot) -> str:
    """Name a plot."""
    return plot.told.__name__


def of(seed: int) -> Plot | None:
    """Give the plot of a seed: each of them in turn, every second time none."""
    number, told = divmod(seed + seed // 4, 2)
    return PLOTS[number % len(PLOTS)] if told else None


def venue_for(plot: Plot, seed: int, venue: Venue) -> Venue:
    """Make a drawn venue one in which the plot can happen."""
    dice = random.Random(f"plot {seed}")
    first, *others = venue.contracts
    first = msgspec.structs.replace(first, depth=EMPTY, notional_min=Micros(0))
    venue = msgspec.structs.replace(venue, contracts=(first, *others))
    if dice.random() < 0.9:
        venue = _with_plain_prices(venue)
    return plot.suited(dice, venue)


def scenes(plot: Plot, model: Model) -> tuple[Iterator[AnyCommand], Iterator[AnyCommand]]:
    """Tell the plot twice, with other accounts."""
    return plot.told(Scene(model, "1")), plot.told(Scene(model, "2"))


def _with_plain_prices(venue: Venue) -> Venue:
    """Mark at the last price and value there, ask no rate, and let everybody choose his mode."""
    contracts = tuple(msgspec.structs.replace(one, index=IndexTerms()) for one in venue.contracts)
    rules = msgspec.structs.replace(
        venue.rules,
        mark="last",
        trigger_price="mark",
        margin=MarginTerms(leverage_with_position="reset"),
        orders=OrderTerms(ids_kept=venue.rules.orders.ids_kept),
    )
    return msgspec.structs.replace(venue, contracts=contracts, rules=rules)


def _closing(venue: Venue, **changes: Any) -> Venue:
    """Close without delay and as named, and as drawn in all that is not named."""
    named = {"delay_us": 0, "backed": None, **changes}
    closing = msgspec.structs.replace(venue.rules.closing, **named)
    return msgspec.structs.replace(
        venue, rules=msgspec.structs.replace(venue.rules, closing=closing)
    )


def _rules(venue: Venue, **changes: Any) -> Venue:
    return msgspec.structs.replace(venue, rules=msgspec.structs.replace(venue.rules, **changes))


def _funding(venue: Venue, **changes: Any) -> Venue:
    first, *others = venue.contracts
    funding = msgspec.structs.replace(first.funding, **changes)
    first = msgspec.structs.replace(first, funding=funding)
    return msgspec.structs.replace(venue, contracts=(first, *others))


def _hedging(dice: random.Random, venue: Venue) -> Venue:
    modes = dice.choice((("one_way", "hedge"), ("hedge", "one_way")))
    return _rules(_closing(venue, pair_netting=True), position_modes=modes)


def _two_contracts(_: random.Random, venue: Venue) -> Venue:
    if len(venue.contracts) == 1:
        second = msgspec.structs.replace(venue.contracts[0], symbol="ETHUSDT")
        venue = msgspec.structs.replace(venue, contracts=(*venue.contracts, second))
    return _closing(venue, cancel_cross="account")


def _assigning(dice: random.Random, venue: Venue) -> Venue:
    takeover = dice.choice((("assignment", "adl"), ("assignment", "fund", "adl")))
    return _rules(_closing(venue, reduce="whole", takeover=takeover), adl_below_zero=False)


def _keeping(dice: random.Random, venue: Venue) -> Venue:
    takeover = dice.choice((("inventory", "adl"), ("inventory", "fund", "adl"), ("inventory",)))
    terms = FundTerms(
        fills=dice.choice(("lots", "whole")),
        inventory_ppm=dice.choice((0, PPM)),
        offload_interval_us=60_000_000,
        offload_slice=Micros(dice.choice((0, 20)) * QUOTE),
        offload_band_ppm=dice.choice((0, 50_000)),
    )
    venue = _rules(_closing(venue, reduce="whole", takeover=takeover), fund=terms)
    contracts = tuple(
        msgspec.structs.replace(one, funding=msgspec.structs.replace(one.funding, accrues=False))
        for one in venue.contracts
    )
    venue = msgspec.structs.replace(
        venue, contracts=contracts, fund=Micros(3_000 * QUOTE), pools={}
    )
    return _funding(_rules(venue, adl_below_zero=False), source="file")


def _strict(dice: random.Random, venue: Venue) -> Venue:
    """Refuse what can be refused, and know orders again."""
    first, *others = venue.contracts
    first = msgspec.structs.replace(first, notional_min=Micros(5 * QUOTE))
    venue = msgspec.structs.replace(venue, contracts=(first, *others))
    terms = OrderTerms(ids_kept=dice.choice((3, 20)), ids_kept_us=600_000_000)
    return _rules(venue, position_modes=("one_way",), orders=terms, orders_max=200, stops_max=10)


def _freezing(dice: random.Random, venue: Venue) -> Venue:
    return _closing(
        venue,
        reduce="parts",
        parts_ppm=dice.choice(((100_000,), (333_333,))),
        whole_below=Micros(0),
        band_ppm=0,
        takeover=dice.choice((("fund", "adl"), ())),
        cooldown_us=dice.choice((60_000_000, 4_000_000_000)),
        freeze=True,
    )


def _charging(dice: random.Random, venue: Venue) -> Venue:
    accrues = dice.random() < 0.8
    if accrues and "inventory" in venue.rules.closing.takeover:
        venue = _closing(venue, takeover=("fund", "adl"))
    return _funding(
        venue,
        source="premium",
        interval_us=HOUR_US,
        interest_e8=20_000,
        clamp_e8=50_000,
        cap_e8=10_000,
        at_cap=dice.choice(("shortest", "halves")),
        interval_least_us=HOUR_US // 4,
        calm_count=dice.choice((0, 1)),
        accrues=accrues,
        borrow_e8=1_000_000,
        borrow_interval_us=HOUR_US,
    )


def _deleveraging(dice: random.Random, venue: Venue) -> Venue:
    takeover = dice.choice((("adl",), ("fund", "adl")))
    venue = _closing(venue, reduce="whole", takeover=takeover, pair_netting=False)
    venue = msgspec.structs.replace(venue, fund=Micros(0), pools={})
    adl = dice.choice(("ranked", "margin_ratio", "hyperliquid", "pro_rata", "random"))
    return _rules(venue, adl=adl, adl_price="bankruptcy", outside_in_waterfall="never")


def _silent(_: random.Random, venue: Venue) -> Venue:
    first, *others = venue.contracts
    first = msgspec.structs.replace(first, index=IndexTerms(stale_us=10_000_000))
    return _closing(msgspec.structs.replace(venue, contracts=(first, *others)))


def _backing(dice: random.Random, venue: Venue) -> Venue:
    backed = Backed(
        portion_ppm=dice.choice((100_000, PPM, PPM)),
        round_notional=Micros(dice.choice((3, 20)) * QUOTE),
        round_by=dice.choice(("order", "fill")),
        spread_ppm=dice.choice((0, 1_500_000)),
        adjustment_ppm=dice.choice((PPM, 3_000_000)),
    )
    return _closing(venue, backed=backed, cooldown_us=5_000_000)


PLOTS = (
    Plot(_hedging, plot_stages.netted, ("PairsNetted",)),
    Plot(_two_contracts, plot_stages.averted, ("LiquidationAverted",)),
    Plot(_assigning, plot_stages.assigned, ("Assigned", "ASSIGNED")),
    Plot(_keeping, plot_stages.kept, ("TakenOver", "InventoryFunded", "InventorySold")),
    Plot(_strict, plot_stages.refused, plot_stages.REFUSED),
    Plot(_freezing, plot_stages.frozen, ("POSITION_FROZEN",)),
    Plot(_backing, plot_stages.backed, ("LiquidationFilled", "LiquidationPaused")),
    Plot(_charging, plot_stages.charged, ("FundingIntervalSet", "FundingRateFixed", "BorrowPaid")),
    Plot(_deleveraging, plot_stages.deleveraged, ("Deleveraged", "DELEVERAGED")),
    Plot(_silent, plot_stages.silent, ("LiquidationWaits", "STALE_INDEX")),
)
"""One for every corner that drawn venues and single commands reach too seldom."""
