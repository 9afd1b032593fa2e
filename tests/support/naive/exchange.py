"""The slow exchange's one door: check, change, update, then waves."""

import msgspec

from engine.core.command import (
    AddMargin,
    AmendOrder,
    AmendStop,
    AnyCommand,
    CancelAll,
    CancelAllAfter,
    CancelOrder,
    Deposit,
    FundingTick,
    OfferAssignment,
    PlaceOrder,
    PlaceStop,
    RemoveMargin,
    SetAutoMargin,
    SetLeverage,
    SetMarginMode,
    SetPositionMode,
    SettleContract,
    Withdraw,
)
from engine.core.event import (
    AssignmentOffered,
    CancelTimerSet,
    Deposited,
    Event,
    MarginAdded,
    MarginRemoved,
    OrdersCancelled,
    PositionModeSet,
    Rejected,
    Withdrawn,
)
from engine.core.instrument import Venue
from engine.core.money import AMOUNT_MAX
from engine.core.reason import Reason
from tests.support.naive import margin, ticks
from tests.support.naive.end import end
from tests.support.naive.fills import cancel, cancel_all, drop_stop, pay_accrued
from tests.support.naive.freeze import frozen
from tests.support.naive.funding import fire_timers, pay_in_breach, settle
from tests.support.naive.legs import change_position_mode
from tests.support.naive.modes import (
    change_leverage,
    change_mode,
    refused_mode,
    set_auto_margin,
)
from tests.support.naive.orders import amend, place
from tests.support.naive.prices import update
from tests.support.naive.rate import wait_for_token
from tests.support.naive.refusals import refusal
from tests.support.naive.state import State, balance_name, place_at
from tests.support.naive.stops import amend_stop, keep, refused_amendment, refused_stop
from tests.support.naive.waves import run_waves


class NaiveExchange:
    """A venue that looks at everything, every time."""

    def __init__(self, venue: Venue) -> None:
        self.state = State(venue)

    def apply(self, command: AnyCommand) -> tuple[Event, ...]:
        """Change the state by one command and say what happened."""
        state = self.state
        state.events = []
        mistimed = _mistimed(state, command.at_us)
        if mistimed is not None:
            state.begin(state.clock)
            _reject(state, command, mistimed)
            return tuple(state.events)
        fire_timers(state, command.at_us)
        state.begin(command.at_us)
        state.clock = command.at_us
        if any(market.contract.funding.accrues for market in state.markets.values()):
            pay_in_breach(state)
            run_waves(state)
            state.begin(command.at_us)
        wait_us = wait_for_token(state, command)
        if wait_us is not None:
            _reject(state, command, Reason.RATE_LIMIT, wait_us)
            return tuple(state.events)
        reason = Reason.POSITION_FROZEN if frozen(state, command) else _refusal(state, command)
        if reason is not None:
            _reject(state, command, reason)
            return tuple(state.events)
        if isinstance(command, PlaceOrder | PlaceStop):
            state.accepted.append((state.now, command))
        _carry_out(state, command)
        own_tick = command.contract if isinstance(command, ticks.Priced) else None
        update(state, own_tick)
        run_waves(state)
        return tuple(state.events)


def _refusal(state: State, command: AnyCommand) -> Reason | None:
    if not isinstance(command, PlaceStop | AmendStop):
        return refusal(state, command)
    if command.account not in state.accounts:
        return Reason.UNKNOWN_ACCOUNT
    if isinstance(command, AmendStop):
        return refused_amendment(state, command)
    if command.contract not in state.markets:
        return Reason.UNKNOWN_CONTRACT
    return refused_stop(state, command)


def _mistimed(state: State, at_us: int) -> Reason | None:
    """O2: the checks that come before the timers."""
    if not 0 <= at_us <= AMOUNT_MAX:
        return Reason.INVALID_TIME
    return Reason.TIME_WENT_BACK if at_us < state.clock else None


def _reject(
    state: State,
    command: AnyCommand,
    reason: Reason,
    retry_after_us: int | msgspec.UnsetType = msgspec.UNSET,
) -> None:
    """O1."""
    state.emit(
        Rejected,
        command=type(command).__name__,
        reason=reason,
        account=getattr(command, "account", None),
        contract=_contract_of(state, command, reason),
        order=getattr(command, "order", None),
        code=_code(state, type(command).__name__, reason),
        retry_after_us=retry_after_us,
    )


