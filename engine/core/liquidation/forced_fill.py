"""One forced fill: what it does to the position, who pays for it, and its event (L8, L9, C5)."""

from typing import Literal

from engine.core.account.position import Position
from engine.core.book.merged import Offer
from engine.core.event import LiquidationFilled
from engine.core.liquidation.case import Case
from engine.core.money import Lots, Micros
from engine.core.state.venue import State
from engine.core.trading.execute import other_side
from engine.core.trading.fill import add_result, realize


def forced_fill(
    state: State,
    case: Case,
    position: Position,
    offer: Offer,
    *,
    lots: int,
    stage: Literal["book", "fund"],
    gap: int = 0,
) -> int:
    """Close lots at the price of an offer that was taken; return their value in micros.

    `gap` is what the fund has posted for what the price lacks; below 0 it gets so much now.
    """
    contract, sign = position.contract, position.sign
    side = other_side(position)
    value: int = lots * offer.price * state.markets[contract].contract.unit_value
    settled = realize(state, position, lots, value)
    state.post(state.fund_key(contract), position.margin_key, min(0, gap))
    add_result(state, position, gap)
    case.paid_by_fund += max(0, gap)
    case.forced[contract] = case.liquidation
    cash = state.fund_of(contract)
    assert cash >= 0, "the fund can be emptied, never overdrawn"
    loss = settled.cost - sign * value
    state.emit(
        LiquidationFilled(
            **state.stamp(),
            liquidation=case.liquidation,
            account=position.account,
            contract=contract,
            side=side,
            quantity=Lots(lots),
            price=offer.price,
            stage=stage,
            against="outside" if offer.order is None else "book",
            loss=Micros(loss),
            own_margin=Micros(loss - gap),
            insurance_fund=Micros(gap),
            fund=cash,
            leg=position.leg,
        )
    )
    return value
