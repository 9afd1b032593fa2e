"""The position mode of an account: one position a contract, or two legs (Decision M17)."""

from engine.core.command import SetPositionMode
from engine.core.event import PositionModeSet
from engine.core.reason import Reason
from engine.core.state.venue import State
from engine.core.trading.transfers import known


def set_position_mode(state: State, command: SetPositionMode) -> None:
    """Choose one position a contract, or two legs, for all contracts of an account."""
    reason = known(state, command.account)
    if reason is None:
        reason = _check(state, command)
    if reason is not None:
        return state.reject(command, reason)
    state.rename(state.accounts[command.account], command.mode)
    return state.emit(PositionModeSet(**state.stamp(), account=command.account, mode=command.mode))


def _check(state: State, command: SetPositionMode) -> Reason | None:
    account = state.accounts[command.account]
    if command.mode not in state.rules.position_modes:
        return Reason.NO_HEDGE_MODE
    if command.mode == account.position_mode:
        return Reason.UNCHANGED
    if account.orders or account.stops:
        return Reason.HAS_ORDERS
    if any(position.quantity for position in account.positions.values()):
        return Reason.HAS_POSITION
    return None
