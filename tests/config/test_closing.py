"""Settings of how positions are closed: each that makes no sense is refused by its key."""

from pathlib import Path

import pytest

from engine.config.error import ConfigError
from engine.core.instrument import Backed
from engine.core.money import Micros
from tests.config.test_lab import LAB, lab

BACKED = LAB + "[rules.closing]\ncooldown = '1s'\nbacked = "


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        (LAB + "[rules.closing]\nparts = []", "rules.closing.parts", "at least one"),
        (LAB + "[rules.closing]\nparts = ['0']", "rules.closing.parts[1]", "from 0.000001"),
        (LAB + "[rules.closing]\nreduce = 'slices'", "rules.closing.slice_notional", "found 0"),
        (LAB + "[rules.closing]\ntiers = 0", "rules.closing.tiers", "1 or more"),
        (LAB + "[rules.closing]\ntakeover = ['adl', 'adl']", "rules.closing.takeover", "once"),
        (LAB + "[rules.closing]\ndelay = '1'", "rules.closing.delay", "a time such as"),
        (LAB + "[rules.closing]\nfreeze = true", "rules.closing.cooldown", "such as 1m"),
        (LAB + "[rules.closing]\nbacked = {}", "rules.closing.cooldown", "such as 1s"),
        (BACKED + "{ portion = 0 }", "rules.closing.backed.portion", "from 0.000001"),
        (BACKED + "{ spread = 101 }", "rules.closing.backed.spread", "to 100"),
        (BACKED + "{ round = '1s' }", "rules.closing.backed.round", "unknown"),
        (BACKED + "{}\nreduce = 'heal'", "rules.closing.reduce", "beside backed"),
        (BACKED + "{}\ntakeover = ['adl']", "rules.closing.takeover", "beside backed"),
        (BACKED + "{}\n[rules]\nliquidation_fee_to = 'fees'", "rules.liquidation_fee_to", "fund"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(
    tmp_path: Path, text: str, key: str, said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        lab(tmp_path, text)
    assert (caught.value.key, said in caught.value.problem) == (key, True), caught.value


def test_an_order_may_have_to_pay_its_own_fees(tmp_path: Path) -> None:
    text = LAB + "[rules.closing]\nreduce = 'heal'\nheal_fees = true"
    assert lab(tmp_path, text).venue.rules.closing.heal_fees


def test_what_waits_between_two_orders_may_be_frozen(tmp_path: Path) -> None:
    text = LAB + "[rules.closing]\ncooldown = '1m'\nfreeze = true"
    assert lab(tmp_path, text).venue.rules.closing.freeze


def test_orders_that_the_fund_stands_behind_are_read(tmp_path: Path) -> None:
    text = "{ portion = '0.1', portion_min = 1_000, round_by = 'fill', spread = '1.5' }"
    closing = lab(tmp_path, LAB + BACKED.removeprefix(LAB) + text).venue.rules.closing
    assert closing.cooldown_us == 1_000_000
    assert closing.backed == Backed(
        portion_ppm=100_000,
        portion_min=Micros(1_000_000_000),
        round_by="fill",
        spread_ppm=1_500_000,
    )
