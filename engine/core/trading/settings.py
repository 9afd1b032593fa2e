"""The leverage of a contract (Decisions M8, M16): never into a liquidation."""

import msgspec

from engine.core.account.account import Account
from engine.core.account.position import Position
from engine.core.command import SetLeverage
from engine.core.event import LeverageSet, MarginAdded, MarginRemoved
from engine.core.margin.orders import order_margin
from engine.core.margin.risk import Risk, initial, maintenance
from engine.core.money import Micros
from engine.core.reason import Reason
from engine.core.state.standing import (
    available,
    isolated_risk,
    order_terms,
    own_margin,
    tied_up,
    withdrawable,
)
from engine.core.state.venue import State
from engine.core.trading import modes
from engine.core.trading.checks import check_size
from engine.core.trading.fill import realize_funding
from engine.core.trading.transfers import known


def set_leverage(state: State, command: SetLeverage) -> None:
    """Choose the leverage for a contract, in hedge mode of both legs."""
    reason = known(state, command.account, command.contract)
    if reason is None:
        reason = _check_leverage(state, command)
    if reason is not None:
        return state.reject(command, reason)
    legs = state.held_legs(command.account, command.contract)
    moved = [_moved(state, position, command.leverage) for position in legs]
    for position in legs:
        position.leverage = command.leverage
        state.touch(position)
    state.emit(
        LeverageSet(
            **state.stamp(),
            account=command.account,
            contract=command.contract,
            leverage=command.leverage,
        )
    )
    if _isolates(state, legs[0]):
        return modes.switch(state, legs, "isolated")
    for position, amount in zip(legs, moved, strict=True):
        _move(state, position, amount)
    return None


def _isolates(state: State, position: Position) -> bool:
    """Say whether setting a leverage isolates the contract."""
    return state.rules.margin.leverage_isolates and position.mode == "cross"


def _check_leverage(state: State, command: SetLeverage) -> Reason | None:
    account = state.accounts[command.account]
    market = state.markets[command.contract]
    legs = state.legs(command.account, command.contract)
    if command.leverage < 1:
        return Reason.INVALID_LEVERAGE
    isolates, mode = _isolates(state, legs[0]), legs[0].mode
    for position in legs:
        wanted = msgspec.structs.replace(
            position, leverage=command.leverage, mode="isolated" if isolates else mode
        )
        reason = check_size(market, wanted, account.orders_on(position), None)
        if reason is not None:
            return reason
    if isolates:
        return modes.check_switch(state, legs, command.leverage)
    if command.leverage == legs[0].leverage:
        return Reason.UNCHANGED
    if mode == "isolated":
        return _check_isolated(state, legs, command.leverage)
    if command.leverage > legs[0].leverage:
        return None
    return _check_lower(state, account, legs, command.leverage)


def _check_isolated(state: State, legs: list[Position], leverage: int) -> Reason | None:
    """Check the leverage of an isolated contract: with a position as the profile allows it."""
    account, terms = state.accounts[legs[0].account], state.rules.margin
    if any(position.quantity for position in legs):
        is_lower = leverage < legs[0].leverage
        if terms.leverage_with_position == "refused":
            return Reason.HAS_POSITION
        if terms.leverage_with_position == "raised" and is_lower:
            return Reason.HAS_POSITION
    if account.orders_in(legs[0].contract):
        return Reason.HAS_ORDERS
    moved = [_moved(state, position, leverage) for position in legs]
    if sum(moved) > withdrawable(state, account):
        return Reason.INSUFFICIENT_MARGIN
    falls = [_falls(state, *one) for one in zip(legs, moved, strict=True)]
    return Reason.WOULD_LIQUIDATE if any(falls) else None


def _falls(state: State, position: Position, moved: int) -> bool:
    """Say whether an isolated position would be liquidated with so much more margin."""
    market = state.markets[position.contract]
    margin = own_margin(state, position) + moved
    keep = maintenance(market.contract, position, market.mark, margin)
    before = isolated_risk(state, position)
    after = Risk(before.equity + moved, keep, before.has_position)
    return after.is_breach(state.rules.strict_trigger)


def _moved(state: State, position: Position, leverage: int) -> int:
    """Return what another leverage moves from the wallet to an isolated margin, signed."""
    if position.mode == "cross" or state.rules.margin.leverage_with_position != "reset":
        return 0
    contract = state.markets[position.contract].contract
    wanted = msgspec.structs.replace(position, leverage=leverage)
    more = initial(contract, wanted, 0) - initial(contract, position, 0)
    return max(more, -max(0, own_margin(state, position)))


def _move(state: State, position: Position, moved: int) -> None:
    """Move margin to or from an isolated position; what it owes for funding is paid before."""
    if moved:
        realize_funding(state, position)
        state.post(f"wallet:{position.account}", position.margin_key, moved)
        kind = MarginAdded if moved > 0 else MarginRemoved
        state.emit(
            kind(
                **state.stamp(),
                account=position.account,
                contract=position.contract,
                amount=Micros(abs(moved)),
                margin=state.balance(position.margin_key),
                why="leverage",
                leg=position.leg,
            )
        )


def _check_lower(
    state: State, account: Account, legs: list[Position], leverage: int
) -> Reason | None:
    """A lower leverage ties up more: what is available afterwards must not be negative."""

    def tied(at: Position) -> int:
        orders = account.orders_on(at)
        return tied_up(state, at) + order_margin(order_terms(state, at), orders, None)

    lower = [msgspec.structs.replace(position, leverage=leverage) for position in legs]
    more = sum(tied(at) for at in lower) - sum(tied(at) for at in legs)
    return Reason.INSUFFICIENT_MARGIN if available(state, account) - more < 0 else None
