"""`report.html`: one file with everything in it, for light and dark, wide and narrow screens.

Whatever comes from a run is escaped: names in the text as HTML, data for the pictures as JSON in
which no `<` is left, so that nothing in it can end the script that holds it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from importlib.resources import files

import msgspec

from engine.core.instrument import Venue
from engine.report import charts
from engine.report.prices import Point
from engine.report.summary import LiquidationRow, Summary
from engine.report.text import grouped, moment, named

ROWS_MAX = 500
"""Liquidations in the table; all of them are in `summary.json`."""
_ASSETS = files("engine.report") / "assets"
_PICTURES = (
    ("price", "Prices and liquidations", "Each contract in per cent of its first price."),
    ("equity", "Isolated against cross", "Equity of the watched accounts at the mark."),
    ("fund", "Insurance fund", "Its cash."),
    ("waterfall", "Who paid", "The loss of the liquidated positions, and who bore it."),
)
_WATCHED = ("account", "position", "entry", "exit", "ended", "result")
_LIQUIDATION = ("time", "seq", "cause", "account", "position", "mark", "equity", "fill", "filled")
_STAGES = (
    ("loss", "loss of the liquidated positions"),
    ("own_margin", "own margin of the liquidated"),
    ("insurance_fund", "insurance fund"),
    ("assignment", "assignment"),
    ("adl", "auto-deleveraging"),
    ("socialized", "socialised loss"),
    ("uncovered", "uncovered"),
)


def page(summary: Summary, venue: Venue, points: list[Point]) -> str:
    """Write the page; costs O(points + liquidations)."""
    options = {
        "price": charts.price(summary, venue, points),
        "equity": charts.equity(summary, points),
        "fund": charts.fund(points),
        "waterfall": charts.waterfall(summary),
    }
    liquidations = map(_liquidation, summary.liquidations[:ROWS_MAX])
    parts = {
        "title": escape(f"margincall: {summary.run.lab}"),
        "lead": escape(_lead(summary)),
        "pictures": "\n".join(_picture(*each) for each in _PICTURES),
        "watched": _table(_WATCHED, _watched(summary)),
        "waterfall": _table(("stage", "paid"), _waterfall(summary)),
        "liquidations": _table(_LIQUIDATION, liquidations),
        "more": _more(len(summary.liquidations)),
        "options": inert(options),
        "style": _asset("page.css"),
        "script": _asset("page.js"),
        "echarts": _asset("echarts.common.min.js"),
    }
    return re.sub(r"<!--(\w+)-->", lambda found: parts[found[1]], _asset("page.html"))


def inert(data: object) -> str:
    r"""JSON that can stand inside a script element.

    >>> inert({"name": "</script>"})
    '{"name":"\\u003c/script>"}'
    """
    return msgspec.json.encode(data).decode().replace("<", "\\u003c")


def _asset(name: str) -> str:
    return (_ASSETS / name).read_text("utf-8")


def _lead(summary: Summary) -> str:
    who = summary.accounts
    stopped = "" if summary.complete else " Stopped by a signal; what came before is complete."
    return (
        f"Lab {summary.run.lab}, seed {summary.run.seed}: {summary.ticks:,} ticks, "
        f"{summary.commands:,} commands, {summary.events:,} events; "
        f"{len(summary.liquidations):,} liquidations of {who.liquidated:,} of {who.total:,} "
        f"accounts.{stopped}"
    )


def _picture(name: str, title: str, told: str) -> str:
    return (
        f"<figure><figcaption><h2>{escape(title)}</h2><p>{escape(told)}</p></figcaption>"
        f'<div class="picture" id="{name}"></div></figure>'
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    titles = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "\n".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{titles}</tr></thead><tbody>\n{body}\n</tbody></table>"


def _watched(summary: Summary) -> Iterator[Sequence[str]]:
    for account in summary.watched:
        for row in account.positions:
            yield (
                named(account.account, account.mode),
                f"{row.contract} {row.side} {grouped(row.quantity)}",
                grouped(row.entry),
                grouped(row.exit) if row.exit else "",
                row.ended,
                grouped(row.result, 2),
            )
        yield (
            named(account.account, account.mode),
            "the whole account",
            grouped(account.paid_in, 2),
            grouped(account.equity, 2),
            "paid in / ended with",
            "",
        )


def _waterfall(summary: Summary) -> Iterator[Sequence[str]]:
    for name, words in _STAGES:
        yield words, grouped(getattr(summary.waterfall, name))


def _liquidation(row: LiquidationRow) -> Sequence[str]:
    filled = row.filled
    took = {"book": filled.book, "fund": filled.fund, "ADL": filled.adl, "off book": filled.outside}
    return (
        moment(row.at_us),
        str(row.seq),
        str(row.cause),
        named(row.account, row.mode),
        f"{row.side} {grouped(row.quantity)} {row.contract}",
        grouped(row.mark),
        grouped(row.equity, 2),
        grouped(row.average_fill) if row.average_fill else "",
        ", ".join(f"{name} {grouped(lots)}" for name, lots in took.items() if lots != "0"),
    )


def _more(count: int) -> str:
    if count <= ROWS_MAX:
        return ""
    return f"<p>The first {ROWS_MAX} of {count:,}; all of them are in summary.json.</p>"
