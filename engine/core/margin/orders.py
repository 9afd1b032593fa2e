"""What resting and arriving orders tie up (Decision M2)."""

import msgspec

from engine.core.account.position import Position
from engine.core.book.order import Order
from engine.core.command import Side
from engine.core.instrument import Contract
from engine.core.money import PPM, Micros


class Arriving(msgspec.Struct, frozen=True):
    """An order that is not in the book yet; `counted` is the price its margin is taken at."""

    side: Side
    price: int
    quantity: int
    counted: int
    reduce_only: bool


def open_quantity(orders: list[Order], side: Side, arriving: Arriving | None) -> int:
    """Return the open quantity of a side, reduce-only orders left out."""
    total: int = sum(o.quantity for o in orders if o.side == side and not o.reduce_only)
    if arriving is not None and arriving.side == side and not arriving.reduce_only:
        total += arriving.quantity
    return total


def order_margin(
    contract: Contract,
    position: Position,
    orders: list[Order],
    arriving: Arriving | None,
    taker_fee_ppm: int,
) -> Micros:
    """Return the margin of a contract's orders: the larger side after netting."""
    values = [_side_value(contract, position, orders, arriving, side) for side in ("buy", "sell")]
    return Micros(
        max(value // position.leverage + value * taker_fee_ppm // PPM for value in values)
    )


def _side_value(
    contract: Contract,
    position: Position,
    orders: list[Order],
    arriving: Arriving | None,
    side: Side,
) -> int:
    """Return the value of a side's orders beyond what they would close."""
    sign = 1 if side == "buy" else -1
    netted = max(0, -sign * position.quantity)
    queue: list[tuple[int, int, int, int]] = []
    for order in orders:
        if order.side != side:
            continue
        if order.reduce_only:
            netted -= order.quantity
        else:
            queue.append((sign * -order.price, order.arrival, order.quantity, order.price))
    if arriving is not None and arriving.side == side:
        if arriving.reduce_only:
            netted -= arriving.quantity
        else:
            last = max((o.arrival for o in orders), default=0) + 1
            queue.append((sign * -arriving.price, last, arriving.quantity, arriving.counted))
    netted = max(0, netted)
    value = 0
    for _, _, quantity, price in sorted(queue):
        covered = min(netted, quantity)
        netted -= covered
        value += (quantity - covered) * price * contract.unit_value
    return value
