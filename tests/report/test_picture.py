"""One picture of a chart: well-formed, complete, in its bounds, and the same every time."""

import re
from xml.etree import ElementTree

import pytest

from engine.report.options import Options, frame, line, scatter
from engine.report.picture import HEIGHT, WIDTH, picture

EVIL = "</text><script>alert(1)</script>&"
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
SVG = "{http://www.w3.org/2000/svg}"


def marks(name: str, symbol: str, *points: tuple[int, float]) -> Options:
    data = [{"name": f"{name} {place}", "value": point} for place, point in enumerate(points)]
    return scatter(name, data, symbol=symbol, symbolSize=10, itemStyle={"color": "#123456"})


def drawn(*series: Options, title: str = "t", told: str = "", form: str = "money") -> str:
    return picture(title, told, frame(series=list(series), format=form))


def texts(svg: str) -> list[str]:
    return [each.text or "" for each in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def points_of(svg: str) -> list[list[tuple[float, float]]]:
    return [
        [(float(x), float(y)) for x, y in (pair.split(",") for pair in each.split())]
        for each in re.findall(r'points="([^"]+)"', svg)
    ]


def test_a_line_goes_from_edge_to_edge_and_its_values_are_multiples_of_steps() -> None:
    """From 0 to 1,000 in steps of 200: half of the height is 500."""
    svg = drawn(line("alice", [(0, 0.0), (HOUR_MS, 500.0), (2 * HOUR_MS, 1_000.0)]))
    (((left, low), (middle, half), (right, high)),) = points_of(svg)
    assert (left, middle, right) == (84, (84 + 1176) / 2, 1176)
    assert half == pytest.approx((low + high) / 2)
    assert high == 98  # below the title, a line of words and a line of names
    assert low == HEIGHT - 36
    assert texts(svg)[2:8] == ["0", "200", "400", "600", "800", "1,000"]


@pytest.mark.parametrize(
    ("begin", "end", "first", "count"),
    [
        (500, 3_500, "00:00:01", 3),
        (0, 70_000, "00:00:00", 8),
        (HOUR_MS, 2 * HOUR_MS, "01:00", 7),
        (0, 2 * DAY_MS, "01-01 00:00", 9),
        (0, 9 * DAY_MS, "1970-01-01", 5),
        (0, 9_000 * DAY_MS, "1970-01-01", 25),
    ],
)
def test_the_axis_of_times_has_round_steps(begin: int, end: int, first: str, count: int) -> None:
    svg = drawn(line("alice", [(begin, 1.0), (end, 2.0)]))
    times = [text for text in texts(svg) if ":" in text or text.count("-") == 2]
    assert (times[0], len(times)) == (first, count)


def test_every_mark_is_there_and_tells_what_it_is() -> None:
    points = ((0, 1.0), (HOUR_MS, 2.0))
    kinds = ("triangle", "diamond", "rect", "circle")
    svg = drawn(line("alice", points), *(marks(kind, kind, *points) for kind in kinds))
    titles = [each.text for each in ElementTree.fromstring(svg).iter(f"{SVG}title")]
    assert titles == [f"{kind} {place}" for kind in kinds for place in range(2)]
    assert svg.count("<circle") == 3  # two, and one among the names
    assert texts(svg)[-5:] == ["alice", *kinds]


def test_a_name_is_told_once_and_names_take_several_lines() -> None:
    lines = [line(f"account-{number:03} under isolated", [(0, 1.0)]) for number in range(12)]
    svg = drawn(*lines, *lines)
    names = [text for text in texts(svg) if text.startswith("account")]
    assert len(names) == len(set(names)) == 12
    rows = set(re.findall(r'y="(\d+)" dy="5">account', svg))
    assert rows == {"76", "98", "120"}


def test_everything_is_inside_and_the_same_every_time() -> None:
    points = [(number * 999, (number * 7919) % 10_007 - 5_000.5) for number in range(500)]
    series = [line("alice", points, lineStyle={"type": "dashed"}), marks("call", "rect", *points)]
    svg = drawn(*series)
    assert svg == drawn(*series)
    for x, y in points_of(svg)[0]:
        assert 84 <= x <= WIDTH - 24
        assert 98 <= y <= HEIGHT - 36
    assert 'stroke-dasharray="8 5"' in svg


@pytest.mark.parametrize("value", [0.0, 100.0, -3.5])
def test_what_never_moves_is_drawn_too(value: float) -> None:
    (((_, y),),) = points_of(drawn(line("alice", [(5, value)]), form="percent"))
    assert 98 <= y <= HEIGHT - 36


def test_no_name_can_break_out_of_it() -> None:
    points = ((0, 1.0), (9, 2.0))
    svg = drawn(line(EVIL, points), marks(EVIL, "circle", *points), title=EVIL, told=EVIL)
    assert "<script" not in svg
    assert texts(svg)[:2] == [EVIL, EVIL]
