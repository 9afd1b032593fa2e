"""Forced top-ups: money that accounts brought because of a margin call, by account and UTC day."""

import msgspec

from engine.core.account.position import slot_of
from engine.core.event import Deposited, Event, LiquidationStarted, MarginAdded, MarginCalled
from engine.report.calls import Mark
from engine.report.text import moment


class TopUps(msgspec.Struct):
    """Count and amount, in micros, of an account's top-ups on a day."""

    count: int = 0
    amount: int = 0


class ForcedTopUps:
    """Takes in every event; `days` are by day and account, in the order of the log.

    `marks` are those of the watched accounts, by time.

    What answers a call is the first margin added to that isolated position or leg, or, where the
    call was of the cross pool, the account's first deposit, as long as no liquidation came before.
    """

    def __init__(self, watch: tuple[str, ...]) -> None:
        self.marks: list[Mark] = []
        self._watch = frozenset(watch)
        self.days: dict[tuple[str, str], TopUps] = {}
        self._called: set[str] = set()

    def heard(self, event: Event) -> None:
        """Take in an event. Costs O(1)."""
        match event:
            case MarginCalled() | LiquidationStarted():
                isolated = event.mode == "isolated"
                margin = f"{event.account}:{_slot(event)}" if isolated else event.account
                if isinstance(event, MarginCalled):
                    self._called.add(margin)
                else:
                    self._called.discard(margin)
            case MarginAdded():
                self._paid(f"{event.account}:{_slot(event)}", event)
            case Deposited():
                self._paid(event.account, event)
            case _:
                pass

    def _paid(self, margin: str, event: MarginAdded | Deposited) -> None:
        if margin in self._called:
            self._called.remove(margin)
            day = self.days.setdefault((moment(event.at_us)[:10], event.account), TopUps())
            day.count += 1
            day.amount += event.amount
            if event.account in self._watch:
                place = _slot(event) if isinstance(event, MarginAdded) else None
                self.marks.append(Mark("top_up", event.at_us, event.account, place, event.amount))


def _slot(event: MarginCalled | LiquidationStarted | MarginAdded) -> str:
    return slot_of(event.contract, event.leg)
