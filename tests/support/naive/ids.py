"""Which ids of orders are taken, and by what (O4, O22)."""

import msgspec

from engine.core.command import PlaceOrder, PlaceStop
from engine.core.reason import Reason
from tests.support.naive.state import State


def refused_id(state: State, command: PlaceOrder | PlaceStop) -> Reason | None:
    """Tell whether an id was used, by the same or by another order."""
    terms = state.rules.orders
    own = [(at, one) for at, one in state.accepted if one.account == command.account]
    for at, before in own[-terms.ids_kept :] if terms.ids_kept else []:
        is_known = not terms.ids_kept_us or state.now <= at + terms.ids_kept_us
        if is_known and before.order == command.order:
            same = before == msgspec.structs.replace(command, at_us=before.at_us)
            return Reason.ALREADY_PLACED if same else Reason.DUPLICATE_ORDER
    if state.find_order(command.account, command.order) is not None:
        return Reason.DUPLICATE_ORDER
    if state.find_stop(command.account, command.order) is not None:
        return Reason.DUPLICATE_ORDER
    return None
