"""At which price a position is liquidated: for showing and filing, never for deciding.

What liquidates is the comparison of maintenance and equity at the mark. `first_mark` asks that
comparison itself, bracket by bracket, and answers with the first mark at which it holds. The
others solve for a trader's price. With s = +1 long or -1 short, E the entry price, q the quantity,
M the margin, m and D the rate and deduction of the bracket that the notional at P is in, and f
a closing fee that the venue counts on the notional:

    exact        P = (s·E·q - M - D) / (q·(s - m - f))      maintenance on the notional at mark
    approximate  P = E·(1 - s·M/(E·q) + s·m) - s·D/q        maintenance on the notional at entry
    bankruptcy   P = E - s·M/q                              equity is 0

Sources: Binance, "How to calculate liquidation price" (support article b3c689c1); the
approximate one is the formula of the article "Crypto Isolated Margin vs Cross Margin". Where a
table jumps at its edges (OKX), the first price met from the mark may be an edge.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Literal

import msgspec

from engine.core.instrument import Bracket, Contract
from engine.core.margin.band import Exposure
from engine.core.margin.brackets import mark_fee_e12, row_of
from engine.core.margin.risk import Risk, maintenance
from engine.core.money import E12, PPM, div_up

Exact = Fraction | int


def first_mark(one: Exposure, risk: Risk, margin: int, *, strict: bool) -> int | None:
    """Return the first mark, from the present one towards loss, at which the trigger holds.

    `risk` is how the margin account of the position stands at the present marks, `margin` the
    balance of an isolated one; other positions stay at their marks. None where a long is never
    liquidated. Costs O(brackets + log(mark)).
    """
    contract, position, sign = one.contract, one.position, one.position.sign
    others = risk.maintenance - maintenance(contract, position, one.mark, margin)

    def holds(mark: int) -> bool:
        equity = risk.equity + sign * one.equity_slope * (mark - one.mark)
        keep = others + maintenance(contract, position, mark, margin)
        return Risk(equity, keep).is_breach(strict)

    start = one.mark
    for end in _ends(one, risk.equity):
        if holds(start):
            return start
        if holds(end):
            return between(start, end, holds)
        start = end - sign
    return None


def _ends(one: Exposure, equity: int) -> Iterator[int]:
    """Yield the last mark of each bracket on the way towards loss, and the last of all.

    Inside a bracket what is left above maintenance only shrinks on that way.
    """
    edges: list[int] = []
    if one.contract.brackets_by == "notional":
        edges = [div_up(row.floor, one.equity_slope) for row in one.contract.brackets[1:]]
    if one.position.sign > 0:
        yield from sorted((edge for edge in edges if edge <= one.mark), reverse=True)
        yield 1
    else:
        yield from (edge - 1 for edge in edges if edge > one.mark)
        yield one.mark + max(0, div_up(equity, one.equity_slope))


def between(healthy: int, broken: int, holds: Callable[[int], bool]) -> int:
    """Return the mark nearest to the healthy one at which the trigger holds."""
    while abs(healthy - broken) > 1:
        middle = (healthy + broken) // 2
        if holds(middle):
            broken = middle
        else:
            healthy = middle
    return broken


class Row(msgspec.Struct, frozen=True):
    """A bracket as these formulas see it: `rate` of the notional less `deduction`, from `floor`."""

    floor: Exact
    rate: Exact
    deduction: Exact = 0


class Holding(msgspec.Struct, frozen=True):
    """A position as these formulas see it.

    `size` is the money that one price unit is worth (quantity x unit value), `cost` the value at
    entry; both positive, and in the same money as `margin`: the margin of an isolated position, or
    the wallet and the unrealised results of the others of a cross account. `kept` does not move
    with the price: what the others must keep, and a closing fee at the bankruptcy price.
    """

    side: Literal["long", "short"]
    size: Exact
    cost: Exact
    margin: Exact
    kept: Exact = 0

    @property
    def sign(self) -> int:
        """+1 long, -1 short."""
        return 1 if self.side == "long" else -1


def rows_of(table: tuple[Bracket, ...], fee_ppm: int = 0) -> tuple[Row, ...]:
    """Return a table by notional, a closing fee on the notional counted in."""
    return tuple(
        Row(row.floor, Fraction(row.rate_ppm + fee_ppm, PPM), row.deduction) for row in table
    )


def rows_for(contract: Contract, lots: Exact) -> tuple[Row, ...]:
    """Return what applies to a position of so many lots: all rows, or the one that it is in."""
    fee = Fraction(mark_fee_e12(contract), E12)
    table = contract.brackets
    if contract.brackets_by == "lots":
        row = table[row_of(table, int(lots // 1))]
        growth = Fraction(row.growth_e12, E12) * lots
        return (Row(0, Fraction(row.rate_ppm, PPM) + growth + fee, row.deduction),)
    return rows_of(table, fee_ppm=int(fee * PPM))


def exact(holding: Holding, rows: tuple[Row, ...], mark: Exact | None = None) -> Fraction | None:
    """The first price in price units, from the mark (or the entry) towards loss, at which
    maintenance on the notional at that price is not below equity.

    None where a long is never liquidated, because the price would not be positive. Costs
    O(brackets).

    >>> flat = (Row(0, Fraction(1, 200)),)
    >>> round(exact(Holding("long", 10_000, 650_000_000, 65_000_000), flat), 4)
    Fraction(293969849, 5000)
    """
    sign, size = holding.sign, holding.size
    start = Fraction(holding.cost, size) if mark is None else Fraction(mark)
    for row, end in _pieces(rows, start * size, sign):
        money = sign * holding.cost - holding.margin + holding.kept - row.deduction
        solved = Fraction(money, size * (sign - row.rate))
        met = start if sign * (solved - start) >= 0 else solved
        if end is None or sign * (met * size - end) >= 0:
            break
        start = Fraction(end, size)
    return met if met > 0 else None


def _pieces(rows: tuple[Row, ...], value: Fraction, sign: int) -> list[tuple[Row, Exact | None]]:
    """Return the rows from the one that a value is in towards loss, with the value where each ends.

    A row that ends above holds up to there, its end left out; prices are exact, so the first of
    the next row is its end. The last one has none.
    """
    number = max(i for i, row in enumerate(rows) if row.floor <= value)
    if sign > 0:
        return [(row, row.floor) for row in reversed(rows[: number + 1])]
    ends = [*(row.floor for row in rows[number + 1 :]), None]
    return list(zip(rows[number:], ends, strict=True))


def approximate(holding: Holding, rows: tuple[Row, ...]) -> Fraction:
    """The price in price units at which maintenance on the notional at entry equals equity."""
    sign, cost = holding.sign, holding.cost
    row = [row for row in rows if row.floor <= cost][-1]
    keep = cost * row.rate - row.deduction + holding.kept
    return Fraction(cost - sign * (holding.margin - keep), holding.size)


def bankruptcy(holding: Holding) -> Fraction:
    """The price in price units at which equity is 0; not positive where there is none."""
    return Fraction(holding.cost - holding.sign * holding.margin, holding.size)


def to_tick(price: Fraction, tick: int, side: Literal["long", "short"]) -> int:
    """Round to the tick grid against the trader's delay: a long's up, a short's down.

    >>> to_tick(Fraction(587_939_698, 1_000), 1, "long"), to_tick(Fraction(7, 2), 1, "short")
    (587940, 3)
    """
    ticks = price * Fraction(1, tick)
    if side == "long":
        return -(-ticks.numerator // ticks.denominator) * tick
    return ticks.numerator // ticks.denominator * tick
