"""The one door: `Exchange.apply(command)` changes the state and says what happened.

The exchange is a pure function of its venue and the commands applied so far: it has no clock, no
dice and no I/O. A refused command changes nothing; a broken invariant is an AssertionError and
the exchange must not be used after it.
"""

from collections.abc import Callable

import msgspec

from engine.core import funding, timers
from engine.core.command import (
    AddMargin,
    AmendOrder,
    AmendStop,
    BookTick,
    CancelAll,
    CancelAllAfter,
    CancelOrder,
    Command,
    Deposit,
    FundingTick,
    IndexTick,
    LegOrNone,
    MarkTick,
    OfferAssignment,
    PlaceOrder,
    PlaceStop,
    QuoteTick,
    RemoveMargin,
    SetAutoMargin,
    SetLeverage,
    SetMarginMode,
    SetPositionMode,
    SettleContract,
    TradeTick,
    Withdraw,
)
from engine.core.event import Event
from engine.core.instrument import Venue
from engine.core.liquidation import waterfall
from engine.core.money import AMOUNT_MAX
from engine.core.reason import Reason
from engine.core.state.standing import cross_equity, isolated_risk
from engine.core.state.venue import State
from engine.core.tick_run import TickRun
from engine.core.trading import (
    amend_stop,
    auto_margin,
    cancels,
    delisting,
    frozen,
    modes,
    orders,
    position_mode,
    prices,
    quiet,
    replay,
    settings,
    stops,
    transfers,
    willing,
)
from engine.core.trading.rate import admits

_HANDLERS: dict[type, Callable[..., None]] = {
    TradeTick: replay.trade_tick,
    QuoteTick: replay.quote_tick,
    BookTick: replay.book_tick,
    IndexTick: replay.index_tick,
    MarkTick: replay.mark_tick,
    FundingTick: funding.funding_tick,
    Deposit: transfers.deposit,
    Withdraw: transfers.withdraw,
    AddMargin: transfers.add_margin,
    RemoveMargin: transfers.remove_margin,
    SetLeverage: settings.set_leverage,
    SetMarginMode: modes.set_margin_mode,
    SetAutoMargin: auto_margin.set_flag,
    SetPositionMode: position_mode.set_position_mode,
    PlaceOrder: orders.place,
    PlaceStop: stops.place_stop,
    AmendOrder: orders.amend,
    AmendStop: amend_stop.amend,
    CancelOrder: cancels.cancel,
    CancelAll: cancels.cancel_every,
    CancelAllAfter: cancels.cancel_after,
    OfferAssignment: willing.offer,
    SettleContract: delisting.settle,
}
_INTRODUCED = (TradeTick, QuoteTick, BookTick, IndexTick, MarkTick)


def _check_time(state: State, at_us: int) -> Reason | None:
    if not 0 <= at_us <= AMOUNT_MAX:
        return Reason.INVALID_TIME
    return Reason.TIME_WENT_BACK if at_us < state.now_us else None


class Exchange:
    """A venue that trades, warns and liquidates.

    >>> from engine.core.instrument import Rules
    >>> exchange = Exchange(Venue(Rules(name="empty"), ()))
    >>> [type(event).__name__ for event in exchange.apply(Deposit(at_us=1, account="a", amount=5))]
    ['Deposited']
    """

    def __init__(self, venue: Venue) -> None:
        self.state = State(venue)

    def apply(self, command: Command) -> tuple[Event, ...]:
        """Apply one command and return its events, those of due timers first."""
        state = self.state
        state.events = []
        reason = _check_time(state, command.at_us)
        if reason is not None:
            state.begin(state.now_us)
            state.reject(command, reason)
            return tuple(state.events)
        if command.at_us >= state.timer_us:
            timers.run(state, command.at_us)
        if state.accrues and state.watch.due():
            # time alone may have brought an account into breach: it is looked at first
            state.begin(command.at_us)
            funding.pay_in_breach(state)
            waterfall.run(state)
        kind = type(command)
        tick = state.markets.get(command.contract) if kind in _INTRODUCED else None  # type: ignore[attr-defined]
        state.begin(command.at_us, tick)
        if not state.rules.orders.rate or admits(state, command):
            if state.pauses and frozen.holds(state, command):
                state.reject(command, Reason.POSITION_FROZEN)
            else:
                _HANDLERS[kind](state, command)
        prices.update(state)
        waterfall.run(state)
        return tuple(state.events)

    def quiet(self, run: TickRun, start: int) -> tuple[int, list[int]]:
        """Return where the ticks from `start` on that say nothing end, and which of them to apply.

        The others before that end leave no trace, and need not be applied (Decision P21). The end
        is `start` where the next tick must be; O(ticks), a small part of what applying them costs.
        """
        return quiet.stretch(self.state, run, start)

    def equity_of(
        self, name: str, contract: str | None = None, leg: LegOrNone = msgspec.UNSET
    ) -> int:
        """Return the equity, in micros, of an account's cross side or of an isolated position.

        A contract that is not isolated has none of its own: 0.
        """
        account = self.state.accounts[name]
        if contract is None:
            return cross_equity(self.state, account)
        position = self.state.position(name, contract, leg)
        return isolated_risk(self.state, position).equity if position.mode == "isolated" else 0
