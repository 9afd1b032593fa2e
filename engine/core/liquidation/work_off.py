"""The fund works its inventory off, slice by slice in the book (I2).

A slice that the fund's cash cannot bear goes the way of a liquidation: winners are deleveraged,
then it is closed off the book, and what is missing is uncovered.
"""

from engine.core.account.account import OUTSIDE
from engine.core.account.position import Position
from engine.core.event import InventorySold
from engine.core.liquidation import deleverage
from engine.core.money import Lots, Micros, div_to_zero
from engine.core.state.venue import State
from engine.core.trading import inventory
from engine.core.trading.execute import other_side, take_offer
from engine.core.trading.fill import Fill, settle
from engine.core.trading.limits import is_beyond, turned_away


def slices(state: State) -> None:
    """Offer a slice of what funds hold of each contract, by contract."""
    for contract, position in sorted(state.inventory.items()):
        if position.quantity and not state.markets[contract].is_stale:
            missing = _sell(state, position, _size(state, position))
            if missing:
                _beyond_cash(state, position, missing)


def _size(state: State, position: Position) -> int:
    market, value = state.markets[position.contract], state.rules.fund.offload_slice
    held = abs(position.quantity)
    if not value:
        return held
    return min(held, max(1, value // (market.mark * market.contract.unit_value)))


def _sell(state: State, position: Position, lots: int) -> int:
    """Sell lots in the book, or buy them back; return those whose loss the cash cannot bear."""
    market, side = state.markets[position.contract], other_side(position)
    walk = market.walk(side, state.now_us)
    while lots:
        offer = walk.next_offer()
        band_ppm = state.rules.fund.offload_band_ppm
        if offer is None or is_beyond(offer.price, market.mark, band_ppm, side):
            return 0
        unit, wanted = offer.price * market.contract.unit_value, min(lots, offer.quantity)
        count = _bearable(state, position, wanted, unit)
        if count and turned_away(state, offer.order):
            continue
        if count:
            take_offer(state, market, walk, offer, count)
            realized, _ = inventory.shrink(state, position.contract, count, count * unit)
            state.emit(
                InventorySold(
                    **state.stamp(),
                    contract=position.contract,
                    side=side,
                    quantity=Lots(count),
                    price=offer.price,
                    value=Micros(count * unit),
                    against="outside" if offer.order is None else "book",
                    realized=Micros(realized),
                    uncovered=Micros(0),
                    held=position.quantity,
                    fund=state.fund_of(position.contract),
                )
            )
            lots -= count
        if count < wanted:
            break
    return lots


def _bearable(state: State, position: Position, wanted: int, unit: int) -> int:
    """Return how many lots can be closed at a price with what the fund has.

    At one price the losses of single lots differ by at most one unit: none has the other sign.
    """
    cash, held = state.fund_of(position.contract), abs(position.quantity)
    low, high = 0, wanted
    while low < high:
        middle = (low + high + 1) // 2
        lost = div_to_zero(position.cost * middle, held) - position.sign * middle * unit
        if lost <= cash:
            low = middle
        else:
            high = middle - 1
    return low


def _beyond_cash(state: State, position: Position, lots: int) -> None:
    """Close lots against winners, and what they leave off the book at the mark."""
    side, sign = other_side(position), position.sign
    if "adl" in state.rules.closing.takeover:
        lots -= deleverage.for_inventory(state, position, lots)
    if not lots:
        return
    market = state.markets[position.contract]
    value = lots * market.mark * market.contract.unit_value
    elsewhere = state.hold(OUTSIDE, position.contract)
    settle(state, elsewhere, Fill(sign, lots, market.mark), fee_ppm=0)
    realized, uncovered = inventory.shrink(state, position.contract, lots, value)
    state.emit(
        InventorySold(
            **state.stamp(),
            contract=position.contract,
            side=side,
            quantity=Lots(lots),
            price=market.mark,
            value=Micros(value),
            against="mark",
            realized=Micros(realized),
            uncovered=Micros(uncovered),
            held=position.quantity,
            fund=state.fund_of(position.contract),
        )
    )
