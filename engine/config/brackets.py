"""Maintenance tables: what a venue publishes, checked, as the core's one shape.

Family 1, `deduction` (Binance, Bybit, Hyperliquid): the whole notional at its row's rate less
a deduction, which makes the maintenance continuous at the edges. Deductions are computed from
floors and rates; where a venue publishes them they may be given, and are then checked.
Family 2, `marginal` (Kraken): each row's rate is paid on the part of the notional inside the
row. The sum of the parts is rate x notional - Σ floor x (rate - rate before), so it is family 1
with the computed deductions.
"""

from fractions import Fraction
from typing import Literal

import msgspec

from engine.config import read
from engine.config.read import Number, Place
from engine.core.instrument import Bracket
from engine.core.money import PPM, Micros


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One published row: from `floor` of notional on."""

    floor: Number
    rate: Number
    leverage: int
    deduction: Number | None = None


class BracketTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A published table."""

    rows: tuple[Row, ...]
    family: Literal["deduction", "marginal"] = "deduction"


def brackets(table: BracketTable, place: Place) -> tuple[Bracket, ...]:
    """Check a table and convert it.

    Raises `ConfigError` if it is empty or out of order, if its maintenance jumps at an edge, or
    if a position opened at a row's largest leverage would be below maintenance at once.
    """
    place = place.at("rows")
    if not table.rows:
        raise place.error("is empty; a table needs a row with floor 0")
    result: list[Bracket] = []
    for number, row in enumerate(table.rows, 1):
        here = place.at(number)
        before = result[-1] if result else None
        bracket = _bracket(row, table.family, before, here)
        _check_order(bracket, before, here)
        result.append(bracket)
    given = [row.deduction is not None for row in table.rows]
    if any(given) and not all(given):
        missing = place.at(given.index(False) + 1).at("deduction")
        raise missing.error("is missing; give the deduction of every row or of none")
    return tuple(result)


def _bracket(row: Row, family: str, before: Bracket | None, here: Place) -> Bracket:
    floor = read.micros(row.floor, here.at("floor"))
    rate = read.ppm(row.rate, here.at("rate"), least=1, most=PPM - 1)
    leverage = read.at_least(row.leverage, 1, here.at("leverage"))
    if before is None:
        continuous = Fraction(0)
    else:
        continuous = before.deduction + Fraction(floor * (rate - before.rate_ppm), PPM)
    if continuous.denominator != 1:
        raise here.at("floor").error("floor x change of rate is not a whole number of micros")
    if row.deduction is not None:
        if family == "marginal":
            raise here.at("deduction").error("a marginal table has no deductions; leave it out")
        given = read.micros(row.deduction, here.at("deduction"))
        if given != continuous:
            raise here.at("deduction").error(
                f"found {row.deduction}, which makes maintenance jump at the edge; expected "
                f"{read.decimal_text(continuous / PPM)}"
            )
    return Bracket(floor, rate, Micros(continuous.numerator), leverage)


def _check_order(bracket: Bracket, before: Bracket | None, here: Place) -> None:
    if before is None:
        if bracket.floor != 0:
            raise here.at("floor").error("the first row must begin at 0")
    else:
        if bracket.floor <= before.floor:
            raise here.at("floor").error("must be above the floor of the row before")
        if bracket.rate_ppm < before.rate_ppm:
            raise here.at("rate").error("must not be below the rate of the row before")
        if bracket.leverage_max > before.leverage_max:
            raise here.at("leverage").error("must not be above the leverage of the row before")
    if bracket.rate_ppm * bracket.leverage_max >= PPM:
        raise here.at("leverage").error(
            f"found {bracket.leverage_max}: a position opened at it would be below maintenance "
            f"at once; expected leverage x rate below 1"
        )
