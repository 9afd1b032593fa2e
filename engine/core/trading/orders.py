"""Placing, amending and cancelling: every check first, in the order of the Decisions (O4, O13)."""

from engine.core.account.account import OUTSIDE
from engine.core.account.position import Position
from engine.core.book.merged import is_worse, opposite
from engine.core.book.order import Order
from engine.core.command import AmendOrder, CancelOrder, PlaceOrder, Side
from engine.core.event import OrderAccepted, OrderAmended
from engine.core.margin.brackets import bracket_of
from engine.core.margin.orders import Arriving, open_quantity, order_margin
from engine.core.money import Lots, Price
from engine.core.reason import Reason
from engine.core.state.market import Market
from engine.core.state.standing import available, withdrawable
from engine.core.state.venue import State
from engine.core.trading.limits import band_edge, market_limit
from engine.core.trading.match import is_fillable, match
from engine.core.trading.reduce_only import room
from engine.core.trading.reserve import drop, say_cancelled, sync


def place(state: State, command: PlaceOrder) -> None:
    """Accept, match and rest an order, or refuse it."""
    reason = _check_known(state, command) or _check_shape(state, command)
    if reason is not None:
        return state.reject(command, reason)
    market = state.markets[command.contract]
    order = _new_order(state, command, market)
    position = state.position(order.account, order.contract)
    reason = _check_terms(state, market, position, order, replaced=None)
    if reason is None and command.time_in_force == "fok" and not is_fillable(state, market, order):
        reason = Reason.FILL_OR_KILL
    if reason is not None:
        return state.reject(command, reason)
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
        )
    )
    immediate = command.price is None or command.time_in_force == "ioc"
    return _work(state, market, order, immediate=immediate)


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
    quantity = command.quantity
    if command.reduce_only:
        account = state.accounts[command.account]
        position = state.position(command.account, command.contract)
        left = room(position, account.orders_in(command.contract), command.side)
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
        reduce_only=command.reduce_only,
        post_only=command.post_only,
    )


def _check_known(state: State, command: PlaceOrder) -> Reason | None:
    if command.account not in state.accounts or command.account == OUTSIDE:
        return Reason.UNKNOWN_ACCOUNT
    if command.contract not in state.markets:
        return Reason.UNKNOWN_CONTRACT
    if not state.markets[command.contract].has_price:
        return Reason.NO_PRICE
    if not command.order:
        return Reason.INVALID_ORDER
    if command.order in state.accounts[command.account].orders:
        return Reason.DUPLICATE_ORDER
    return None


def _check_shape(state: State, command: PlaceOrder) -> Reason | None:
    if command.quantity < 1:
        return Reason.INVALID_QUANTITY
    is_market = command.price is None
    if is_market and (command.post_only or command.time_in_force == "fok"):
        return Reason.INVALID_ORDER
    if command.post_only and command.time_in_force != "gtc":
        return Reason.INVALID_ORDER
    if command.price is None:
        return None
    return check_price(state, state.markets[command.contract], command.side, command.price)


def check_price(state: State, market: Market, side: Side, price: int) -> Reason | None:
    """Check a limit price: range, grid, band."""
    if not 1 <= price <= market.contract.price_max or price % market.contract.tick:
        return Reason.INVALID_PRICE
    if is_worse(price, band_edge(state, market, side), side):
        return Reason.PRICE_BAND
    return None


def _check_terms(
    state: State, market: Market, position: Position, order: Order, *, replaced: Order | None
) -> Reason | None:
    """Check what depends on position and book; `replaced` is the order as it rests now."""
    if order.reduce_only:
        if not order.quantity:
            return Reason.REDUCE_ONLY
    else:
        reason = check_size(state, market, position, _without(state, order, replaced), order)
        if reason is not None:
            return reason
    crossing = market.best(opposite(order.side), state.now_us)
    crosses = crossing is not None and not is_worse(crossing, order.price, order.side)
    if order.post_only and crosses:
        return Reason.POST_ONLY
    return _check_margin(state, market, position, order, replaced)


def _without(state: State, order: Order, replaced: Order | None) -> list[Order]:
    account = state.accounts[order.account]
    return [resting for resting in account.orders_in(order.contract) if resting is not replaced]


