"""What a reader sees in a terminal: the tree and the tables."""

import io
import re

import msgspec
from rich.console import Console, RenderableType

from engine.report import terminal
from engine.report.cascade import cascades
from engine.report.summary import LiquidationRow
from engine.report.text import grouped
from tests.report.conftest import Reported


def shown(what: RenderableType, width: int = 200) -> str:
    console = Console(width=width, color_system=None, file=io.StringIO())
    with console.capture() as captured:
        console.print(what)
    return captured.get()


def row(reported: Reported, seq: int, cause: int) -> LiquidationRow:
    return msgspec.structs.replace(reported.summary.liquidations[0], seq=seq, cause=cause)


def test_liquidations_hang_below_what_caused_them(reported: Reported) -> None:
    rows = [(10, 1), (11, 1), (20, 10), (30, 20), (31, 10), (50, 44)]
    first, second = cascades(tuple(row(reported, seq, cause) for seq, cause in rows))
    assert (first.cause, first.size(), second.cause, second.size()) == (1, 5, 44, 1)
    assert [[node.row.seq for node in root.walk()] for root in first.roots] == [
        [10, 20, 30, 31],
        [11],
    ]


def test_a_cascade_as_deep_as_the_log_is_not_too_deep(reported: Reported) -> None:
    rows = tuple(row(reported, seq, seq - 1) for seq in range(2, 5_000))
    (cascade,) = cascades(rows)
    assert cascade.size() == len(rows)


def test_the_tree_shows_the_watched_and_counts_the_rest(reported: Reported) -> None:
    text = shown(terminal.cascade_tree(reported.summary, limit=10))
    told = [line for line in text.splitlines() if " at " in line and "→" in line]
    assert any("isolated long 0.15384 BTCUSDT" in line for line in told)
    left = re.search(r"and ([\d,]+) more in report.html", text)
    assert left is not None
    assert len(told) + int(left[1].replace(",", "")) == len(reported.summary.liquidations)


def test_a_run_without_liquidations_says_so(reported: Reported) -> None:
    calm = msgspec.structs.replace(reported.summary, liquidations=(), complete=False)
    assert "Nobody was liquidated" in shown(terminal.cascade_tree(calm))
    assert "stopped by a signal" in shown(terminal.overview(calm))


def test_the_tables_show_every_number_that_the_summary_has(reported: Reported) -> None:
    paid = shown(terminal.waterfall_table(reported.summary))
    for text in msgspec.to_builtins(reported.summary.waterfall).values():
        assert grouped(text) in paid
    watched = shown(terminal.watched_table(reported.summary))
    for account in reported.summary.watched:
        for position in account.positions:
            assert grouped(position.entry) in watched
        assert grouped(account.equity, 2) in watched
