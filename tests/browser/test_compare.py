"""`compare.html` in Chromium: silent, self-contained, and the same numbers as `compare.json`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import Chromium, Page
from tests.cli.conftest import called

CHARTS = ("equity", "price", "paid")
DRAWN = """((chart) => {
    const canvas = document.querySelector(`#${chart} canvas`);
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    let count = 0;
    for (let i = 3; i < pixels.length; i += 4) count += pixels[i] > 0;
    return count;
})"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lab of the demo in both modes."""
    out = tmp_path_factory.mktemp("compared") / "out"
    result = called("compare", "quickstart", "--out", out, "--quiet")
    assert result.exit_code == 0, result.output
    return out


@pytest.fixture
def phone(browser: Chromium, folder: Path) -> Iterator[Page]:
    with browser.page(width=390, height=844) as page:
        page.open(folder / "compare.html")
        yield page


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_is_silent_asks_for_nothing_and_fits_its_window(
    browser: Chromium, folder: Path, width: int, dark: bool
) -> None:
    path = folder / "compare.html"
    with browser.page(width=width, height=900, dark=dark) as page:
        page.open(path)
        assert page.complaints == []
        assert page.requests == [path.resolve().as_uri()]
        assert page.ask("document.scrollingElement.scrollWidth") <= width
        assert all(page.ask(f"{DRAWN}('{chart}')") > 1_000 for chart in CHARTS)


def test_who_paid_is_drawn_as_the_data_says(phone: Page, folder: Path) -> None:
    data: Any = json.loads((folder / "compare.json").read_text())
    drawn = phone.ask(
        "data.charts.paid.series.reduce((sums, { data }) => sums.map((sum, i) => sum + data[i]),"
        "[0, 0])"
    )
    losses = [float(side["waterfall"]["loss"]) for side in data["sides"]]
    assert drawn == pytest.approx(losses, abs=0.05)
    shown = phone.ask("document.getElementById('table').innerText")
    for side in data["sides"]:
        for account in side["watched"]:
            assert f"{float(account['drawdown']):,.6f}"[:-4] in shown


def test_every_line_and_every_kind_of_mark_has_a_name(phone: Page) -> None:
    names = phone.ask("[...new Set(data.charts.equity.series.map(({ name }) => name))]")
    assert names == [
        *("isolated under isolated", "cross under isolated"),
        *("isolated under cross", "cross under cross"),
        *("margin call", "liquidated", "pool draw"),
    ]
    assert phone.ask("pictures.charts.get('equity').getOption().legend[0].type") == "plain"
