"""Open orders go first; that alone may be enough for a cross account (L4)."""

from msgspec import UNSET

from engine.core.account.position import Position
from engine.core.book.order import Order
from engine.core.book.stop import Stop
from engine.core.event import LiquidationAverted
from engine.core.liquidation.case import Case
from engine.core.money import Micros
from engine.core.reason import Reason
from engine.core.state.venue import State
from engine.core.trading.reserve import cancel_all
from engine.core.trading.stops import drop_stop


def resting_orders(state: State, case: Case, going: list[Position]) -> bool:
    """Cancel what rests, in the contracts of the positions that go now or everywhere.

    Return whether the account is healthy again.
    """
    breach, closing = case.breach, state.rules.closing
    isolated = breach.position
    scope = closing.cancel_cross if isolated is None else closing.cancel_isolated
    contracts = [position.contract for position in going]
    if isolated is not None:
        contracts = [isolated.contract]
    everywhere, leg = scope == "account" or not contracts, breach.leg

    met = "buy" if leg == "long" else "sell"

    def goes(order: Order | Stop) -> bool:
        # the other leg's order may stand in the way of the liquidation's own
        is_met = isinstance(order, Order) and order.side == met
        is_of_leg = leg in (UNSET, order.leg) or is_met
        return everywhere or (order.contract in contracts and is_of_leg)

    orders = [order for order in breach.account.orders.values() if goes(order)]
    cancel_all(state, orders, Reason.LIQUIDATION)
    for stop in [stop for stop in breach.account.stops.values() if goes(stop)]:
        drop_stop(state, stop, Reason.LIQUIDATION)
    if not orders or isolated is not None or breach.holds(state):
        return False
    risk = breach.risk(state)
    state.emit(
        LiquidationAverted(
            **state.stamp(),
            account=breach.account.name,
            equity=Micros(risk.equity),
            maintenance=Micros(risk.maintenance),
        )
    )
    return True
