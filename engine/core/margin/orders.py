"""What resting and arriving orders tie up (Decisions M2, M13)."""

import msgspec

from engine.core.account.position import Position
from engine.core.book.order import Order
from engine.core.command import Side
from engine.core.instrument import Contract
from engine.core.margin.brackets import initial_of
from engine.core.margin.risk import opening_fee
from engine.core.money import PPM, Micros

SIDES: tuple[Side, Side] = ("buy", "sell")


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


class Terms(msgspec.Struct, frozen=True):
    """What the margin of orders depends on beside them."""

    contract: Contract
    position: Position
    mark: int
    taker_fee_ppm: int


def order_margin(terms: Terms, orders: list[Order], arriving: Arriving | None) -> Micros:
    """Return the margin of a contract's orders: the larger side after netting."""
    if not orders and arriving is None:
        return Micros(0)
    buys, sells = (_side_margin(terms, orders, arriving, side) for side in SIDES)
    return Micros(max(buys, sells))


def _side_margin(terms: Terms, orders: list[Order], arriving: Arriving | None, side: Side) -> int:
    """Return what a side's orders need beyond what they would close: margin and fees."""
    position, sign = terms.position, 1 if side == "buy" else -1
    lots, value = _opening(terms, orders, arriving, side)
    if not lots:
        return 0
    margin = value // position.leverage
    if position.mode == "cross":
        held = max(0, sign * position.quantity)
        more = initial_of(terms.contract, held + lots, terms.mark)
        margin = max(margin, more - initial_of(terms.contract, held, terms.mark))
    margin += opening_fee(terms.contract, value, position.leverage, sign)
    return margin + value * terms.taker_fee_ppm // PPM


def _opening(
    terms: Terms, orders: list[Order], arriving: Arriving | None, side: Side
) -> tuple[int, int]:
    """Return the lots and the value of a side's orders beyond what they would close."""
    sign = 1 if side == "buy" else -1
    netted = max(0, -sign * terms.position.quantity)
    queue: list[tuple[int, bool, int, int, int]] = []
    for order in orders:
        if order.side != side:
            continue
        if order.reduce_only:
            netted -= order.quantity
        else:
            queue.append((sign * -order.price, False, order.arrival, order.quantity, order.price))
    if arriving is not None and arriving.side == side:
        if arriving.reduce_only:
            netted -= arriving.quantity
        else:
            queue.append((sign * -arriving.price, True, 0, arriving.quantity, arriving.counted))
    netted = max(0, netted)
    lots = value = 0
    for _, _, _, quantity, price in sorted(queue):
        covered = min(netted, quantity)
        netted -= covered
        lots += quantity - covered
        value += (quantity - covered) * price * terms.contract.unit_value
    return lots, value
