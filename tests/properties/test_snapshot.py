"""A venue goes on from a snapshot as if it had never stopped, and a refusal leaves no trace."""

import random
from itertools import islice

import pytest

from engine.core import snapshot
from engine.core.command import AnyCommand
from engine.core.event import Event
from engine.core.exchange import Exchange
from engine.core.instrument import Venue
from tests.support.oracle import Oracle
from tests.support.simulate import is_swarm
from tests.support.swarm import commands

SEEDS = range(40_000, 40_012)
STEPS = 400
CUTS = 12


def world(seed: int) -> tuple[Venue, list[AnyCommand]]:
    venue, stream = commands(seed, STEPS, is_swarm(seed))
    return venue, list(stream)


@pytest.mark.parametrize("seed", SEEDS)
def test_restored_at_random_points_the_events_and_hashes_are_the_same(seed: int) -> None:
    venue, stream = world(seed)
    cuts = set(random.Random(seed).sample(range(STEPS), CUTS))
    straight = stopped = Exchange(venue)
    stopped = snapshot.restore(venue, snapshot.take(straight))
    for number, command in enumerate(stream):
        if number in cuts:
            stopped = snapshot.restore(venue, snapshot.take(stopped))
        assert stopped.apply(command) == straight.apply(command), f"command {number}: {command}"
        if number in cuts:
            assert snapshot.take(stopped) == snapshot.take(straight), f"after command {number}"
    assert snapshot.state_hash(stopped) == snapshot.state_hash(straight)


@pytest.mark.parametrize("seed", SEEDS[:4])
def test_restored_before_every_command_the_events_are_the_same(seed: int) -> None:
    venue, stream = world(seed)
    straight, data = Exchange(venue), snapshot.take(Exchange(venue))
    for command in islice(stream, STEPS // 2):
        fresh = snapshot.restore(venue, data)
        assert fresh.apply(command) == straight.apply(command), f"{command}"
        data = snapshot.take(fresh)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_restored_venue_gives_the_bytes_that_it_came_from(seed: int) -> None:
    venue, stream = world(seed)
    exchange = Exchange(venue)
    for number, command in enumerate(stream):
        exchange.apply(command)
        if number % 50 == 0:
            data = snapshot.take(exchange)
            assert snapshot.take(exchange) == data
            again = snapshot.restore(venue, data)
            assert snapshot.take(again) == data
            assert snapshot.state_hash(again) == snapshot.state_hash(exchange)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_refused_command_leaves_the_hash_of_the_state(seed: int) -> None:
    venue, stream = world(seed)
    oracle = Oracle(venue, witnesses=(), hash_every=1)
    for command in stream:
        oracle.apply(command)


def test_the_hash_tells_states_apart_that_differ_by_one_unit() -> None:
    venue, stream = world(SEEDS[0])
    one, other = Exchange(venue), Exchange(venue)
    events: list[Event] = []
    for command in stream:
        events += one.apply(command)
        other.apply(command)
    assert events
    assert snapshot.state_hash(one) == snapshot.state_hash(other)
    other.state.post("external", "fees", 1)
    assert snapshot.state_hash(one) != snapshot.state_hash(other)
