"""Reduce-only orders never exceed the position that they reduce (Decision O6)."""

from engine.core.account.position import Position
from engine.core.book.order import Order
from engine.core.command import Side
from engine.core.event import OrderTrimmed
from engine.core.money import Lots
from engine.core.reason import Reason
from engine.core.state.venue import State
from engine.core.trading.reserve import drop


def reducible(position_quantity: int, side: Side) -> int:
    """Return how many lots an order of that side could reduce."""
    return max(0, -position_quantity if side == "buy" else position_quantity)


def room(position: Position, orders: list[Order], side: Side) -> int:
    """Return what resting reduce-only orders of that side leave of the position."""
    taken = sum(order.quantity for order in orders if order.reduce_only and order.side == side)
    return max(0, reducible(position.quantity, side) - taken)


def allotted(position_quantity: int, orders: list[tuple[Side, int]]) -> list[int]:
    """Return what each order, by arrival, may keep of the position.

    >>> allotted(10, [("sell", 6), ("sell", 6), ("buy", 1)])
    [6, 4, 0]
    """
    left = {side: reducible(position_quantity, side) for side in ("buy", "sell")}
    kept = []
    for side, quantity in orders:
        keep = min(quantity, left[side])
        left[side] -= keep
        kept.append(keep)
    return kept


def trim(state: State, position: Position) -> None:
    """Shrink or cancel an account's resting reduce-only orders to its position."""
    account = state.accounts[position.account]
    resting = [order for order in account.orders_on(position) if order.reduce_only]
    if not resting:
        return
    resting.sort(key=lambda order: order.arrival)
    keeps = allotted(position.quantity, [(order.side, order.quantity) for order in resting])
    for order, keep in zip(resting, keeps, strict=True):
        if keep == 0:
            drop(state, order, Reason.REDUCE_ONLY)
        elif keep < order.quantity:
            order.quantity = Lots(keep)
            state.markets[order.contract].dirty = True
            state.emit(
                OrderTrimmed(
                    **state.stamp(),
                    account=order.account,
                    order=order.order,
                    contract=order.contract,
                    quantity=order.quantity,
                )
            )
