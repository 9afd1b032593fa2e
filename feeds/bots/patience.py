"""What a client has said of its orders until it is answered, and says again if it came too soon.

A venue may limit how often an account speaks (`[rules.orders] rate`). What is beyond that is
`Rejected` with `RATE_LIMIT` and `retry_after_us`, the log's time after which there is room for one
command. So what was refused waits in a line, and what is said later behind it; one at a time is
said again, the next once that one is answered. Only what names an order is known by its answer.
"""

from collections import deque

import msgspec

from engine.core.command import CancelOrder, Command, PlaceOrder
from engine.core.event import Event, OrderAccepted, OrderCancelled, OrderFilled, Rejected
from engine.core.reason import Reason


class Patience:
    """Orders and their cancelling, from when they are said until they are answered."""

    def __init__(self) -> None:
        self._said: dict[tuple[str, str], Command] = {}
        self._line: deque[Command] = deque()
        self._trying: tuple[str, str] | None = None
        self._from_us = 0

    @property
    def waiting(self) -> int:
        """How many commands wait to be said."""
        return len(self._line)

    def says(self, command: Command) -> None:
        """Note that a command is said."""
        key = _key(command)
        if key is not None:
            self._said[key] = command

    def holds_back(self, command: PlaceOrder) -> bool:
        """Whether an order has to wait behind others; it is in line then."""
        if self._line:
            self._line.append(command)
        return bool(self._line)

    def forgets(self, order: str) -> bool:
        """Whether an order that was to be cancelled was only in line; it is not any more."""
        kept = [each for each in self._line if _key(each) != ("PlaceOrder", order)]
        found = len(kept) < len(self._line)
        self._line = deque(kept)
        return found

    def keeps(self, order: str) -> bool:
        """Whether an order is in line, to be placed later."""
        return any(_key(each) == ("PlaceOrder", order) for each in self._line)

    def hears(self, event: Event) -> None:
        """Learn from an event of the account what is answered."""
        match event:
            case Rejected(order=str(order)):
                self._refused((event.command, order), event)
            case OrderAccepted():
                self._answered("PlaceOrder", event.order)
            case OrderFilled():
                self._answered("PlaceOrder", event.order)
            case OrderCancelled():
                self._answered("PlaceOrder", event.order)
                self._answered("CancelOrder", event.order)
            case _:
                pass

    def due(self, now_us: int) -> Command | None:
        """What is to be said again now, if anything is; it is in line no more."""
        if not self._line or self._trying is not None or now_us < self._from_us:
            return None
        command = self._line.popleft()
        self._trying = _key(command)
        return command

    def _refused(self, key: tuple[str, str], event: Rejected) -> None:
        command = self._said.get(key)
        again = key == self._trying
        self._answered(*key)
        if (
            command is None
            or event.reason is not Reason.RATE_LIMIT
            or event.retry_after_us is msgspec.UNSET
        ):
            return
        self._from_us = event.at_us + event.retry_after_us
        if again:
            self._line.appendleft(command)
        else:
            self._line.append(command)

    def _answered(self, kind: str, order: str) -> None:
        self._said.pop((kind, order), None)
        if self._trying == (kind, order):
            self._trying = None


def _key(command: Command) -> tuple[str, str] | None:
    if isinstance(command, PlaceOrder | CancelOrder):
        return type(command).__name__, command.order
    return None
