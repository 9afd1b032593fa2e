"""How often an account may say something (Decision O19)."""

from engine.core.account.account import OUTSIDE
from engine.core.command import CancelAll, CancelAllAfter, CancelOrder, Command, Deposit
from engine.core.reason import Reason
from engine.core.state.meter import EACH, Meter
from engine.core.state.venue import State

_TAKES_AWAY = (CancelOrder, CancelAll, CancelAllAfter)
"""What makes an account's risk smaller may use the burst a second time."""


def admits(state: State, command: Command) -> bool:
    """Count a command of an account, or refuse it with the time after which it may come again."""
    name = getattr(command, "account", OUTSIDE)
    if name == OUTSIDE or name not in state.accounts or isinstance(command, Deposit):
        return True
    terms = state.rules.orders
    limit = terms.burst * 2 if isinstance(command, _TAKES_AWAY) else terms.burst
    meter = state.meters.setdefault(name, Meter(0, state.now_us))
    wait_us = meter.wait_us(terms.rate, limit, state.now_us)
    if wait_us:
        state.reject(command, Reason.RATE_LIMIT, wait_us)
        return False
    meter.used += EACH
    return True