def _contract_of(state: State, command: AnyCommand, reason: Reason) -> str | None:
    """Name the contract of a command, or the one that is in an account's way (M16)."""
    named: str | None = getattr(command, "contract", None)
    if not isinstance(command, SetMarginMode) or command.account not in state.accounts:
        return named
    found, contract = refused_mode(state, command)
    return contract or named if found is reason else named


def _code(state: State, command: str, reason: Reason) -> str | msgspec.UnsetType:
    """O18."""
    for name in (command, ""):
        for row in state.rules.refusals:
            if (row.command, row.reason) == (name, reason.value):
                return row.code
    return msgspec.UNSET


def _carry_out(state: State, command: AnyCommand) -> None:
    if isinstance(command, ticks.Priced):
        ticks.apply(state, command)
    elif isinstance(command, FundingTick):
        settle(state, command.contract, command.rate_e8)
    elif isinstance(command, PlaceOrder):
        place(state, command)
    elif isinstance(command, AmendOrder):
        amend(state, command)
    elif isinstance(command, PlaceStop):
        keep(state, command)
    elif isinstance(command, AmendStop):
        amend_stop(state, command)
    elif isinstance(command, CancelOrder):
        _cancel(state, command)
    elif isinstance(command, CancelAll):
        count = cancel_all(state, command.account, command.contract, Reason.CANCELLED)
        state.emit(OrdersCancelled, account=command.account, contract=command.contract, count=count)
    elif isinstance(command, CancelAllAfter):
        _switch(state, command)
    elif isinstance(command, SettleContract):
        end(state, command)
    else:
        _account_command(state, command)


def _cancel(state: State, command: CancelOrder) -> None:
    stop = state.find_stop(command.account, command.order)
    if stop is not None:
        drop_stop(state, stop, Reason.CANCELLED)
        return
    order = state.find_order(command.account, command.order)
    assert order is not None
    cancel(state, order, Reason.CANCELLED)
    margin.keep_set_aside(state, order.account, order.contract)


def _switch(state: State, command: CancelAllAfter) -> None:
    """O20."""
    key = (command.account, command.contract)
    until = state.now + command.timeout_us if command.timeout_us else None
    state.switches = {other: at for other, at in state.switches.items() if other != key}
    if until is not None:
        state.switches[key] = until
    state.emit(CancelTimerSet, account=key[0], contract=key[1], until_us=until)


def _account_command(
    state: State,
    command: Deposit
    | Withdraw
    | SetLeverage
    | SetMarginMode
    | SetAutoMargin
    | SetPositionMode
    | AddMargin
    | RemoveMargin
    | OfferAssignment,
) -> None:
    if isinstance(command, Deposit | Withdraw):
        _cash(state, command)
    elif isinstance(command, OfferAssignment):
        state.offers[command.account, command.contract] = command.quantity
        state.emit(
            AssignmentOffered,
            account=command.account,
            contract=command.contract,
            quantity=command.quantity,
        )
    elif isinstance(command, SetLeverage):
        change_leverage(state, command)
    elif isinstance(command, SetMarginMode):
        change_mode(state, command)
    elif isinstance(command, SetAutoMargin):
        set_auto_margin(state, command)
    elif isinstance(command, SetPositionMode):
        change_position_mode(state, command)
        state.emit(PositionModeSet, account=command.account, mode=command.mode)
    else:
        _move_margin(state, command)


def _cash(state: State, command: Deposit | Withdraw) -> None:
    account, wallet = command.account, f"wallet:{command.account}"
    deposit = isinstance(command, Deposit)
    if deposit and account not in state.accounts:
        state.accounts = sorted([*state.accounts, account])
        if state.rules.position_modes[0] == "hedge":
            state.hedged.add(account)
    state.post("external", wallet, command.amount if deposit else -command.amount)
    state.emit(
        Deposited if deposit else Withdrawn,
        account=account,
        amount=command.amount,
        wallet=state.balance(wallet),
    )


def _move_margin(state: State, command: AddMargin | RemoveMargin) -> None:
    added = isinstance(command, AddMargin)
    place = place_at(command.contract, command.leg)
    pocket = (command.account, place)
    amount = command.amount if added else -command.amount
    pay_accrued(state, command.account, place)
    state.post(f"wallet:{command.account}", balance_name(pocket), amount)
    state.emit(
        MarginAdded if added else MarginRemoved,
        account=command.account,
        contract=place,
        amount=command.amount,
        margin=state.money(pocket),
    )
