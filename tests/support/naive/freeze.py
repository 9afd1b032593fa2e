"""What is refused while a position is frozen (C8)."""

from engine.core.command import (
    AddMargin,
    AmendOrder,
    AmendStop,
    AnyCommand,
    PlaceOrder,
    PlaceStop,
    RemoveMargin,
    SetAutoMargin,
    SetLeverage,
    SetMarginMode,
    Withdraw,
)
from tests.support.naive.state import Pocket, State, symbol_of

Trading = (
    PlaceOrder
    | PlaceStop
    | AddMargin
    | RemoveMargin
    | SetLeverage
    | SetMarginMode
    | SetAutoMargin
    | AmendOrder
    | AmendStop
)


def frozen(state: State, command: AnyCommand) -> bool:
    """List all that is frozen for the account, then see whether the command is about it."""
    name = getattr(command, "account", None)
    found = [pocket for pocket in state.waiting if pocket[0] == name and _holds(state, pocket)]
    if isinstance(command, Withdraw):
        return (name, None) in found
    if not isinstance(command, Trading):
        return False
    stopped = {symbol for pocket in found for symbol in _symbols(state, pocket)}
    if isinstance(command, SetMarginMode) and state.rules.margin.mode_of == "account":
        return bool(stopped)
    return _about(state, command) in stopped


def _holds(state: State, pocket: Pocket) -> bool:
    return state.waits(pocket) and state.waiting[pocket].freezes


def _symbols(state: State, pocket: Pocket) -> list[str]:
    """Tell in which contracts a frozen margin account stops its client."""
    account, place = pocket
    if place is not None:
        return [symbol_of(place)]
    return [symbol for symbol in state.markets if state.mode(account, symbol) == "cross"]


def _about(state: State, command: Trading) -> str | None:
    """Tell the contract of a command, if it is known."""
    if not isinstance(command, AmendOrder | AmendStop):
        return command.contract
    if isinstance(command, AmendOrder):
        order = state.find_order(command.account, command.order)
        return order.contract if order is not None else None
    stop = state.find_stop(command.account, command.order)
    return stop.command.contract if stop is not None else None
