"""What waits before a resting order at its price, and how trades serve it (P16)."""

from engine.core.command import Side, TradeTick
from tests.support.naive.book import opposite, shown_at
from tests.support.naive.fills import fill_order, outside_fill, stop_maker
from tests.support.naive.state import Order, State

Shown = dict[tuple[Side, int], int]


def join(state: State, order: Order) -> None:
    """Put an order that comes to rest behind what outside shows at its price."""
    order.ahead = 0
    if state.rules.queue != "front":
        order.ahead = shown_at(state, order.contract, order.side, order.price)


def serve(state: State, trade: TradeTick) -> None:
    """Let a replayed trade at exactly the price of resting orders fill them in their queue."""
    if state.rules.queue == "passed":
        return
    side = opposite(trade.side)
    left, eaten = int(trade.quantity), 0
    for order in _resting_at(state, trade.contract, side, trade.price):
        if left == 0:
            break
        if not any(order is other for other in state.orders):
            continue
        before = min(left, max(0, order.ahead - eaten))
        left -= before
        eaten += before
        lots = min(left, order.quantity)
        if lots and not stop_maker(state, order):
            left -= lots
            outside_fill(state, trade.contract, opposite(side), lots, order.price)
            fill_order(state, order, lots, order.price, role="maker", against="outside")
    for order in _resting_at(state, trade.contract, side, trade.price):
        order.ahead = max(0, order.ahead - eaten - left)


def shown_to_orders(state: State, contract: str) -> Shown:
    """Tell what outside shows at every price at which an order rests."""
    return {
        (order.side, order.price): shown_at(state, contract, order.side, order.price)
        for order in state.orders
        if order.contract == contract
    }


def shrink(state: State, contract: str, before: Shown) -> None:
    """Shorten every queue in the proportion in which its price shows less than before."""
    if state.rules.queue != "proportional":
        return
    for order in state.orders:
        if order.contract != contract:
            continue
        was = before[order.side, order.price]
        now = shown_at(state, contract, order.side, order.price)
        if now < was:
            order.ahead = order.ahead * now // was


def _resting_at(state: State, contract: str, side: Side, price: int) -> list[Order]:
    return sorted(
        (o for o in state.orders if (o.contract, o.side, o.price) == (contract, side, price)),
        key=lambda order: order.arrival,
    )