def check_size(
    state: State, market: Market, position: Position, orders: list[Order], order: Order | None
) -> Reason | None:
    """Check the position limit and the leverage of the larger side (Decision O7)."""
    arriving = None
    if order is not None:
        arriving = Arriving(order.side, order.price, order.quantity, order.price, order.reduce_only)
    largest = max(
        abs(position.quantity + open_quantity(orders, "buy", arriving)),
        abs(position.quantity - open_quantity(orders, "sell", arriving)),
    )
    if order is not None and largest > market.contract.quantity_max:
        return Reason.POSITION_LIMIT
    brackets = market.contract.brackets
    value = largest * market.mark * market.contract.unit_value
    if position.leverage > brackets[bracket_of(brackets, value)].leverage_max:
        return Reason.INVALID_LEVERAGE
    return None


def _check_margin(
    state: State, market: Market, position: Position, order: Order, replaced: Order | None
) -> Reason | None:
    counted = order.price
    if order.side == "sell":
        counted = max(counted, market.best("buy", state.now_us) or counted)
    arriving = Arriving(order.side, order.price, order.quantity, counted, order.reduce_only)
    account, fee = state.accounts[order.account], state.rules.taker_fee_ppm
    orders = account.orders_in(order.contract)
    others = _without(state, order, replaced)
    before = order_margin(market.contract, position, orders, None, fee)
    increase = order_margin(market.contract, position, others, arriving, fee) - before
    if increase <= 0:
        return None
    isolated = position.mode == "isolated"
    free = withdrawable(state, account) if isolated else available(state, account)
    return Reason.INSUFFICIENT_MARGIN if increase > free else None


def amend(state: State, command: AmendOrder) -> None:
    """Change a resting order's price or open quantity, or refuse to."""
    account = state.accounts.get(command.account)
    if account is None or command.account == OUTSIDE:
        return state.reject(command, Reason.UNKNOWN_ACCOUNT)
    old = account.orders.get(command.order)
    if old is None:
        return state.reject(command, Reason.UNKNOWN_ORDER)
    reason = _check_amend(state, command, old)
    if reason is not None:
        return state.reject(command, reason)
    market = state.markets[old.contract]
    market.dirty = True
    keeps_place = command.price == old.price and command.quantity <= old.quantity
    if not keeps_place:
        state.unrest(old)
        sync(state, account, old.contract)
        old.price = command.price
    old.quantity = command.quantity
    state.emit(
        OrderAmended(
            **state.stamp(),
            account=old.account,
            order=old.order,
            contract=old.contract,
            price=old.price,
            quantity=old.quantity,
        )
    )
    if keeps_place:
        return sync(state, account, old.contract)
    return _work(state, market, old, immediate=False)


def _check_amend(state: State, command: AmendOrder, old: Order) -> Reason | None:
    market = state.markets[old.contract]
    if command.quantity < 1:
        return Reason.INVALID_QUANTITY
    if command.price == old.price and command.quantity == old.quantity:
        return Reason.UNCHANGED
    reason = check_price(state, market, old.side, command.price)
    if reason is not None:
        return reason
    position = state.position(old.account, old.contract)
    if old.reduce_only:
        left = room(position, _without(state, old, old), old.side)
        if command.quantity > left:
            return Reason.REDUCE_ONLY
    new = Order(
        old.account,
        old.order,
        old.contract,
        old.side,
        Price(command.price),
        Lots(command.quantity),
        arrival=0,
        reduce_only=old.reduce_only,
        post_only=old.post_only,
    )
    return _check_terms(state, market, position, new, replaced=old)


def cancel(state: State, command: CancelOrder) -> None:
    """Take a resting order out of the book."""
    account = state.accounts.get(command.account)
    if account is None or command.account == OUTSIDE:
        return state.reject(command, Reason.UNKNOWN_ACCOUNT)
    order = account.orders.get(command.order)
    if order is None:
        return state.reject(command, Reason.UNKNOWN_ORDER)
    drop(state, order, Reason.CANCELLED)
    return sync(state, account, order.contract)
