"""The cash of the insurance fund, all its pools together, as events tell it."""

from engine.core.event import (
    Assigned,
    DeficitCovered,
    Event,
    InventoryFunded,
    InventorySold,
    LiquidationFeePaid,
    LiquidationFilled,
    PeriodSettled,
    ResidueTaken,
    TakenOver,
)
from engine.core.instrument import Venue

_TELL = (
    LiquidationFilled,
    LiquidationFeePaid,
    DeficitCovered,
    ResidueTaken,
    Assigned,
    TakenOver,
    InventorySold,
    InventoryFunded,
)


class Funds:
    """Follows every pool; `start`, `cash` and `low`, the least ever, are of all together."""

    def __init__(self, venue: Venue) -> None:
        self._pool_of = {one.symbol: venue.pool_of(one) for one in venue.contracts}
        self._cash: dict[str, int] = dict(venue.funds())
        self.start = self.cash = self.low = sum(self._cash.values())

    def heard(self, event: Event) -> bool:
        """Take in an event; return whether it told of the fund."""
        if isinstance(event, PeriodSettled):
            pool = event.pool
        elif isinstance(event, _TELL):
            pool = self._pool_of.get(event.contract, "")
        else:
            return False
        self.cash += event.fund - self._cash.get(pool, 0)
        self._cash[pool] = event.fund
        self.low = min(self.low, self.cash)
        return True
