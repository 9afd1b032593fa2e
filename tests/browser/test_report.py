"""`report.html` in Chromium: silent, self-contained, readable, and true to `summary.json`."""

import json
import struct
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.report.chronicle import Chronicle
from engine.report.data import data
from engine.report.page import page as page_of
from tests.browser.chromium import Chromium, Page
from tests.cli.conftest import Shown
from tests.report.conftest import Reported

SIZES = {"phone": (390, 844), "tablet": (820, 1180), "desktop": (1280, 900)}
CHARTS = ("price", "equity", "waterfall", "cascade", "fund")
COLOURS = """(() => {
    const style = getComputedStyle(document.body);
    const light = (text) => text.match(/\\d+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0) / 3;
    return [light(style.backgroundColor), light(style.color)];
})()"""
BUBBLE = """((seq) => {
    const chart = pictures.charts.get("price");
    chart.getDom().scrollIntoView();
    const box = chart.getDom().getBoundingClientRect();
    const series = chart.getOption().series;
    for (let seriesIndex = 0; seriesIndex < series.length; seriesIndex += 1) {
        const found = series[seriesIndex].data.find((value) => value[3] === seq);
        if (found) {
            const [x, y] = chart.convertToPixel({ seriesIndex }, found);
            return [box.x + x, box.y + y];
        }
    }
})"""


def text_of(page: Page, selector: str) -> list[str]:
    """What stands in every element that a selector finds."""
    texts: list[str] = page.ask(
        f"[...document.querySelectorAll({json.dumps(selector)})].map((each) => each.innerText)"
    )
    return texts


def number(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace("−", "-"))


def drawn(page: Page, chart: str) -> int:
    """How many pixels of a chart are not its background."""
    count: int = page.ask(f"""(() => {{
        const canvas = document.querySelector("#{chart} canvas");
        const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
        let count = 0;
        for (let i = 3; i < pixels.length; i += 4) count += pixels[i] > 0;
        return count;
    }})()""")
    return count


@pytest.fixture(scope="module")
def summary(shown: Shown) -> Any:
    return json.loads((shown.folder / "summary.json").read_text())


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_it_is_silent_asks_for_nothing_and_fits_its_window(
    browser: Chromium, shown: Shown, size: str, dark: bool
) -> None:
    width, height = SIZES[size]
    path = shown.folder / "report.html"
    with browser.page(width=width, height=height, dark=dark) as page:
        page.open(path)
        assert page.complaints == []
        assert page.requests == [path.resolve().as_uri()]
        assert page.ask("document.scrollingElement.scrollWidth") <= width
        page.ask("why.open(data.whys[0][0])")
        page.settle()
        assert page.ask("document.scrollingElement.scrollWidth") <= width
        assert all(drawn(page, chart) > 1_000 for chart in CHARTS)
        assert page.complaints == []


def test_on_a_phone_no_table_is_cut_off_and_every_legend_is_seen_whole(
    browser: Chromium, shown: Shown
) -> None:
    with browser.page(width=390, height=844) as page:
        page.open(shown.folder / "report.html")
        page.ask("why.open(why.rows.find((row) => row.fills.length).seq)")
        page.settle()
        cut = (
            "[...document.querySelectorAll('table')].filter((each) =>"
            "each.parentElement.scrollWidth > each.parentElement.clientWidth).length"
        )
        assert page.ask(cut) == 0
        for chart in ("price", "equity"):
            picture = f"pictures.charts.get('{chart}')"
            legend = page.ask(f"{picture}.getOption().legend[0]")
            assert (legend["type"], legend["top"]) == ("plain", 4)
            assert page.ask(f"{picture}.getOption().grid[0].top") > 50
        page.call(
            "Emulation.setDeviceMetricsOverride",
            width=1280,
            height=900,
            deviceScaleFactor=1,
            mobile=False,
        )
        page.settle()
        assert page.ask("pictures.charts.get('price').getOption().legend[0].type") == "scroll"
        assert page.ask("pictures.charts.get('price').getOption().grid[0].top") == 40


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_text_stands_out_from_what_is_behind_it(
    browser: Chromium, shown: Shown, dark: bool
) -> None:
    with browser.page(width=1280, height=900, dark=dark) as page:
        page.open(shown.folder / "report.html")
        behind, text = page.ask(COLOURS)
        assert (behind < 60, text > 200) if dark else (behind > 230, text < 60)
        page.prefer(dark=not dark)
        page.settle()
        behind, text = page.ask(COLOURS)
        assert (text - behind > 150) == (not dark)
        assert all(drawn(page, chart) > 1_000 for chart in CHARTS)
        assert page.complaints == []


