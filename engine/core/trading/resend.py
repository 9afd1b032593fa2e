"""An order that is sent again is answered, and not placed again (Decision O22)."""

from engine.core.account.memory import Known, content_of
from engine.core.command import PlaceOrder, PlaceStop
from engine.core.reason import Reason
from engine.core.state.venue import State


def used_before(state: State, command: PlaceOrder | PlaceStop) -> Reason | None:
    """Say what is wrong with an order's id: nothing if it is new, or may be used again."""
    account, terms = state.accounts[command.account], state.rules.orders
    known = account.memory.find(command.order, state.now_us, terms.ids_kept_us)
    if known is not None and known.content == content_of(command):
        return Reason.ALREADY_PLACED
    is_open = command.order in account.orders or command.order in account.stops
    return Reason.DUPLICATE_ORDER if is_open or known is not None else None


def remember(state: State, command: PlaceOrder | PlaceStop) -> None:
    """Know an accepted order again, if the venue does so."""
    terms = state.rules.orders
    if terms.ids_kept:
        known = Known(content_of(command), state.now_us)
        memory = state.accounts[command.account].memory
        memory.add(command.order, known, terms.ids_kept, terms.ids_kept_us)
