"""Waves: who is liquidated, in which order, at which marks, and that nobody is left (6 and 7)."""

from collections.abc import Sequence

from engine.core.account.position import Position, slot_of
from engine.core.command import AnyCommand
from engine.core.event import (
    DeficitCovered,
    Event,
    LiquidationAverted,
    LiquidationEnded,
    LiquidationFeePaid,
    LiquidationFilled,
    LiquidationPaused,
    LiquidationResumed,
    LiquidationStarted,
    MarkMoved,
    Rejected,
)
from engine.core.reason import Reason
from engine.core.state.venue import State
from tests.support.witness.figures import (
    Figures,
    breaches,
    figures,
    maintenance_of,
    priced,
    profit_of,
    waiting,
)
from tests.support.witness.seen import Witness


class Waves(Witness):
    """Lists the breaches of every wave itself and follows how they are worked off."""

    def __init__(self) -> None:
        self._listed: list[str] = []
        self._turn = -1
        self._marks: list[int] = []
        self._waves = 0
        self._is_over = False
        self._running: LiquidationStarted | None = None
        self._first_seq = 0
        self._is_stale = True
        self._payer = ""
        self._traded: dict[int, bool] = {}
        self._waits: dict[str, int] = {}

    def begin(self, state: State, command: AnyCommand) -> None:
        """Forget the command before."""
        self._waves, self._is_over = 0, True
        self._first_seq = state.seq + 1
        self._traded.clear()

    def wave(self, state: State) -> None:
        """List who is in breach as the wave begins."""
        self._waves += 1
        self._listed, self._turn, self._is_over = breaches(state), -1, False
        self._marks = [market.mark for market in state.markets.values()]
        self._is_stale, self._payer = False, ""

    def posting(self, state: State, source: str, target: str, amount: int) -> None:
        """Note that the list of the last wave is out of date."""
        self._is_stale = True

    def event(self, state: State, event: Event) -> None:
        """Follow the wave."""
        self._is_stale = True
        if isinstance(event, MarkMoved):
            assert self._running is None, f"a mark moved while {self._running} went on: {event}"
            self._is_over = True
        if isinstance(event, LiquidationStarted):
            self._started(state, event)
        elif isinstance(event, LiquidationFilled):
            self._traded[event.liquidation] = True
        elif isinstance(event, LiquidationFeePaid):
            self._fee_paid(state, event)
        elif isinstance(event, DeficitCovered):
            assert self._running is not None, f"nothing was started: {event}"
            assert self._payer != _margin_id(self._running), f"a fee was paid before: {event}"
        elif isinstance(event, LiquidationEnded):
            self._ended(state, event)
        elif isinstance(event, LiquidationAverted):
            self._next(event.account, event)
        elif isinstance(event, LiquidationPaused):
            self._paused(state, event)
        elif isinstance(event, LiquidationResumed):
            margin_id = _waiting_id(event)
            assert self._waits.pop(margin_id, -1) == event.at_us, f"it was not due: {event}"
        if not self._is_over and self._turn >= 0:
            marks = [market.mark for market in state.markets.values()]
            assert marks == self._marks, f"marks moved within a wave: {event}"

    def _next(self, margin_id: str, event: Event) -> None:
        assert not self._is_over, f"outside of a wave: {event}"
        assert margin_id in self._listed, f"was not in breach when the wave began: {event}"
        turn = self._listed.index(margin_id)
        again = turn == self._turn
        assert turn > self._turn or again, f"{self._listed} is the order: {event}"
        self._turn = turn

    def _started(self, state: State, event: LiquidationStarted) -> None:
        assert self._running is None, f"inside {self._running}: {event}"
        self._running = event
        self._next(_margin_id(event), event)
        self._compare(event, _own(state, event))
        assert self._traded.setdefault(event.seq, False) is False, f"{event}"
        assert self._first_seq <= event.cause < event.seq, f"the cause is not before it: {event}"
        assert self._traded.get(event.cause, True), f"the cause has not traded: {event}"
        if event.quantity and event.mode == "cross" and event.reduction != "netting":
            self._is_first(state, event)

    def _is_first(self, state: State, event: LiquidationStarted) -> None:
        """Inside an account the venue's order says who goes first; chance may choose anybody."""
        closing = state.rules.closing
        rank = _RANKS.get(closing.order, _by_loss)
        goes_round = closing.order in ("pro_rata", "all_at_once") and closing.reduce != "whole"
        goes_round = goes_round or closing.backed is not None
        if closing.order != "random" and not goes_round:
            first = min(
                state.accounts[event.account].cross_positions(), key=lambda one: rank(state, one)
            )
            slot = slot_of(event.contract, event.leg)
            assert first.slot == slot, f"{first} goes first: {event}"

    def _paused(self, state: State, event: LiquidationPaused) -> None:
        """It waits for as long as the venue's profile says."""
        margin_id = _waiting_id(event)
        self._next(margin_id, event)
        closing = state.rules.closing
        how_long = {"delay": closing.delay_us, "cooldown": closing.cooldown_us}[event.why]
        assert how_long > 0, f"nobody has to wait here: {event}"
        times = [2**n for n in range(7)] if closing.backed and event.why == "cooldown" else [1]
        assert event.until_us - event.at_us in [how_long * n for n in times], f"{event}"
        own = dict(figures(state))[margin_id]
        assert own.is_breach(strict=state.rules.strict_trigger), f"{own} need not wait: {event}"
        self._compare(event, own)
        self._waits[margin_id] = event.until_us

    def _fee_paid(self, state: State, event: LiquidationFeePaid) -> None:
        """No fee is paid by the waterfall, and none sets off the next liquidation."""
        if self._running is None:
            return
        own = _own(state, self._running)
        assert not own.is_breach(strict=state.rules.strict_trigger), f"{own} after {event}"
        self._payer = _margin_id(self._running)

    def _ended(self, state: State, event: LiquidationEnded) -> None:
        started, self._running = self._running, None
        assert started is not None, f"nothing was started: {event}"
        assert started.seq == event.liquidation, f"{started} goes on: {event}"
        own = _own(state, started)
        may_stay = started.reduction == "backed"
        is_breach = own.is_breach(strict=state.rules.strict_trigger)
        if not may_stay and (started.reduction == "whole" or is_breach):
            assert event.quantity <= started.spared, f"a liquidated quantity ends at 0: {event}"
        self._compare(event, own)

    def _compare(
        self, event: LiquidationStarted | LiquidationEnded | LiquidationPaused, own: Figures
    ) -> None:
        assert (event.equity, event.maintenance) == own[:2], f"{own}: {event}"

    def end(self, state: State, command: AnyCommand, events: Sequence[Event]) -> None:
        """See that nobody at rest meets the trigger or owes without a position."""
        assert self._running is None, f"not ended: {self._running}"
        if not (events and _is_out_of_time(events[-1])):
            assert self._waves > 0, "nobody was looked at"
        marks = [market.mark for market in state.markets.values()]
        left = breaches(state) if self._is_stale or marks != self._marks else self._listed
        left = [margin_id for margin_id in left if not self._is_waiting(state, margin_id)]
        assert not left, f"in breach at rest: {left}"
        if any(market.is_stale for market in state.markets.values()) or state.stalled:
            late = waiting(state)
            assert sorted(state.stalled) == sorted(late), f"{late} wait, told was {state.stalled}"

    def _is_waiting(self, state: State, margin_id: str) -> bool:
        """Say whether the last that was said of a liquidation is that it waits (number 6)."""
        has_position = dict(figures(state))[margin_id].has_position
        return has_position and self._waits.get(margin_id, 0) > state.now_us


