"""What the engine says to a vector: computed by its own code, or listed with the reason."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Literal

import msgspec

from engine.config.error import ConfigError
from engine.vectors import losses, maintenance, prices
from engine.vectors.listed import DIFFERS, WAITING
from engine.vectors.vector import Inputs, Vector, agrees

COMPUTED: dict[str, Callable[[Inputs], object]] = {
    "isolated_liq_price": prices.liquidation,
    "cross_liq_price": prices.cross,
    "liq_and_bankruptcy": prices.entry_based,
    "bankruptcy_price": prices.bankruptcy,
    "bankruptcy_quote": prices.bankruptcy_quote,
    "liquidation_limit_price": prices.limit_price,
    "mark_price": prices.mark,
    "margin_breakdown": prices.breakdown,
    "margin_rates": maintenance.rates,
    "maintenance_amount": maintenance.amount,
    "maintenance_deduction": maintenance.deductions,
    "maintenance_lookup": maintenance.lookup,
    "maintenance_margin": maintenance.margin,
    "funding_payment": losses.funding_payment,
    "funding_rate": losses.funding_rate,
    "insurance_fund_delta": losses.fund_delta,
    "adl_allocation": losses.adl_allocation,
    "assignment": losses.assigned,
    "adl_indicator": losses.adl_indicator,
    "partial_liquidation_size": losses.reduced,
    "adl_trigger": losses.adl_trigger,
    "pnl_and_fees": losses.round_trip,
}
OF_A_COLLECTION = "tier_table_property"
"""The kind that speaks of tables in another file of the vector's folder."""

Outcome = Literal["agreed", "disagreed", "differs", "waiting", "not computed"]


class Verdict(msgspec.Struct, frozen=True):
    """What came of a vector.

    `differs`: computed by another rule here; `waiting`: a mechanism is not built; `not computed`:
    the kind or an input is not known. `reason` says which. `answer` is None where there is none.
    """

    id: str
    venue: str
    kind: str
    outcome: Outcome
    expected: object
    answer: object = None
    reason: str | None = None


def judge(vector: Vector, folder: Path) -> Verdict:
    """Compute a vector of a file in a folder and compare."""
    outcome, answer, reason = _judged(vector, folder)
    shown = _shown(answer)
    return Verdict(vector.id, vector.venue, vector.kind, outcome, vector.expected, shown, reason)


def _judged(vector: Vector, folder: Path) -> tuple[Outcome, object, str | None]:
    listings: tuple[tuple[Outcome, dict[str, tuple[str, ...]]], ...] = (
        ("waiting", WAITING),
        ("differs", DIFFERS),
    )
    for outcome, listing in listings:
        for reason, names in listing.items():
            if vector.id in names:
                return outcome, None, reason
    if vector.kind not in COMPUTED and vector.kind != OF_A_COLLECTION:
        known = ", ".join(sorted([*COMPUTED, OF_A_COLLECTION]))
        return "not computed", None, f"the kind is not one of {known}"
    try:
        found = answer(vector, folder)
    except KeyError as error:
        return "not computed", None, f"the input {error} is missing"
    except ZeroDivisionError:
        return "not computed", None, "an input leads to a division by zero"
    except (ValueError, TypeError, ConfigError, OSError) as error:
        return "not computed", None, str(error)
    return ("agreed" if agrees(vector, found) else "disagreed"), found, None


def answer(vector: Vector, folder: Path) -> object:
    """Compute what a vector asks: an exact number, or a list or table of such."""
    if vector.venue == "jesse":  # counts maintenance on the entry notional
        both = prices.entry_based(vector.inputs)
        return both if isinstance(vector.expected, dict) else both["liq"]
    if vector.kind == OF_A_COLLECTION:
        return maintenance.broken_rows(vector.inputs, folder)
    return COMPUTED[vector.kind](vector.inputs)


def _shown(value: object) -> object:
    if isinstance(value, dict):
        return {name: _shown(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_shown(part) for part in value]
    return float(value) if isinstance(value, Fraction) else value
