"""The parts of which the report's pictures are made: ECharts options as plain data.

What no option can hold (how a number is told, how large a bubble is) stands as a name or a place
in keys that ECharts does not know: `format` of a chart is `percent`, `money` or `price`, `sizeAt`
of a series is the place of the symbol's size in its values, `seqAt` that of the liquidation and
`cascadeAt` that of the cascade which a click opens. `assets/charts.js` puts the functions in.

Floats are allowed: they are read, never posted.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from engine.report.curve import Point

Options = dict[str, Any]
LINES = ("#3b82f6", "#f59e0b", "#8b5cf6", "#14b8a6", "#ec4899", "#84cc16", "#64748b")
"""Colours of lines, legible on white and on black."""


def frame(**more: object) -> Options:
    """A chart over time; `more` goes over it."""
    result: Options = {
        "useUTC": True,
        "animation": False,
        "backgroundColor": "transparent",
        "color": LINES,
        "format": "money",
        "grid": {"left": 4, "right": 12, "top": 40, "bottom": 4, "containLabel": True},
        "tooltip": {"trigger": "axis", "confine": True},
        "legend": {"top": 4, "left": 0, "type": "scroll"},
        "xAxis": {"type": "time", "axisLabel": {"hideOverlap": True}},
        "yAxis": {"type": "value", "scale": True},
        "dataZoom": [
            {
                "type": "inside",
                "zoomOnMouseWheel": "ctrl",
                "moveOnMouseMove": False,
                "preventDefaultMouseMove": False,
            }
        ],
    }
    return result | more


def within(option: Options, begin_us: int, end_us: int) -> Options:
    """A chart over a stretch of time, so that those of one page can be read across."""
    ends = {"min": begin_us // 1_000, "max": -(-end_us // 1_000)}
    return option | {"xAxis": option["xAxis"] | ends}


def line(name: str, data: Sequence[object], **more: object) -> Options:
    """A line without symbols."""
    return {"type": "line", "name": name, "showSymbol": False, "data": data} | more


def scatter(name: str, data: Sequence[object], **more: object) -> Options:
    """Symbols, each with a tooltip of its own."""
    return {"type": "scatter", "name": name, "data": data, "tooltip": {"trigger": "item"}} | more


def bubble(color: str) -> Options:
    """The look of a bubble that lets others be seen through it."""
    return {"color": color, "opacity": 0.6, "borderColor": "#fff", "borderWidth": 0.5}


def in_money(points: Iterable[Point]) -> list[tuple[int, float]]:
    """Points of money with their times in milliseconds, to the hundredth."""
    return [(at_us // 1_000, in_quote(micros)) for at_us, micros in points]


def in_quote(micros: int) -> float:
    """Money in quote currency, to the hundredth."""
    return round(micros / 1e6, 2)
