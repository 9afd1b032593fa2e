"""Everything that a page shows, as plain data: made here, drawn by `assets/*.js`.

A page holds it as one block of JSON, and any other front end can take the same. Money, prices
and quantities are exact decimal texts.
"""

import msgspec

from engine.core.instrument import Bracket, Contract
from engine.report import charts
from engine.report.brackets import floor_of, rate_of
from engine.report.build import fund, inventory
from engine.report.chronicle import Chronicle
from engine.report.curve import Point
from engine.report.facts import Sums
from engine.report.notes import ClosingNote, Notes, ReadFile
from engine.report.options import Options, within
from engine.report.setting import Setting
from engine.report.summary import Fund, InventoryRow, WatchedRow
from engine.report.text import Units, grouped, moment, money
from engine.report.watched import watched_row
from engine.report.why import FILLS, Cause, Why, causes, chosen, notional, rows


class Tile(msgspec.Struct, frozen=True):
    """A number that a reader looks for first."""

    name: str
    value: str
    note: str


class Paid(msgspec.Struct, frozen=True):
    """A stage of the waterfall: exact, with its share of the loss in per cent."""

    name: str
    words: str
    paid: str
    share: str
    color: str


class Priced(msgspec.Struct, frozen=True):
    """A contract's prices on the venue, its own fills included."""

    contract: str
    first: str
    low: str
    high: str
    last: str
    change: str


class Table(msgspec.Struct, frozen=True):
    """Maintenance brackets of a contract: from a notional or size on, rate, deduction."""

    contract: str
    rows: tuple[tuple[str, str, str], ...]


class Data(msgspec.Struct, frozen=True, kw_only=True):
    """The whole of a page; `whys` are rows in the order of `columns`, `fills` the
    words for the codes in them.

    `hidden` counts liquidations that are not in the page.
    """

    title: str
    lead: str
    complete: bool
    tiles: tuple[Tile, ...]
    charts: dict[str, Options]
    loss: str
    paid: tuple[Paid, ...]
    residue: str
    fund: Fund
    inventory: dict[str, InventoryRow]
    watched: tuple[WatchedRow, ...]
    contracts: tuple[Priced, ...]
    columns: tuple[str, ...]
    fills: dict[str, str]
    whys: tuple[Why, ...]
    causes: dict[str, Cause]
    brackets: tuple[Table, ...]
    hidden: int
    files: tuple[ReadFile, ...]
    version: str
    events: int
    event_hash: str


def data(setting: Setting, chronicle: Chronicle, notes: Notes) -> Data:
    """Put everything together; the notes are those of a run that ended.

    Asserts that the waterfall adds up to the unit. Costs O(points + liquidations).
    """
    closing = notes.closing
    assert closing is not None, "a run that did not end has no page"
    facts, contracts = chronicle.facts, setting.contracts
    assert facts.sums.gap == 0, f"the waterfall does not add up by {facts.sums.gap} micros"
    span = _span(notes)
    orders = chosen(facts.orders, contracts, setting.watch)
    return Data(
        title=setting.lab,
        lead=_lead(setting, chronicle, closing, span),
        complete=closing.complete,
        tiles=tuple(_tiles(setting, chronicle)),
        charts={
            "price": within(charts.price(setting, chronicle, notes, orders), *span),
            "equity": within(charts.equity(setting, chronicle, notes), *span),
            "waterfall": charts.waterfall(facts.sums),
            "cascade": within(charts.cascade(setting, orders), *span),
            "fund": within(charts.fund(setting, chronicle, span), *span),
        },
        loss=money(facts.sums.loss),
        paid=_paid(facts.sums),
        residue=money(facts.sums.residue),
        fund=fund(chronicle, setting.venue.rules),
        inventory=inventory(facts, setting.units),
        watched=tuple(
            watched_row(had, setting.modes[had.account], chronicle.statement, setting.units)
            for had in closing.held
        ),
        contracts=_contracts(setting, chronicle, notes),
        columns=Why.__struct_fields__,
        fills=FILLS,
        whys=rows(orders, contracts),
        causes=causes(orders, contracts),
        brackets=tuple(_table(setting)),
        hidden=len(facts.orders) - len(orders),
        files=closing.files,
        version=setting.version,
        events=chronicle.events,
        event_hash=closing.event_hash,
    )


