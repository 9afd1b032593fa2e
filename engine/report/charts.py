"""The four pictures of the report as ECharts options: plain data, made here, drawn there.

Floats are allowed: they are read, never posted.
"""

from typing import Any

from engine.core.instrument import Venue
from engine.report.prices import Point
from engine.report.summary import LiquidationRow, Summary
from engine.report.text import Units, grouped, named

Options = dict[str, Any]
_STAGES = (
    ("own_margin", "own margin"),
    ("insurance_fund", "insurance fund"),
    ("assignment", "assignment"),
    ("adl", "ADL"),
    ("socialized", "socialised"),
    ("uncovered", "uncovered"),
)
_COLORS = {"long": "#d64545", "short": "#2f8f6b"}


def _frame(**more: object) -> Options:
    frame: Options = {
        "useUTC": True,
        "animation": False,
        "backgroundColor": "transparent",
        "grid": {"left": 64, "right": 16, "top": 40, "bottom": 56},
        "tooltip": {"trigger": "axis"},
        "legend": {"top": 4, "type": "scroll"},
        "xAxis": {"type": "time", "axisLabel": {"hideOverlap": True}},
        "yAxis": {"type": "value", "scale": True},
        "dataZoom": [{"type": "inside"}, {"type": "slider", "height": 18, "bottom": 8}],
    }
    return frame | more


def _line(name: str, data: list[tuple[float, float]], **more: object) -> Options:
    return {"type": "line", "name": name, "showSymbol": False, "data": data} | more


def price(summary: Summary, venue: Venue, points: list[Point]) -> Options:
    """Last prices as a share of each contract's first, and every liquidation at its mark."""
    series: list[Options] = []
    firsts: dict[str, float] = {}
    for place, contract in enumerate(venue.contracts):
        units = Units.of(contract)
        known = [(point.at_us / 1_000, point.last[place]) for point in points if point.last[place]]
        if not known:
            continue
        first = firsts[contract.symbol] = units.number(known[0][1])
        data = [(at, round(units.number(last) / first * 100, 4)) for at, last in known]
        series.append(_line(contract.symbol, data, lineStyle={"width": 1.5}))
    rows = [row for row in summary.liquidations if row.contract in firsts and row.quantity != "0"]
    series += [_liquidations(rows, side, firsts) for side in ("long", "short")]
    axis = {"type": "value", "scale": True, "axisLabel": {"formatter": "{value} %"}}
    return _frame(series=series, yAxis=axis)


def _liquidations(rows: list[LiquidationRow], side: str, firsts: dict[str, float]) -> Options:
    data = []
    for row in rows:
        if row.side != side:
            continue
        notional = float(row.quantity) * float(row.mark)
        told = f"{named(row.account, row.mode)}: {side} {row.quantity} {row.contract} at {row.mark}"
        data.append(
            {
                "name": told,
                "value": [row.at_us / 1_000, float(row.mark) / firsts[row.contract] * 100],
                "symbolSize": min(36.0, 4 + (notional / 1_000) ** 0.5),
            }
        )
    return {
        "type": "scatter",
        "name": f"liquidated {side}s",
        "data": data,
        "itemStyle": {"color": _COLORS[side], "opacity": 0.55},
        "tooltip": {"trigger": "item", "formatter": "{b}"},
    }


def equity(summary: Summary, points: list[Point]) -> Options:
    """What each watched account was worth over time, from its first deposit on."""
    series: list[Options] = []
    for place, row in enumerate(summary.watched):
        worth = [(point.at_us / 1_000, point.equity[place] / 1e6) for point in points]
        began = next((at for at, (_, equity) in enumerate(worth) if equity), 0)
        series.append(_line(named(row.account, row.mode), worth[began:]))
    return _frame(series=series)


def fund(points: list[Point]) -> Options:
    """The insurance fund's cash over time."""
    data = [(point.at_us / 1_000, point.fund / 1e6) for point in points]
    return _frame(series=[_line("insurance fund", data, step="end", areaStyle={"opacity": 0.15})])


def waterfall(summary: Summary) -> Options:
    """The loss, and who paid it, each bar where the one before ended."""
    names, bases, bars, reached = ["loss"], [0.0], [float(summary.waterfall.loss)], 0.0
    for name, words in _STAGES:
        paid = float(getattr(summary.waterfall, name))
        names.append(words)
        bases.append(min(reached, reached + paid))
        bars.append(abs(paid))
        reached += paid
    labels = ["loss", *(name for name, _ in _STAGES)]
    shown = [
        {"value": bar, "name": grouped(getattr(summary.waterfall, label), 2)}
        for bar, label in zip(bars, labels, strict=True)
    ]
    return _frame(
        grid={"left": 100, "right": 84, "top": 8, "bottom": 32},
        xAxis={"type": "value", "axisLabel": {"hideOverlap": True}},
        yAxis={"type": "category", "inverse": True, "data": names},
        legend={"show": False},
        dataZoom=[],
        tooltip={"show": False},
        series=[
            {"type": "bar", "stack": "all", "silent": True, "data": bases, "color": "transparent"},
            {
                "type": "bar",
                "stack": "all",
                "data": shown,
                "label": {"show": True, "position": "right", "formatter": "{b}"},
            },
        ],
    )
