"""Orders that the fund stands behind: what a round may close and lose, and who is asked when."""

from collections import Counter

from engine.core.account.position import slot_of
from engine.core.event import (
    ClosedOutside,
    Deleveraged,
    Event,
    LiquidationFilled,
    LiquidationStarted,
)
from engine.core.money import PPM
from engine.core.state.venue import State
from tests.support.witness.seen import Witness


class Backing(Witness):
    """Counts anew in every wave, for a margin account has one round in it."""

    def __init__(self) -> None:
        self._closed: Counter[str] = Counter()
        self._paid: Counter[str] = Counter()
        self._running: LiquidationStarted | None = None
        self._filled = 0

    def wave(self, state: State) -> None:
        """Nobody has closed anything in this wave yet."""
        self._closed.clear()
        self._paid.clear()

    def event(self, state: State, event: Event) -> None:
        """Follow each order."""
        if isinstance(event, LiquidationStarted):
            self._running, self._filled = event, 0
        elif isinstance(event, LiquidationFilled):
            self._fill(state, event)
        elif isinstance(event, Deleveraged):
            self._deleveraged(state, event)
        elif isinstance(event, ClosedOutside):
            assert state.rules.closing.backed is None, f"what is left stays open: {event}"

    def _fill(self, state: State, event: LiquidationFilled) -> None:
        terms, started = state.rules.closing.backed, self._running
        if terms is None or started is None:
            return
        who = (
            started.account
            if started.mode == "cross"
            else f"{event.account}:{slot_of(event.contract, event.leg)}"
        )
        market = state.markets[event.contract]
        lot = market.contract.unit_value
        value = event.quantity * event.price * lot
        assert event.stage == "fund", f"the fund stands behind it: {event}"
        got, most = -event.insurance_fund * PPM, value * state.rules.liquidation_fee_ppm
        assert got <= most, f"the fund gets no more than its fee: {event}"
        self._filled += event.quantity
        assert self._filled <= started.quantity, f"more than was ordered: {event}"
        self._paid[who] += max(0, event.insurance_fund)
        most = state.rules.fund.account_loss_max
        assert not most or self._paid[who] <= most, f"the fund paid {self._paid[who]}: {event}"
        self._closed[who] += event.quantity * market.mark * lot
        most = terms.round_notional
        if most and (terms.round_by == "fill" or self._closed[who] > market.mark * lot):
            assert self._closed[who] <= most, f"closed {self._closed[who]} in a round: {event}"

    def _deleveraged(self, state: State, event: Deleveraged) -> None:
        started = self._running
        assert started is not None, f"nothing was started: {event}"
        if state.rules.closing.backed is None:
            return
        assert not self._filled, f"its order traded: {event}"
        if state.rules.adl_below_zero:
            assert started.equity < 0, f"it has equity left: {event}"
