"""What nobody took is closed off the book against the outside market, at the mark (L11)."""

from engine.core.account.account import OUTSIDE
from engine.core.account.position import Position
from engine.core.event import ClosedOutside
from engine.core.liquidation.case import Case
from engine.core.margin.bankruptcy import Settlement
from engine.core.money import Lots, Micros
from engine.core.state.venue import State
from engine.core.trading.fill import Fill, realize, settle


def to_outside(state: State, case: Case, position: Position, lots: Settlement, done: int) -> None:
    """Close the rest at the mark; what it owes waits until the account is settled."""
    market = state.markets[position.contract]
    sign, rest = position.sign, lots.part(done, lots.quantity)
    settled = realize(state, position, rest.count, rest.at_mark)
    elsewhere = state.hold(OUTSIDE, position.contract)
    settle(state, elsewhere, Fill(sign, rest.count, market.mark), fee_ppm=0)
    if position.mode == "cross":
        case.set_aside += min(0, rest.given)
    state.emit(
        ClosedOutside(
            **state.stamp(),
            liquidation=case.liquidation,
            account=position.account,
            contract=position.contract,
            quantity=Lots(rest.count),
            price=market.mark,
            loss=Micros(settled.cost - sign * rest.at_mark),
            leg=position.leg,
        )
    )
