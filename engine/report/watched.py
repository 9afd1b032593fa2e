"""What the watched accounts ended with."""

from engine.core.command import Mode
from engine.report.notes import Held
from engine.report.statement import Line, Statement
from engine.report.summary import PositionRow, WatchedRow
from engine.report.text import Units, money
from engine.report.view import ExchangeView


def held(account: str, statement: Statement, view: ExchangeView) -> Held:
    """What an account has now; asserts that its statement explains it to the unit."""
    profits = {name: view.open_profit(account, name) for name in statement.lines[account]}
    equity = view.equity(account)
    statement.check(account, equity, sum(profits.values()))
    lights = {name: view.lights(account, name) for name in statement.lines[account]}
    return Held(account, equity, profits, {name: count for name, count in lights.items() if count})


def watched_row(had: Held, mode: Mode, statement: Statement, units: dict[str, Units]) -> WatchedRow:
    """An account's positions in the order of the venue's contracts, and what was left of it."""
    lines = statement.lines[had.account]
    return WatchedRow(
        account=had.account,
        mode=mode,
        paid_in=money(statement.paid_in[had.account]),
        positions=tuple(
            _position(lines[slot], had, units[contract])
            for contract in units
            for slot in (contract, f"{contract}:long", f"{contract}:short")
            if slot in lines and lines[slot].opened
        ),
        cuts=money(statement.cuts[had.account]),
        equity=money(had.equity),
    )


def _position(line: Line, had: Held, units: Units) -> PositionRow:
    return PositionRow(
        contract=line.contract,
        side=line.side,
        quantity=units.quantity(line.opened),
        entry=units.average(line.opened_value, line.opened) or "0",
        exit=units.average(line.closed_value, line.closed),
        ended=line.ended,
        result=money(line.result + had.open_profit[line.contract]),
        adl_lights=had.lights.get(line.contract, 0),
    )
