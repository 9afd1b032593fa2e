"""What the fund of a contract may lose when it sells (L23)."""

from engine.core.money import PPM
from tests.support.naive.state import State

DAY_US = 86_400_000_000


def limit_of_fund(state: State, contract: str) -> tuple[int, bool]:
    """Give what it may lose, and whether the draw-down alone keeps it from more."""
    terms, pool = state.rules.fund, state.pool(contract)
    cash = state.fund_of(contract)
    limit = cash
    if terms.day_loss_ppm:
        midnight = state.now // DAY_US * DAY_US
        began = next(funds[pool] for at_us, funds in state.had if at_us >= midnight)
        limit = min(limit, began * terms.day_loss_ppm // PPM - (began - cash))
    if not terms.drawdown_ppm:
        return max(0, limit), False
    since = state.now - terms.drawdown_window_us
    peak = max([cash, *(funds[pool] for at_us, funds in state.had if at_us >= since)])
    if (peak - cash) * PPM <= peak * terms.drawdown_stop_ppm:
        state.stopped.discard(pool)
    drawable = max(0, peak * terms.drawdown_ppm // PPM - (peak - cash))
    if pool in state.stopped:
        drawable = 0
    return max(0, min(limit, drawable)), drawable < limit
