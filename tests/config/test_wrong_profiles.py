"""Profiles as a user may get them wrong: each refusal names its key and a way out."""

from pathlib import Path

import pytest

from engine.config.error import ConfigError
from engine.config.venue import load_venue
from tests.config.test_lab import CONTRACT, LAB, lab

RULES = '[rules]\nmark = "last"\n'
ABOUT = "[about]\ntitle = '{}'\nas_of = '{}'"
ROWS = 'brackets.rows = [{ floor = 0, rate = "0.005", leverage = 100 }]'
MARKS = 'one of "last", "median", "index_mean", "impact_ema", "file"'
NO_QUOTES = "expected a whole number without quotes"
EFFECT = "which has no effect; expected "
SINGLY = "expected at least 1s: every such instant is worked off by itself"


def problem_of(folder: Path, text: str) -> tuple[str, str]:
    """Return the key and the problem of a profile that is refused; the file must be named."""
    path = folder / "mine.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_venue(path)
    assert caught.value.file == str(path)
    return caught.value.key, caught.value.problem


@pytest.mark.parametrize(
    ("line", "key", "said"),
    [
        ('takr_fee = "0.001"', "takr_fee", "did you mean 'taker_fee'?"),
        ('reduce = "heal"', "reduce", "known as rules.closing.reduce"),
        ("closing = { settlement = '1d' }", "closing.settlement", "known as rules.settlement"),
        ('default_leverage = "20"', "default_leverage", f'found "20", {NO_QUOTES}'),
        ("default_leverage = 101", "default_leverage", "at most 100, the highest leverage of X"),
        ("taker_fee = true", "taker_fee", "found true, expected a decimal number in quotes"),
        ('mode_switch_with_position = "no"', "mode_switch_with_position", "true or false without"),
        ("sample_interval = 5", "sample_interval", "found 5 without quotes, expected a text in"),
        ("taker_fee = 1e-4", "taker_fee", 'found the float 1e-4; write it as a string: "0.0001"'),
        ("taker_fee = nan", "taker_fee", "found nan, expected a finite number"),
        ('taker_fee = "NaN"', "taker_fee", "found 'NaN', expected a decimal number"),
        ('taker_fee = "0.05%"', "taker_fee", '; 0.05 % is "0.0005"'),
        ('maker_fee = "-0.0001"', "maker_fee", "found -0.0001, expected from 0 to 0.1"),
        ('taker_fee = "0.00000055"', "taker_fee", "whole multiple of 0.000001"),
        ('trigger = "=>"', "trigger", 'found "=>", expected one of ">=", ">"'),
        ('adl_price = "Mark"', "adl_price", 'found "Mark", expected one of "bankruptcy", "mark"'),
        ("closing.takeover = ['adll']", "closing.takeover[1]", '"assignment", "adl"'),
        ("closing = 'heal'", "closing", 'found "heal", expected a table with the keys cancel_'),
        ('position_modes = "hedge"', "position_modes", 'a list, in brackets, each of its rows one'),
        ("position_modes = []", "position_modes", "found [], expected one_way or hedge or both"),
        ("warning_levels = [50, 150]", "warning_levels[2]", "percentages between 1 and 99"),
        ('warning_levels = ["50"]', "warning_levels[1]", NO_QUOTES),
        ("orders_max = 2000000", "orders_max", "found 2000000, expected from 1 to 1000000"),
        ("stops_max = 2000000", "stops_max", "found 2000000, expected from 0 to 1000000"),
        ("sample_count = 2000000", "sample_count", "expected from 1 to 1000000"),
        ("sample_interval = '1us'", "sample_interval", f"found '1us', {SINGLY}"),
        ("settlement = '1us'", "settlement", SINGLY),
        ("sample_interval = '999999999999d'", "sample_interval", "at most 2^53 - 1"),
        ("closing.cooldown = '1us'", "closing.cooldown", "at least 1ms between two rounds"),
        ("fund.offload_slice = 5", "fund.offload_slice", EFFECT + "rules.closing.takeover with"),
        ("fund.drawdown_window = '8h'", "fund.drawdown_window", EFFECT + "rules.fund.drawdown"),
        ("closing.heal_fees = true", "closing.heal_fees", 'rules.closing.reduce = "heal"'),
        ("closing.tiers = 2", "closing.tiers", 'found 2, which has no effect'),
        ("closing.parts = ['0.1']", "closing.parts", 'rules.closing.reduce = "parts"'),
        ("closing.slice_notional = 5", "closing.slice_notional", 'closing.reduce = "slices"'),
        ("closing.assignment_profit = 0", "closing.assignment_profit", 'stage "assignment"'),
        ("closing.pair_netting = true", "closing.pair_netting", 'position_modes with "hedge"'),
        ("refusals.PlaceOrderr = {}", "refusals.PlaceOrderr", "did you mean 'PlaceOrder'?"),
        ("refusals.Buy = {}", "refusals.Buy", "is no command; expected one of AddMargin, "),
        ("refusals.any.no_pricee = { code = '1', says = '' }", "refusals.any.no_pricee", "'no_pr"),
        ("refusals.any.no_price = { code = 1 }", "refusals.any.no_price.code", "found 1 without"),
        ("refusals.any.no_price = { code = '1' }", "refusals.any.no_price.says", "add it, exp"),
    ],
)  # fmt: skip
def test_a_wrong_rule_is_refused_by_its_key(tmp_path: Path, line: str, key: str, said: str) -> None:
    found = problem_of(tmp_path, RULES + line + CONTRACT)
    assert (found[0], said in found[1]) == (f"rules.{key}", True), found


