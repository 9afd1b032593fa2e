"""Margin tables: what a venue publishes, checked, as the core's one shape.

Family 1, `deduction` (Binance, Bybit, Hyperliquid): the whole notional at its row's rate less
a deduction, which makes the maintenance continuous at the edges. Deductions are computed from
floors and rates; where a venue publishes them they may be given, and are then checked.
Family 2, `marginal` (Kraken): each row's rate is paid on the part of the notional inside the
row. The sum of the parts is rate x notional - Σ floor x (rate - rate before), so it is family 1
with the computed deductions.
Family 3, `stepped` (OKX): the whole position at its row's rate, which jumps at the edge.
Family 4, `linear` (Deribit): one row whose rate grows by `growth` with each unit of size.

Floors are notionals, or with `by = "size"` sizes in the unit of the contract's `lot`. With
`initial` rates in the rows there is a table of initial margin beside that of maintenance, of the
same family.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Literal

import msgspec

from engine.config import read
from engine.config.read import Number, Place
from engine.core.instrument import Bracket, ClosingFee
from engine.core.money import AMOUNT_MAX, E12, PPM, Micros

Family = Literal["deduction", "marginal", "stepped", "linear"]


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One published row, from `floor` on; `growth` is added to its rates with each unit of size."""

    floor: Number
    rate: Number
    leverage: int
    deduction: Number | None = None
    initial: Number | None = None
    growth: Number | None = None


class BracketTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A published table."""

    rows: tuple[Row, ...]
    family: Family = "deduction"
    by: Literal["notional", "size"] = "notional"


class Tables(msgspec.Struct, frozen=True):
    """The core's tables of maintenance and, maybe empty, of initial margin."""

    maintenance: tuple[Bracket, ...]
    initial: tuple[Bracket, ...]
    by: Literal["notional", "lots"]


def tables(
    table: BracketTable,
    place: Place,
    *,
    lot: Fraction = Fraction(1),
    closing: ClosingFee | None = None,
) -> Tables:
    """Check a table and convert it.

    Raises `ConfigError` if it is empty or out of order, if its maintenance jumps at an edge where
    its family promises that it does not, or if a position opened at a row's largest leverage, or
    with its initial margin, would be below maintenance at once.
    """
    _check_family(table, place)
    place = place.at("rows")
    rates = [read.ppm(row.rate, place.at(n).at("rate"), least=1, most=PPM - 1)
             for n, row in enumerate(table.rows, 1)]  # fmt: skip
    maintenance = _converted(table, rates, place, lot)
    _check_given(table, maintenance, place)
    fee_ppm = closing.rate_ppm if closing is not None else 0
    for number, bracket in enumerate(maintenance, 1):
        here = place.at(number)
        _check_order(table.rows, number - 1, here)
        if (bracket.rate_ppm + fee_ppm) * bracket.leverage_max >= PPM:
            most = (PPM - 1) // (bracket.rate_ppm + fee_ppm)
            raise here.at("leverage").error(
                f"found {bracket.leverage_max}: a position opened at it would be below "
                f"maintenance at once; expected at most {most}, "
                "so that leverage x rate stays below 1, the closing fee counted in"
            )
    by: Literal["notional", "lots"] = "lots" if table.by == "size" else "notional"
    return Tables(maintenance, _initial(table, maintenance, place, lot), by)


def _check_family(table: BracketTable, place: Place) -> None:
    if not table.rows:
        raise place.at("rows").error("is empty; a table needs a row with floor 0")
    if table.by == "size" and table.family in ("deduction", "marginal"):
        raise place.at("by").error(
            f"found size: a table of family {table.family} is continuous in the notional only; "
            f"expected notional, or family stepped or linear"
        )
    if table.family == "linear" and (table.by != "size" or len(table.rows) != 1):
        raise place.at("family").error('found linear: expected by = "size" and one row')
    for number, row in enumerate(table.rows, 1):
        here = place.at("rows").at(number)
        if (row.growth is None) == (table.family == "linear"):
            raise here.at("growth").error(
                "the rate of a linear table grows with the size, that of others does not; "
                "give it in a linear table alone"
            )
        if row.deduction is not None and table.family != "deduction":
            raise here.at("deduction").error(
                f"a {table.family} table has no deductions; leave it out"
            )


