"""A comparison as its reader sees it in a terminal: one table, a column a side."""

from collections.abc import Callable, Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from engine.report.compare import AccountOutcome, Comparison, Outcome, Side
from engine.report.console import ruled
from engine.report.market_table import HEAD, NOTE, market_rows
from engine.report.text import grouped

Cell = Callable[[Side], str]


def table(comparison: Comparison) -> RenderableType:
    """One table; below it, how far prices went."""
    result = ruled(f"{comparison.lab}, {comparison.ticks:,} ticks")
    result.add_column("")
    result.add_column("")
    for side in comparison.sides:
        result.add_column(side.name, justify="right")
    for head, rows in sections(comparison):
        for number, (name, cell) in enumerate(rows):
            result.add_row(
                Text(head if number == 0 else "", "bold"), name, *map(cell, comparison.sides)
            )
        result.add_section()
    below = ruled("How far prices went")
    for place, name in enumerate(HEAD):
        below.add_column(name, justify="right" if place else "left")
    for cells in market_rows(comparison.markets):
        below.add_row(*cells)
    return Group(result, below, Text(NOTE))


def sections(comparison: Comparison) -> Iterator[tuple[str, list[tuple[str, Cell]]]]:
    """The rows of the table, by what they are about; a cell is made from its side."""
    for place, account in enumerate(comparison.sides[0].watched):
        yield account.account, _account_rows(place)
    if comparison.sides[0].accounts.total > len(comparison.sides[0].watched):
        yield "all accounts", _all_rows()
    yield "who paid", _payer_rows()


def _outcome_rows(of: Callable[[Side], Outcome]) -> list[tuple[str, Cell]]:
    return [
        ("paid in", lambda side: grouped(of(side).paid_in, 2)),
        ("final equity", lambda side: grouped(of(side).equity, 2)),
        ("largest draw-down", lambda side: grouped(of(side).drawdown, 2)),
        ("margin calls", lambda side: f"{of(side).margin_calls:,}"),
        ("pool draws", lambda side: f"{of(side).pool_draws:,}"),
        ("commands refused", lambda side: f"{of(side).refused:,}"),
        ("liquidations", lambda side: f"{of(side).liquidations:,}"),
    ]


def _account_rows(place: int) -> list[tuple[str, Cell]]:
    def of(side: Side) -> AccountOutcome:
        return side.watched[place]

    def needed(side: Side) -> str:
        return f"{'> ' if of(side).at_least else ''}{grouped(of(side).capital_needed, 2)}"

    rows = _outcome_rows(of)
    rows[3:3] = [
        ("capital needed", needed),
        ("largest exposure", lambda side: grouped(of(side).exposure, 2)),
    ]
    rows.append(("cut for others' losses", lambda side: grouped(of(side).cuts, 2)))
    return rows


def _all_rows() -> list[tuple[str, Cell]]:
    return [
        ("how many", lambda side: f"{side.accounts.total:,}"),
        *_outcome_rows(lambda side: side.all),
        ("accounts liquidated", lambda side: f"{side.accounts.liquidated:,}"),
    ]


def _payer_rows() -> list[tuple[str, Cell]]:
    return [
        ("loss of the liquidated", lambda side: grouped(side.waterfall.loss, 2)),
        ("own margin", lambda side: grouped(side.waterfall.own_margin, 2)),
        ("insurance fund", lambda side: grouped(side.waterfall.insurance_fund, 2)),
        ("auto-deleveraging", lambda side: grouped(side.waterfall.adl, 2)),
        ("socialised loss", lambda side: grouped(side.waterfall.socialized, 2)),
        ("uncovered", lambda side: grouped(side.waterfall.uncovered, 2)),
        ("waiting to be settled", lambda side: grouped(side.waterfall.pending, 2)),
        ("winners deleveraged", lambda side: f"{side.deleveraged:,}"),
        ("winners cut", lambda side: f"{side.cut:,}"),
        ("fund's inventory brought", lambda side: grouped(side.insurance_fund.inventory, 2)),
        ("fund left", lambda side: grouped(side.insurance_fund.end, 2)),
    ]
