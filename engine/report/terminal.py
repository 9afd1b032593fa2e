"""A run as a reader sees it in a terminal: tables and the tree of the cascade, from a `Summary`.

Where the output is no terminal, the same lines come without rules, colours and breaks.
"""

from rich.console import Group, RenderableType
from rich.text import Text
from rich.tree import Tree

from engine.core.liquidation.rank import LIGHTS
from engine.report.cascade import Cascade, Node, cascades
from engine.report.console import printed, ruled
from engine.report.summary import (
    Fund,
    Liquidated,
    LiquidationRow,
    PositionRow,
    Summary,
    WatchedRow,
)
from engine.report.text import aligned, grouped, moment, money, named

_STAGES = (
    ("own_margin", "own margin of the liquidated"),
    ("insurance_fund", "insurance fund"),
    ("assignment", "assignment"),
    ("adl", "auto-deleveraging (winners closed early)"),
    ("socialized", "socialised loss (winners cut)"),
    ("uncovered", "uncovered"),
    ("pending", "waiting for the end of the period"),
)
_WINNERS = {"isolated": "isolated positions", "cross": "cross pools"}
_FIRST = 4
"""Liquidations at the beginning of a cascade that are shown whoever was hit."""
_CAUSES = {"TickApplied": "a tick", "FundingSettled": "funding"}


def show(summary: Summary) -> None:
    """Print everything that a run came to."""
    parts = [overview(summary), cascade_tree(summary), waterfall_table(summary)]
    if summary.inventory:
        parts.append(inventory_table(summary))
    if summary.watched:
        parts.insert(1, watched_table(summary))
    printed(*parts)


def overview(summary: Summary) -> RenderableType:
    """What was run, in a few lines."""
    lines = [
        f"{summary.ticks:,} ticks, {summary.commands:,} commands, {summary.events:,} events; "
        f"{len(summary.liquidations):,} liquidations of "
        f"{summary.accounts.liquidated:,} of {summary.accounts.total:,} accounts",
    ]
    for symbol, row in summary.contracts.items():
        if row.first is not None and row.last is not None:
            thin = f", depth down to {_share(row.depth_low, '1')}" if row.depth_low != "1" else ""
            lines.append(
                f"{symbol}: {grouped(row.first)} to {grouped(row.last)}, "
                f"low {grouped(row.low or '0')}, high {grouped(row.high or '0')}{thin}"
            )
    if summary.liquidated.worst:
        lines.append(_bunched(summary.liquidated))
    if summary.top_ups:
        who = {row.account for row in summary.top_ups}
        paid = money(sum(_micros(row.amount) for row in summary.top_ups))
        lines.append(
            f"{sum(row.count for row in summary.top_ups):,} margin calls were answered with "
            f"{grouped(paid, 2)} by {len(who):,} account{'s' * (len(who) > 1)}"
        )
    if not summary.complete:
        lines.append("stopped by a signal: what came before it is complete")
    return Text("\n".join(lines))


def _bunched(closed: Liquidated) -> str:
    """How much was liquidated, and how soon after each other."""
    worst = ", ".join(
        f"{_share(each.notional, closed.notional)} within {each.minutes} min from "
        f"{moment(each.from_us)[11:19]}"
        for each in closed.worst
    )
    longs = _share(closed.longs, closed.notional)
    return f"liquidated: {grouped(closed.notional, 2)}, {longs} of it longs; {worst}"


def watched_table(summary: Summary) -> RenderableType:
    """What each position and each account under watch ended with."""
    rows = [(account, row) for account in summary.watched for row in account.positions]
    entries = iter(aligned([grouped(row.entry) for _, row in rows]))
    exits = iter(aligned([grouped(row.exit) if row.exit else "-" for _, row in rows]))
    gains = [row.result for account in summary.watched for row in account.positions]
    gains += [_gain(account) for account in summary.watched]
    gains += [account.cuts for account in summary.watched]
    results = _Results(gains)
    table = ruled("The same trades, the same ticks")
    for name in ("account", "position"):
        table.add_column(name)
    for name in ("entry", "exit"):
        table.add_column(Text(name, justify="right"), no_wrap=True)
    table.add_column("ended")
    table.add_column(Text("result", justify="right"), no_wrap=True)
    for account in summary.watched:
        who = named(account.account, account.mode)
        for position in account.positions:
            what = f"{position.contract} {position.side} {grouped(position.quantity)}"
            result = results.told(position.result)
            table.add_row(who, what, next(entries), next(exits), _ended(position), result)
            who = ""
        if _micros(account.cuts):
            table.add_row("", "cuts of socialised losses", "", "", "", results.told(account.cuts))
        left = f"{grouped(account.paid_in, 2)} in, {grouped(account.equity, 2)} left"
        table.add_row("", Text(left, "bold"), "", "", "", results.told(_gain(account)))
        table.add_section()
    return table


