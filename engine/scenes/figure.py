"""What a scene can show and expect, by name: what it belongs to, what kind it is, its words.

A value is a decimal text or a word; None where there is none. Shares are of 1.
"""

from fractions import Fraction
from typing import Literal

import msgspec

from engine.core.money import PPM, div_half_even
from engine.report.text import grouped, scaled

Level = Literal["run", "account", "contract", "moment"]
"""What a figure belongs to: a whole run; an account, there a position, there a moment."""
Kind = Literal["money", "price", "count", "share", "word"]
Value = str | None


class Figure(msgspec.Struct, frozen=True):
    """`absent` is told where there is no value."""

    level: Level
    kind: Kind
    words: str
    absent: str = "-"


FIGURES = {
    "paid_in": Figure("account", "money", "paid in"),
    "equity": Figure("account", "money", "final equity"),
    "result": Figure("account", "money", "result"),
    "drawdown": Figure("account", "money", "largest draw-down"),
    "exposure": Figure("account", "money", "largest exposure"),
    "capital_needed": Figure("account", "money", "capital needed", "not known"),
    "least_capital": Figure("account", "money", "least capital that holds", "more than it has"),
    "largest_exposure": Figure("account", "money", "largest exposure that holds", "none"),
    "margin_calls": Figure("account", "count", "margin calls"),
    "pool_draws": Figure("account", "count", "pool draws"),
    "refused": Figure("account", "count", "commands refused"),
    "liquidations": Figure("account", "count", "liquidations"),
    "at_once": Figure("account", "count", "most liquidations within a second"),
    "realized": Figure("account", "money", "realised"),
    "fees": Figure("account", "money", "fees"),
    "funding": Figure("account", "money", "funding paid"),
    "top_ups": Figure("account", "money", "topped up"),
    "cuts": Figure("account", "money", "cut for others' losses"),
    "ended": Figure("contract", "word", "ended"),
    "position_result": Figure("contract", "money", "result"),
    "liquidated_at": Figure("contract", "price", "liquidated at", "never"),
    "moved": Figure("contract", "share", "had moved against it by", "never"),
    "equity_then": Figure("moment", "money", "equity"),
    "maintenance_then": Figure("moment", "money", "maintenance"),
    "exposure_then": Figure("moment", "money", "exposure"),
    "cushion_then": Figure("moment", "share", "equity above maintenance, of the exposure"),
    "accounts_liquidated": Figure("run", "count", "accounts liquidated"),
    "all_liquidations": Figure("run", "count", "liquidations"),
    "all_at_once": Figure("run", "count", "most liquidations within a second"),
    "loss": Figure("run", "money", "loss of the liquidated"),
    "own_margin": Figure("run", "money", "paid by own margin"),
    "insurance_fund": Figure("run", "money", "paid by the insurance fund"),
    "adl": Figure("run", "money", "paid by auto-deleveraging"),
    "socialized": Figure("run", "money", "paid by socialised loss"),
    "uncovered": Figure("run", "money", "paid by nobody"),
}


def told(figure: Figure, value: Value) -> str:
    """A value for people.

    >>> told(FIGURES["moved"], "0.045226"), told(FIGURES["moved"], None)
    ('4.52 %', 'never')
    >>> told(FIGURES["equity"], "-1234.5"), told(FIGURES["margin_calls"], "1234")
    ('-1,234.50', '1,234')
    """
    if value is None:
        return figure.absent
    match figure.kind:
        case "money":
            return grouped(value, 2)
        case "share":
            hundredths = div_half_even(int(Fraction(value) * PPM), 100)
            whole, _, part = scaled(hundredths, 2).partition(".")
            return f"{whole}.{part.ljust(2, '0')} %"
        case "price" | "count":
            return grouped(value)
        case "word":
            return value
