"""Money is never made, and the fund never owes any (section 9, numbers 1 and 3)."""

from collections.abc import Sequence

from engine.core.command import AnyCommand
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
from engine.core.invariants import Watched
from engine.core.state.venue import State, keyed
from tests.support.witness.seen import Witness

_TELLS_FUND = (
    Assigned,
    LiquidationFilled,
    LiquidationFeePaid,
    DeficitCovered,
    ResidueTaken,
    TakenOver,
    InventorySold,
    InventoryFunded,
)


class Money(Witness):
    """The ledger sums to zero after every event, the fund is not negative after any posting."""

    def __init__(self) -> None:
        self._watched = Watched()

    def posting(self, state: State, source: str, target: str, amount: int) -> None:
        """See every sub-step."""
        if source.partition(":")[0] == "fund":
            owes = -state.balance(source)
            assert owes <= 0, f"the fund owes {owes} after a posting to {target}"

    def event(self, state: State, event: Event) -> None:
        """See every event."""
        total = sum(state.ledger.balances.values())
        assert total == 0, f"the ledger sums to {total} after {event}"
        if isinstance(event, _TELLS_FUND):
            cash = state.fund_of(event.contract)
            assert event.fund == cash, f"the fund has {cash}, told was {event}"
        if isinstance(event, PeriodSettled):
            cash = state.balance(keyed("fund", event.pool))
            assert event.fund == cash, f"the fund has {cash}, told was {event}"
            assert state.balance(keyed("pending_loss", event.pool)) == 0, f"{event}"

    def end(self, state: State, command: AnyCommand, events: Sequence[Event]) -> None:
        """Recount what the engine itself can recount."""
        self._watched.after_command(state)
