"""What a new or amended order must satisfy before anything changes (O4, O7, O13, M4)."""

import msgspec

from engine.core.account.position import Position
from engine.core.book.merged import is_worse, opposite
from engine.core.book.order import Order
from engine.core.command import Side
from engine.core.instrument import Contract
from engine.core.margin.brackets import leverage_max
from engine.core.margin.orders import Arriving, open_quantity, order_margin
from engine.core.margin.risk import Risk, maintenance, opening_margin, unrealized
from engine.core.reason import Reason
from engine.core.state.market import Market
from engine.core.state.standing import available, order_terms, own_margin, withdrawable
from engine.core.state.venue import State
from engine.core.trading.limits import band_edge
from engine.core.trading.match import offers
from engine.core.trading.reserve import drop, sync


class Request(msgspec.Struct, frozen=True):
    """An order that asks to be accepted; `replaced` is what it stands for in the book now.

    `immediate`: nothing of it will rest.
    """

    order: Order
    replaced: Order | None = None
    immediate: bool = False

    def others(self, state: State) -> list[Order]:
        """Return the account's other resting orders that trade the same position."""
        resting = state.accounts[self.order.account].orders_on(state.traded(self.order))
        return [order for order in resting if order is not self.replaced]

    def is_one_too_many(self, state: State) -> bool:
        """Say whether the account has as many resting orders beside it as it may have."""
        orders = state.accounts[self.order.account].orders.values()
        beside = [order for order in orders if order is not self.replaced]
        most = state.rules.orders.open_max
        there = sum(order.contract == self.order.contract for order in beside)
        return there >= state.rules.orders_max or 0 < most <= len(beside)


def check_quantity(contract: Contract, quantity: int, price: int | None) -> Reason | None:
    """Check what is asked for against the contract's largest order of its kind (Decision O24)."""
    if quantity < 1:
        return Reason.INVALID_QUANTITY
    most = contract.market_order_max if price is None else contract.order_max
    return Reason.ORDER_SIZE if most is not msgspec.UNSET and quantity > most else None


def check_limit(state: State, market: Market, side: Side, price: int) -> Reason | None:
    """Check a limit price: range, grid, and how far it is through the mark."""
    if not 1 <= price <= market.contract.price_max or price % market.contract.tick:
        return Reason.INVALID_PRICE
    edge = band_edge(state, market, side)
    return Reason.PRICE_BAND if is_worse(price, edge, side) else None


def check_terms(state: State, market: Market, request: Request) -> Reason | None:
    """Check what depends on position, book and money."""
    order = request.order
    position = state.traded(order)
    if order.reduce_only:
        if not order.quantity:
            return Reason.REDUCE_ONLY
    else:
        worth = order.quantity * order.price * market.contract.unit_value
        if worth < market.contract.notional_min:
            return Reason.NOTIONAL_MIN
        arriving = Arriving(order.side, order.price, order.quantity, order.price, False)
        reason = check_size(market, position, request.others(state), arriving)
        if reason is not None:
            return reason
    if not request.immediate and request.is_one_too_many(state):
        return Reason.ORDER_LIMIT
    crossing = market.best(opposite(order.side), state.now_us)
    crosses = crossing is not None and not is_worse(crossing, order.price, order.side)
    if order.post_only and crosses:
        return Reason.POST_ONLY
    return None if order.reduce_only else _check_margin(state, market, position, request)


def check_size(
    market: Market, position: Position, orders: list[Order], arriving: Arriving | None
) -> Reason | None:
    """Check the position limit and the leverage of the larger side (Decision O7)."""
    largest = max(
        abs(position.quantity + open_quantity(orders, "buy", arriving)),
        abs(position.quantity - open_quantity(orders, "sell", arriving)),
    )
    if arriving is not None and largest > market.contract.quantity_max:
        return Reason.POSITION_LIMIT
    tabled = position.mode == "cross" and market.contract.initial
    # a table of initial margin asks the more of a cross position, it does not forbid it
    if position.leverage > leverage_max(market.contract, 0 if tabled else largest, market.mark):
        return Reason.INVALID_LEVERAGE
    return None


def _increase(state: State, market: Market, request: Request) -> int:
    """Return by how much the order margin of the contract would grow, by the leg it trades."""
    order, others = request.order, request.others(state)
    counted = order.price
    if order.side == "sell":
        counted = max(counted, market.best("buy", state.now_us) or counted)
    arriving = Arriving(order.side, order.price, order.quantity, counted, order.reduce_only)
    position = state.traded(order)
    terms, now = order_terms(state, position), [*others, *filter(None, [request.replaced])]
    return order_margin(terms, others, arriving) - order_margin(terms, now, None)


def _check_margin(
    state: State, market: Market, position: Position, request: Request
) -> Reason | None:
    opening = _opening(position, request.order)
    worst = _worst_price(state, market, request)
    sign = 1 if request.order.side == "buy" else -1
    lost = opening * max(0, sign * (worst - market.mark)) * market.contract.unit_value
    increase = _increase(state, market, request) + lost
    if increase <= 0:
        return None
    account = state.accounts[position.account]
    if position.mode == "cross":
        short = increase > available(state, account)
        return Reason.INSUFFICIENT_MARGIN if short else None
    if increase - lost > withdrawable(state, account):
        return Reason.INSUFFICIENT_MARGIN
    if not lost:
        return None
    return _check_opening(state, market, position, opening, worst)


def _opening(position: Position, order: Order) -> int:
    """Return the lots of an order beyond what it closes."""
    closes = position.quantity < 0 if order.side == "buy" else position.quantity > 0
    return max(0, order.quantity - abs(position.quantity)) if closes else order.quantity


def _worst_price(state: State, market: Market, request: Request) -> int:
    """Return the worst price that the order can be filled at: its limit if it may rest."""
    order = request.order
    if not request.immediate:
        return order.price
    worst, left = int(market.mark), int(order.quantity)
    for offer in offers(state, market, order.side):
        if left <= 0 or is_worse(offer.price, order.price, order.side):
            break
        if offer.order is None or offer.order.account != order.account:
            worst = offer.price
            left -= offer.quantity
    return worst


def _check_opening(
    state: State, market: Market, position: Position, opening: int, worst: int
) -> Reason | None:
    """An isolated position must not be liquidated by the price at which it is opened."""
    contract, sign = market.contract, 1 if worst > market.mark else -1
    left = Position(
        position.account, position.contract, "isolated", position.leverage, leg=position.leg
    )
    margin = 0
    if position.sign == sign:
        left = msgspec.structs.replace(position)
        margin = own_margin(state, position)
    value = opening * worst * contract.unit_value
    left.grow(opening, value, sign)
    margin += opening_margin(contract, value, position.leverage, sign)
    equity = margin + unrealized(contract, left, market.mark)
    kept = maintenance(contract, left, market.mark, margin)
    breach = Risk(equity, kept).is_breach(state.rules.strict_trigger)
    return Reason.WOULD_LIQUIDATE if breach else None


def make_room(state: State, market: Market, request: Request) -> None:
    """Cancel orders that lose their netting to a reduce-only order, where they cannot be paid."""
    order = request.order
    account = state.accounts[order.account]
    isolated = state.traded(order).mode == "isolated"
    while (increase := _increase(state, market, request)) > 0:
        free = withdrawable(state, account) if isolated else available(state, account)
        yielding = [
            other
            for other in request.others(state)
            if other.side == order.side and not other.reduce_only
        ]
        if increase <= free or not yielding:
            return
        drop(state, max(yielding, key=lambda one: one.arrival), Reason.INSUFFICIENT_MARGIN)
        sync(state, account, order.contract)
