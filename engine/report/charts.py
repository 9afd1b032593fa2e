"""The pictures of the report: prices, equity, the fund, who paid, the cascade."""

from collections.abc import Iterable
from heapq import merge
from math import sqrt

import msgspec

from engine.report.calls import Mark
from engine.report.cascade import cascades
from engine.report.chronicle import Chronicle
from engine.report.curve import Point, value_at
from engine.report.facts import Order, Sums
from engine.report.notes import Kind, Notes
from engine.report.options import LINES, Options, bubble, frame, in_money, in_quote, line, scatter
from engine.report.setting import Setting
from engine.report.text import grouped, money, named
from engine.report.why import notional

STAGES = (
    ("own_margin", "own margin", "#94a3b8"),
    ("insurance_fund", "insurance fund", "#3b82f6"),
    ("assignment", "assignment", "#14b8a6"),
    ("adl", "auto-deleveraging", "#f59e0b"),
    ("socialized", "socialised loss", "#ef4444"),
    ("uncovered", "uncovered", "#7f1d1d"),
    ("pending", "waiting to be settled", "#a855f7"),
)
_SIDES = (("long", "circle", "#ef4444"), ("short", "diamond", "#10b981"))
BUBBLE_MIN, BUBBLE_MAX = 5, 42
_MARKS = (
    ("cut", "cut by a socialised loss", "rect", 9, "#64748b"),
    ("deleveraged", "deleveraged", "rect", 9, "#0891b2"),
    ("call", "margin call", "triangle", 11, "#eab308"),
    ("draw", "pool draw", "diamond", 12, "#8b5cf6"),
    ("top_up", "paid in after a call", "roundRect", 10, "#22c55e"),
    ("liquidation", "liquidated", "circle", 9, "#dc2626"),
)
"""What happened to the watched: words, symbol, its size and colour; later ones lie on top."""


