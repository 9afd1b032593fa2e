"""The slow exchange keeps the rules that are always true, so that it may judge the engine."""

from collections.abc import Iterator
from typing import get_args

import pytest

from engine.core.command import AnyCommand
from engine.core.event import (
    AnyEvent,
    ClosedOutside,
    ContractSettled,
    DeficitCovered,
    Deleveraged,
    Event,
    LiquidationFeePaid,
    LiquidationFilled,
    LiquidationStarted,
    LiquidationWaits,
    OrderCancelled,
    PeriodSettled,
    Rejected,
)
from engine.core.reason import Reason
from tests.support.naive import NaiveExchange
from tests.support.naive.margin import equity, in_breach
from tests.support.naive.state import State, pool_name, symbol_of
from tests.support.swarm import commands

SEEDS = range(1_000, 1_040)
EVERYTHING = range(2_000, 2_120)
"""Each plot has its turn six times in them, and so no seed need be lucky."""
STEPS = 150


def played(
    seed: int, *, swarm: bool = True
) -> Iterator[tuple[NaiveExchange, AnyCommand, tuple[Event, ...]]]:
    venue, stream = commands(seed, STEPS, swarm)
    exchange = NaiveExchange(venue)
    for command in stream:
        yield exchange, command, exchange.apply(command)


def facts(state: State) -> str:
    return repr(
        (state.ledger, state.positions, state.modes, state.leverages, state.orders, state.markets)
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_always_true_is_true_after_every_command(seed: int) -> None:
    seq, at_us = 0, 0
    for exchange, _, events in played(seed, swarm=seed % 5 > 0):
        state = exchange.state
        check_ledger(state)
        check_accounts(state)
        assert [event.seq for event in events] == list(range(seq + 1, seq + 1 + len(events)))
        seq += len(events)
        for event in events:
            if not (isinstance(event, Rejected) and event.reason is Reason.TIME_WENT_BACK):
                assert event.at_us >= at_us
                at_us = event.at_us


def check_ledger(state: State) -> None:
    assert sum(state.ledger.values()) == 0
    for pool in state.pools():
        assert state.balance(pool_name("fund", pool)) >= 0
    for symbol in state.markets:
        held = [p for (_, at), p in state.positions.items() if symbol_of(at) == symbol]
        assert sum(position.quantity for position in held) == 0
        assert state.balance(f"open_cost:{symbol}") == -sum(position.cost for position in held)


def check_accounts(state: State) -> None:
    for pocket in state.pockets():
        if state.waits(pocket) or pocket in state.stalled:
            continue
        assert not in_breach(state, pocket)
        if state.contracts_of(pocket):
            assert equity(state, pocket) > 0
    for position in state.positions.values():
        assert position.cost == 0 or position.quantity * position.cost > 0
        assert position.quantity != 0 or position.cost == 0
    assert all(order.quantity > 0 for order in state.orders)


@pytest.mark.parametrize("seed", SEEDS[:20])
def test_the_loss_is_the_sum_of_who_paid(seed: int) -> None:
    paid = loss = 0
    for _, _, events in played(seed):
        for event in events:
            if isinstance(event, LiquidationFilled):
                assert event.loss == event.own_margin + event.insurance_fund
                loss += event.loss
                paid += event.own_margin + event.insurance_fund
            elif isinstance(event, Deleveraged):
                assert event.loss == event.own_margin + event.adl
                loss += event.loss
                paid += event.own_margin + event.adl
            elif isinstance(event, ClosedOutside):
                loss += event.loss
                paid += event.loss
            elif isinstance(event, DeficitCovered):
                paid += event.insurance_fund + event.socialized + event.uncovered - event.deficit
                paid += event.pending
            elif isinstance(event, PeriodSettled):
                paid += event.insurance_fund + event.socialized + event.uncovered - event.pending
        assert loss == paid


@pytest.mark.parametrize("seed", SEEDS[:20])
def test_fees_of_a_liquidation_are_paid_from_what_is_left(seed: int) -> None:
    """The waterfall pays no fee (L16), and no client's own order makes a debt (O10)."""
    covered, paid = set[int](), set[int]()
    for _, _, events in played(seed):
        for event in events:
            if isinstance(event, DeficitCovered):
                covered.add(event.liquidation)
            elif isinstance(event, LiquidationFeePaid):
                assert min(event.taker_fee, event.liquidation_fee) >= 0
                assert event.taker_fee + event.liquidation_fee > 0
                paid.add(event.liquidation)
            elif isinstance(event, LiquidationStarted):
                over = any(isinstance(one, ContractSettled) for one in events)
                assert event.quantity > 0 or over, "a balance below zero without a position"
    assert not covered & paid


@pytest.mark.parametrize("seed", SEEDS[:10])
def test_a_refused_command_changes_nothing(seed: int) -> None:
    before = ""
    for exchange, _, events in played(seed):
        state = exchange.state
        if len(events) == 1 and isinstance(events[0], Rejected):
            assert without_timers(state) == before
        before = without_timers(state)


def without_timers(state: State) -> str:
    """Timers fire before a refused command as before any other; with nobody there, silently."""
    trial = state.copy()
    for market in trial.markets.values():
        market.samples = []
        market.sampled_until = market.premium_sum = market.premium_count = 0
        market.settled_until = market.rate_e8 = 0
        market.impact_average = None
    trial.positions = {key: value for key, value in trial.positions.items() if value.quantity}
    return facts(trial)


@pytest.mark.parametrize("swarm", [True, False])
def test_the_same_seed_gives_the_same_events(swarm: bool) -> None:
    first = [events for _, _, events in played(7, swarm=swarm)]
    assert first == [events for _, _, events in played(7, swarm=swarm)]


def test_every_event_and_every_reason_occurs() -> None:
    left = {kind.__name__ for kind in get_args(AnyEvent)} | {reason.name for reason in Reason}
    told = Rejected | OrderCancelled | LiquidationWaits
    for seed in EVERYTHING:
        for _, _, events in played(seed):
            left -= {type(event).__name__ for event in events}
            left -= {event.reason.name for event in events if isinstance(event, told)}
        if not left:
            return
    assert not left
