"""The queue of deleveraging, and the lights: how near to it a position is."""

from fractions import Fraction

import pytest

from engine.core.account.account import OUTSIDE
from engine.core.account.position import Position
from engine.core.instrument import Rules
from engine.core.liquidation.rank import lights, queue
from engine.core.money import PPM, Micros
from engine.core.state.standing import risk_of
from engine.vectors.stage import Listing, Stage, flat, published

ONE = Fraction(1)


def staged(**rules: object) -> Stage:
    """Five equal shorts of rising profit at a mark of 100, a long one, and one that has lost."""
    settings = Rules(name="lights", warning_levels=(), **rules)  # type: ignore[arg-type]
    stage = Stage(settings, [Listing("X", ONE, ONE, flat(Fraction(1, 100)))], ONE, Fraction(0))
    stage.mark("X", Fraction(100))
    for number in range(1, 6):
        stage.open(f"short{number}", "X", -ONE, Fraction(100 + number))
        stage.wallet(f"short{number}", Fraction(50))
    stage.open("long", "X", ONE, Fraction(90))
    stage.open("lost", "X", -ONE, Fraction(90))
    stage.wallet("lost", Fraction(50))
    stage.open("ruined", "X", -ONE, Fraction(110))
    stage.wallet("ruined", Fraction(-10))
    return stage


def shown(stage: Stage) -> dict[str, int]:
    """Give the lights of everybody."""
    held = stage.state.markets["X"].held()
    return {position.account: lights(stage.state, position) for position in held}


@pytest.mark.parametrize("adl", ["ranked", "hyperliquid"])
def test_the_last_fifth_of_the_queue_has_one_light(adl: str) -> None:
    found = shown(staged(adl=adl))
    shorts = [found[f"short{number}"] for number in range(1, 6)]
    assert shorts == ([1, 2, 3, 4, 5] if adl == "ranked" else [5, 4, 3, 2, 1])


def test_who_has_no_profit_or_no_equity_is_in_no_queue() -> None:
    found = shown(staged())
    assert (found["long"], found["lost"], found["ruined"], found[OUTSIDE]) == (1, 0, 0, 0)


@pytest.mark.parametrize("adl", ["pro_rata", "random", "none"])
def test_without_a_ranking_there_are_no_lights(adl: str) -> None:
    assert set(shown(staged(adl=adl)).values()) == {0}


def test_a_flat_position_has_no_light() -> None:
    stage = staged()
    assert lights(stage.state, stage.state.position("long", "Y")) == 0


def binance(adl: str) -> Stage:
    """Two longs of a mark of 1,000 with Binance's table; the wallets are as large as the profits.

    a: cost 100,000, profit 5,000, maintenance 475; b: cost 50,000, profit 10,000, maintenance 250.
    """
    brackets = published([("0", "0.004"), ("50000", "0.005")])
    rules = Rules(name="binance", warning_levels=(), adl=adl)  # type: ignore[arg-type]
    stage = Stage(rules, [Listing("X", ONE, ONE, brackets)], ONE / PPM, Fraction(0))
    stage.mark("X", Fraction(1_000))
    for account, size, entry in (("a", 65, 952), ("a", 40, 953), ("b", 40, 833), ("b", 20, 834)):
        stage.open(account, "X", Fraction(size), Fraction(entry))
    stage.wallet("a", Fraction(5_000))
    stage.wallet("b", Fraction(10_000))
    return stage


def test_binance_ranks_by_margin_ratio_where_others_rank_by_profit_of_the_cost() -> None:
    """0.525 against 0.6 by the one formula, 0.0475 against 0.0125 by the other."""
    ranked, by_ratio = binance("ranked"), binance("margin_ratio")
    kept = {each.account: kept_by(by_ratio, each) for each in longs_of(by_ratio)}
    assert kept == {"a": (10_000 * PPM, 475 * PPM), "b": (20_000 * PPM, 250 * PPM)}
    assert order_of(ranked) == ["b", "a"]
    assert order_of(by_ratio) == ["a", "b"]
    assert lights(by_ratio.state, longs_of(by_ratio)[0]) == 2


def test_a_wallet_counts_one_of_the_quote_currency_at_least() -> None:
    stage = binance("margin_ratio")
    stage.wallet("a", Fraction(1, 2))
    stage.wallet("b", Fraction(1))
    # a: 5,000 / 1 x 475 / 5,000.5 = 474.95; b: 10,000 / 1 x 250 / 10,001 = 249.98
    assert order_of(stage) == ["a", "b"]
    stage.wallet("a", Fraction(2))
    # a: 5,000 / 2 x 475 / 5,002 = 237.4
    assert order_of(stage) == ["b", "a"]


def test_who_has_no_equity_or_no_profit_of_his_account_stands_last_at_binance() -> None:
    stage = binance("margin_ratio")
    stage.wallet("a", Fraction(-5_000))
    assert order_of(stage) == ["b", "a"]


def test_an_isolated_position_is_ranked_by_its_own_margin_at_binance() -> None:
    stage = binance("margin_ratio")
    stage.wallet("a", Fraction(1_000_000))
    stage.wallet("b", Fraction(1_000_000))
    first, second = longs_of(stage)
    assert order_of(stage) == ["b", "a"]
    first.mode = "isolated"
    stage.state.post("wallet:a", first.margin_key, Micros(100 * PPM))
    # a: 5,000 / 100 x 475 / 5,100
    assert order_of(stage) == ["a", "b"]
    assert second.mode == "cross"


def longs_of(stage: Stage) -> list[Position]:
    held = stage.state.markets["X"].held()
    return sorted((one for one in held if one.account in "ab"), key=lambda one: one.account)


def kept_by(stage: Stage, position: Position) -> tuple[int, int]:
    risk = risk_of(stage.state, position)
    return risk.equity, risk.maintenance


def order_of(stage: Stage) -> list[str]:
    """Give who would be deleveraged against a short, the first one first."""
    stage.open("short", "X", -ONE, Fraction(1_000))
    loser = stage.state.accounts["short"].positions["X"]
    return [position.account for position in queue(stage.state, loser, 1)]