class Scale:
    """How prices are drawn: as they are where there is one contract, else in per cent.

    In per cent of each contract's first price, so that several can be compared.
    """

    def __init__(self, setting: Setting, chronicle: Chronicle, notes: Notes) -> None:
        self.lines = {
            symbol: points
            for symbol in setting.units
            if (points := _merged("last", symbol, notes, chronicle.moved[symbol].points()))
        }
        self.is_percent = len(self.lines) > 1
        self._factors = {
            symbol: 100 / points[0][1] if self.is_percent else setting.units[symbol].number(1)
            for symbol, points in self.lines.items()
        }

    def of(self, symbol: str, price: int) -> float:
        """Where a price is drawn."""
        value = price * self._factors[symbol]
        return round(value, 3) if self.is_percent else round(value, 9)

    def points(self, symbol: str, points: Iterable[Point]) -> list[tuple[int, float]]:
        """A line of prices as it is drawn."""
        return [(at_us // 1_000, self.of(symbol, price)) for at_us, price in points]


def price(setting: Setting, chronicle: Chronicle, notes: Notes, orders: list[Order]) -> Options:
    """Prices of all contracts, and every liquidation at its mark, as large as its notional."""
    scale = Scale(setting, chronicle, notes)
    series: list[Options] = []
    for place, (symbol, points) in enumerate(scale.lines.items()):
        color = LINES[place % len(LINES)]
        drawn = scale.points(symbol, points)
        series.append(line(symbol, drawn, color=color, lineStyle={"width": 1.5}))
        if ("mark", symbol) in notes.curves:
            marked = _merged("mark", symbol, notes, chronicle.marked[symbol].points())
            look = {"color": color, "lineStyle": {"width": 1, "type": "dotted"}, "z": 1}
            series.append(line(f"{symbol} mark", scale.points(symbol, marked), **look))
    series += _liquidated(setting, scale, orders)
    slider = {"type": "slider", "height": 18, "bottom": 4, "showDetail": False}
    zoom = [*frame()["dataZoom"], slider]
    grid = frame()["grid"] | {"bottom": 30}
    return frame(
        series=series, dataZoom=zoom, grid=grid, format="percent" if scale.is_percent else "price"
    )


def _liquidated(setting: Setting, scale: Scale, orders: list[Order]) -> list[Options]:
    """A series for each side; large bubbles come first, so that small ones lie on top of them."""
    contracts = setting.contracts
    sized = [(notional(order, contracts), order) for order in orders if order.began.quantity]
    sized.sort(key=lambda each: -each[0])
    most = sized[0][0] if sized else 0
    series = []
    for side, symbol, color in _SIDES:
        data = [
            (
                order.began.at_us // 1_000,
                scale.of(order.began.contract, order.began.mark),
                _diameter(worth, most),
                order.began.seq,
            )
            for worth, order in sized
            if order.began.side == side
        ]
        look = {"symbol": symbol, "sizeAt": 2, "seqAt": 3, "z": 3}
        if data:
            series.append(scatter(f"liquidated {side}s", data, itemStyle=bubble(color), **look))
    return series


def _diameter(micros: int, most: int) -> float:
    """Of a bubble, in pixels: areas are as the money, and the largest fills its room."""
    share = micros / most if most else 0.0
    return round(max(BUBBLE_MIN, sqrt(share) * BUBBLE_MAX), 1)


def _merged(kind: Kind, symbol: str, notes: Notes, moved: list[Point]) -> list[Point]:
    """Prices that ticks brought, and those to which trading on the venue itself led."""
    looked = notes.curves.get((kind, symbol), [])
    return list(merge(looked, moved, key=lambda point: point[0]))


def equity(setting: Setting, chronicle: Chronicle, notes: Notes) -> Options:
    """What each watched account was worth, and everything that happened to it on the way."""
    curves = {account: notes.curves.get(("equity", account), []) for account in setting.watch}
    series = [
        line(named(account, setting.modes[account]), in_money(points), lineStyle={"width": 2})
        for account, points in curves.items()
    ]
    for z, (what, words, symbol, size, color) in enumerate(_MARKS, 4):
        data = [
            {"name": _told(mark), "value": (mark.at_us // 1_000, in_quote(worth))}
            for mark in (*chronicle.calls.marks, *chronicle.top_ups.marks)
            if mark.what == what
            and (worth := value_at(curves[mark.account], mark.at_us)) is not None
        ]
        style = {"color": color, "borderColor": "#fff", "borderWidth": 1}
        look = {"symbol": symbol, "symbolSize": size, "itemStyle": style, "z": z}
        if data:
            series.append(scatter(words, data, **look))
    return frame(series=series)


def _told(mark: Mark) -> str:
    at = f" in {mark.contract}" if mark.contract else ""
    amount = grouped(money(mark.amount), 2)
    words = {
        "call": f"margin call at {mark.amount} %, {mark.contract} is nearest to liquidation",
        "draw": f"lives on the pool for {mark.contract}: its isolated twin would lack {amount}",
        "top_up": f"paid in {amount}{at} after a margin call",
        "liquidation": f"liquidated{at} with an equity of {amount}",
        "deleveraged": f"deleveraged{at}, realised {amount}",
        "cut": f"cut by {amount}{at}",
    }
    return f"{mark.account}: {words[mark.what]}"


def fund(setting: Setting, chronicle: Chronicle, span_us: tuple[int, int]) -> Options:
    """The insurance fund's cash, changed by liquidations alone."""
    begin, end = span_us
    points = chronicle.fund.points()
    whole = [(begin, chronicle.funds.start), *points]
    whole.append((max(end, whole[-1][0]), whole[-1][1]))
    series = [line("insurance fund", in_money(whole), step="end")]
    return frame(series=series, legend={"show": False}, grid=frame()["grid"] | {"top": 12})


def waterfall(sums: Sums) -> Options:
    """The loss, and who paid it, each bar where the one before ended."""
    names, bases, bars = ["loss"], [0.0], [_bar(sums.loss, "#64748b")]
    reached = 0
    for name, words, color in STAGES:
        paid = getattr(sums, name, 0)
        names.append(words)
        bases.append(in_quote(min(reached, reached + paid)))
        bars.append(_bar(paid, color))
        reached += paid
    assert reached == sums.loss, "who paid does not add up to the loss"
    stacked = {"type": "bar", "stack": "all", "barCategoryGap": "30%"}
    label = {"show": True, "position": "right", "formatter": "{b}"}
    return frame(
        grid={"left": 4, "right": 92, "top": 4, "bottom": 4, "containLabel": True},
        xAxis={"type": "value", "axisLabel": {"hideOverlap": True}},
        yAxis={"type": "category", "inverse": True, "data": names},
        legend={"show": False},
        dataZoom=[],
        tooltip={"show": False},
        series=[
            stacked | {"silent": True, "data": bases, "color": "transparent"},
            stacked | {"data": bars, "label": label},
        ],
    )


def _bar(micros: int, color: str) -> Options:
    shown = {"value": in_quote(abs(micros)), "name": grouped(money(micros), 2)}
    return shown | {"itemStyle": {"color": color}}


def cascade(setting: Setting, orders: list[Order]) -> Options:
    """When liquidations came, and how they set each other off.

    A column for each command or tick that set off any; the first row are those which it hit
    itself, the row below those which these set off, and so on. One bubble for all of a place.
    """
    places = _places(setting, orders)
    most = max((place.worth for place in places), default=0)
    deepest = max((place.depth for place in places), default=1)
    data = [
        (
            place.at_us // 1_000,
            place.depth - 1,
            _diameter(place.worth, most),
            in_quote(place.worth),
            place.count,
            place.cause,
        )
        for place in sorted(places, key=lambda place: -place.worth)
    ]
    stems: list[tuple[int | None, int | None]] = []
    for place in places:
        if place.depth > 1:
            at = place.at_us // 1_000
            stems += [(at, place.depth - 2), (at, place.depth - 1), (None, None)]
    return frame(
        series=[
            line("chain", stems, silent=True, lineStyle={"width": 1, "color": "#94a3b8"}),
            scatter("liquidations", data, itemStyle=bubble("#ef4444"), sizeAt=2, cascadeAt=5, z=3),
        ],
        yAxis={
            "type": "category",
            "inverse": True,
            "data": [str(depth) for depth in range(1, deepest + 1)],
            "splitLine": {"show": True},
        },
        tooltip={"trigger": "item", "confine": True},
        legend={"show": False},
        grid=frame()["grid"] | {"top": 12},
    )


class Place(msgspec.Struct):
    """All liquidations of one cascade that are as many links away from what set it off."""

    cause: int
    at_us: int
    depth: int
    worth: int = 0
    count: int = 0


def _places(setting: Setting, orders: list[Order]) -> list[Place]:
    contracts = setting.contracts
    by_seq = {order.began.seq: order for order in orders}
    result: dict[tuple[int, int], Place] = {}
    for found in cascades(order.began for order in orders):
        for node in found.walk():
            key = (found.cause, node.depth)
            place = result.setdefault(key, Place(found.cause, found.at_us, node.depth))
            place.worth += notional(by_seq[node.row.seq], contracts)
            place.count += 1
    return list(result.values())
