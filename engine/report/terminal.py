"""A run as a reader sees it in a terminal: tables and the tree of the cascade, from a `Summary`."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from engine.report.cascade import Cascade, Node, cascades
from engine.report.summary import LiquidationRow, Summary, WatchedRow
from engine.report.text import grouped, moment, named

_STAGES = (
    ("own_margin", "own margin of the liquidated"),
    ("insurance_fund", "insurance fund"),
    ("assignment", "assignment"),
    ("adl", "auto-deleveraging (winners closed early)"),
    ("socialized", "socialised loss (winners cut)"),
    ("uncovered", "uncovered"),
)
_FIRST = 4
"""Liquidations at the beginning of a cascade that are shown whoever was hit."""
_CAUSES = {"TickApplied": "a tick", "FundingSettled": "funding"}


def overview(summary: Summary) -> RenderableType:
    """What was run, in a few lines."""
    who = summary.accounts
    lines = [
        f"{summary.ticks:,} ticks, {summary.commands:,} commands, {summary.events:,} events; "
        f"{len(summary.liquidations):,} liquidations of {who.liquidated:,} of {who.total:,} "
        f"accounts",
    ]
    for symbol, row in summary.contracts.items():
        if row.first is not None and row.last is not None:
            lines.append(
                f"{symbol}: {grouped(row.first)} to {grouped(row.last)}, "
                f"low {grouped(row.low or '0')}, high {grouped(row.high or '0')}"
            )
    if not summary.complete:
        lines.append("stopped by a signal: what came before it is complete")
    return Text("\n".join(lines))


def watched_table(summary: Summary) -> RenderableType:
    """What each position and each account under watch ended with."""
    table = Table(title="The same trades, the same ticks", title_justify="left")
    table.add_column("account")
    table.add_column("position")
    for name in ("entry", "exit", "ended", "result"):
        table.add_column(name, justify="left" if name == "ended" else "right")
    for account in summary.watched:
        for position in account.positions:
            table.add_row(
                named(account.account, account.mode),
                f"{position.contract} {position.side} {grouped(position.quantity)}",
                grouped(position.entry),
                grouped(position.exit) if position.exit else "-",
                position.ended,
                _signed(position.result),
            )
        paid_in, left = grouped(account.paid_in, 2), grouped(account.equity, 2)
        bold = Text("all: paid in, left", "bold")
        table.add_row("", bold, paid_in, left, "", _signed(_gain(account)))
        table.add_section()
    return table


def _gain(account: WatchedRow) -> str:
    paid, equity = _micros(account.paid_in), _micros(account.equity)
    digits = f"{abs(equity - paid):07}"
    return f"{'-' if equity < paid else ''}{digits[:-6]}.{digits[-6:]}"


def _micros(text: str) -> int:
    whole, _, part = text.partition(".")
    number = int(whole.lstrip("-") + part.ljust(6, "0"))
    return -number if text.startswith("-") else number


def _signed(text: str) -> Text:
    number = grouped(text, 2)
    if text.startswith("-"):
        return Text(number, "red")
    return Text(f"+{number}", "green") if _micros(text) else Text(number)


def cascade_tree(summary: Summary, limit: int = 24) -> RenderableType:
    """Each liquidation, what triggered it and where it was filled, by time.

    About `limit` liquidations are shown: those of watched accounts with what led to them, and
    the beginnings of the largest cascades; it says how many are not.
    """
    watched = {row.account for row in summary.watched}
    found = sorted(cascades(summary.liquidations), key=lambda each: _rank(each, watched))
    if not found:
        return Text("Nobody was liquidated.")
    chosen: dict[int, dict[int, Node[LiquidationRow]]] = {}
    for cascade in found:
        if sum(map(len, chosen.values())) < limit:
            chosen[cascade.cause] = _chosen(cascade, watched)
    shown = sum(map(len, chosen.values()))
    parts: list[RenderableType] = [
        _tree(cascade, chosen[cascade.cause])
        for cascade in sorted(found, key=lambda each: each.cause)
        if cascade.cause in chosen
    ]
    left = len(summary.liquidations) - shown
    if left:
        parts.append(Text(f"... and {left:,} more in report.html and summary.json", "dim"))
    return Group(Text("The cascade", "italic"), *parts)


def _rank(cascade: Cascade[LiquidationRow], watched: set[str]) -> tuple[bool, int, int]:
    accounts = {node.row.account for node in cascade.walk()}
    return not accounts & watched, -cascade.size(), cascade.cause


def _chosen(cascade: Cascade[LiquidationRow], watched: set[str]) -> dict[int, Node[LiquidationRow]]:
    """Nodes to show, by seq: those of watched accounts, all above them, and the first few."""
    nodes = {node.row.seq: node for node in cascade.walk()}
    wanted = [seq for seq, node in nodes.items() if node.row.account in watched]
    result: dict[int, Node[LiquidationRow]] = {}
    for seq in [*wanted, *list(nodes)[:_FIRST]]:
        at = seq
        while at in nodes and at not in result:
            result[at] = nodes[at]
            at = nodes[at].row.cause
    return result


def _tree(cascade: Cascade[LiquidationRow], chosen: dict[int, Node[LiquidationRow]]) -> Tree:
    size = cascade.size()
    first = cascade.roots[0].row
    what = _CAUSES.get(first.cause_event, "a command")
    about = f" of {first.cause_contract}" if first.cause_contract else ""
    many = "liquidation" if size == 1 else "liquidations"
    tree = Tree(f"{moment(cascade.at_us)}  {what}{about} set off {size:,} {many}")
    branches = {cascade.cause: tree}
    for node in cascade.walk():
        if node.row.seq in chosen:
            branches[node.row.seq] = branches[node.row.cause].add(_told(node.row))
    if size > len(chosen):
        tree.add(Text(f"... and {size - len(chosen):,} more", "dim"))
    return tree


def _told(row: LiquidationRow) -> Text:
    who = named(row.account, row.mode)
    if row.quantity == "0":
        return Text(f"{who}: a balance of {grouped(row.equity, 2)} made good")
    text = Text()
    text.append(who, "bold")
    text.append(f" {row.side} {grouped(row.quantity)} {row.contract} at ")
    text.append(f"{grouped(row.mark)}: equity {grouped(row.equity, 2)}", "yellow")
    text.append(f" \N{RIGHTWARDS ARROW} {_where(row)}")
    return text


def _where(row: LiquidationRow) -> str:
    filled = row.filled
    took = {"book": filled.book, "fund": filled.fund, "ADL": filled.adl, "outside": filled.outside}
    parts = [f"{name} {grouped(quantity)}" for name, quantity in took.items() if quantity != "0"]
    if row.average_fill is not None:
        parts[0] += f" at {grouped(row.average_fill)}"
    return ", ".join(parts) or "not filled"


def waterfall_table(summary: Summary) -> RenderableType:
    """Who paid; the parts add up to the loss to the unit."""
    table = Table(title="Who paid", title_justify="left", show_footer=True)
    loss = grouped(summary.waterfall.loss)
    table.add_column("stage", footer="loss of the liquidated positions")
    table.add_column("paid", justify="right", footer=loss)
    for name, words in _STAGES:
        table.add_row(words, grouped(getattr(summary.waterfall, name)))
    fund = summary.insurance_fund
    below = Text(
        f"beside it: fees {grouped(summary.fees)}, residues to the fund "
        f"{grouped(summary.residue)}; fund {grouped(fund.start)} -> low {grouped(fund.low)} "
        f"-> {grouped(fund.end)}; all ledger accounts add up to {summary.ledger_sum}"
    )
    return Group(table, below)
