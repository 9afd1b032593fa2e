"""Leverage and margin mode of a contract (Decisions M8, M9): never into a liquidation."""

import msgspec

from engine.core.account.account import Account
from engine.core.account.position import Position
from engine.core.command import SetLeverage, SetMarginMode
from engine.core.event import LeverageSet, MarginModeSet
from engine.core.margin.orders import order_margin
from engine.core.margin.risk import Risk, initial, maintenance
from engine.core.reason import Reason
from engine.core.state.standing import available, order_terms, profit, tied_up
from engine.core.state.venue import State
from engine.core.trading.checks import check_size
from engine.core.trading.transfers import known


def set_leverage(state: State, command: SetLeverage) -> None:
    """Choose the leverage for a contract."""
    reason = known(state, command.account, command.contract)
    if reason is None:
        reason = _check_leverage(state, command)
    if reason is not None:
        return state.reject(command, reason)
    state.hold(command.account, command.contract).leverage = command.leverage
    state.touch(state.position(command.account, command.contract))
    return state.emit(
        LeverageSet(
            **state.stamp(),
            account=command.account,
            contract=command.contract,
            leverage=command.leverage,
        )
    )


def _check_leverage(state: State, command: SetLeverage) -> Reason | None:
    account = state.accounts[command.account]
    market = state.markets[command.contract]
    position = state.position(command.account, command.contract)
    orders = account.orders_in(command.contract)
    if command.leverage < 1:
        return Reason.INVALID_LEVERAGE
    wanted = msgspec.structs.replace(position, leverage=command.leverage)
    reason = check_size(market, wanted, orders, None)
    if reason is not None:
        return reason
    if command.leverage == position.leverage:
        return Reason.UNCHANGED
    if position.mode == "isolated":
        if position.quantity:
            return Reason.HAS_POSITION
        return Reason.HAS_ORDERS if orders else None
    if command.leverage > position.leverage:
        return None
    return _check_lower(state, account, position, command.leverage)


def _check_lower(
    state: State, account: Account, position: Position, leverage: int
) -> Reason | None:
    """A lower leverage ties up more: what is available afterwards must not be negative."""
    orders = account.orders_in(position.contract)

    def tied(at: Position) -> int:
        return tied_up(state, at) + order_margin(order_terms(state, at), orders, None)

    more = tied(msgspec.structs.replace(position, leverage=leverage)) - tied(position)
    return Reason.INSUFFICIENT_MARGIN if available(state, account) - more < 0 else None


def set_margin_mode(state: State, command: SetMarginMode) -> None:
    """Choose isolated or cross margin for a contract."""
    reason = known(state, command.account, command.contract)
    if reason is None:
        reason = _check_mode(state, command)
    if reason is not None:
        return state.reject(command, reason)
    account = state.accounts[command.account]
    position = state.hold(command.account, command.contract)
    state.touch(position)
    if command.mode == "isolated":
        position.mode = command.mode
        if position.quantity:
            account.last_contract = command.contract
        margin = initial(state.markets[command.contract].contract, position, 0)
        state.post(account.wallet_key, position.margin_key, margin)
    else:
        state.post(position.margin_key, account.wallet_key, state.balance(position.margin_key))
        account.add_result(state.pool_of(command.contract), position.result)
        position.result = 0
        position.mode = command.mode
    position.warned, position.drawing = 0, False
    state.touch(position)
    return state.emit(
        MarginModeSet(
            **state.stamp(),
            account=command.account,
            contract=command.contract,
            mode=command.mode,
            margin=state.balance(position.isolated_key),
        )
    )


def _check_mode(state: State, command: SetMarginMode) -> Reason | None:
    account = state.accounts[command.account]
    position = state.position(command.account, command.contract)
    if command.mode == position.mode:
        return Reason.UNCHANGED
    if account.orders_in(command.contract):
        return Reason.HAS_ORDERS
    if not position.quantity:
        return None
    if not state.rules.mode_switch_with_position:
        return Reason.HAS_POSITION
    if command.mode == "isolated":
        return _check_to_isolated(state, account, position)
    return _check_to_cross(state, account, position)


def _check_to_isolated(state: State, account: Account, position: Position) -> Reason | None:
    market, strict = state.markets[position.contract], state.rules.strict_trigger
    alone = msgspec.structs.replace(position, mode="isolated")
    margin = initial(market.contract, alone, market.mark)
    gain = profit(state, position)
    keep = maintenance(market.contract, alone, market.mark, margin)
    free = available(state, account) - margin - gain + tied_up(state, position)
    if margin > state.balance(account.wallet_key) or free < 0:
        return Reason.INSUFFICIENT_MARGIN
    if Risk(margin + gain, keep).is_breach(strict):
        return Reason.WOULD_LIQUIDATE
    return None


def _check_to_cross(state: State, account: Account, position: Position) -> Reason | None:
    """What is tied up keeps the pool healthy, so that enough available is enough."""
    pooled = msgspec.structs.replace(position, mode="cross")
    brought = state.balance(position.margin_key) + profit(state, position)
    if available(state, account) + brought - tied_up(state, pooled) < 0:
        return Reason.INSUFFICIENT_MARGIN
    return None