def _span(notes: Notes) -> tuple[int, int]:
    """First and last time of the price curves."""
    curves = [points for (kind, _), points in notes.curves.items() if kind == "last"]
    begins, ends = [points[0][0] for points in curves], [points[-1][0] for points in curves]
    return min(begins, default=0), max(ends, default=0)


def _lead(
    setting: Setting, chronicle: Chronicle, closing: ClosingNote, span: tuple[int, int]
) -> str:
    begin, end = span
    return (
        f"{moment(begin)[:19]} to {moment(end)[:19]} UTC, seed {setting.seed}, venue "
        f"{setting.venue.rules.name}: {closing.ticks:,} ticks, {closing.commands:,} commands, "
        f"{chronicle.events:,} events"
    )


def _tiles(setting: Setting, chronicle: Chronicle) -> list[Tile]:
    facts, contracts = chronicle.facts, setting.contracts
    orders, sums = facts.orders.values(), facts.sums
    hit = len({order.began.account for order in orders})
    worth = sum(notional(order, contracts) for order in orders)
    rest = sums.loss - sums.own_margin
    funds = chronicle.funds
    return [
        Tile(
            "liquidations", f"{len(orders):,}", f"{hit:,} of {len(chronicle.accounts):,} accounts"
        ),
        Tile("liquidated", _whole(worth), "notional at the mark"),
        Tile("loss", _whole(sums.loss), f"{_percent(sums.own_margin, sums.loss)} own margin"),
        Tile("paid by others", _whole(rest), f"{_percent(rest, sums.loss)} of the loss"),
        Tile(
            "insurance fund",
            _whole(funds.cash),
            f"from {_whole(funds.start)}, low {_whole(funds.low)}",
        ),
        Tile("uncovered", _whole(sums.uncovered), "borne by nobody"),
    ]


def _whole(micros: int) -> str:
    return grouped(money(micros), 0).removesuffix(".")


def _percent(part: int, whole: int) -> str:
    return f"{part / whole * 100:.2f} %" if whole else "-"


def _paid(sums: Sums) -> tuple[Paid, ...]:
    result = []
    for name, words, color in charts.STAGES:
        paid = getattr(sums, name, 0)
        result.append(Paid(name, words, money(paid), _percent(paid, sums.loss), color))
    return tuple(result)


def _contracts(setting: Setting, chronicle: Chronicle, notes: Notes) -> tuple[Priced, ...]:
    result = []
    for symbol, units in setting.units.items():
        points: list[Point] = notes.curves.get(("last", symbol), [])
        if points:
            traded = chronicle.traded.ranges.get(symbol)
            known = [price for _, price in points]
            if traded is not None:
                known += [traded.low, traded.high]
            result.append(_priced(symbol, units, points, known))
    return tuple(result)


def _priced(symbol: str, units: Units, points: list[Point], known: list[int]) -> Priced:
    first, last = points[0][1], points[-1][1]
    return Priced(
        contract=symbol,
        first=units.price(first),
        low=units.price(min(known)),
        high=units.price(max(known)),
        last=units.price(last),
        change=f"{(last / first - 1) * 100:+.2f} %",
    )


def _table(setting: Setting) -> list[Table]:
    return [
        Table(
            contract.symbol,
            tuple(
                (floor_of(contract, row), _rate(contract, row), money(row.deduction))
                for row in contract.brackets
            ),
        )
        for contract in setting.venue.contracts
    ]


def _rate(contract: Contract, row: Bracket) -> str:
    by_size = " (by size)" if contract.brackets_by == "lots" else ""
    return f"{rate_of(contract, row)}{by_size}"
