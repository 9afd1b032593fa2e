"""What a client may not do while his position waits between two orders (Decision C8)."""

from engine.core.account.account import Account
from engine.core.account.position import Position
from engine.core.command import (
    AddMargin,
    AmendOrder,
    AmendStop,
    Command,
    PlaceOrder,
    PlaceStop,
    RemoveMargin,
    SetAutoMargin,
    SetLeverage,
    SetMarginMode,
    Withdraw,
)
from engine.core.state.venue import State

_NAMED = (
    PlaceOrder,
    PlaceStop,
    AddMargin,
    RemoveMargin,
    SetLeverage,
    SetMarginMode,
    SetAutoMargin,
)
"""What concerns the contract that it names."""


def holds(state: State, command: Command) -> bool:
    """Say whether a command would trade, or move the margin of, a position that is frozen."""
    account = state.accounts.get(getattr(command, "account", ""))
    if account is None or not state.rules.closing.freeze:
        return False
    if isinstance(command, Withdraw):
        return _is_frozen(state, account.name, account.cross_positions())
    return any(_is_frozen_in(state, account, symbol) for symbol in _meant(state, account, command))


def _meant(state: State, account: Account, command: Command) -> list[str]:
    """Return the contracts that a command concerns; none for what may always be said."""
    if isinstance(command, AmendOrder):
        order = account.orders.get(command.order)
        return [order.contract] if order is not None else []
    if isinstance(command, AmendStop):
        stop = account.stops.get(command.order)
        return [stop.contract] if stop is not None else []
    if isinstance(command, SetMarginMode) and state.rules.margin.mode_of == "account":
        return list(state.markets)
    if isinstance(command, _NAMED) and command.contract in state.markets:
        return [command.contract]
    return []


def _is_frozen_in(state: State, account: Account, contract: str) -> bool:
    """Look at what the account has in a contract: both legs, or all of its cross side."""
    legs = state.legs(account.name, contract)
    if legs[0].mode == "cross":
        return _is_frozen(state, account.name, account.cross_positions())
    return any(_is_frozen(state, leg.margin_id, [leg]) for leg in legs)


def _is_frozen(state: State, margin_id: str, carried: list[Position]) -> bool:
    if not state.waits(margin_id) or not any(position.quantity for position in carried):
        return False
    return state.pauses[margin_id].why == "cooldown"
