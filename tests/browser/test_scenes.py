"""The page of the lab `article` in Chromium: silent, self-contained, true to `scenes.json`."""

import json
from pathlib import Path

import pytest

from engine.scenes.figure import FIGURES, told
from tests.browser.chromium import Chromium
from tests.browser.test_report import SIZES, drawn, text_of
from tests.scenes.conftest import PLAYED_S, Article, article

__all__ = ["article"]

pytestmark = pytest.mark.timeout(PLAYED_S)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_it_is_silent_asks_for_nothing_and_fits_its_window(
    browser: Chromium, article: Article, size: str, dark: bool
) -> None:
    width, height = SIZES[size]
    path = article.folder / "index.html"
    with browser.page(width=width, height=height, dark=dark) as page:
        page.open(path)
        assert page.complaints == []
        assert page.requests == [path.resolve().as_uri()]
        assert page.ask("document.scrollingElement.scrollWidth") <= width
        page.ask("for (const each of document.querySelectorAll('details')) each.open = true; 1")
        page.settle()
        assert page.ask("document.scrollingElement.scrollWidth") <= width
        assert page.complaints == []
        for scene in article.outcome.scenes:
            if scene.name != "many-isolated":  # nobody is under watch there
                assert drawn(page, f"chart-{scene.name}") > 1_000


def test_it_tells_every_scene_with_all_that_it_shows(browser: Chromium, article: Article) -> None:
    with browser.page(width=1280, height=900) as page:
        page.open(article.folder / "index.html")
        assert text_of(page, "#verdict") == ["11 of 11 scenes came out as they expect"]
        titles = [scene.title for scene in article.outcome.scenes]
        assert text_of(page, "section.scene h2") == titles
        assert text_of(page, "#contents a") == titles
        for scene in article.outcome.scenes:
            (text,) = text_of(page, f"#{scene.name}")
            assert scene.claim in text
            assert scene.finding in text
            for symbol in scene.markets:
                assert symbol in text
            checks = text_of(page, f"#{scene.name} .checks li")
            assert len(checks) == len(scene.checks)
        (capital,) = text_of(page, "#capital-efficiency table")[:1]
        assert "least capital that holds" in capital
        least = article.value("capital-efficiency", "least_capital", "cross", "trader")
        assert told(FIGURES["least_capital"], least) in capital


def test_links_lead_to_what_lies_beside_it(browser: Chromium, article: Article) -> None:
    with browser.page(width=1280, height=900) as page:
        page.open(article.folder / "index.html")
        targets = page.ask(
            "[...document.querySelectorAll('.links a')].map((each) => each.getAttribute('href'))"
        )
    assert len(targets) == 3 * len(article.outcome.scenes)
    assert all((article.folder / target).is_file() for target in targets)


def test_the_curve_has_a_point_for_every_leverage(browser: Chromium, article: Article) -> None:
    with browser.page(width=1280, height=900) as page:
        page.open(article.folder / "index.html")
        series = page.ask(
            "data.charts['chart-leverage-curve'].series"
            ".map(({ name, data }) => [name, data.length])"
        )
        assert dict(series) == {
            "long, isolated": 124,
            "short, isolated": 125,
            "short, cross": 125,
        }
        page.ask(
            "pictures.charts.get('chart-leverage-curve').dispatchAction("
            "{ type: 'showTip', seriesIndex: 0, dataIndex: 18 })"
        )
        (tip,) = text_of(page, "#chart-leverage-curve .tip")
        assert tip.splitlines()[:2] == ["leverage 20", "long, isolated: 4.52 %"]


def test_a_scene_that_does_not_come_true_is_open_and_red(
    browser: Chromium, article: Article, tmp_path: Path
) -> None:
    text = (article.folder / "index.html").read_text("utf-8")
    begin = text.index('<script type="application/json" id="data">')
    begin = text.index(">", begin) + 1
    end = text.index("</script>", begin)
    data = json.loads(text[begin:end])
    data["scenes"][0]["holds"] = data["scenes"][0]["checks"][0]["holds"] = False
    path = tmp_path / "index.html"
    path.write_text(text[:begin] + json.dumps(data).replace("<", "\\u003c") + text[end:], "utf-8")
    with browser.page(width=1280, height=900) as page:
        page.open(path)
        assert text_of(page, "#contents .loss") == ["✗ not as expected"]
        opened = page.ask(
            "[...document.querySelectorAll('details[open]')].map((each) => each.innerText)"
        )
        assert len(opened) == 1
        assert "✗ trader, BTCUSDT, ended, isolated, is liquidated" in opened[0]
