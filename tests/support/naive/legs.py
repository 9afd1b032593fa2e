"""Hedge mode: who is in it, and which leg a command may name (M17, M18)."""

from engine.core.command import PlaceOrder, PlaceStop, SetPositionMode
from engine.core.reason import Reason
from tests.support.naive.orders import closes_leg
from tests.support.naive.state import State


def change_position_mode(state: State, command: SetPositionMode) -> None:
    """Give an account other places; what waited for the old ones is forgotten (M17)."""
    for pocket in list(state.waiting):
        if pocket[0] == command.account and pocket[1] is not None:
            del state.waiting[pocket]
    if command.mode == "hedge":
        state.hedged.add(command.account)
    else:
        state.hedged.discard(command.account)


def position_mode(state: State, command: SetPositionMode) -> Reason | None:
    """Check a change of the position mode (M17)."""
    account = command.account
    if command.mode not in state.rules.position_modes:
        return Reason.NO_HEDGE_MODE
    if (command.mode == "hedge") == (account in state.hedged):
        return Reason.UNCHANGED
    if state.orders_of(account) or state.stops_of(account):
        return Reason.HAS_ORDERS
    held = any(state.position(account, place).quantity for place in state.places(account))
    return Reason.HAS_POSITION if held else None


def misplaced(state: State, account: str, leg: object) -> Reason | None:
    """Check that a leg is named in hedge mode, and only there (M17)."""
    return None if (account in state.hedged) == isinstance(leg, str) else Reason.INVALID_LEG


def contradicts(command: PlaceOrder | PlaceStop, reduces: bool) -> bool:
    """Tell whether an order is to reduce the leg that it opens (M17)."""
    return reduces and isinstance(command.leg, str) and not closes_leg(command)
