"""Orders that wait for a price: kept, triggered by an update of prices, placed afterwards (O15)."""

from msgspec import UNSET

from engine.core.account.account import Account
from engine.core.book.stop import Stop, Watched
from engine.core.command import PlaceOrder, PlaceStop
from engine.core.event import OrderCancelled, StopAccepted, StopTriggered
from engine.core.money import PPM, Price
from engine.core.reason import Reason
from engine.core.state.market import Market
from engine.core.state.venue import State
from engine.core.trading.checks import check_quantity
from engine.core.trading.orders import check_known, closes, enter
from engine.core.trading.reduce_only import reducible, room
from engine.core.trading.resend import remember, used_before
from engine.core.trading.reserve import drop
from engine.core.trading.transfers import known, misplaced


def place_stop(state: State, command: PlaceStop) -> None:
    """Let a stop wait, or refuse it."""
    reason = _check(state, command)
    if reason is not None:
        return state.reject(command, reason)
    market = state.markets[command.contract]
    state.arrivals += 1
    stop = _stop_of(command, state.arrivals)
    stop.is_reached(watched(market, stop.watches))  # a trailing one begins to follow
    keep(state, stop)
    remember(state, command)
    return state.emit(
        StopAccepted(
            **state.stamp(),
            account=stop.account,
            order=stop.order,
            contract=stop.contract,
            side=stop.side,
            quantity=stop.quantity,
            kind=stop.kind,
            watches=stop.watches,
            trigger=stop.trigger,
            callback_ppm=stop.callback_ppm,
            leg=stop.leg,
        )
    )


def keep(state: State, stop: Stop) -> None:
    """Let a stop wait behind the others."""
    state.accounts[stop.account].stops[stop.order] = stop
    state.markets[stop.contract].stops.add(stop)


def _stop_of(command: PlaceStop, arrival: int) -> Stop:
    return Stop(
        account=command.account,
        order=command.order,
        contract=command.contract,
        side=command.side,
        quantity=command.quantity,
        kind=command.kind,
        watches=command.watches,
        arrival=arrival,
        trigger=command.trigger,
        callback_ppm=command.callback_ppm,
        price=command.price,
        time_in_force=command.time_in_force,
        reduce_only=command.reduce_only or command.close_on_trigger,
        close_on_trigger=command.close_on_trigger,
        leg=command.leg,
    )


def watched(market: Market, watches: Watched) -> Price:
    """Return the price that a stop looks at."""
    return {"last": market.last, "mark": market.venue_mark, "index": market.index}[watches]


def _check(state: State, command: PlaceStop) -> Reason | None:
    reason = known(state, command.account, command.contract)
    if reason is not None:
        return reason
    market, account = state.markets[command.contract], state.accounts[command.account]
    if not market.has_price:
        return Reason.NO_PRICE
    if market.is_settled:
        return Reason.CONTRACT_SETTLED
    reason = misplaced(state, command.account, command.leg)
    if reason is not None:
        return reason
    if not command.order:
        return Reason.INVALID_ORDER
    reason = used_before(state, command)
    if reason is not None:
        return reason
    reason = check_quantity(market.contract, command.quantity, command.price)
    if reason is not None:
        return reason
    reduces = command.reduce_only or command.close_on_trigger
    if reduces and command.leg is not UNSET and not closes(command):
        return Reason.INVALID_ORDER
    reason = check_prices(market, _stop_of(command, 0))
    if reason is not None:
        return reason
    waiting = sum(stop.contract == command.contract for stop in account.stops.values())
    if waiting >= state.rules.stops_max:
        return Reason.ORDER_LIMIT
    is_there = _stop_of(command, 0).is_reached(watched(market, command.watches))
    return Reason.WOULD_TRIGGER if is_there else None


def check_prices(market: Market, stop: Stop) -> Reason | None:
    """Check what a stop waits for, and its limit."""
    follows = stop.callback_ppm is not None
    if follows != (stop.kind == "trailing") or follows != (stop.trigger is None):
        return Reason.INVALID_ORDER
    if stop.callback_ppm is not None and not 1 <= stop.callback_ppm < PPM:
        return Reason.INVALID_ORDER
    if stop.price is None and stop.time_in_force == "fok":
        return Reason.INVALID_ORDER
    for price in (stop.trigger, stop.price):
        if price is not None:
            outside = not 1 <= price <= market.contract.price_max
            if outside or price % market.contract.tick:
                return Reason.INVALID_PRICE
    return None


def work_off(state: State) -> bool:
    """Place the order of the first stop whose price was reached; say whether there was one."""
    for market in state.markets.values():
        if market.stops.triggered:
            stop, price = min(market.stops.triggered, key=lambda pair: pair[0].arrival)
            forget(state, stop)
            _place(state, stop, price)
            return True
    return False


def _place(state: State, stop: Stop, price: Price) -> None:
    state.emit(
        StopTriggered(
            **state.stamp(),
            account=stop.account,
            order=stop.order,
            contract=stop.contract,
            price=price,
        )
    )
    if stop.close_on_trigger:
        _make_way(state, stop)
    command = PlaceOrder(
        at_us=state.now_us,
        account=stop.account,
        order=stop.order,
        contract=stop.contract,
        side=stop.side,
        quantity=stop.quantity,
        price=stop.price,
        time_in_force=stop.time_in_force,
        reduce_only=stop.reduce_only,
        leg=stop.leg,
    )
    reason = check_known(state, command) or enter(state, command)
    if reason is not None:
        _say_cancelled(state, stop, reason)


def _make_way(state: State, stop: Stop) -> None:
    """Cancel the newest reduce-only orders of its side that leave it too little of the position."""
    account = state.accounts[stop.account]
    position = state.position(stop.account, stop.contract, stop.leg)
    wanted = min(stop.quantity, reducible(position.quantity, stop.side))
    while room(position, resting := account.orders_on(position), stop.side) < wanted:
        own = [order for order in resting if order.reduce_only and order.side == stop.side]
        drop(state, max(own, key=lambda order: order.arrival), Reason.REDUCE_ONLY)


def cancel_stops(state: State, account: Account, contracts: list[str], reason: Reason) -> int:
    """Take an account's stops away, in some contracts, or in all where none is named."""
    going = [stop for stop in account.stops.values() if not contracts or stop.contract in contracts]
    for stop in going:
        drop_stop(state, stop, reason)
    return len(going)


def drop_stop(state: State, stop: Stop, reason: Reason) -> None:
    """Take a stop away and say why."""
    forget(state, stop)
    _say_cancelled(state, stop, reason)


def forget(state: State, stop: Stop) -> None:
    """Take a stop away without a word."""
    state.markets[stop.contract].stops.remove(stop)
    del state.accounts[stop.account].stops[stop.order]


def _say_cancelled(state: State, stop: Stop, reason: Reason) -> None:
    state.emit(
        OrderCancelled(
            **state.stamp(),
            account=stop.account,
            order=stop.order,
            contract=stop.contract,
            quantity=stop.quantity,
            reason=reason,
        )
    )