def _by_loss(state: State, position: Position) -> tuple[int, int, int, str]:
    keep = -maintenance_of(state, position)
    return profit_of(state, position), keep, position.opened, position.contract


def _by_maintenance(state: State, position: Position) -> tuple[int, int, int, str]:
    keep = -maintenance_of(state, position)
    return keep, profit_of(state, position), position.opened, position.contract


def _by_notional(state: State, position: Position) -> tuple[int, int, int, str]:
    value = -abs(position.quantity) * priced(state)[position.contract][0]
    return value, profit_of(state, position), position.opened, position.contract


_RANKS = {"largest_maintenance": _by_maintenance, "largest_notional": _by_notional}


def _is_out_of_time(event: Event) -> bool:
    out_of_time = (Reason.TIME_WENT_BACK, Reason.INVALID_TIME)
    return isinstance(event, Rejected) and event.reason in out_of_time


def _margin_id(started: LiquidationStarted) -> str:
    slot = slot_of(started.contract, started.leg)
    return f"{started.account}:{slot}" if started.mode == "isolated" else started.account


def _waiting_id(event: LiquidationPaused | LiquidationResumed) -> str:
    if event.contract is None:
        return event.account
    return f"{event.account}:{slot_of(event.contract, event.leg)}"


def _own(state: State, started: LiquidationStarted) -> Figures:
    return dict(figures(state)).get(_margin_id(started), Figures(0))
