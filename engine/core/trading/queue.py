"""The queue at a price: resting orders wait behind what the replayed market showed (P16).

`back`: only trades at the price move an order up. `proportional`: also the shown quantity, when it
shrinks, as if those who left had stood evenly. `front`: nobody is ahead. `passed`: a trade at the
price itself fills nobody. Real queues lie between
back and front; which one a file had cannot be known from trades and depth alone.
"""

from engine.core.book.merged import opposite
from engine.core.book.order import Order
from engine.core.command import Side, TradeTick
from engine.core.state.market import Market
from engine.core.state.venue import State
from engine.core.trading.execute import client_fill, outside_fill
from engine.core.trading.limits import turned_away

Before = dict[int, int]
"""Lots shown at the price of each resting order, by arrival, before a quote or book tick."""


def trade(state: State, market: Market, command: TradeTick) -> None:
    """Serve the orders at the trade's own price: first what was ahead of each, then the order."""
    if state.rules.queue == "passed":
        return
    side = opposite(command.side)
    left: int = command.quantity
    eaten = 0
    waiting = market.ladder.at(side, command.price)
    for order in waiting:
        if not left:
            break
        if not _rests(state, order):
            continue
        outside = min(left, max(0, order.ahead - eaten))
        eaten += outside
        left -= outside
        lots = min(left, order.quantity)
        if lots and not turned_away(state, order):
            left -= lots
            outside_fill(state, market, command.side, lots, order.price)
            client_fill(state, market, order, lots, order.price, role="maker", against="outside")
    for order in waiting:
        order.ahead = max(0, order.ahead - eaten - left)


def _rests(state: State, order: Order) -> bool:
    """Say whether an order is still there: a fill before it may have cancelled it."""
    return state.accounts[order.account].orders.get(order.order) is order


def shown(state: State, market: Market) -> Before:
    """Note what is shown at the prices of resting orders, where the queue model needs it."""
    if state.rules.queue != "proportional":
        return {}
    return {order.arrival: _shown_at(state, market, order) for order in market.ladder}


def _shown_at(state: State, market: Market, order: Order) -> int:
    side: Side = order.side
    return market.outside.shown_at(market.contract, side, order.price, state.now_us)


def requoted(state: State, market: Market, before: Before) -> None:
    """Move orders up in proportion to what left from their price."""
    if not before:
        return
    for order in market.ladder:
        was, now = before.get(order.arrival, 0), _shown_at(state, market, order)
        if now < was:
            order.ahead = order.ahead * now // was
