"""Open orders go first; that alone may be enough for a cross account (L4)."""

from engine.core.event import LiquidationAverted
from engine.core.liquidation.case import Case
from engine.core.money import Micros
from engine.core.reason import Reason
from engine.core.state.venue import State
from engine.core.trading.reserve import cancel_all


def resting_orders(state: State, case: Case) -> bool:
    """Cancel what rests; return whether the account is healthy again."""
    breach = case.breach
    if breach.position is not None:
        orders = breach.account.orders_in(breach.position.contract)
    else:
        orders = list(breach.account.orders.values())
    cancel_all(state, orders, Reason.LIQUIDATION)
    if not orders or breach.position is not None or breach.holds(state):
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
