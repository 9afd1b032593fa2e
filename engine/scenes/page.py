"""`index.html` of a lab of scenes: made in the same way as `report.html`."""

import re
from collections.abc import Mapping
from html import escape
from itertools import groupby

import msgspec

from engine.report.compare_page import Rows, market_table
from engine.report.market_table import NOTE
from engine.report.options import Options, frame, line
from engine.report.page import asset, inert
from engine.scenes.outcome import BillOutcome, CheckRow, SceneOutcome
from engine.scenes.table import DAY_HEAD, day_rows, rows, verdict

SCRIPTS = ("text.js", "charts.js", "scenes.js")
_RUNG = re.compile(r"(.+)-(\d+)x")
_WIDTHS = (7, 4, 2, 1)
"""Of lines that may lie on each other, in pixels."""
_RUNGS_MIN = 10
"""Accounts that differ in their leverage only, from which on they are drawn as a curve."""


class Figures(msgspec.Struct, frozen=True):
    """A table of figures, by whose they are; a `>` before a name puts its numbers to the right."""

    head: tuple[str, ...]
    groups: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]


class Shown(msgspec.Struct, frozen=True):
    """A scene as the page tells it; `links` are words and where they lead."""

    name: str
    title: str
    claim: str
    finding: str
    holds: bool
    table: Figures
    days: tuple[Rows, ...]
    chart: str | None
    pictured: str
    checks: tuple[CheckRow, ...]
    markets: Rows
    links: tuple[tuple[str, str], ...]


class Data(msgspec.Struct, frozen=True):
    """Everything that the page tells."""

    lab: str
    title: str
    about: str
    verdict: str
    note: str
    version: str
    scenes: tuple[Shown, ...]
    charts: dict[str, Options]


def page(outcome: BillOutcome, equities: Mapping[str, Options], *, logged: bool) -> str:
    """The page that shows all scenes; `equities` are pictures by the scene's name.

    It links to what lies beside it: a comparison in each scene's folder and, where runs were
    `logged`, a report of each mode.
    """
    curves = {scene.name: drawn for scene in outcome.scenes if (drawn := curve(scene))}
    charts = {**equities, **curves}
    data = Data(
        lab=f"margincall, lab {outcome.lab}",
        title=outcome.title,
        about=outcome.about,
        verdict=verdict(outcome),
        note=NOTE,
        version=f"margincall {outcome.version}",
        scenes=tuple(
            _shown(scene, _pictured(scene.name in curves), charts[scene.name], logged=logged)
            for scene in outcome.scenes
        ),
        charts={_place(name): options for name, options in charts.items()},
    )
    parts = {
        "title": escape(f"{data.title} - margincall"),
        "data": inert(data),
        "style": asset("page.css"),
        "echarts": asset("echarts.common.min.js"),
        "scripts": "\n".join(map(asset, SCRIPTS)),
    }
    return re.sub(r"<!--(\w+)-->", lambda found: parts[found[1]], asset("scenes.html"))


def _place(name: str) -> str:
    return f"chart-{name}"


def _pictured(is_curve: bool) -> str:
    return "Distance to liquidation" if is_curve else "Equity"


def _shown(scene: SceneOutcome, pictured: str, chart: Options, *, logged: bool) -> Shown:
    numbers = tuple(f">{mode}" for mode in scene.modes)
    day_head = (DAY_HEAD[0], *(f">{name}" for name in DAY_HEAD[1:]))
    return Shown(
        name=scene.name,
        title=scene.title,
        claim=scene.claim,
        finding=scene.finding,
        holds=scene.holds,
        table=Figures(
            ("", *numbers),
            tuple(
                (whose, tuple(row[1:] for row in found))
                for whose, found in groupby(rows(scene), key=lambda row: row[0])
            ),
        ),
        days=tuple(
            Rows(f"{days.account}, {days.mode}, day by day", day_head, tuple(day_rows(days)))
            for days in scene.days
        ),
        chart=_place(scene.name) if chart["series"] else None,
        pictured=pictured,
        checks=scene.checks,
        markets=market_table(scene.markets),
        links=(
            ("comparison", f"{scene.name}/compare.html"),
            *(
                (f"report, {mode}", f"{scene.name}/{mode}/report.html")
                for mode in scene.modes
                if logged
            ),
        ),
    )


def curve(scene: SceneOutcome) -> Options | None:
    """How far prices went against accounts of each leverage, if a scene has so many."""
    lines: dict[str, list[tuple[int, float]]] = {}
    for row in scene.figures:
        rung = _RUNG.fullmatch(row.account)
        if rung is None or row.figure != "moved":
            continue
        for mode, value in row.values.items():
            if value is not None:
                name = f"{rung[1]}, {mode}"
                lines.setdefault(name, []).append((int(rung[2]), round(float(value) * 100, 4)))
    if max(map(len, lines.values()), default=0) < _RUNGS_MIN:
        return None
    longest = max(points[-1][0] for points in lines.values())
    return frame(
        series=[
            line(name, points, lineStyle={"width": width})
            for width, (name, points) in zip(_WIDTHS, lines.items(), strict=False)
        ],
        format="percent",
        xAxis={
            "type": "log",
            "name": "leverage",
            "nameLocation": "middle",
            "nameGap": 24,
            "max": longest,
        },
        yAxis={"type": "log"},
        grid=frame()["grid"] | {"bottom": 24},
        dataZoom=[],
    )
