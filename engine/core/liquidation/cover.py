"""Fifth: the fund sells what is left and pays what the book lacks, as far as its cash goes (L9).

Last of all: what nobody took is closed off the book against the outside market (L11).
"""

from engine.core.account.account import OUTSIDE
from engine.core.account.position import Position
from engine.core.book.merged import Offer
from engine.core.event import ClosedOutside, LiquidationFilled
from engine.core.liquidation.case import Case
from engine.core.margin import bankruptcy
from engine.core.money import Lots, Micros
from engine.core.state.market import Market
from engine.core.state.venue import State
from engine.core.trading.execute import other_side, take_offer
from engine.core.trading.fill import add_result, realize, settle


def from_fund(state: State, case: Case, position: Position, lots: bankruptcy.Lots) -> int:
    """Sell lots into the book for the fund's account; return how many it could afford."""
    market = state.markets[position.contract]
    side, cash = other_side(position), state.fund
    walk = market.walk(side, state.now_us)
    shortfall = sold = 0
    while sold < lots.quantity:
        offer = walk.next_offer()
        if offer is None:
            break
        wanted = min(lots.quantity - sold, offer.quantity)
        count = _affordable(market, lots, sold, wanted, offer, cash - shortfall)
        if count:
            take_offer(state, market, walk, side, offer, count)
            shortfall += _sell(state, case, position, lots, sold, count, offer)
            sold += count
        if count < wanted:
            break
    return sold


def _gap(market: Market, lots: bankruptcy.Lots, sold: int, count: int, price: int) -> int:
    """Return what the fund pays so that these lots are settled at their own price."""
    value = count * price * market.contract.unit_value
    return lots.sign * (lots.value(sold, sold + count) - value)


def _affordable(
    market: Market, lots: bankruptcy.Lots, sold: int, wanted: int, offer: Offer, cash: int
) -> int:
    """Return how many lots of an offer fit into the cash, lot by lot.

    At one price the gaps of single lots differ by at most one unit, so that none of them has the
    other sign and the sum is monotone: halving finds the last lot that fits.
    """
    low, high = 0, wanted
    while low < high:
        middle = (low + high + 1) // 2
        if _gap(market, lots, sold, middle, offer.price) <= cash:
            low = middle
        else:
            high = middle - 1
    return low


def _sell(
    state: State,
    case: Case,
    position: Position,
    lots: bankruptcy.Lots,
    sold: int,
    count: int,
    offer: Offer,
) -> int:
    market = state.markets[position.contract]
    value = count * offer.price * market.contract.unit_value
    gap = _gap(market, lots, sold, count, offer.price)
    side = other_side(position)
    settled = realize(state, position, count, value)
    state.post("fund", position.margin_key, gap)
    add_result(state, position, gap)
    assert state.fund >= 0, "the fund can be emptied, never overdrawn"
    case.forced[position.contract] = case.liquidation
    loss = settled.cost - lots.sign * value
    state.emit(
        LiquidationFilled(
            **state.stamp(),
            liquidation=case.liquidation,
            account=position.account,
            contract=position.contract,
            side=side,
            quantity=Lots(count),
            price=offer.price,
            stage="fund",
            against="outside" if offer.order is None else "book",
            fee=Micros(0),
            loss=Micros(loss),
            own_margin=Micros(loss - gap),
            insurance_fund=Micros(gap),
            fund=state.fund,
        )
    )
    return gap


def from_outside(
    state: State, case: Case, position: Position, lots: bankruptcy.Lots, done: int
) -> None:
    """Close the rest at the mark; what it owes waits until the account is settled."""
    market = state.markets[position.contract]
    count, sign = abs(position.quantity), position.sign
    value = count * lots.mark_value
    settled = realize(state, position, count, value)
    elsewhere = state.hold(OUTSIDE, position.contract)
    settle(state, elsewhere, market, sign, count, market.mark, 0)
    if position.mode == "cross":
        case.set_aside += min(0, lots.given(done, lots.quantity))
    state.emit(
        ClosedOutside(
            **state.stamp(),
            liquidation=case.liquidation,
            account=position.account,
            contract=position.contract,
            quantity=Lots(count),
            price=market.mark,
            loss=Micros(settled.cost - sign * value),
        )
    )
