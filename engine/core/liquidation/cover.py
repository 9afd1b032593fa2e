"""The fund sells what is left and pays what the book lacks, as far as its cash goes (L9)."""

import msgspec

from engine.core.account.position import Position
from engine.core.liquidation.capacity import Capacity, of_fund
from engine.core.liquidation.case import Case
from engine.core.liquidation.forced_fill import forced_fill
from engine.core.margin.bankruptcy import Settlement
from engine.core.state.venue import State
from engine.core.trading.execute import other_side, take_offer
from engine.core.trading.limits import is_beyond, turned_away


class _Sale(msgspec.Struct):
    """What the fund has sold so far, and what it may lose by it."""

    lots: Settlement
    unit_value: int
    capacity: Capacity
    sold: int = 0

    def gap(self, count: int, price: int) -> int:
        """Return what the fund pays so that the next lots are settled at their own price."""
        value = count * price * self.unit_value
        return self.lots.sign * (self.lots.part(self.sold, self.sold + count).value - value)

    def affordable(self, wanted: int, price: int) -> int:
        """Return how many of the next lots fit into the cash, lot by lot.

        At one price the gaps of single lots differ by at most one unit, so that none of them has
        the other sign and the sum is monotone: halving finds the last lot that fits.
        """
        low, high = 0, wanted
        while low < high:
            middle = (low + high + 1) // 2
            if self.capacity.bears(self.gap(middle, price)):
                low = middle
            else:
                high = middle - 1
        return low


def from_fund(state: State, case: Case, position: Position, lots: Settlement, done: int) -> int:
    """Sell lots after the first `done` into the book for the fund's account, as it can afford.

    Return how many are done then.
    """
    market = state.markets[position.contract]
    cash = of_fund(state, case, position.contract)
    sale = _Sale(lots, market.contract.unit_value, cash, done)
    fund = state.fund_key(position.contract)
    side, best = other_side(position), None
    walk = market.walk(side, state.now_us)
    while sale.sold < lots.quantity:
        offer = walk.next_offer()
        if offer is None:
            break
        best = best or offer.price
        if is_beyond(offer.price, best, state.rules.fund.band_ppm, side):
            break
        wanted = min(lots.quantity - sale.sold, offer.quantity)
        count = sale.affordable(wanted, offer.price)
        if count < wanted and state.rules.fund.fills == "whole":
            count = 0
        if count and turned_away(state, offer.order):
            continue
        if count:
            # paid in before anybody's margin is released: no balance is negative in between
            gap = sale.gap(count, offer.price)
            state.post(fund, position.margin_key, max(0, gap))
            take_offer(state, market, walk, offer, count)
            forced_fill(state, case, position, offer, lots=count, stage="fund", gap=gap)
            sale.sold += count
            sale.capacity.spend(gap)
        if count < wanted:
            sale.capacity.ran_out()
            break
    return sale.sold
