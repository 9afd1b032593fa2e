"""The way to liquidation by leverage as an SVG picture: both axes logarithmic, light and dark."""

from collections.abc import Iterator, Sequence
from html import escape
from math import log10

import msgspec

from engine.report.options import LINES

WIDTH, HEIGHT = 900, 560
LEFT, RIGHT, TOP, BOTTOM = 70, 30, 50, 60
LEVERAGES = (1, 2, 3, 5, 10, 20, 50, 100, 125)
PERCENTS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1c2330}.dim{fill:#5b6475}"
    ".back{fill:#ffffff}.grid{stroke:#dfe3ea}path{fill:none;stroke-width:2}"
    "@media(prefers-color-scheme:dark){text{fill:#e4e8f0}.dim{fill:#98a2b3}"
    ".back{fill:#171b24}.grid{stroke:#2b3240}}"
)
_DASHES = ("", "8 4", "2 3", "10 3 2 3")


class Line(msgspec.Struct, frozen=True):
    """A named line of (leverage, distance in per cent), broken where leverages are missing."""

    name: str
    points: tuple[tuple[int, float], ...]


def picture(lines: Sequence[Line], title: str) -> str:
    """Draw the lines; those that lie on each other can be told apart by their dashes."""
    lowest = _lowest(lines)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(title)}">',
        f"<style>{_STYLE}</style>",
        f'<rect class="back" width="{WIDTH}" height="{HEIGHT}"/>',
        f'<text x="{LEFT}" y="28" style="font-weight:600">{escape(title)}</text>',
        *_grid(lowest),
    ]
    for number, line in enumerate(lines):
        parts += _drawn(line, number, lowest)
    return "\n".join([*parts, "</svg>", ""])


def _lowest(lines: Sequence[Line]) -> float:
    smallest = min((way for line in lines for _, way in line.points), default=1.0)
    return max((mark for mark in PERCENTS if mark <= smallest), default=PERCENTS[0])


def _x(leverage: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * log10(leverage) / log10(LEVERAGES[-1])


def _y(percent: float, lowest: float) -> float:
    share = log10(max(percent, lowest) / lowest) / log10(PERCENTS[-1] / lowest)
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(share, 1.0)


def _grid(lowest: float) -> Iterator[str]:
    for leverage in LEVERAGES[:-1]:
        x = _x(leverage)
        yield f'<line class="grid" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{HEIGHT - BOTTOM}"/>'
        yield (
            f'<text class="dim" x="{x:.1f}" y="{HEIGHT - BOTTOM + 20}" '
            f'text-anchor="middle">{leverage}x</text>'
        )
    for percent in (mark for mark in PERCENTS if mark >= lowest):
        y = _y(percent, lowest)
        yield f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}"/>'
        yield (
            f'<text class="dim" x="{LEFT - 8}" y="{y + 4:.1f}" '
            f'text-anchor="end">{percent:g} %</text>'
        )
    yield (
        f'<text class="dim" x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 14}" '
        f'text-anchor="middle">leverage</text>'
    )


def _drawn(line: Line, number: int, lowest: float) -> Iterator[str]:
    colour, dash = LINES[number % len(LINES)], _DASHES[number % len(_DASHES)]
    yield f'<path d="{_way(line, lowest)}" stroke="{colour}" stroke-dasharray="{dash}"/>'
    x, y = WIDTH - RIGHT - 190, TOP + 22 + 20 * number
    yield (
        f'<path d="M{x} {y - 4}h28" stroke="{colour}" stroke-dasharray="{dash}"/>'
        f'<text x="{x + 36}" y="{y}">{escape(line.name)}</text>'
    )


def _way(line: Line, lowest: float) -> str:
    path, before = [], None
    for leverage, percent in line.points:
        pen = "L" if before == leverage - 1 else "M"
        path.append(f"{pen}{_x(leverage):.1f} {_y(percent, lowest):.1f}")
        before = leverage
    return "".join(path)
