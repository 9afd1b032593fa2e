"""Whether a client was heard where his position is frozen, by what was said of waits alone (C8)."""

from collections.abc import Sequence

from engine.core.command import (
    AddMargin,
    AmendOrder,
    AmendStop,
    AnyCommand,
    PlaceOrder,
    PlaceStop,
    RemoveMargin,
    SetAutoMargin,
    SetLeverage,
    SetMarginMode,
    Withdraw,
)
from engine.core.event import (
    Event,
    LiquidationPaused,
    LiquidationResumed,
    LiquidationStarted,
    Rejected,
)
from engine.core.reason import Reason
from engine.core.state.venue import State
from tests.support.witness.figures import figures
from tests.support.witness.seen import Witness

PLACED = (PlaceOrder, PlaceStop, AddMargin, RemoveMargin, SetLeverage, SetAutoMargin)
LOOKED_AT_BEFORE = (Reason.RATE_LIMIT, Reason.TIME_WENT_BACK, Reason.INVALID_TIME)


class Freezes(Witness):
    """Keeps who was told to wait for a cooldown, and until when, by margin account."""

    def __init__(self) -> None:
        self._until: dict[str, int] = {}
        self._is_due = False
        self._is_frozen = False

    def begin(self, state: State, command: AnyCommand) -> None:
        """Say beforehand what is to become of the command, unless a timer comes first."""
        self._is_due = command.at_us >= state.timer_us
        self._is_frozen = False
        name = getattr(command, "account", None)
        if not state.rules.closing.freeze or name not in state.accounts or not self._until:
            return
        held = {margin_id for margin_id, own in figures(state) if own.has_position}
        waits = {one for one in held if self._until.get(one, 0) > command.at_us}
        if isinstance(command, Withdraw):
            self._is_frozen = name in waits
        else:
            ids = [_margin_ids(state, name, symbol) for symbol in _about(state, name, command)]
            self._is_frozen = any(waits & one for one in ids)

    def event(self, state: State, event: Event) -> None:
        """Follow the waits."""
        if isinstance(event, LiquidationPaused | LiquidationResumed):
            leg = f":{event.leg}" if isinstance(event.leg, str) else ""
            where = f":{event.contract}{leg}" if event.contract is not None else ""
            self._until.pop(event.account + where, None)
            if isinstance(event, LiquidationPaused) and event.why == "cooldown":
                self._until[event.account + where] = event.until_us
        elif isinstance(event, LiquidationStarted) and event.mode == "cross" and not event.quantity:
            self._until.pop(event.account, None)  # without a position its wait is over (C3)

    def end(self, state: State, command: AnyCommand, events: Sequence[Event]) -> None:
        """Judge who was heard and who was not."""
        last = events[-1] if events else None
        reason = last.reason if isinstance(last, Rejected) else None
        if reason is Reason.POSITION_FROZEN:
            assert state.rules.closing.freeze, f"nothing is frozen here: {last}"
        if reason not in LOOKED_AT_BEFORE and not self._is_due:
            is_refused = reason is Reason.POSITION_FROZEN
            assert is_refused == self._is_frozen, f"frozen {self._is_frozen}: {command}, {last}"


def _about(state: State, name: str, command: AnyCommand) -> list[str]:
    account = state.accounts[name]
    if isinstance(command, SetMarginMode) and state.rules.margin.mode_of == "account":
        return list(state.markets)
    if isinstance(command, (*PLACED, SetMarginMode)):
        return [command.contract] if command.contract in state.markets else []
    if isinstance(command, AmendOrder):
        return [one.contract for one in account.orders.values() if one.order == command.order]
    if isinstance(command, AmendStop):
        return [one.contract for one in account.stops.values() if one.order == command.order]
    return []


def _margin_ids(state: State, name: str, contract: str) -> set[str]:
    """Give the margin accounts that an account's positions in a contract have or would have."""
    return {position.margin_id for position in state.legs(name, contract)}
