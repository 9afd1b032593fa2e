"""Scripted accounts with two legs: which one money goes to, and what they do at a margin call."""

from pathlib import Path

import msgspec
import pytest

from engine.config.error import ConfigError
from engine.config.settings import Lab
from tests.config.test_lab import ALICE, CALLED, LAB, VENUE, lab

HEDGED = VENUE.replace("[rules]\n", '[rules]\nposition_modes = ["one_way", "hedge"]\n')
TOPPED = "top_ups = [{ contract = 'XUSDT', amount = 1, after = '1s'%s }]\n"


@pytest.mark.parametrize("mode", ["isolated", "cross"])
def test_a_hedged_account_says_which_leg_it_tops_up_and_answers_margin_calls(
    tmp_path: Path, mode: str
) -> None:
    hedged = ALICE.replace("cross", mode) + 'position_mode = "hedge"\n' + CALLED + "\n"
    loaded = lab(tmp_path, LAB + hedged + TOPPED % ", leg = 'short'", HEDGED)
    (alice,) = loaded.accounts
    assert [each.leg for each in alice.top_ups] == ["short"]
    assert alice.at_margin_call is not None
    assert msgspec.json.decode(msgspec.json.encode(loaded), type=Lab) == loaded


def test_a_leg_of_a_top_up_is_asked_for_where_it_means_something(tmp_path: Path) -> None:
    hedged = ALICE + 'position_mode = "hedge"\n'
    (alice,) = lab(tmp_path, LAB + hedged + TOPPED % "", HEDGED).accounts
    assert alice.top_ups[0].leg is msgspec.UNSET
    with pytest.raises(ConfigError, match=r"accounts\[1\].top_ups\[1\].leg: .* says long or short"):
        lab(tmp_path, LAB + hedged.replace("cross", "isolated") + TOPPED % "", HEDGED)
    with pytest.raises(ConfigError, match=r"accounts\[1\].top_ups\[1\].leg: only top-ups of a"):
        lab(tmp_path, LAB + ALICE + TOPPED % ", leg = 'long'", HEDGED)