def test_the_waterfall_is_that_of_the_summary(desktop: Page, summary: Any) -> None:
    found: dict[str, str] = desktop.ask(
        "Object.fromEntries([...document.querySelectorAll('[data-paid]')]"
        ".map((each) => [each.dataset.paid, each.innerText]))"
    )
    paid = {name: number(text) for name, text in found.items()}
    assert paid == {name: Decimal(text) for name, text in summary["waterfall"].items()}
    assert sum(paid.values()) == 2 * paid["loss"]
    assert desktop.ask("gained.hidden") is (min(paid.values()) >= 0)
    bars = desktop.ask("data.charts.waterfall.series[1].data.map((bar) => bar.name)")
    exact = [Decimal(text) for text in summary["waterfall"].values()]
    assert [number(text) for text in bars] == [
        amount.quantize(Decimal("0.01"), "ROUND_DOWN") for amount in exact
    ]


def test_what_the_watched_ended_with_is_that_of_the_summary(desktop: Page, summary: Any) -> None:
    shown_texts = " ".join(text_of(desktop, "#watched table"))
    for account in summary["watched"]:
        for position in account["positions"]:
            shown_result = f"{Decimal(position['result']):,.6f}"[:-4].replace("-", "−")
            assert shown_result in shown_texts
            assert position["contract"] in shown_texts


def test_every_margin_call_and_pool_draw_of_the_watched_is_marked(
    desktop: Page, shown: Shown
) -> None:
    lines = (shown.folder / "events.jsonl").read_text().splitlines()
    happened = [json.loads(line) for line in lines]
    for words, kind in (("margin call", "MarginCalled"), ("pool draw", "PoolDrawn")):
        count = sum(
            each["type"] == kind and each["account"] in ("isolated", "cross") for each in happened
        )
        marks = desktop.ask(
            f"data.charts.equity.series.find(({{ name }}) => name === '{words}').data.length"
        )
        assert marks == count > 0


def test_a_click_on_a_bubble_tells_why(desktop: Page, summary: Any) -> None:
    whale = next(row for row in summary["liquidations"] if row["account"] == "whale")
    desktop.click(*desktop.ask(f"{BUBBLE}({whale['seq']})"))
    (card,) = text_of(desktop, "details[open]")
    for text in (
        "the cross account was worth only 8,450.00 and had to keep 8,481.00",
        "a tick of SOLUSDT",
        "margin call at 90 %",
        "pool draw for SOLUSDT",
        "orders cancelled",
        "bankruptcy price",
        "0.5 % from 0 on",
        "average fill",
        "winners closed",
        "liquidation fee",
    ):
        assert text in card
    assert desktop.ask("document.querySelector('details[open]').getBoundingClientRect().top") < 900


def test_tooltips_tell_of_a_bubble_of_a_mark_and_of_all_lines(desktop: Page, summary: Any) -> None:
    def tip(chart: str, series: str, place: int) -> str:
        desktop.ask(f"""(() => {{
            const chart = pictures.charts.get("{chart}");
            const {{ series }} = chart.getOption();
            const seriesIndex = series.findIndex(({{ name }}) => name === "{series}");
            chart.dispatchAction({{ type: "showTip", seriesIndex, dataIndex: {place} }});
        }})()""")
        (told,) = text_of(desktop, f"#{chart} .tip")
        return told

    whale = next(row for row in summary["liquidations"] if row["account"] == "whale")
    assert f"whale (cross) long 10,000 SOLUSDT at {whale['mark']}" in tip(
        "price", "liquidated longs", 0
    )
    lines = tip("price", "BTCUSDT", 0).splitlines()
    assert lines[1].startswith("BTCUSDT: 100.0")
    assert "margin call at " in tip("equity", "margin call", 0)
    assert tip("equity", "cross", 0).splitlines()[-1] == "cross: 3,300.00"
    assert "liquidation" in tip("cascade", "liquidations", 0)


def test_a_cause_leads_to_the_liquidation_that_it_was(desktop: Page, summary: Any) -> None:
    caused = next(
        row for row in summary["liquidations"] if row["cause_event"] == "LiquidationStarted"
    )
    desktop.ask(f"why.open({caused['seq']})")
    desktop.ask(f"document.querySelector('#liquidation-{caused['seq']} button').click()")
    assert desktop.ask(f"document.getElementById('liquidation-{caused['cause']}').open") is True


