"""A day goes on from a snapshot as if nothing had been, from whatever point of it."""

import msgspec
import pytest

from engine.core import snapshot
from engine.core.command import Deposit
from engine.core.exchange import Exchange
from engine.core.money import Micros
from tests.simulation.told import STORIES, told
from tests.support.story import Day


@pytest.mark.parametrize("title", STORIES)
def test_a_day_goes_on_from_a_snapshot_taken_anywhere(title: str) -> None:
    day = told(title)
    straight = Exchange(day.venue)
    for done, command in enumerate(day.commands):
        taken = snapshot.take(straight)
        restored = snapshot.restore(day.venue, taken)
        assert snapshot.take(restored) == taken
        rest = day.commands[done:]
        assert [list(restored.apply(one)) for one in rest] == day.answers[done:]
        straight.apply(command)
    assert snapshot.take(restored) == snapshot.take(straight)


@pytest.mark.parametrize("title", STORIES)
def test_a_day_goes_on_though_it_is_restored_after_every_command(title: str) -> None:
    day = told(title)
    exchange = Exchange(day.venue)
    answers = []
    for command in day.commands:
        exchange = snapshot.restore(day.venue, snapshot.take(exchange))
        answers.append(list(exchange.apply(command)))
    assert answers == day.answers


def test_equal_states_have_equal_hashes_whoever_came_first() -> None:
    def deposit(exchange: Exchange, name: str) -> None:
        exchange.apply(Deposit(at_us=1, account=name, amount=Micros(5)))

    venue = Day().tell("tick 100").venue
    one, other = Exchange(venue), Exchange(venue)
    for name in ("alice", "bob"):
        deposit(one, name)
    for name in ("bob", "alice"):
        deposit(other, name)
    assert snapshot.state_hash(one) == snapshot.state_hash(other)
    deposit(one, "bob")
    assert snapshot.state_hash(one) != snapshot.state_hash(other)


def test_a_hash_is_64_lower_case_hexadecimal_digits() -> None:
    digest = snapshot.state_hash(Day().tell("tick 100").exchange)
    assert len(digest) == 64
    assert bytes.fromhex(digest).hex() == digest


@pytest.mark.parametrize("data", [b"{}", b"[]", b'{"balances": {"fund": "much"}}'])
def test_what_is_not_a_snapshot_is_refused(data: bytes) -> None:
    venue = Day().tell("tick 100").venue
    with pytest.raises(msgspec.ValidationError):
        snapshot.restore(venue, data)


def test_a_snapshot_of_a_venue_with_other_contracts_is_refused() -> None:
    day = Day().tell("tick 100")
    fewer = msgspec.structs.replace(day.venue, contracts=day.venue.contracts[:1])
    with pytest.raises(ValueError, match=r"the snapshot has .*'ETH'.*, the venue \['BTC'\]"):
        snapshot.restore(fewer, snapshot.take(day.exchange))
