"""Where a position is liquidated, worked out and told step by step; all in quote currency."""

from collections.abc import Iterator
from fractions import Fraction

import msgspec

from engine.cli.numbers import decimals, rounded
from engine.core.account.position import Position
from engine.core.instrument import Contract, Rules
from engine.core.margin import liquidation_price
from engine.core.margin.band import Exposure
from engine.core.margin.bankruptcy import Settlement
from engine.core.margin.brackets import bracket_of, maintenance_of
from engine.core.margin.liquidation_price import Exact, Holding, Row, first_mark, rows_for
from engine.core.margin.risk import Risk, maintenance, unrealized
from engine.core.money import PPM

MICRO = Fraction(1, PPM)


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Prices as texts with 4 decimals; `exact_tick` and `first_mark` on their grids.

    `exact_tick` is rounded against the trader's delay, `first_mark` is the first mark at which
    a venue liquidates. They are None, like `exact`, where the position is never liquidated.
    `size` is in base currency, `bracket` (from 1) the one that the notional at the price is in.
    """

    exact: str | None
    approximate: str
    bankruptcy: str
    exact_tick: str | None
    first_mark: str | None
    size: str
    margin: str
    bracket: int
    note: str | None = None
    steps: tuple[str, ...] = ()


class Question(msgspec.Struct, frozen=True):
    """A position and what it must keep, in quote and base currency.

    `first` is the first mark at which its venue liquidates it, `strict` the venue's trigger, `mark`
    the one from which the way towards loss is looked at, else the entry. `passed` brackets of a
    table by size lie below the one that the position is in, which alone is in `rows`.
    """

    holding: Holding
    rows: tuple[Row, ...]
    tick: Fraction
    mark_tick: Fraction
    first: Fraction | None
    strict: bool = False
    mark: Fraction | None = None
    passed: int = 0

    @property
    def entry(self) -> Fraction:
        """The price at which the position was opened."""
        return Fraction(self.holding.cost, self.holding.size)

    @property
    def exact(self) -> Fraction | None:
        """The price at which what the position is worth is what it must keep."""
        return liquidation_price.exact(self.holding, self.rows, self.mark)

    def bracket_at(self, price: Fraction) -> int:
        """Return the number (from 1) of the bracket that the position is in at a price."""
        return self.passed + self.row_at(price) + 1

    def row_at(self, price: Fraction) -> int:
        """Return the number (from 0) of the row that the notional at a price is in."""
        value = price * self.holding.size
        return max(i for i, row in enumerate(self.rows) if row.floor <= value)


def of_rate(holding: Holding, rate: Fraction, tick: Fraction) -> Question:
    """Ask for a position on a venue with one rate; marks lie on the tick grid."""
    rows = (Row(0, rate),)
    exact = liquidation_price.exact(holding, rows)
    first = None
    if exact is not None:  # the first tick towards loss at which it is reached
        ticks = exact / tick
        first = (ticks.__floor__() if holding.sign > 0 else ticks.__ceil__()) * tick
        first = first if first > 0 else None
    return Question(holding, rows, tick, tick, first)


def of_venue(contract: Contract, rules: Rules, position: Position, margin: int) -> Question:
    """Ask for an isolated position of a venue, looked at from its entry."""
    entry = Fraction(abs(position.cost), abs(position.quantity) * contract.unit_value)
    # a mark on the grid that is not beyond the entry
    mark = max(1, entry.__ceil__() if position.sign > 0 else entry.__floor__())
    equity = margin + unrealized(contract, position, mark)
    risk = Risk(equity, maintenance(contract, position, mark, margin))
    return of_exposure(
        Exposure(contract, position, mark), risk, margin, strict=rules.strict_trigger
    )


def of_exposure(one: Exposure, risk: Risk, margin: int, *, strict: bool) -> Question:
    """Ask for a position whose margin account stands so at the present marks."""
    contract, position, lots = one.contract, one.position, abs(one.position.quantity)
    unit = Fraction(contract.price_unit)
    first = first_mark(one, risk, margin, strict=strict)
    holding = Holding(
        side="long" if position.sign > 0 else "short",
        size=lots * Fraction(contract.lot),
        cost=abs(position.cost) * MICRO,
        margin=(risk.equity - unrealized(contract, position, one.mark)) * MICRO,
        kept=(risk.maintenance - maintenance_of(contract, lots, one.mark)) * MICRO,
    )
    return Question(
        holding,
        in_quote(contract, lots),
        contract.tick * unit,
        unit,
        None if first is None else first * unit,
        strict,
        one.mark * unit,
        bracket_of(contract, lots, one.mark) if contract.brackets_by == "lots" else 0,
    )


def in_quote(contract: Contract, lots: int) -> tuple[Row, ...]:
    """Return the rows that apply to so many lots, in quote currency."""
    return tuple(
        Row(row.floor * MICRO, row.rate, row.deduction * MICRO) for row in rows_for(contract, lots)
    )


def answered(asked: Question, *, note: str | None = None, explain: bool = False) -> Answer:
    """Work the answer out."""
    holding, exact = asked.holding, asked.exact
    on_grid = None
    if exact is not None:
        on_grid = liquidation_price.to_tick(exact / asked.tick, 1, holding.side) * asked.tick
    return Answer(
        exact=None if exact is None else rounded(exact, 4),
        approximate=rounded(liquidation_price.approximate(holding, asked.rows), 4),
        bankruptcy=rounded(liquidation_price.bankruptcy(holding), 4),
        exact_tick=None if on_grid is None else rounded(on_grid, decimals(asked.tick)),
        first_mark=None if asked.first is None else rounded(asked.first, decimals(asked.mark_tick)),
        size=plain(holding.size),
        margin=plain(holding.margin),
        bracket=asked.bracket_at(exact if exact is not None else Fraction(0)),
        note=note,
        steps=tuple(steps(asked)) if explain else (),
    )


def steps(asked: Question) -> Iterator[str]:
    """Tell how the exact price comes about, a line each."""
    holding, rows = asked.holding, asked.rows
    yield (
        f"size {plain(holding.size)}, cost {plain(holding.cost)} at {plain(asked.entry)}, "
        f"margin {plain(holding.margin)}"
    )
    if holding.kept:
        yield f"kept whatever the price: {plain(holding.kept)}"
    exact = asked.exact
    if exact is None:
        yield "at every price above 0 the position is worth more than it must keep"
        return
    row, sign = rows[asked.row_at(exact)], holding.sign
    yield (
        f"bracket {asked.bracket_at(exact)} at that price: "
        f"{plain(row.rate * 100)} % of the notional less {plain(row.deduction)} "
        f"(at entry bracket {asked.bracket_at(asked.entry)})"
    )
    above = sign * holding.cost - holding.margin + holding.kept - row.deduction
    below = holding.size * (sign - row.rate)
    price = Fraction(above, below)
    yield (
        "P = (s x cost - margin + kept - deduction) / (size x (s - rate)) = "
        f"{plain(above)} / {plain(below)} = {rounded(price, 4)}"
    )
    if price != exact:
        yield f"the edge of the bracket is met before: {rounded(exact, 4)}"
    if asked.first is not None:
        yield _trigger(asked, asked.first)
    broke = liquidation_price.bankruptcy(holding)
    yield f"equity is 0 at (cost - s x margin) / size = {rounded(broke, 4)}"


def _trigger(asked: Question, mark: Fraction) -> str:
    """Tell the comparison at the first mark at which it holds."""
    holding, row = asked.holding, asked.rows[asked.row_at(mark)]
    equity = holding.margin + holding.sign * (mark * holding.size - holding.cost)
    keep = mark * holding.size * row.rate - row.deduction + holding.kept
    return (
        f"first mark {rounded(mark, decimals(asked.mark_tick))}: maintenance {rounded(keep, 4)} "
        f"{'>' if asked.strict else '>='} equity {rounded(Fraction(equity), 4)}"
    )


def bankruptcy_of(one: Exposure, share: int) -> Fraction | None:
    """Return the price, not rounded, at which a position has given up its share of the equity."""
    lots, sign = abs(one.position.quantity), one.position.sign
    sold = Settlement(sign, lots, one.mark * one.contract.unit_value, share)
    if sold.bankruptcy_value <= 0:
        return None
    return sold.bankruptcy_value * MICRO / (lots * Fraction(one.contract.lot))


def told_bankruptcy(share: int, price: Fraction | None) -> str:
    """Tell where the liquidation order for a position of a cross account is limited."""
    shown = "none above 0" if price is None else rounded(price, 4)
    return (
        f"a liquidation order for it is limited where its share of the equity by maintenance, "
        f"{plain(share * MICRO)}, is gone: {shown}"
    )


def plain(number: Exact) -> str:
    """Write a number with up to 8 decimals, without zeros at its end.

    >>> plain(Fraction(1, 2)), plain(1_000)
    ('0.5', '1000')
    """
    text = rounded(Fraction(number), 8).rstrip("0")
    return text.removesuffix(".")
