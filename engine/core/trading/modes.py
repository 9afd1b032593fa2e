"""Margin modes, of one contract or of a whole account (Decisions M9, M16): all of it or nothing."""

import msgspec

from engine.core.account.account import Account
from engine.core.account.position import Position
from engine.core.command import Mode, SetMarginMode
from engine.core.event import LeverageSet, MarginModeSet
from engine.core.margin.risk import Risk, initial, maintenance
from engine.core.money import Micros
from engine.core.reason import Reason
from engine.core.state.standing import accrued, available, gain, profit, tied_up
from engine.core.state.venue import State
from engine.core.trading.fill import realize_funding
from engine.core.trading.transfers import known


def set_margin_mode(state: State, command: SetMarginMode) -> None:
    """Choose isolated or cross margin for a contract, or for all of an account."""
    if state.rules.margin.mode_of == "account":
        return _set_everywhere(state, command)
    contract = command.contract or ""
    reason = known(state, command.account, contract)
    if reason is None:
        reason = _check_mode(state, state.legs(command.account, contract), command.mode)
    if reason is not None:
        return state.reject(command, reason)
    return switch(state, state.held_legs(command.account, contract), command.mode)


def switch(state: State, legs: list[Position], mode: Mode) -> None:
    """Change a contract's mode and move the margin; all checks have passed."""
    account, contract = state.accounts[legs[0].account], legs[0].contract
    for position in legs:
        realize_funding(state, position)
        state.touch(position)
        if mode == "isolated":
            _isolate(state, account, position)
        else:
            _pool(state, account, position)
        position.warned, position.drawing = 0, False
        state.touch(position)
    if mode == "cross":
        _forget(state, account, legs)
    state.emit(
        MarginModeSet(
            **state.stamp(),
            account=account.name,
            contract=contract,
            mode=mode,
            margin=Micros(sum(state.balance(position.isolated_key) for position in legs)),
        )
    )


def _isolate(state: State, account: Account, position: Position) -> None:
    position.mode = "isolated"
    if position.quantity:
        account.last_contract = position.contract
    margin = initial(state.markets[position.contract].contract, position, 0)
    state.post(account.wallet_key, position.margin_key, margin)


def _pool(state: State, account: Account, position: Position) -> None:
    """Give an isolated position's margin back."""
    state.post(position.margin_key, account.wallet_key, state.balance(position.margin_key))
    account.add_result(state.pool_of(position.contract), position.result)
    position.result = 0
    position.mode = "cross"


def _forget(state: State, account: Account, legs: list[Position]) -> None:
    """Forget what was set for an isolated contract alone."""
    contract = legs[0].contract
    if contract in account.auto_margin:
        account.auto_margin.remove(contract)
    leverage = _pooled(state, legs[0]).leverage
    if leverage != legs[0].leverage:
        for position in legs:
            position.leverage = leverage
        state.emit(
            LeverageSet(**state.stamp(), account=account.name, contract=contract, leverage=leverage)
        )


def _pooled(state: State, position: Position) -> Position:
    """Return a position as it is in the pool: where leverage isolates, without one of its own."""
    is_unset = state.rules.margin.leverage_isolates
    leverage = state.rules.default_leverage if is_unset else position.leverage
    return msgspec.structs.replace(position, mode="cross", leverage=leverage)


def _check_mode(state: State, legs: list[Position], mode: Mode) -> Reason | None:
    if mode == legs[0].mode:
        return Reason.UNCHANGED
    return check_switch(state, legs, legs[0].leverage)


def check_switch(state: State, legs: list[Position], leverage: int) -> Reason | None:
    """Check that a contract may change its mode, to an isolated one with a leverage."""
    account = state.accounts[legs[0].account]
    if account.orders_in(legs[0].contract):
        return Reason.HAS_ORDERS
    held = [position for position in legs if position.quantity]
    if not held:
        return None
    if not state.rules.mode_switch_with_position:
        return Reason.HAS_POSITION
    if held[0].mode == "isolated":
        return _check_to_cross(state, held)
    free, taken, falls = available(state, account), 0, False
    for position in held:
        wanted = msgspec.structs.replace(position, mode="isolated", leverage=leverage)
        margin = _margin_of(state, wanted)
        free += tied_up(state, position) - margin - profit(state, position)
        # the wallet pays what the position owes for funding, and then its margin
        taken += accrued(state, position) + margin
        falls = falls or _falls(state, wanted)
    if taken > state.balance(account.wallet_key) or free < 0:
        return Reason.INSUFFICIENT_MARGIN
    return Reason.WOULD_LIQUIDATE if falls else None


def _margin_of(state: State, alone: Position) -> int:
    market = state.markets[alone.contract]
    return initial(market.contract, alone, market.mark)


def _falls(state: State, alone: Position) -> bool:
    """Say whether a position with its opening margin is liquidated at once."""
    market, margin = state.markets[alone.contract], _margin_of(state, alone)
    keep = maintenance(market.contract, alone, market.mark, margin)
    risk = Risk(margin + profit(state, alone), keep)
    return risk.is_breach(state.rules.strict_trigger)


def _check_to_cross(state: State, positions: list[Position]) -> Reason | None:
    """What is tied up keeps the pool healthy, so that enough available is enough."""
    free = available(state, state.accounts[positions[0].account])
    for position in positions:
        free += state.balance(position.margin_key) + gain(state, position)
        free -= tied_up(state, _pooled(state, position))
    return Reason.INSUFFICIENT_MARGIN if free < 0 else None


def _set_everywhere(state: State, command: SetMarginMode) -> None:
    """Change the mode of a whole account, or say which contract is in the way."""
    reason, contract = known(state, command.account, command.contract), ""
    if reason is None:
        reason, contract = _check_everywhere(state, command)
    if reason is not None:
        return state.reject(command, reason, contract=contract or None)
    for symbol in state.markets:
        switch(state, state.held_legs(command.account, symbol), command.mode)
    return None


def _check_everywhere(state: State, command: SetMarginMode) -> tuple[Reason | None, str]:
    """Return why an account cannot change its mode, and the contract that is why, if one is."""
    account = state.accounts[command.account]
    positions = [leg for symbol in state.markets for leg in state.legs(account.name, symbol)]
    if all(position.mode == command.mode for position in positions):
        return Reason.UNCHANGED, ""
    for position in positions:
        if account.orders_in(position.contract):
            return Reason.HAS_ORDERS, position.contract
    held = [position for position in positions if position.quantity]
    if held and not state.rules.mode_switch_with_position:
        return Reason.HAS_POSITION, held[0].contract
    if held and command.mode == "cross":
        return _check_to_cross(state, held), ""
    left: int = state.balance(account.wallet_key)
    for position in held:
        alone = msgspec.structs.replace(position, mode="isolated")
        left -= _margin_of(state, alone)
        if left < 0:
            return Reason.INSUFFICIENT_MARGIN, position.contract
        if _falls(state, alone):
            return Reason.WOULD_LIQUIDATE, position.contract
    return None, ""
