"""How a venue closes positions: from its profile to the core's `Closing`."""

from typing import Literal

import msgspec

from engine.config import read
from engine.config.read import Number, Place
from engine.core.instrument import Backed, Closing
from engine.core.money import PPM

_COOLDOWN_LEAST_US = 1_000


class BackedTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Orders that the fund stands behind; see `engine.core.instrument.Backed`."""

    portion: Number = 1
    portion_min: Number = 0
    round_notional: Number = 0
    round_by: Literal["order", "fill"] = "order"
    spread: Number = 0
    adjustment: Number = 1


class ClosingTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How positions are closed; see `engine.core.instrument.Closing`."""

    cancel_isolated: Literal["contract", "account"] = "contract"
    cancel_cross: Literal["contract", "account"] = "account"
    queue: Literal["largest_loss", "largest_notional", "oldest"] = "largest_loss"
    order: Literal[
        "largest_loss",
        "largest_maintenance",
        "largest_notional",
        "pro_rata",
        "all_at_once",
        "random",
    ] = "largest_loss"
    reduce: Literal["whole", "heal", "tiers", "parts", "slices"] = "whole"
    heal_buffer: Number = 0
    heal_fees: bool = False
    tiers: int = 1
    first_tier_line: bool = False
    parts: tuple[Number, ...] = ("0.1",)
    slice_notional: Number = 0
    whole_below: Number = 0
    band: Number = 0
    takeover: tuple[Literal["inventory", "fund", "assignment", "adl"], ...] = ("fund", "adl")
    assignment_profit: Number = 0
    pair_netting: bool = False
    delay: str = "0s"
    cooldown: str = "0s"
    freeze: bool = False
    backed: BackedTable | None = None


def closing(table: ClosingTable, place: Place) -> Closing:
    """Check the settings and convert them to whole units."""
    if not table.parts:
        raise place.at("parts").error("found no part, expected at least one, such as 0.1")
    if table.reduce == "slices" and not read.exact(table.slice_notional, place):
        raise place.at("slice_notional").error(
            "found 0, expected the value of a slice, because reduce is slices"
        )
    if len(set(table.takeover)) < len(table.takeover):
        raise place.at("takeover").error(
            f"found {', '.join(table.takeover)}, expected each of them at most once"
        )
    cooldown_us = read.duration_us(table.cooldown, place.at("cooldown"))
    if 0 < cooldown_us < _COOLDOWN_LEAST_US:
        raise place.at("cooldown").error(
            f"found {table.cooldown!r}, expected at least 1ms between two rounds, or 0s for none: "
            "of shorter ones an hour without a buyer would see no end"
        )
    if table.freeze and not cooldown_us:
        raise place.at("cooldown").error(
            "found 0, expected how long a position is frozen, such as 1m, because freeze is true"
        )
    return Closing(
        cancel_isolated=table.cancel_isolated,
        cancel_cross=table.cancel_cross,
        queue=table.queue,
        order=table.order,
        reduce=table.reduce,
        heal_buffer_ppm=read.ppm(table.heal_buffer, place.at("heal_buffer")),
        heal_fees=table.heal_fees,
        tiers=read.at_least(table.tiers, 1, place.at("tiers")),
        first_tier_line=table.first_tier_line,
        parts_ppm=tuple(
            read.ppm(part, place.at("parts").at(row), least=1)
            for row, part in enumerate(table.parts, 1)
        ),
        slice_notional=read.micros(table.slice_notional, place.at("slice_notional")),
        whole_below=read.micros(table.whole_below, place.at("whole_below")),
        band_ppm=read.ppm(table.band, place.at("band"), most=PPM - 1),
        takeover=table.takeover,
        assignment_profit_ppm=read.ppm(table.assignment_profit, place.at("assignment_profit")),
        pair_netting=table.pair_netting,
        delay_us=read.duration_us(table.delay, place.at("delay")),
        cooldown_us=cooldown_us,
        freeze=table.freeze,
        backed=_backed(table, cooldown_us, place),
    )


def _backed(table: ClosingTable, cooldown_us: int, place: Place) -> Backed | None:
    """Check that nothing is said of a procedure that backed orders replace."""
    if table.backed is None:
        return None
    plain = ClosingTable()
    for name in ("reduce", "whole_below", "band", "takeover"):
        if getattr(table, name) != getattr(plain, name):
            raise place.at(name).error(
                f"found {getattr(table, name)}, expected nothing beside backed, which replaces it"
            )
    if not cooldown_us:
        raise place.at("cooldown").error(
            "found 0, expected the time of a round, such as 1s, because backed leaves rests open"
        )
    backed, at = table.backed, place.at("backed")
    return Backed(
        portion_ppm=read.ppm(backed.portion, at.at("portion"), least=1, most=PPM),
        portion_min=read.micros(backed.portion_min, at.at("portion_min")),
        round_notional=read.micros(backed.round_notional, at.at("round_notional")),
        round_by=backed.round_by,
        spread_ppm=read.ppm(backed.spread, at.at("spread"), most=100 * PPM),
        adjustment_ppm=read.ppm(backed.adjustment, at.at("adjustment"), least=1, most=100 * PPM),
    )
