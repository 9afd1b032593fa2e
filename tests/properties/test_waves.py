"""Waves by name: the order of the list, once each, and no position turned around.

The fuzz checks the same after every command of every world; here it is said in a few lines and
counted, so that it is known to have been tried.
"""

from collections import Counter
from itertools import pairwise

import msgspec
import pytest

from engine.core.account.position import slot_of
from engine.core.command import AnyCommand
from engine.core.event import (
    ClosedOutside,
    Deleveraged,
    Event,
    LiquidationEnded,
    LiquidationFilled,
    LiquidationStarted,
)
from engine.core.instrument import Closing
from engine.core.state.venue import State
from tests.support.simulate import is_swarm
from tests.support.swarm import commands
from tests.support.witness.figures import Figures, figures
from tests.support.witness.seen import Witness, witnessed

SEEDS = range(60_000, 60_026)
STEPS = 400
LiquidationEvent = (
    LiquidationStarted | LiquidationFilled | ClosedOutside | LiquidationEnded | Deleveraged
)


class Wave:
    """How everybody stood when it began, and who was liquidated in it, in order."""

    def __init__(self, standing: dict[str, Figures]) -> None:
        self.standing = standing
        self.liquidated: list[str] = []


class Record(Witness):
    """Writes down all waves and how each liquidation changed its position."""

    def __init__(self) -> None:
        self.waves: list[Wave] = []
        self.sizes: dict[int, list[int]] = {}
        self.winners: list[tuple[int, int]] = []

    def begin(self, state: State, command: AnyCommand) -> None:
        self._step = 0

    def wave(self, state: State) -> None:
        self.waves.append(Wave(dict(figures(state))))

    def event(self, state: State, event: Event) -> None:
        if isinstance(event, LiquidationStarted):
            isolated = event.mode == "isolated"
            slot = slot_of(event.contract, event.leg)
            name = f"{event.account}:{slot}" if isolated else event.account
            liquidated = self.waves[-1].liquidated
            if isolated or liquidated[-1:] != [name]:
                liquidated.append(name)
            self.sizes[event.seq] = [_lots(state, event)]
        elif isinstance(event, LiquidationFilled | ClosedOutside | LiquidationEnded):
            lots = _lots(state, event)
            self.sizes[event.liquidation].append(lots)
        elif isinstance(event, Deleveraged):
            lots = _lots(state, event)
            sign = 1 if event.side == "buy" else -1
            self.winners.append((lots - sign * event.quantity, lots))


def _lots(state: State, event: LiquidationEvent) -> int:
    """What is held where the event is; nothing where there was no position."""
    if not event.contract:
        return 0
    return state.position(event.account, event.contract, event.leg).quantity


@pytest.fixture(scope="module")
def record() -> Record:
    """All waves of a few worlds whose positions are closed as the textbook closes them."""
    witness = Record()
    for seed in SEEDS:
        drawn, stream = commands(seed, STEPS, is_swarm(seed))
        rules = msgspec.structs.replace(drawn.rules, closing=Closing())
        venue = msgspec.structs.replace(drawn, rules=rules)
        exchange = witnessed(venue, [witness])
        for command in stream:
            witness.begin(exchange.state, command)
            exchange.apply(command)
    return witness


def test_a_wave_goes_by_the_largest_loss_isolated_positions_first(record: Record) -> None:
    crowded = [wave for wave in record.waves if len(wave.liquidated) > 1]
    assert len(crowded) > 10, "too few waves with more than one liquidation to tell"
    for wave in crowded:
        keys = [(":" not in one, -wave.standing[one].loss, one) for one in wave.liquidated]
        assert keys == sorted(keys)


def test_a_margin_account_is_liquidated_at_most_once_in_a_wave(record: Record) -> None:
    assert sum(len(wave.liquidated) for wave in record.waves) > 100
    for wave in record.waves:
        often = [one for one, times in Counter(wave.liquidated).items() if times > 1]
        assert often == []


def test_who_is_liquidated_was_in_breach_when_the_wave_began(record: Record) -> None:
    for wave in record.waves:
        for one in wave.liquidated:
            assert wave.standing[one].is_breach(strict=False)


def test_no_liquidation_turns_a_position_around_or_makes_it_grow(record: Record) -> None:
    assert len(record.sizes) > 100
    for sizes in record.sizes.values():
        assert sizes[-1] == 0, "a liquidated quantity ends at 0"
        for before, after in pairwise(sizes):
            assert before * after >= 0
            assert abs(after) <= abs(before)


def test_no_deleveraging_turns_a_winner_around(record: Record) -> None:
    assert len(record.winners) > 40
    for before, after in record.winners:
        assert before * after >= 0
        assert abs(after) < abs(before)