def _ended(position: PositionRow) -> str:
    """How a position ended; of one that is open, how near it is to being deleveraged."""
    lit = f", {position.adl_lights} of {LIGHTS} ADL lights" if position.adl_lights else ""
    return position.ended + lit


def _gain(account: WatchedRow) -> str:
    return money(_micros(account.equity) - _micros(account.paid_in))


def _micros(text: str) -> int:
    whole, _, part = text.partition(".")
    number = int(whole.lstrip("-") + part.ljust(6, "0"))
    return -number if text.startswith("-") else number


class _Results:
    """Results of a column: with their sign, as wide as the widest, green or red."""

    def __init__(self, texts: list[str]) -> None:
        self._width = max((len(self._signed(text)) for text in texts), default=0)

    def told(self, text: str) -> Text:
        """One of them."""
        color = "red" if text.startswith("-") else "green" if _micros(text) else ""
        return Text(self._signed(text).rjust(self._width), color)

    def _signed(self, text: str) -> str:
        plus = "+" if _micros(text) > 0 else ""
        return f"{plus}{grouped(text, 2)}"


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
    took |= {"assigned": filled.assigned, "kept by the fund": filled.inventory}
    parts = [f"{name} {grouped(quantity)}" for name, quantity in took.items() if quantity != "0"]
    if row.average_fill is not None:
        parts[0] += f" at {grouped(row.average_fill)}"
    return ", ".join(parts) or "not filled"


def waterfall_table(summary: Summary) -> RenderableType:
    """Who paid; the parts add up to the loss to the unit."""
    texts = [getattr(summary.waterfall, name) for name, _ in _STAGES]
    *paid, loss = aligned([grouped(text) for text in (*texts, summary.waterfall.loss)])
    table = ruled("Who paid")
    table.show_footer = True
    table.add_column("stage", footer="loss of the liquidated positions")
    table.add_column(Text("paid", justify="right"), footer=loss, no_wrap=True)
    table.add_column(Text("of the loss", justify="right"), justify="right")
    for (_, words), text, number in zip(_STAGES, texts, paid, strict=True):
        table.add_row(words, number, _share(text, summary.waterfall.loss))
    fund = summary.insurance_fund
    below = Text(
        f"beside it: fees {grouped(summary.fees)}, residues to the fund "
        f"{grouped(summary.residue)}; fund {grouped(fund.start)} -> low {grouped(fund.low)} "
        f"-> {grouped(fund.end)}; all ledger accounts add up to {summary.ledger_sum}"
    )
    if fund.liquidation_fees != "0" or fund.inventory != "0":
        below.append(f"\n{_fund_account(fund)}")
    if not summary.cuts:
        return Group(table, below)
    cut = " and ".join(
        f"{row.margin_accounts:,} {_WINNERS[row.mode]} with {grouped(row.amount, 2)}"
        for row in summary.cuts
    )
    return Group(table, Text(f"winners cut: {cut}"), below)


def _fund_account(fund: Fund) -> str:
    """How the fund's cash became what it is."""
    steps = (
        (money(-_micros(fund.paid)), "its part of the losses"),
        (fund.residues, "residues"),
        (fund.liquidation_fees, "liquidation fees"),
        (fund.inventory, "what it held"),
    )
    told = "".join(
        f" {'-' if text.startswith('-') else '+'} {grouped(text.removeprefix('-'))} ({words})"
        for text, words in steps
        if text != "0"
    )
    return f"the fund: {grouped(fund.start)}{told} = {grouped(fund.end)}"


def inventory_table(summary: Summary) -> RenderableType:
    """What the fund took over and kept, and what came of it."""
    rows = summary.inventory
    table = ruled("What the fund took over and kept")
    table.add_column("contract")
    for name in ("taken over", "sold", "still held", "held at most", "result", "funding"):
        table.add_column(Text(name, justify="right"), justify="right", no_wrap=True)
    results = _Results([text for row in rows.values() for text in (row.result, row.funding)])
    for contract, row in rows.items():
        lots = (row.taken_over, row.sold, row.held, row.held_most)
        brought = (results.told(row.result), results.told(row.funding))
        table.add_row(contract, *map(grouped, lots), *brought)
    lacked = sum(_micros(row.uncovered) for row in rows.values())
    if not lacked:
        return table
    return Group(
        table, Text(f"of that its cash lacked {grouped(money(lacked))}, which nobody paid")
    )


def _share(part: str, whole: str) -> str:
    loss = _micros(whole)
    return f"{_micros(part) / loss * 100:.2f} %" if loss else "-"
