"""Stops: kept as they were sent, looked at in each update, placed when waves are over (O15)."""

import msgspec

from engine.core.command import AmendStop, PlaceOrder, PlaceStop
from engine.core.event import OrderCancelled, StopAccepted, StopAmended, StopTriggered
from engine.core.reason import Reason
from tests.support.naive.fills import cancel, reducible
from tests.support.naive.ids import refused_id
from tests.support.naive.legs import contradicts, misplaced
from tests.support.naive.many import is_oversized
from tests.support.naive.orders import place, resting_reduce_only
from tests.support.naive.refusals import on_grid, refusal
from tests.support.naive.state import State, Stop, place_at


def refused_stop(state: State, command: PlaceStop) -> Reason | None:
    """O15."""
    market = state.markets[command.contract]
    if not market.priced:
        return Reason.NO_PRICE
    if market.settled:
        return Reason.CONTRACT_SETTLED
    misnamed = misplaced(state, command.account, command.leg)
    if misnamed is not None:
        return misnamed
    if not command.order:
        return Reason.INVALID_ORDER
    taken = refused_id(state, command)
    if taken is not None:
        return taken
    if command.quantity < 1:
        return Reason.INVALID_QUANTITY
    if is_oversized(state, command.contract, command.quantity, command.price):
        return Reason.ORDER_SIZE
    if contradicts(command, command.reduce_only or command.close_on_trigger):
        return Reason.INVALID_ORDER
    unsound = _unsound(state, command)
    if unsound is not None:
        return unsound
    others = [stop.command for stop in state.stops]
    waiting = [o for o in others if (o.account, o.contract) == (command.account, command.contract)]
    if len(waiting) >= state.rules.stops_max:
        return Reason.ORDER_LIMIT
    stop = Stop(command)
    stop.look(market)
    return None if stop.reached is None else Reason.WOULD_TRIGGER


def _unsound(state: State, asked: PlaceStop) -> Reason | None:
    """O15: what a stop of its kind says and what it leaves out."""
    if asked.kind == "trailing":
        follows = asked.trigger is None and asked.callback_ppm is not None
        sound = follows and 1 <= (asked.callback_ppm or 0) <= 999_999
    else:
        sound = asked.trigger is not None and asked.callback_ppm is None
    if not sound or (asked.price is None and asked.time_in_force == "fok"):
        return Reason.INVALID_ORDER
    details = state.markets[asked.contract].contract
    prices = [price for price in (asked.trigger, asked.price) if price is not None]
    return None if all(on_grid(details, price) for price in prices) else Reason.INVALID_PRICE


def _amended(stop: Stop, command: AmendStop) -> PlaceStop:
    return msgspec.structs.replace(
        stop.command,
        quantity=command.quantity,
        trigger=command.trigger,
        callback_ppm=command.callback_ppm,
        price=command.price,
    )


def refused_amendment(state: State, command: AmendStop) -> Reason | None:
    """O23."""
    stop = state.find_stop(command.account, command.order)
    if stop is None:
        return Reason.UNKNOWN_ORDER
    if command.quantity < 1:
        return Reason.INVALID_QUANTITY
    if is_oversized(state, stop.command.contract, command.quantity, stop.command.price):
        return Reason.ORDER_SIZE
    asked = _amended(stop, command)
    if (asked.price is None) != (stop.command.price is None):
        return Reason.INVALID_ORDER
    unsound = _unsound(state, asked)
    if unsound is not None:
        return unsound
    if asked == stop.command:
        return Reason.UNCHANGED
    trial = Stop(asked, best=stop.best)
    trial.look(state.markets[asked.contract])
    return None if trial.reached is None else Reason.WOULD_TRIGGER


def amend_stop(state: State, command: AmendStop) -> None:
    """Change a stop; one that is not only smaller goes behind the others (O23)."""
    stop = state.find_stop(command.account, command.order)
    assert stop is not None
    before, stop.command = stop.command, _amended(stop, command)
    smaller = msgspec.structs.replace(before, quantity=command.quantity)
    if stop.command != smaller or command.quantity > before.quantity:
        state.stops = [*(other for other in state.stops if other is not stop), stop]
    state.emit(
        StopAmended,
        account=command.account,
        order=command.order,
        contract=stop.command.contract,
        quantity=command.quantity,
        trigger=command.trigger,
        callback_ppm=command.callback_ppm,
        price=command.price,
    )


def keep(state: State, command: PlaceStop) -> None:
    """Let a stop wait."""
    stop = Stop(command)
    stop.look(state.markets[command.contract])
    state.stops.append(stop)
    state.arrivals += 1
    state.emit(
        StopAccepted,
        account=command.account,
        order=command.order,
        contract=stop.place,
        side=command.side,
        quantity=command.quantity,
        kind=command.kind,
        watches=command.watches,
        trigger=command.trigger,
        callback_ppm=command.callback_ppm,
    )


def place_triggered(state: State) -> bool:
    """Place the first stop whose price was reached; tell whether there was one."""
    reached = [stop for stop in state.stops if stop.reached is not None]
    if not reached:
        return False
    stop = min(reached, key=lambda one: one.command.contract)  # the first of those that tie
    asked = stop.command
    state.stops = [other for other in state.stops if other is not stop]
    names = {"account": asked.account, "order": asked.order, "contract": asked.contract}
    state.emit(StopTriggered, **names, price=stop.reached)
    if asked.close_on_trigger:
        _make_way(state, asked)
    command = PlaceOrder(
        at_us=state.now,
        account=asked.account,
        order=asked.order,
        contract=asked.contract,
        side=asked.side,
        quantity=asked.quantity,
        price=asked.price,
        time_in_force=asked.time_in_force,
        reduce_only=asked.reduce_only or asked.close_on_trigger,
        leg=asked.leg,
    )
    state.triggering = True
    reason = refusal(state, command)
    state.triggering = False
    if reason is None:
        place(state, command)
    else:
        state.emit(OrderCancelled, **names, quantity=asked.quantity, reason=reason)
    return True


def _make_way(state: State, asked: PlaceStop) -> None:
    where = (asked.account, place_at(asked.contract, asked.leg), asked.side)
    held = reducible(state, *where)
    while held - resting_reduce_only(state, *where) < min(held, asked.quantity):
        orders = state.orders_of(*where[:2])
        own = [order for order in orders if order.reduce_only and order.side == asked.side]
        cancel(state, own[-1], Reason.REDUCE_ONLY)
