"""Every setting of a venue is told in words, and every value of it."""

from operator import attrgetter
from typing import Literal, get_args, get_origin, get_type_hints

import pytest

from engine.core.instrument import Closing, FundTerms, MarginTerms, OrderTerms, Rules
from engine.core.money import Micros
from engine.report.venue_setting import Choice, Measure, lasting, share
from engine.report.venue_words import ONLY_WITH, TOPICS, told

SETTINGS = [setting for topic in TOPICS for setting in topic.settings]
NOT_TOLD = ("name", "seed", "closing", "fund", "refusals", "orders", "margin")
HINTS = {name: kind for name, kind in get_type_hints(Rules).items() if name not in NOT_TOLD}
HINTS |= {f"closing.{name}": kind for name, kind in get_type_hints(Closing).items()}
HINTS |= {f"fund.{name}": kind for name, kind in get_type_hints(FundTerms).items()}
HINTS |= {f"orders.{name}": kind for name, kind in get_type_hints(OrderTerms).items()}
HINTS |= {f"margin.{name}": kind for name, kind in get_type_hints(MarginTerms).items()}


def test_every_setting_is_told_once() -> None:
    assert sorted(setting.setting for setting in SETTINGS) == sorted(HINTS)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.setting)
def test_every_value_has_a_sentence(setting: Choice | Measure) -> None:
    kind = HINTS[setting.setting]
    if get_origin(kind) is Literal or kind is bool:
        values = [False, True] if kind is bool else list(get_args(kind))
        assert isinstance(setting, Choice)
        assert sorted(setting.sentences, key=str) == sorted(values, key=str)
        assert len(set(setting.sentences.values())) == len(values), "two values, one sentence"
    else:
        assert isinstance(setting, Measure)
    words = setting.words(attrgetter(setting.setting)(Rules(name="x")))
    assert words.endswith("."), words
    assert words[0].isupper(), words


def test_limits_of_the_fund_are_told_with_what_they_are_of() -> None:
    terms = FundTerms(account_loss_max=Micros(1_500_000_000), drawdown_ppm=300_000)
    words = {n: text for _, told_of in told(Rules(name="x", fund=terms)) for n, _, text in told_of}
    assert words["fund.account_loss_max"] == (
        "The fund pays at most 1,500 for one account's liquidation."
    )
    assert words["fund.drawdown_ppm"] == (
        "Within its window the fund may lose 30 % of the most that it had in it; then others are "
        "deleveraged."
    )


def test_numbers_are_told_in_the_units_of_people() -> None:
    rules = Rules(name="x", taker_fee_ppm=500, sample_interval_us=2_500_000, warning_levels=(80,))
    words = {name: text for _, settings in told(rules) for name, _, text in settings}
    assert words["taker_fee_ppm"] == "Orders that take pay a fee: 0.05 % of the value."
    assert words["maker_fee_ppm"] == "Orders that rest pay a fee: none."
    assert words["sample_interval_us"] == "The basis and the premium are sampled every 2500 ms."
    assert words["warning_levels"] == (
        "Accounts are warned when maintenance reaches 80 % of their equity."
    )
    assert (share(1_250), lasting(90_000_000)) == ("0.125 %", "90 s")


def test_what_has_no_effect_is_left_out() -> None:
    assert set(ONLY_WITH) <= set(HINTS)
    for name, values in ONLY_WITH.values():
        assert name in HINTS
        hint = HINTS[name]
        choices = get_args(hint)[0] if get_origin(hint) is tuple else hint
        assert set(values or ()) <= set(get_args(choices)), name
    whole = {name for _, settings in told(Rules(name="x")) for name, _, _ in settings}
    tiers = Rules(name="x", adl="none", closing=Closing(reduce="tiers"))
    stepwise = {name for _, settings in told(tiers) for name, _, _ in settings}
    assert "closing.tiers" in stepwise - whole
    assert "adl_price" in whole - stepwise
    assert "closing.parts_ppm" not in stepwise | whole
    assert "liquidation_fee_to" not in whole
    paid = {
        name
        for _, settings in told(Rules(name="x", liquidation_fee_ppm=1))
        for name, _, _ in settings
    }
    assert "liquidation_fee_to" in paid
