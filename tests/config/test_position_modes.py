"""Which position modes a venue has is read and checked; the venues that ship say theirs."""

import pytest

from engine.config.error import ConfigError
from engine.config.read import Place
from engine.config.venue import load_profile, rules

PLACE = Place("venue.toml").at("rules")


def test_without_a_word_there_is_one_position_a_contract() -> None:
    assert rules("x", {"mark": "last"}, PLACE).position_modes == ("one_way",)


def test_the_first_mode_is_where_accounts_begin() -> None:
    table = {"mark": "last", "position_modes": ["hedge", "one_way"]}
    assert rules("x", table, PLACE).position_modes == ("hedge", "one_way")


@pytest.mark.parametrize("modes", [[], ["hedge", "hedge"], ["both"]])
def test_a_list_without_sense_is_refused(modes: list[str]) -> None:
    with pytest.raises(ConfigError, match="position_modes"):
        rules("x", {"mark": "last", "position_modes": modes}, PLACE)


@pytest.mark.parametrize(
    ("venue", "has_hedge", "nets_pairs"),
    [
        ("binance", True, False),
        ("bybit", True, False),
        ("okx", True, True),
        ("kraken", False, False),
        ("dydx", False, False),
    ],
)
def test_venues_that_ship_say_theirs(venue: str, has_hedge: bool, nets_pairs: bool) -> None:
    profile, _ = load_profile(venue)
    assert ("hedge" in profile.position_modes) == has_hedge
    assert profile.closing.pair_netting == nets_pairs
