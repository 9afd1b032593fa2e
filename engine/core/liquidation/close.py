"""One IOC into the book that everybody trades on, limited at the bankruptcy price (L8)."""

from engine.core.account.position import Position
from engine.core.book.merged import is_worse
from engine.core.event import LiquidationFilled
from engine.core.liquidation.case import Case
from engine.core.money import Lots, Micros, Price
from engine.core.state.venue import State
from engine.core.trading.execute import other_side, take_offer
from engine.core.trading.fill import realize
from engine.core.trading.limits import turned_away


def into_book(state: State, case: Case, position: Position, limit: Price) -> None:
    """Sell a long, buy back a short, as far as the book goes within the limit."""
    market = state.markets[position.contract]
    side, sign = other_side(position), position.sign
    walk = market.walk(side, state.now_us)
    while position.quantity:
        offer = walk.next_offer()
        if offer is None or is_worse(offer.price, limit, side):
            return
        if turned_away(state, offer.order):
            continue
        lots = min(abs(position.quantity), offer.quantity)
        take_offer(state, market, walk, offer, lots)
        value = lots * offer.price * market.contract.unit_value
        settled = realize(state, position, lots, value)
        case.owe(position.contract, value, state.rules)
        case.forced[position.contract] = case.liquidation
        loss = Micros(settled.cost - sign * value)
        state.emit(
            LiquidationFilled(
                **state.stamp(),
                liquidation=case.liquidation,
                account=position.account,
                contract=position.contract,
                side=side,
                quantity=Lots(lots),
                price=offer.price,
                stage="book",
                against="outside" if offer.order is None else "book",
                loss=loss,
                own_margin=loss,
                insurance_fund=Micros(0),
                fund=state.fund_of(position.contract),
            )
        )
