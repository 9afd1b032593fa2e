"""Every story in `stories/` happens as it is told, and all that can be said is said in one."""

from typing import get_args

import pytest

from engine.core.command import AnyCommand
from engine.core.event import AnyEvent, LiquidationWaits, OrderCancelled, Rejected
from engine.core.reason import Reason
from tests.simulation.told import STORIES, told
from tests.support.naive import NaiveExchange
from tests.support.story import Day


@pytest.mark.parametrize("title", STORIES)
def test_a_story_happens_as_it_is_told(title: str) -> None:
    Day().tell(STORIES[title])


@pytest.mark.parametrize("title", STORIES)
def test_the_slow_exchange_tells_the_same_story(title: str) -> None:
    day = told(title)
    slow = NaiveExchange(day.venue)
    assert [list(slow.apply(command)) for command in day.commands] == day.answers


def test_every_command_and_every_event_is_in_a_story() -> None:
    days = [told(title) for title in STORIES]
    assert {type(one) for day in days for one in day.commands} == set(get_args(AnyCommand))
    assert {type(one) for day in days for one in day.events} == set(get_args(AnyEvent))


def test_every_reason_is_in_a_story() -> None:
    events = [event for title in STORIES for event in told(title).events]
    said = {
        event.reason
        for event in events
        if isinstance(event, Rejected | OrderCancelled | LiquidationWaits)
    }
    assert said == set(Reason)
