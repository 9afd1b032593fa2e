"""What accounts hold, as far as events tell it."""

from collections.abc import Container

from engine.core.event import (
    Assigned,
    Deleveraged,
    Event,
    LiquidationEnded,
    LiquidationStarted,
    OrderFilled,
    PositionSettled,
)
from engine.core.money import Lots


class Positions:
    """Takes in every event and knows the signed lots of some accounts."""

    def __init__(self, accounts: Container[str]) -> None:
        self._accounts = accounts
        self._lots: dict[tuple[str, str], int] = {}

    def of(self, account: str, contract: str) -> int:
        """Lots, positive if long."""
        return self._lots.get((account, contract), 0)

    def heard(self, event: Event) -> None:
        """Take in an event; what a liquidation has left is known when it has ended."""
        match event:
            case OrderFilled(account=account, contract=contract, position=lots):
                self._set(account, contract, lots)
            case Deleveraged(account=account, contract=contract, quantity=lots):
                self._set(account, contract, _towards(self.of(account, contract), lots))
            case Assigned(account=account, contract=contract, side=side, quantity=lots):
                taken = lots if side == "buy" else -lots
                self._set(account, contract, self.of(account, contract) + taken)
            case PositionSettled(account=account, contract=contract):
                self._set(account, contract, Lots(0))
            case LiquidationStarted(account=account, contract=contract, side=side):
                lots = Lots(event.quantity + event.spared)
                self._set(account, contract, lots if side == "long" else -lots)
            case LiquidationEnded(account=account, contract=contract, quantity=lots):
                held = self.of(account, contract)
                self._set(account, contract, lots if held > 0 else -lots)
            case _:
                pass

    def _set(self, account: str, contract: str, lots: int) -> None:
        if account in self._accounts:
            self._lots[account, contract] = lots


def _towards(held: int, lots: int) -> int:
    """A position after some of it was closed."""
    return held - lots if held > 0 else held + lots
