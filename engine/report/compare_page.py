"""`compare.html`: one file that shows a comparison, for light and dark, wide and narrow screens.

Like `report.html`, it is a block of JSON that scripts draw; they write text, never HTML.
"""

import re
from collections.abc import Mapping, Sequence
from html import escape

import msgspec

from engine.core.money import PPM
from engine.report import charts
from engine.report.compare import Comparison, MarketRow, Played
from engine.report.compare_table import sections
from engine.report.curve import Curve, Point
from engine.report.market_table import HEAD, NOTE, market_rows
from engine.report.notes import Kind, Notes
from engine.report.options import LINES, Options, frame, in_quote, line
from engine.report.page import asset, inert
from engine.report.picture import picture
from engine.report.text import grouped

SCRIPTS = ("text.js", "charts.js", "compare.js")
_DASHES = ("dashed", "solid", "dotted")
_HOLDS = {"step": "end"}
"""A price is what it was until the next one: a weekend is no slope."""
_DAY = ("day", ">realised", ">fees", ">funding", ">topped up", ">calls", ">draws", ">equity")


class Rows(msgspec.Struct, frozen=True):
    """A table: a `>` before a name puts its numbers to the right."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Shown(msgspec.Struct, frozen=True):
    """Everything that the page tells."""

    title: str
    lead: str
    table: Rows
    markets: Rows
    note: str
    days: tuple[Rows, ...]
    charts: dict[str, Options]


def page(comparison: Comparison, played: Sequence[Played], prices: Mapping[str, Curve]) -> str:
    """The page that shows a comparison; `prices` are the replayed ones, by contract."""
    shown = Shown(
        title=comparison.lab,
        lead=_lead(comparison),
        table=_table(comparison),
        markets=market_table(comparison.markets),
        note=NOTE,
        days=tuple(_days(comparison)),
        charts={
            "equity": equity(played),
            "price": _prices({name: curve.points() for name, curve in prices.items()}),
            "paid": _paid(played),
        },
    )
    parts = {
        "title": escape(f"{shown.title} - margincall"),
        "data": inert(shown),
        "style": asset("page.css"),
        "echarts": asset("echarts.common.min.js"),
        "scripts": "\n".join(map(asset, SCRIPTS)),
    }
    return re.sub(r"<!--(\w+)-->", lambda found: parts[found[1]], asset("compare.html"))


def drawing(comparison: Comparison, played: Sequence[Played], prices: Mapping[str, Curve]) -> str:
    """The same as one picture: the equity of those watched, or prices where nobody is."""
    title = f"{comparison.lab}: {' and '.join(side.name for side in comparison.sides)}"
    lines = equity(played)
    if lines["series"]:
        return picture(title, f"Equity of the watched accounts. {_lead(comparison)}", lines)
    drawn = _prices({name: curve.points() for name, curve in prices.items()})
    return picture(title, f"Prices in per cent of the first. {_lead(comparison)}", drawn)


def _lead(comparison: Comparison) -> str:
    *first, last = [side.name for side in comparison.sides]
    sides = f"{', '.join(first)} and {last}" if first else last
    return (
        f"The same {comparison.ticks:,} ticks and the same accounts: {sides}; seed "
        f"{comparison.seed}, margincall {comparison.version}."
    )


def _table(comparison: Comparison) -> Rows:
    rows = []
    for head, cells in sections(comparison):
        for number, (name, cell) in enumerate(cells):
            rows.append((head if number == 0 else "", name, *map(cell, comparison.sides)))
    sides = (f">{side.name}" for side in comparison.sides)
    return Rows("The same ticks, the same accounts", ("", "", *sides), tuple(rows))


def market_table(markets: Mapping[str, MarketRow]) -> Rows:
    """How far prices went, a column a contract, so that it has room on a phone."""
    symbols, *rows = zip(*market_rows(markets), strict=True)
    head = ("", *(f">{symbol}" for symbol in symbols))
    cells = ((name, *row) for name, row in zip(HEAD[1:], rows, strict=True))
    return Rows("How far prices went", head, tuple(cells))


def _days(comparison: Comparison) -> list[Rows]:
    """What each day took, where there was more than one."""
    result = []
    for side in comparison.sides:
        for account in side.watched:
            if len(account.days) < 2:
                continue
            rows = tuple(
                (
                    day.day,
                    grouped(day.realized, 2),
                    grouped(day.fees, 2),
                    grouped(day.funding, 2),
                    grouped(day.top_ups, 2),
                    f"{day.margin_calls:,}",
                    f"{day.pool_draws:,}",
                    grouped(day.equity, 2),
                )
                for day in account.days
            )
            result.append(Rows(f"{account.account}, {side.name}", _DAY, rows))
    return result


def equity(played: Sequence[Played]) -> Options:
    """A line for each account and side, and everything that happened on the way.

    Of accounts and sides the more numerous are told apart by colour, the others by dashes.
    """
    lines: list[Options] = []
    marks: list[Options] = []
    for number, run in enumerate(played):
        curves: dict[tuple[Kind, str], list[Point]] = {
            ("equity", name): tally.curve.points() for name, tally in run.measure.tallies.items()
        }
        drawn = charts.equity(run.setting, run.chronicle, Notes(curves, None))["series"]
        count = len(run.setting.watch)
        for place, series in enumerate(drawn[:count]):
            hue, dash = (number, place) if len(played) > count else (place, number)
            color = LINES[hue % len(LINES)]
            look = {"width": 2, "type": _DASHES[dash % len(_DASHES)], "color": color}
            name = f"{run.setting.watch[place]} under {run.name}"
            lines.append(series | {"name": name, "lineStyle": look, "color": color, **_HOLDS})
        marks += [_of(run.name, series) for series in drawn[count:]]
    return frame(series=[*lines, *marks])


def _of(side: str, marks: Options) -> Options:
    """Marks of one side: all sides share their words in the legend, each mark says whose it is."""
    data = [mark | {"name": f"{mark['name']} ({side})"} for mark in marks["data"]]
    return marks | {"data": data}


def _prices(curves: dict[str, list[Point]]) -> Options:
    """Each contract in per cent of its first price."""
    series = [
        line(
            symbol,
            [
                (at_us // 1_000, round(price * PPM // points[0][1] / 10_000, 3))
                for at_us, price in points
            ],
            **_HOLDS,
        )
        for symbol, points in curves.items()
        if points
    ]
    return frame(series=series, format="percent")


def _paid(played: Sequence[Played]) -> Options:
    """Who paid, a bar a side; what is negative was gained."""
    series = []
    for name, words, color in charts.STAGES:
        paid = [getattr(run.chronicle.facts.sums, name, 0) for run in played]
        if any(paid):
            bars = {"type": "bar", "stack": "paid", "name": words, "color": color}
            series.append(bars | {"data": [in_quote(micros) for micros in paid]})
    return frame(
        series=series,
        xAxis={"type": "value", "axisLabel": {"hideOverlap": True}},
        yAxis={"type": "category", "inverse": True, "data": [run.name for run in played]},
        dataZoom=[],
    )
