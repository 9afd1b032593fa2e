"""A chart over time as one SVG picture that stands alone: to be looked at, sent or printed.

It takes the same options as the pages (`engine.report.options`), lines and scattered marks of
them, and follows the viewer's light or dark. The same options give the same bytes.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from html import escape
from math import ceil, floor, log10

import msgspec

from engine.report.options import LINES, Options

WIDTH, HEIGHT = 1200, 640
_LEFT, _RIGHT, _TOP, _BOTTOM = 84, 24, 76, 36
_LETTER, _ROW = 7.2, 22
"""About how wide a letter is, and how high a line of the legend."""
_TICKS = 8
"""Most ticks of an axis."""
_SECOND, _DAY = 1_000, 86_400_000
_STEPS_MS = tuple(
    unit * count
    for unit, counts in (
        (_SECOND, (1, 2, 5, 10, 30)),
        (60 * _SECOND, (1, 2, 5, 10, 30)),
        (3_600 * _SECOND, (1, 3, 6, 12)),
        (_DAY, (1, 2, 7, 14, 30, 90, 365)),
    )
    for count in counts
)
_STYLE = """
text { font: 14px system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; fill: #1c2330; }
.title { font-size: 20px; font-weight: 600; } .dim { fill: #5b6475; }
.page { fill: #ffffff; } .grid { stroke: #dfe3ea; } .mark { stroke: #ffffff; }
@media (prefers-color-scheme: dark) {
  text { fill: #e4e8f0; } .dim { fill: #98a2b3; }
  .page { fill: #171b24; } .grid { stroke: #2b3240; }
}
"""
_DASHES = {"dashed": "8 5", "dotted": "2 4"}


class Frame(msgspec.Struct, frozen=True):
    """Where values are drawn: times in milliseconds from `begin` to `end`, `low` to `high`.

    `step` is that of the axis of values, of which `low` and `high` are multiples.
    """

    begin: int
    end: int
    low: float
    high: float
    step: float
    top: int

    def x(self, at_ms: float) -> float:
        """A time from the left edge."""
        share = (at_ms - self.begin) / max(1, self.end - self.begin)
        return _LEFT + share * (WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        """A value from the upper edge."""
        share = (self.high - value) / (self.high - self.low)
        return self.top + share * (HEIGHT - self.top - _BOTTOM)


def picture(title: str, told: str, option: Options) -> str:
    """Draw a chart with at least one point.

    >>> from engine.report.options import frame, line
    >>> drawn = picture("a day", "equity", frame(series=[line("alice", [(0, 1.0), (9, 2.0)])]))
    >>> drawn.startswith("<svg "), drawn.count("<polyline"), "alice" in drawn
    (True, 1, True)
    """
    series: Sequence[Options] = option["series"]
    rows = list(_legend(series))
    frame = _frame(series, _TOP + _ROW * (1 + max(row for row, *_ in rows)))
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}">',
        f"<style>{_STYLE}</style>",
        f'<rect class="page" width="{WIDTH}" height="{HEIGHT}"/>',
        f'<text class="title" x="24" y="34">{escape(title)}</text>',
        f'<text class="dim" x="24" y="56">{escape(told)}</text>',
        *_axes(frame, option),
        *_names(rows),
    ]
    for number, each in enumerate(series):
        drawn += _line(frame, each, number) if each["type"] == "line" else _marks(frame, each)
    return "\n".join([*drawn, "</svg>", ""])


def _points(series: Options) -> Iterator[tuple[float, float]]:
    for each in series["data"]:
        at_ms, value = each["value"] if isinstance(each, dict) else each
        yield at_ms, value


def _frame(series: Sequence[Options], top: int) -> Frame:
    points = [point for each in series for point in _points(each)]
    times, values = [at_ms for at_ms, _ in points], [value for _, value in points]
    low, high = min(values), max(values)
    step = _step(high - low or abs(high) or 1.0)
    return Frame(
        begin=int(min(times)),
        end=int(max(times)),
        low=floor(low / step) * step,
        high=max(ceil(high / step), floor(low / step) + 1) * step,
        step=step,
        top=top,
    )


def _step(reach: float) -> float:
    """The step of an axis: 1, 2 or 5 times a power of ten."""
    raw = reach / (_TICKS - 1)
    power = 10.0 ** floor(log10(raw))
    return next(power * times for times in (1, 2, 5, 10) if power * times >= raw)


def _axes(frame: Frame, option: Options) -> Iterator[str]:
    places = max(0, -floor(log10(frame.step)))
    unit = " %" if option["format"] == "percent" else ""
    for number in range(round((frame.high - frame.low) / frame.step) + 1):
        value = frame.low + number * frame.step
        height = f"{frame.y(value):.1f}"
        yield f'<path class="grid" d="M{_LEFT} {height}H{WIDTH - _RIGHT}"/>'
        at, text = f'x="{_LEFT - 8}" y="{height}" dy="5"', f"{value:,.{places}f}{unit}"
        yield f'<text class="dim" {at} text-anchor="end">{text}</text>'
    apart = next(
        (step for step in _STEPS_MS if (frame.end - frame.begin) / step <= _TICKS), _STEPS_MS[-1]
    )
    for at_ms in range(-(-frame.begin // apart) * apart, frame.end + 1, apart):
        x, y = f"{frame.x(at_ms):.1f}", HEIGHT - _BOTTOM
        yield f'<path class="grid" d="M{x} {y}v6"/>'
        text = _moment(at_ms, apart, frame)
        yield f'<text class="dim" x="{x}" y="{y + 22}" text-anchor="middle">{text}</text>'


def _moment(at_ms: int, apart: int, frame: Frame) -> str:
    at = datetime.fromtimestamp(at_ms / 1_000, UTC)
    if apart >= _DAY:
        return f"{at:%Y-%m-%d}"
    if frame.end - frame.begin > _DAY:
        return f"{at:%m-%d %H:%M}"
    return f"{at:%H:%M:%S}" if apart < 60 * _SECOND else f"{at:%H:%M}"


def _legend(series: Sequence[Options]) -> Iterator[tuple[int, float, Options, str]]:
    """Row, distance from the left, series and its colour, of every name once."""
    row, x = 0, 24.0
    seen: set[str] = set()
    for number, each in enumerate(series):
        name = each["name"]
        if name in seen:
            continue
        seen.add(name)
        wide = 40 + _LETTER * len(name)
        if x > 24 and x + wide > WIDTH - _RIGHT:
            row, x = row + 1, 24.0
        yield row, x, each, _color(each, number)
        x += wide


def _names(rows: Sequence[tuple[int, float, Options, str]]) -> Iterator[str]:
    for row, x, each, color in rows:
        y = _TOP + _ROW * row
        if each["type"] == "line":
            dash = _dash(each)
            yield f'<path d="M{x:.1f} {y}h22" stroke="{color}" stroke-width="3"{dash}/>'
        else:
            yield _symbol(each, x + 11, y, "")
        yield f'<text x="{x + 28:.1f}" y="{y}" dy="5">{escape(each["name"])}</text>'


def _color(series: Options, number: int) -> str:
    style: Options = series.get("itemStyle", {})
    return str(series.get("color") or style.get("color") or LINES[number % len(LINES)])


def _dash(series: Options) -> str:
    dash = _DASHES.get(series.get("lineStyle", {}).get("type", ""))
    return f' stroke-dasharray="{dash}"' if dash else ""


def _line(frame: Frame, series: Options, number: int) -> Iterator[str]:
    points = " ".join(f"{frame.x(at):.1f},{frame.y(value):.1f}" for at, value in _points(series))
    look = f'stroke="{_color(series, number)}" stroke-width="2"{_dash(series)}'
    yield f'<polyline fill="none" {look} points="{points}"/>'


def _marks(frame: Frame, series: Options) -> Iterator[str]:
    for each in series["data"]:
        at_ms, value = each["value"]
        yield _symbol(series, frame.x(at_ms), frame.y(value), each["name"])


def _symbol(series: Options, x: float, y: float, told: str) -> str:
    """A mark with what it tells; a circle unless it has corners."""
    half = series["symbolSize"] / 2
    corners = {
        "triangle": f"M{x:.1f} {y - half:.1f}l{half} {2 * half}h{-2 * half}z",
        "diamond": f"M{x:.1f} {y - half:.1f}l{half} {half}l{-half} {half}l{-half} {-half}z",
        "rect": f"M{x - half:.1f} {y - half:.1f}h{2 * half}v{2 * half}h{-2 * half}z",
    }.get(series["symbol"])
    inside = f"<title>{escape(told)}</title>" if told else ""
    look = f'class="mark" fill="{_color(series, 0)}"'
    if corners is None:
        return f'<circle {look} cx="{x:.1f}" cy="{y:.1f}" r="{half}">{inside}</circle>'
    return f'<path {look} d="{corners}">{inside}</path>'