def _converted(
    table: BracketTable, rates: list[int], place: Place, lot: Fraction
) -> tuple[Bracket, ...]:
    """Return the rows at these rates, with the deductions that make them continuous."""
    floors = [_floor(table, row, place.at(n), lot) for n, row in enumerate(table.rows, 1)]
    deductions = [Fraction(0)] * len(rates)
    if table.family in ("deduction", "marginal"):
        deductions = continuous(floors, [Fraction(rate, PPM) for rate in rates])
    result: list[Bracket] = []
    for number, (row, rate) in enumerate(zip(table.rows, rates, strict=True), 1):
        here, deduction = place.at(number), deductions[number - 1]
        if deduction.denominator != 1:
            raise here.at("floor").error("floor x change of rate is not a whole number of micros")
        leverage = read.at_least(row.leverage, 1, here.at("leverage"))
        growth = _growth(row, here, lot)
        floor = floors[number - 1]
        result.append(Bracket(floor, rate, Micros(deduction.numerator), leverage, growth))
    return tuple(result)


def continuous(floors: Sequence[Fraction | int], rates: Sequence[Fraction]) -> list[Fraction]:
    """Return the deductions with which rate x notional less deduction does not jump at a floor.

    >>> continuous([0, 50_000], [Fraction(4, 1_000), Fraction(5, 1_000)])
    [Fraction(0, 1), Fraction(50, 1)]
    """
    deductions = [Fraction(0)]
    for floor, (before, rate) in zip(floors[1:], pairwise(rates), strict=True):
        deductions.append(deductions[-1] + floor * (rate - before))
    return deductions


def _floor(table: BracketTable, row: Row, here: Place, lot: Fraction) -> int:
    if table.by == "notional":
        return read.micros(row.floor, here.at("floor"))
    floor = read.whole(read.exact(row.floor, here.at("floor")), lot, here.at("floor"), "the lot")
    if not 0 <= floor <= AMOUNT_MAX:
        raise here.at("floor").error(f"found {row.floor}, expected from 0 to 2^53 - 1 lots")
    return floor


def _growth(row: Row, here: Place, lot: Fraction) -> int:
    if row.growth is None:
        return 0
    growth = read.positive(row.growth, here.at("growth")) * lot
    return read.whole(growth, Fraction(1, E12), here.at("growth"), "10^-12 a lot")


def _check_given(table: BracketTable, rows: tuple[Bracket, ...], place: Place) -> None:
    """Compare the deductions that are given with those that follow."""
    given = [row.deduction is not None for row in table.rows]
    for number, (row, bracket) in enumerate(zip(table.rows, rows, strict=True), 1):
        here = place.at(number).at("deduction")
        if row.deduction is not None and read.micros(row.deduction, here) != bracket.deduction:
            raise here.error(
                f"found {row.deduction}, which makes maintenance jump at the edge; expected "
                f"{read.decimal_text(Fraction(bracket.deduction, PPM))}"
            )
    if any(given) and not all(given):
        missing = place.at(given.index(False) + 1).at("deduction")
        raise missing.error("is missing; give the deduction of every row or of none")


def _check_order(rows: Sequence[Row], number: int, here: Place) -> None:
    """Check a row, counted from 0, against the one before it."""
    row = rows[number]
    floor = read.exact(row.floor, here.at("floor"))
    if number == 0:
        if floor != 0:
            raise here.at("floor").error(f"found {row.floor}: the first row must begin at 0")
        return
    before = rows[number - 1]
    if floor <= read.exact(before.floor, here):
        raise here.at("floor").error(
            f"found {row.floor}: must be above the floor of the row before, {before.floor}"
        )
    if read.exact(row.rate, here) < read.exact(before.rate, here):
        raise here.at("rate").error(
            f"found {row.rate}: must not be below the rate of the row before, {before.rate}"
        )
    if row.leverage > before.leverage:
        raise here.at("leverage").error(
            f"found {row.leverage}: must not be above the leverage of the row before, "
            f"{before.leverage}"
        )


def _initial(
    table: BracketTable, maintenance: tuple[Bracket, ...], place: Place, lot: Fraction
) -> tuple[Bracket, ...]:
    """Return the table of initial margin: every row above its maintenance and its leverage."""
    rates: list[int] = []
    for number, (row, kept) in enumerate(zip(table.rows, maintenance, strict=True), 1):
        here = place.at(number).at("initial")
        if (row.initial is None) != (table.rows[0].initial is None):
            raise here.error("give the initial margin of every row or of none")
        if row.initial is None:
            continue
        rate = read.ppm(row.initial, here, most=PPM)
        if rate <= kept.rate_ppm:
            raise here.error(f"found {row.initial}, expected more than the maintenance {row.rate}")
        if rate * kept.leverage_max > PPM:
            raise here.error(
                f"found {row.initial}, more than a leverage of {kept.leverage_max} asks for; "
                f"expected leverage x initial at most 1"
            )
        if rates and rate < rates[-1]:
            raise here.error("must not be below that of the row before")
        rates.append(rate)
    return _converted(table, rates, place, lot) if rates else ()
