"""Placing and amending (Decisions O4, O13)."""

import msgspec
from msgspec import UNSET

from engine.core.book.order import Order
from engine.core.command import AmendOrder, PlaceOrder, PlaceStop
from engine.core.event import OrderAccepted, OrderAmended
from engine.core.money import Lots
from engine.core.reason import Reason
from engine.core.state.market import Market
from engine.core.state.venue import State
from engine.core.trading.checks import Request, check_limit, check_quantity, check_terms, make_room
from engine.core.trading.limits import market_limit
from engine.core.trading.match import is_fillable, match
from engine.core.trading.reduce_only import room
from engine.core.trading.resend import remember, used_before
from engine.core.trading.reserve import say_cancelled, sync
from engine.core.trading.transfers import known, misplaced

RESTING = ("gtc", "gtd")
"""What is left of an order that is in force so long rests."""


def place(state: State, command: PlaceOrder) -> None:
    """Accept, match and rest an order, or refuse it."""
    reason = check_known(state, command) or used_before(state, command) or enter(state, command)
    if reason is not None:
        return state.reject(command, reason)
    return remember(state, command)


def enter(state: State, command: PlaceOrder) -> Reason | None:
    """Accept, match and rest an order of a new id, or return why not; then nothing has changed."""
    reason = _check_shape(state, command)
    if reason is not None:
        return reason
    market = state.markets[command.contract]
    order = _new_order(state, command, market)
    immediate = command.price is None or command.time_in_force not in RESTING
    request = Request(order, immediate=immediate)
    reason = check_terms(state, market, request)
    if reason is None and command.time_in_force == "fok" and not is_fillable(state, market, order):
        reason = Reason.FILL_OR_KILL
    if reason is not None:
        return reason
    market.dirty = True
    state.emit(
        OrderAccepted(
            **state.stamp(),
            account=order.account,
            order=order.order,
            contract=order.contract,
            side=order.side,
            quantity=order.quantity,
            price=order.price,
            leg=order.leg,
        )
    )
    if order.reduce_only:
        make_room(state, market, request)
    _work(state, market, order, immediate=immediate)
    return None


def _work(state: State, market: Market, order: Order, *, immediate: bool) -> None:
    """Match an accepted order, then rest what is left or say why it ends."""
    reason = match(state, market, order)
    if order.quantity and reason is None and not immediate:
        state.arrivals += 1
        order.arrival = state.arrivals
        state.rest(order)
    elif order.quantity:
        say_cancelled(state, order, reason or Reason.IMMEDIATE_OR_CANCEL)
    sync(state, state.accounts[order.account], order.contract)


def _new_order(state: State, command: PlaceOrder, market: Market) -> Order:
    quantity, reduces = command.quantity, command.reduce_only or closes(command)
    if reduces:
        account = state.accounts[command.account]
        position = state.position(command.account, command.contract, command.leg)
        left = room(position, account.orders_on(position), command.side)
        quantity = Lots(min(quantity, left))
    price = command.price
    if price is None:
        price = market_limit(state, market, command.side)
    return Order(
        command.account,
        command.order,
        command.contract,
        command.side,
        price,
        quantity,
        arrival=0,
        reduce_only=reduces,
        post_only=command.post_only,
        expires_us=command.expires_us,
        leg=command.leg,
    )


def closes(command: PlaceOrder | PlaceStop) -> bool:
    """Say whether an order closes the leg that it names; it then reduces only (Decision M17)."""
    return command.leg == ("short" if command.side == "buy" else "long")


def check_known(state: State, command: PlaceOrder) -> Reason | None:
    """Check who trades where, before all that an order asks."""
    reason = known(state, command.account, command.contract)
    if reason is not None:
        return reason
    if not state.markets[command.contract].has_price:
        return Reason.NO_PRICE
    if state.markets[command.contract].is_settled:
        return Reason.CONTRACT_SETTLED
    reason = misplaced(state, command.account, command.leg)
    if reason is not None:
        return reason
    if not command.order:
        return Reason.INVALID_ORDER
    return None


def _check_shape(state: State, command: PlaceOrder) -> Reason | None:
    market = state.markets[command.contract]
    reason = check_quantity(market.contract, command.quantity, command.price)
    if reason is not None:
        return reason
    if command.reduce_only and command.leg is not UNSET and not closes(command):
        return Reason.INVALID_ORDER
    is_market = command.price is None
    if is_market and (command.post_only or command.time_in_force == "fok"):
        return Reason.INVALID_ORDER
    if command.post_only and command.time_in_force not in RESTING:
        return Reason.INVALID_ORDER
    if not _is_timed_well(state, command, is_market=is_market):
        return Reason.INVALID_ORDER
    if command.price is None:
        return None
    return check_limit(state, market, command.side, command.price)


def _is_timed_well(state: State, command: PlaceOrder, *, is_market: bool) -> bool:
    """Say whether an order that ends by itself says when, and no other does."""
    if command.time_in_force != "gtd":
        return command.expires_us is UNSET
    return not is_market and command.expires_us is not UNSET and command.expires_us > state.now_us


def amend(state: State, command: AmendOrder) -> None:
    """Change a resting order's price or open quantity, or refuse to."""
    reason = known(state, command.account)
    if reason is not None:
        return state.reject(command, reason)
    account = state.accounts[command.account]
    old = account.orders.get(command.order)
    if old is None:
        return state.reject(command, Reason.UNKNOWN_ORDER)
    market = state.markets[old.contract]
    new = msgspec.structs.replace(old, price=command.price, quantity=command.quantity)
    request = Request(new, replaced=old)
    reason = _check_amend(state, market, request)
    if reason is not None:
        return state.reject(command, reason)
    market.dirty = True
    state.emit(
        OrderAmended(
            **state.stamp(),
            account=old.account,
            order=old.order,
            contract=old.contract,
            price=command.price,
            quantity=command.quantity,
        )
    )
    if old.reduce_only:
        make_room(state, market, request)
    if new.price == old.price and new.quantity <= old.quantity:
        old.quantity = new.quantity
        return sync(state, account, old.contract)
    state.unrest(old)
    sync(state, account, old.contract)
    return _work(state, market, new, immediate=False)


def _check_amend(state: State, market: Market, request: Request) -> Reason | None:
    new, old = request.order, request.replaced
    assert old is not None, "an amendment replaces a resting order"
    reason = check_quantity(market.contract, new.quantity, new.price)
    if reason is not None:
        return reason
    if (new.price, new.quantity) == (old.price, old.quantity):
        return Reason.UNCHANGED
    reason = check_limit(state, market, new.side, new.price)
    if reason is not None:
        return reason
    if new.reduce_only:
        position = state.traded(new)
        if new.quantity > room(position, request.others(state), new.side):
            return Reason.REDUCE_ONLY
    return check_terms(state, market, request)