@pytest.mark.parametrize(
    ("old", "new", "key", "said"),
    [
        (ROWS, "", "brackets", "is missing; add it, expected a table with the keys rows, family"),
        (ROWS, "rows = []", "rows", "known as contracts.XUSDT.brackets.rows"),
        (ROWS, "brackets = []", "brackets", "found a list, expected a table with the keys rows"),
        (ROWS, "brackets.rows = []", "brackets.rows", "is empty"),
        (ROWS, ROWS + "\nbrackets.family = 'tiers'", "brackets.family", '"marginal", "stepped"'),
        ("leverage = 100", 'leverage = "100"', "brackets.rows[1].leverage", NO_QUOTES),
        ("leverage = 100", "leverage = 200", "brackets.rows[1].leverage", "at most 199, so that"),
        ('rate = "0.005", ', "", "brackets.rows[1].rate", "this key is missing; add it"),
        ("floor = 0", "floor = 0, cap = 5", "brackets.rows[1].cap", "known keys: deduction, "),
        ("floor = 0", "floor = 1", "brackets.rows[1].floor", "found 1: the first row must begin"),
        ('"sol-like"', '"sol-lik"', "depth", "found 'sol-lik': there is no book of that name; "),
        ('"sol-like"', '"./none.toml"', "depth", "found './none.toml': there is no such file"),
        ('lot = "0.001"', "lot = 0", "lot", "found 0, expected a number above 0"),
        ('tick = "0.1"', 'tick = "-0.1"', "tick", "found -0.1, expected a number above 0"),
        ('tick = "0.1"', 'tick = "0.1"\nmark_tick = 0', "mark_tick", "found 0, expected a number"),
        ('"sol-like"', '"sol-like"\nfunding = "file"', "funding", 'found "file", expected a table'),
        ('"sol-like"', '"sol-like"\nfunding.interval = "1us"', "funding.interval", SINGLY),
        ('"sol-like"', '"sol-like"\nfunding.cap = "-0.01"', "funding.cap", "found -0.01, expected"),
        ('"sol-like"', '"sol-like"\nfunding.clamp = "-0.01"', "funding.clamp", "of both signs"),
    ],
)  # fmt: skip
def test_a_wrong_contract_is_refused_by_its_key(
    tmp_path: Path, old: str, new: str, key: str, said: str
) -> None:
    assert old in CONTRACT
    found = problem_of(tmp_path, RULES + CONTRACT.replace(old, new))
    assert (found[0], said in found[1]) == (f"contracts.XUSDT.{key}", True), found


