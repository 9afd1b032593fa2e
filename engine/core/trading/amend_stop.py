"""A stop that waits for another price than before (Decision O23)."""

import msgspec

from engine.core.book.stop import Stop
from engine.core.command import AmendStop
from engine.core.event import StopAmended
from engine.core.reason import Reason
from engine.core.state.venue import State
from engine.core.trading.checks import check_quantity
from engine.core.trading.stops import check_prices, forget, keep, watched
from engine.core.trading.transfers import known


def amend(state: State, command: AmendStop) -> None:
    """Change what a stop waits for and what it then asks, or refuse to."""
    reason = known(state, command.account)
    if reason is not None:
        return state.reject(command, reason)
    old = state.accounts[command.account].stops.get(command.order)
    if old is None:
        return state.reject(command, Reason.UNKNOWN_ORDER)
    new = msgspec.structs.replace(
        old,
        quantity=command.quantity,
        trigger=command.trigger,
        callback_ppm=command.callback_ppm,
        price=command.price,
    )
    reason = _check(state, old, new)
    if reason is not None:
        return state.reject(command, reason)
    _replace(state, old, new)
    return state.emit(
        StopAmended(
            **state.stamp(),
            account=new.account,
            order=new.order,
            contract=new.contract,
            quantity=new.quantity,
            trigger=new.trigger,
            callback_ppm=new.callback_ppm,
            price=new.price,
        )
    )


def _check(state: State, old: Stop, new: Stop) -> Reason | None:
    market = state.markets[old.contract]
    reason = check_quantity(market.contract, new.quantity, old.price)
    if reason is not None:
        return reason
    if (new.price is None) != (old.price is None):
        return Reason.INVALID_ORDER
    reason = check_prices(market, new)
    if reason is not None:
        return reason
    if new == old:
        return Reason.UNCHANGED
    is_there = new.is_reached(watched(market, new.watches))
    return Reason.WOULD_TRIGGER if is_there else None


def _replace(state: State, old: Stop, new: Stop) -> None:
    """Only a stop that has become smaller and nothing else keeps its place among those reached."""
    if new.quantity < old.quantity and new == msgspec.structs.replace(old, quantity=new.quantity):
        old.quantity = new.quantity
        return
    forget(state, old)
    state.arrivals += 1
    new.arrival = state.arrivals
    keep(state, new)
