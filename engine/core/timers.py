"""What falls due by itself, in order: time, then kind, then id (Decisions F1, C3, L12)."""

from engine.core import funding
from engine.core.liquidation import socialize, waterfall
from engine.core.state.venue import State

FUNDING, COOLDOWN, SETTLEMENT = 1, 3, 4
"""The order of kinds at one instant; between the first two is the place of what expires."""


def run(state: State, until_us: int) -> None:
    """Fire everything due up to a time; each is worked off in waves before the next."""
    period_due_us = _period_end_us(state)
    while True:
        due = _due(state)
        if period_due_us is not None:
            due.append((period_due_us, SETTLEMENT, ""))
        at_us, kind, symbol = min(due, default=(until_us + 1, 0, ""))
        if at_us > until_us:
            break
        funding.sample_all(state, at_us)
        state.begin(at_us)
        if kind == SETTLEMENT:
            period_due_us = at_us + state.rules.settlement_us
            socialize.period(state)
        elif kind == FUNDING:
            funding.fall_due(state, state.markets[symbol])
        else:
            waterfall.resume(state)
        waterfall.run(state)
    funding.sample_all(state, until_us)
    state.now_us = until_us
    state.timer_us = min(_timers(state), default=until_us)


def _due(state: State) -> list[tuple[int, int, str]]:
    fundings = [
        (market.funding_due_us, FUNDING, symbol)
        for symbol, market in state.markets.items()
        if market.has_price and market.contract.funding.source == "premium"
    ]
    return fundings + [(pause.until_us, COOLDOWN, "") for pause in state.pauses.values()]


def _timers(state: State) -> list[int]:
    """List when something is to be done next, samples included."""
    markets = [market.next_timer_us() for market in state.markets.values() if market.has_price]
    period_us = _period_end_us(state)
    ends = [] if period_us is None else [period_us]
    return markets + [pause.until_us for pause in state.pauses.values()] + ends


def _period_end_us(state: State) -> int | None:
    """Return when the period that goes on now ends; before the first command none has begun."""
    every = state.rules.settlement_us
    return (state.now_us // every + 1) * every if every and state.now_us else None
