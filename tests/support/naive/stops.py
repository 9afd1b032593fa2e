"""Stops: kept as they were sent, looked at in each update, placed when waves are over (O15)."""

from engine.core.command import PlaceOrder, PlaceStop
from engine.core.event import OrderCancelled, StopAccepted, StopTriggered
from engine.core.reason import Reason
from tests.support.naive.fills import cancel, reducible
from tests.support.naive.legs import contradicts, misplaced
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
    if state.find_order(command.account, command.order) is not None:
        return Reason.DUPLICATE_ORDER
    if state.find_stop(command.account, command.order) is not None:
        return Reason.DUPLICATE_ORDER
    if command.quantity < 1:
        return Reason.INVALID_QUANTITY
    if contradicts(command, command.reduce_only or command.close_on_trigger):
        return Reason.INVALID_ORDER
    if command.kind == "trailing":
        follows = command.trigger is None and command.callback_ppm is not None
        sound = follows and 1 <= (command.callback_ppm or 0) <= 999_999
    else:
        sound = command.trigger is not None and command.callback_ppm is None
    if not sound or (command.price is None and command.time_in_force == "fok"):
        return Reason.INVALID_ORDER
    prices = [price for price in (command.trigger, command.price) if price is not None]
    if not all(on_grid(market.contract, price) for price in prices):
        return Reason.INVALID_PRICE
    others = [stop.command for stop in state.stops]
    waiting = [o for o in others if (o.account, o.contract) == (command.account, command.contract)]
    if len(waiting) >= state.rules.stops_max:
        return Reason.ORDER_LIMIT
    stop = Stop(command)
    stop.look(market)
    return None if stop.reached is None else Reason.WOULD_TRIGGER


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
    reason = refusal(state, command)
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
