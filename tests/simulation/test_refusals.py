"""A command that is refused leaves the state hash as it was, wherever it is refused."""

import msgspec
import pytest

from engine.core import snapshot
from engine.core.command import AnyCommand, CancelOrder
from engine.core.event import Rejected
from engine.core.exchange import Exchange
from engine.core.reason import Reason
from tests.simulation.told import STORIES, told

ENDINGS = {
    Reason.EXPIRED,
    Reason.STALE_INDEX,
    Reason.IMMEDIATE_OR_CANCEL,
    Reason.SELF_TRADE,
    Reason.BANKRUPTCY_PRICE,
    Reason.LIQUIDATION,
    Reason.DELEVERAGED,
    Reason.ASSIGNED,
    Reason.CANCELLED,
    Reason.DEAD_MAN_SWITCH,
}
"""Why an accepted order ends or a liquidation waits; no command is refused for these."""


def refused() -> list[AnyCommand]:
    """Return every command that is refused in any story, each once."""
    found = [
        msgspec.structs.replace(command, at_us=0)
        for title in STORIES
        for command, answer in zip(told(title).commands, told(title).answers, strict=True)
        if isinstance(answer[-1] if answer else None, Rejected)
    ]
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("title", STORIES)
def test_what_is_refused_in_a_story_changes_nothing(title: str) -> None:
    day = told(title)
    exchange = Exchange(day.venue)
    for command, answer in zip(day.commands, day.answers, strict=True):
        # what was due by then falls due with any command, refused or not
        exchange.apply(CancelOrder(at_us=command.at_us, account="", order=""))
        before = snapshot.state_hash(exchange)
        exchange.apply(command)
        if len(answer) == 1 and isinstance(answer[0], Rejected):
            assert snapshot.state_hash(exchange) == before, answer[0]


def test_whatever_was_refused_anywhere_changes_nothing_where_it_is_refused_again() -> None:
    battery = refused()
    reasons = set()
    for title in STORIES:
        day = told(title)
        taken = snapshot.take(day.exchange)
        exchange = snapshot.restore(day.venue, taken)
        now_us, before = exchange.state.now_us, snapshot.state_hash(exchange)
        for command in battery:
            events = exchange.apply(msgspec.structs.replace(command, at_us=now_us))
            if len(events) == 1 and isinstance(events[0], Rejected):
                assert snapshot.state_hash(exchange) == before, (title, events[0])
                reasons.add(events[0].reason)
            else:
                exchange = snapshot.restore(day.venue, taken)
    assert reasons == set(Reason) - ENDINGS - {Reason.TIME_WENT_BACK}