def test_the_list_is_searched_and_ordered(desktop: Page, summary: Any) -> None:
    def typed(words: str) -> str:
        desktop.ask(
            f"words.value = {json.dumps(words)}; words.dispatchEvent(new Event('input')); 1"
        )
        (told,) = text_of(desktop, "#found")
        return told

    rows = summary["liquidations"]
    shorts = [row for row in rows if row["side"] == "short" and row["contract"] == "ETHUSDT"]
    assert typed("short eth").startswith(f"{len(shorts)} of {len(rows)}")
    assert typed("nobody").startswith("0 of")
    assert typed("").startswith(f"All {len(rows)}")
    desktop.ask("order.value = 'loss'; order.dispatchEvent(new Event('change')); 1")
    assert text_of(desktop, "#list .who")[0].endswith("whale cross")


def test_a_bubble_of_the_cascade_lists_its_liquidations(desktop: Page) -> None:
    sizes = desktop.ask("[...why.sizes].sort((a, b) => b[1] - a[1])[0]")
    desktop.ask(f"why.follow({sizes[0]})")
    assert len(text_of(desktop, "#list details")) == sizes[1]
    assert len(text_of(desktop, "#list .cause")) == 1


def test_all_pictures_over_time_show_the_same_stretch(desktop: Page) -> None:
    desktop.ask(
        "pictures.charts.get('price').dispatchAction({ type: 'dataZoom', start: 20, end: 40 }); 1"
    )
    desktop.settle()
    for chart in ("price", "equity", "cascade", "fund"):
        zoom = desktop.ask(f"pictures.charts.get('{chart}').getOption().dataZoom[0]")
        assert (round(zoom["start"]), round(zoom["end"])) == (20, 40)


def test_five_thousand_liquidations_stay_usable_and_small(browser: Chromium, crowded: Path) -> None:
    assert crowded.stat().st_size < 4_500_000
    with browser.page(width=1280, height=900) as page:
        page.open(crowded)
        assert page.ask("why.rows.length") == 5_000
        assert page.ask("document.querySelectorAll('*').length") < 3_000
        newest = page.ask("data.whys.at(-1)[0]")
        page.ask(f"why.open({newest})")
        assert page.ask(f"document.getElementById('liquidation-{newest}').open") is True
        spent = page.ask(
            "(() => { const begun = performance.now(); words.value = 'isolated.7';"
            "words.dispatchEvent(new Event('input')); return performance.now() - begun; })()"
        )
        assert spent < 2_000
        assert page.complaints == []


def test_a_run_without_a_liquidation_has_a_page_too(
    browser: Chromium, reported: Reported, tmp_path: Path
) -> None:
    calm = data(reported.setting, Chronicle(reported.setting), reported.notes)
    path = tmp_path / "report.html"
    path.write_text(page_of(calm), "utf-8")
    with browser.page(width=1280, height=900) as page:
        page.open(path)
        assert page.complaints == []
        assert "Nobody was liquidated." in text_of(page, "#priced")[0]
        hidden = "[...document.querySelectorAll('main section[hidden]')].map((each) => each.id)"
        assert page.ask(hidden) == ["payers", "cascades", "why"]
        assert drawn(page, "price") > 1_000


def test_what_the_fund_took_over_and_kept_is_shown(
    browser: Chromium, desktop: Page, kept: Reported, tmp_path: Path
) -> None:
    assert desktop.ask("document.getElementById('inventory').hidden") is True
    path = tmp_path / "report.html"
    path.write_text(page_of(kept.data), "utf-8")
    with browser.page(width=390, height=844) as page:
        page.open(path)
        assert page.complaints == []
        assert page.ask("document.getElementById('inventory').hidden") is False
        rows = [text.split("\t") for text in text_of(page, "#kept tbody tr")]
        assert [row[0] for row in rows] == list(kept.summary.inventory)
        for (_, taken, held, brought), row in zip(
            rows, kept.summary.inventory.values(), strict=True
        ):
            assert (number(taken), number(held)) == (Decimal(row.taken_over), Decimal(row.held))
            total = Decimal(row.result) + Decimal(row.funding)
            assert abs(number(brought) - total) <= Decimal("0.01")
        (end,) = text_of(page, "[data-fund=end]")
        assert number(end) == Decimal(kept.summary.insurance_fund.end)
        steps = [number(text.split("\t")[1]) for text in text_of(page, "#account tbody tr")]
        assert sum(steps[:-1]) == steps[-1]
        assert page.ask("kept.scrollWidth <= kept.clientWidth") is True
        seq = next(why.seq for why in kept.data.whys if why.filled[-1] != "0")
        page.ask(f"why.open({seq})")
        (card,) = text_of(page, "details[open]")
        assert "taken over and kept by the fund" in card


def test_its_picture_is_a_page_and_not_a_blank(desktop: Page) -> None:
    png = desktop.picture()
    width, height = struct.unpack(">II", png[16:24])
    assert (width, height) == (1280, 900)
    assert len(png) > 40_000