@pytest.mark.parametrize(
    ("row", "key", "said"),
    [
        ('floor = 0, rate = "0.01", leverage = 50', "floor", "found 0: must be above the floor"),
        ('floor = 5, rate = "0.001", leverage = 50', "rate", "rate of the row before, 0.005"),
        ('floor = 5, rate = "0.01", leverage = 99', "leverage", "before, 50"),
    ],
)
def test_rows_out_of_order_say_what_is_before_them(
    tmp_path: Path, row: str, key: str, said: str
) -> None:
    rows = f'[{{ floor = 0, rate = "0.005", leverage = 50 }}, {{ {row} }}]'
    found = problem_of(tmp_path, RULES + CONTRACT.replace(ROWS, f"brackets.rows = {rows}"))
    assert (found[0], said in found[1]) == (f"contracts.XUSDT.brackets.rows[2].{key}", True), found


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ("", "rules", "this key is missing; add it, expected a table"),
        ("[rules]" + CONTRACT, "rules.mark", f"this key is missing; add it, expected {MARKS}"),
        ("rules = 5", "rules", "found 5 without quotes, expected a table"),
        (RULES + 'mark = "last"' + CONTRACT, "", "; a key or a table is there twice"),
        (RULES + "[contracts]\nX = 5", "contracts.X", "found 5 without quotes, expected a table"),
        (RULES + "[[contracts]]", "contracts", "found a list, expected a table"),
        (RULES + "[about]\ntitle = ''\nas_of = 2024-10-01", "about.as_of", "found 2024-10-01 with"),
        (RULES + ABOUT.format("x", "yesterday"), "about.as_of", "found 'yesterday', expected the"),
        (RULES + ABOUT.format("x", "2026-02-30"), "about.as_of", "found '2026-02-30', expected"),
        (RULES + ABOUT.format("x", "20260326"), "about.as_of", "such as '2026-03-26'"),
        (RULES + ABOUT.format(" ", "2026-03-26"), "about.title", "expected the name of the venue"),
        ("venue = 1\n" + RULES, "venue", "unknown key; known keys: about, contracts, rules"),
    ],
)
def test_a_file_of_another_shape_is_refused(tmp_path: Path, text: str, key: str, said: str) -> None:
    found = problem_of(tmp_path, text)
    assert (found[0], said in found[1]) == (key, True), found


def test_a_byte_order_mark_is_read_over(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(RULES + CONTRACT, "utf-8-sig")
    assert load_venue(path).rules == {"mark": "last"}


def test_a_lab_may_inherit_what_its_own_rules_leave_without_effect(tmp_path: Path) -> None:
    venue = RULES + "closing = { reduce = 'heal', heal_fees = true }" + CONTRACT
    own = lab(tmp_path, LAB + "[rules.closing]\nreduce = 'whole'", venue)
    assert own.venue.rules.closing.reduce == "whole"
    with pytest.raises(ConfigError, match=r"rules\.closing\.heal_fees: found True, which has no"):
        lab(tmp_path, LAB + "[rules.closing]\nreduce = 'whole'\nheal_fees = true", venue)
    with pytest.raises(ConfigError, match=r"rules\.default_leverage: found 101, expected at most"):
        lab(tmp_path, LAB + "[rules]\ndefault_leverage = 101", venue)
    with pytest.raises(ConfigError, match=r"lab\.toml: venue: found 'none': there is no venue"):
        lab(tmp_path, LAB.replace("venue.toml", "none"), venue)
