"""What is always true (section 9 of the rules of the trade) is true throughout every story."""

import pytest

from tests.simulation.told import STORIES, told
from tests.support.oracle import Oracle


@pytest.mark.parametrize("title", STORIES)
def test_what_is_always_true_is_true_in_every_story(title: str) -> None:
    day = told(title)
    oracle = Oracle(day.venue, hash_every=1)
    assert [list(oracle.apply(command)) for command in day.commands] == day.answers
