"""What accounts hold, as far as events tell it."""

from collections.abc import Container, Iterable, Iterator

from engine.core.account.position import slot_of
from engine.core.event import (
    Assigned,
    Deleveraged,
    Event,
    LiquidationEnded,
    LiquidationStarted,
    OrderFilled,
    PairsNetted,
    PositionSettled,
)
from engine.core.money import Lots

_OfPosition = (
    Assigned | Deleveraged | LiquidationEnded | LiquidationStarted | OrderFilled | PositionSettled
)


class Positions:
    """Takes in every event and knows the signed lots of some accounts."""

    def __init__(self, accounts: Container[str]) -> None:
        self._accounts = accounts
        self._lots: dict[tuple[str, str], int] = {}

    def of(self, account: str, slot: str) -> int:
        """Lots in a contract, or in one leg of it in hedge mode, positive if long."""
        return self._lots.get((account, slot), 0)

    def held(self) -> Iterator[tuple[str, str, int]]:
        """Account, contract or leg of it, and signed lots of everything that is held."""
        return ((*place, lots) for place, lots in self._lots.items() if lots)

    def hold(self, held: Iterable[tuple[str, str, int]]) -> None:
        """Know what `held` has told, and nothing else."""
        self._lots = {(account, slot): lots for account, slot, lots in held}

    def heard(self, event: Event) -> None:
        """Take in an event; what a liquidation has left is known when it has ended."""
        match event:
            case OrderFilled(account=account, position=lots):
                self._set(account, _slot(event), lots)
            case Deleveraged(account=account, quantity=lots):
                self._set(account, _slot(event), _towards(self.of(account, _slot(event)), lots))
            case Assigned(account=account, side=side, quantity=lots):
                taken = lots if side == "buy" else -lots
                self._set(account, _slot(event), self.of(account, _slot(event)) + taken)
            case PairsNetted(account=account, contract=contract, quantity=lots):
                for slot in (slot_of(contract, "long"), slot_of(contract, "short")):
                    self._set(account, slot, _towards(self.of(account, slot), lots))
            case PositionSettled(account=account):
                self._set(account, _slot(event), 0)
            case LiquidationStarted(account=account, side=side):
                lots = Lots(event.quantity + event.spared)
                self._set(account, _slot(event), lots if side == "long" else -lots)
            case LiquidationEnded(account=account, quantity=lots):
                held = self.of(account, _slot(event))
                self._set(account, _slot(event), lots if held > 0 else -lots)
            case _:
                pass

    def _set(self, account: str, slot: str, lots: int) -> None:
        if account in self._accounts:
            self._lots[account, slot] = lots


def _slot(event: _OfPosition) -> str:
    return slot_of(event.contract, event.leg)


def _towards(held: int, lots: int) -> int:
    """A position after some of it was closed."""
    return held - lots if held > 0 else held + lots
