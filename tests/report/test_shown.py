"""What a reader sees: the tree, the tables, the page."""

import io
import json
import re
from html.parser import HTMLParser

import msgspec
import pytest
from rich.console import Console, RenderableType

from engine.report import terminal
from engine.report.cascade import cascades
from engine.report.page import page
from engine.report.summary import LiquidationRow, Summary
from engine.report.text import grouped
from tests.report.conftest import Reported

EVIL = "</script><script>alert(1)</script>"


def shown(what: RenderableType, width: int = 200) -> str:
    console = Console(width=width, color_system=None, file=io.StringIO())
    with console.capture() as captured:
        console.print(what)
    return captured.get()


def renamed(reported: Reported, name: str) -> Summary:
    summary = reported.summary
    replace = msgspec.structs.replace
    return replace(
        summary,
        run=replace(summary.run, lab=name),
        liquidations=tuple(replace(row, account=name) for row in summary.liquidations[:3]),
        watched=tuple(replace(row, account=name) for row in summary.watched),
    )


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


class Parsed(HTMLParser):
    """Counts what stands in a page, and keeps its scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: dict[str, int] = {}
        self.links: list[str] = []
        self.scripts: list[str] = []
        self._in_script = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]
        self._in_script = tag == "script"
        if self._in_script:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts[-1] += data


def test_the_page_holds_everything_and_asks_for_nothing(reported: Reported) -> None:
    text = page(reported.summary, reported.lab.venue, reported.curves.points)
    parsed = Parsed(text)
    assert parsed.links == []
    assert (parsed.tags["table"], parsed.tags["figure"], parsed.tags["script"]) == (3, 4, 3)
    assert "<!--" not in text.split("<script>")[0]
    options = json.loads(parsed.scripts[1])
    assert list(options) == ["price", "equity", "fund", "waterfall"]
    assert len(options["equity"]["series"]) == 2
    marked = sum(len(series["data"]) for series in options["price"]["series"][-2:])
    assert marked == len(reported.summary.liquidations)


def test_the_bars_of_the_waterfall_end_at_the_loss(reported: Reported) -> None:
    text = page(reported.summary, reported.lab.venue, reported.curves.points)
    base, bars = json.loads(Parsed(text).scripts[1])["waterfall"]["series"]
    tops = [low + bar["value"] for low, bar in zip(base["data"], bars["data"], strict=True)]
    assert max(tops[1:]) == pytest.approx(tops[0])


def test_a_name_cannot_break_out_of_the_page(reported: Reported) -> None:
    text = page(renamed(reported, EVIL), reported.lab.venue, reported.curves.points)
    parsed = Parsed(text)
    assert parsed.tags["script"] == 3
    assert "<script>alert" not in text
    assert EVIL in json.loads(parsed.scripts[1])["equity"]["series"][0]["name"]
