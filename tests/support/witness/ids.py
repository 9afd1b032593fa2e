"""No order is placed twice: an id that is known again is never accepted."""

from collections.abc import Sequence

import msgspec

from engine.core.command import AnyCommand, PlaceOrder, PlaceStop
from engine.core.event import Event, OrderAccepted, Rejected, StopAccepted
from engine.core.reason import Reason
from engine.core.state.venue import State
from tests.support.witness.seen import Witness

LOOKED_AT_BEFORE = (
    Reason.RATE_LIMIT,
    Reason.TIME_WENT_BACK,
    Reason.INVALID_TIME,
    Reason.CONTRACT_SETTLED,
    Reason.POSITION_FROZEN,
    Reason.INVALID_LEG,
)
"""Refusals that come before anybody looks at an order's id (O4, O19, O21, C8, M18)."""


class Ids(Witness):
    """Keeps what each account's orders asked when they were accepted."""

    def __init__(self) -> None:
        self._asked: dict[str, list[PlaceOrder | PlaceStop]] = {}
        self._is_accepted = False

    def begin(self, state: State, command: AnyCommand) -> None:
        """Nothing is accepted yet."""
        self._is_accepted = False

    def event(self, state: State, event: Event) -> None:
        """Note that something was accepted; what a stop places comes later than its own."""
        self._is_accepted |= isinstance(event, OrderAccepted | StopAccepted)

    def end(self, state: State, command: AnyCommand, events: Sequence[Event]) -> None:
        """Judge what became of an order's id."""
        terms = state.rules.orders
        if not isinstance(command, PlaceOrder | PlaceStop) or not terms.ids_kept:
            return
        asked = self._asked.setdefault(command.account, [])
        since = state.now_us - (terms.ids_kept_us or state.now_us)
        newest = asked[-terms.ids_kept :]
        known = [one for one in newest if one.order == command.order and one.at_us >= since]
        refused = events[-1] if events and isinstance(events[-1], Rejected) else None
        same = [
            one for one in known if msgspec.structs.replace(one, at_us=command.at_us) == command
        ]
        if refused is None:
            assert not known, f"placed again: {known}, {command}"
            asked.append(command)
        elif refused.reason is Reason.ALREADY_PLACED:
            assert same, f"another was placed: {known}, {command}"
        elif refused.reason not in LOOKED_AT_BEFORE:
            assert not same, f"placed already: {known}, {refused}"
