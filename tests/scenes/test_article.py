"""The lab `article`: every claim comes out as its scene expects, and as hand and formula say."""

import json
from fractions import Fraction

import pytest

from engine.core.margin import liquidation_price
from engine.core.margin.liquidation_price import Holding, Row
from engine.scenes.figure import FIGURES
from engine.scenes.read import load_bill
from tests.scenes.conftest import PLAYED_S, Article

pytestmark = pytest.mark.timeout(PLAYED_S)

SCENES = (
    "three-positions",
    "eth-rally",
    "capital-efficiency",
    "hedged",
    "trend",
    "chop",
    "weekend-gap",
    "consolidation",
    "news",
    "many-isolated",
    "leverage-curve",
)


def number(text: str | None) -> Fraction:
    assert text is not None
    return Fraction(text)


@pytest.mark.parametrize("name", SCENES)
def test_every_claim_comes_out_as_its_scene_expects(article: Article, name: str) -> None:
    scene = article.scene(name)
    assert [check for check in scene.checks if not check.holds] == []
    assert len(scene.checks) >= 2
    assert scene.holds
    assert scene.claim
    assert scene.finding
    assert scene.ticks > 100
    for row in scene.markets.values():
        assert row.bar
        assert number(row.average_range) > 0
        assert number(row.volatility) > 0


def test_no_scene_is_left_out_and_each_is_told(article: Article) -> None:
    assert tuple(scene.name for scene in article.outcome.scenes) == SCENES
    for scene in article.outcome.scenes:
        assert f"{scene.name}: {scene.title}" in article.result.stdout
        assert (article.folder / scene.name / "compare.html").is_file()
    assert article.result.stdout.count("  true: ") == sum(
        len(scene.checks) for scene in article.outcome.scenes
    )


def test_the_liquidation_price_of_the_article_is_below_bankruptcy(article: Article) -> None:
    """58,465 is not where the run liquidates: it is 35 below where the margin is gone."""
    at = number(article.value("three-positions", "liquidated_at", "isolated", "trader", "BTCUSDT"))
    exact = 65_000 * Fraction(9, 10) / Fraction(995, 1000)
    assert round(float(exact), 2) == 58_793.97
    assert exact - 30 < at <= exact
    assert 58_465 < 58_500 < at
    lost = number(
        article.value("three-positions", "position_result", "isolated", "trader", "BTCUSDT")
    )
    margin = 65_000 * Fraction("0.15384") / 10
    assert lost == -margin


def test_what_an_isolated_liquidation_leaves_alone_ends_as_in_the_pool(article: Article) -> None:
    for contract in ("BTCUSDT", "SOLUSDT"):
        results = {
            mode: article.value("eth-rally", "position_result", mode, "trader", contract)
            for mode in ("isolated", "cross")
        }
        assert results["isolated"] == results["cross"]


def test_the_searched_capital_is_the_measured_one_of_the_pool(article: Article) -> None:
    """Two ways to the same figure: by search, and from how little lay free in one run."""
    searched = number(article.value("capital-efficiency", "least_capital", "cross", "trader"))
    measured = number(article.value("capital-efficiency", "capital_needed", "cross", "trader"))
    assert measured <= searched < measured + 5
    isolated = number(article.value("capital-efficiency", "least_capital", "isolated", "trader"))
    assert isolated > 2 * searched


def test_the_gap_ends_a_pool_that_the_week_has_drained_and_nothing_else(article: Article) -> None:
    def then(account: str, mode: str, figure: str) -> Fraction:
        moment = "before the gap"
        return number(article.value("weekend-gap", f"{figure}_then", mode, account, moment))

    for account, mode in (("drained", "isolated"), ("alone", "isolated"), ("alone", "cross")):
        free = then(account, mode, "equity") - then(account, mode, "maintenance")
        assert free > Fraction(16, 100) * then(account, mode, "exposure")
    worth, kept = then("drained", "cross", "equity"), then("drained", "cross", "maintenance")
    assert kept < worth <= Fraction(8, 100) * then("drained", "cross", "exposure") + kept
    assert article.value("weekend-gap", "ended", "cross", "drained", "ETHUSDT") == "liquidated"
    ended = [
        article.value("weekend-gap", "ended", mode, account, "ETHUSDT")
        for account, mode in (("drained", "isolated"), ("alone", "isolated"), ("alone", "cross"))
    ]
    assert ended == ["open", "open", "open"]


def test_the_days_of_a_choppy_market_add_up(article: Article) -> None:
    for days in article.scene("chop").days:
        paid = {
            name: sum(number(getattr(day, name)) for day in days.days)
            for name in ("realized", "fees", "funding", "top_ups")
        }
        for name, total in paid.items():
            assert total == number(article.value("chop", name, days.mode, days.account))
        begun = 5_600 + paid["top_ups"]
        assert begun == number(article.value("chop", "paid_in", days.mode, days.account))
        spent = paid["realized"] - paid["fees"] - paid["funding"]
        open_profit = number(days.days[-1].equity) - begun - spent
        assert abs(open_profit) < 10
        forced = json.loads((article.folder / "chop" / days.mode / "summary.json").read_text())
        amounts = [
            Fraction(row["amount"]) for row in forced["top_ups"] if row["account"] == days.account
        ]
        assert sum(amounts) == paid["top_ups"]


def test_the_whole_curve_is_that_of_the_exact_formula(article: Article) -> None:
    """At every leverage from 1x to 125x, on both sides, the first price at or beyond the exact one.

    All that traded before was on the safe side of it; trades of liquidations themselves may take
    the price a step of 0.1 further.
    """
    folder = article.folder / "leverage-curve" / "isolated"
    (ticks,) = (folder / "ticks").glob("*.csv")
    trades = [line.split(",") for line in ticks.read_text().splitlines()[1:]]
    prices = [(int(row[4]) * 1_000, Fraction(row[1])) for row in trades]
    events = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
    entries = {event["account"]: event for event in events if event["type"] == "OrderFilled"}
    began = {event["account"]: event for event in events if event["type"] == "LiquidationStarted"}
    assert len(entries) == 250
    for account, entry in entries.items():
        exact = exact_price(account, entry["price"])
        event = began.get(account)
        if exact is None:
            assert event is None
            continue
        assert event is not None, account
        sign = 1 if event["side"] == "long" else -1
        assert sign * (exact - Fraction(event["mark"], 10)) >= 0, account
        between = [price for at, price in prices if entry["at_us"] < at < event["at_us"]]
        assert min(sign * (price - exact) for price in between) > -Fraction(1, 10), account


def exact_price(account: str, entry: int) -> Fraction | None:
    """The price by formula for 100 lots of 10^-5 at an entry in steps of 0.1, in the quote."""
    side, _, leverage = account.removesuffix("x").partition("-")
    flat = (Row(0, Fraction(1, 200)),)
    margin = 100 * entry // int(leverage)
    holding = Holding("long" if side == "long" else "short", 100, 100 * entry, margin)
    exact = liquidation_price.exact(holding, flat)
    return None if exact is None else exact / 10


def test_a_pool_with_the_money_for_1x_does_not_care_for_the_leverage(article: Article) -> None:
    values = {
        (row.account.partition("-")[0], row.values["cross"])
        for row in article.scene("leverage-curve").figures
        if row.figure == "moved"
    }
    assert len(values) == 2
    assert ("long", None) in values


def test_a_scene_shows_only_figures_that_it_has() -> None:
    bill = load_bill("article")
    assert bill is not None
    for scene in bill.scenes:
        assert set(scene.shows) <= set(FIGURES)
