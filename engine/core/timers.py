"""What falls due by itself, in order: time, kind, id (Decisions P19, F1, F6, O16, O20, C3, L12)."""

from engine.core import funding
from engine.core.liquidation import socialize, waterfall, work_off
from engine.core.state.market import NEVER_US, Market
from engine.core.state.venue import State
from engine.core.trading import cancels, index, inventory, prices

INDEX, FUNDING, INTEREST, EXPIRY, SWITCH, COOLDOWN, OFFLOAD, SETTLEMENT = range(8)
"""The order of kinds at one instant."""


def run(state: State, until_us: int) -> None:
    """Fire everything due up to a time; each is worked off in waves before the next."""
    period_due_us = _period_end_us(state)
    offload_due_us = inventory.next_offload_us(state, state.now_us + 1)
    while True:
        due = [*_due(state), (period_due_us, SETTLEMENT, "")]
        if _holds_inventory(state):
            due.append((offload_due_us, OFFLOAD, ""))
        at_us, kind, symbol = min(due)
        if at_us > until_us:
            break
        funding.sample_all(state, at_us)
        state.begin(at_us)
        if kind == SETTLEMENT:
            period_due_us = at_us + state.rules.settlement_us
            socialize.period(state)
        else:
            _fire(state, kind, symbol)
        waterfall.run(state)
        after_us = at_us + 1 if kind in (OFFLOAD, SETTLEMENT) else at_us
        offload_due_us = max(offload_due_us, inventory.next_offload_us(state, after_us))
    funding.sample_all(state, until_us)
    state.now_us = until_us
    markets = [market.next_timer_us() for market in state.markets.values()]
    others = [at_us for at_us, _, _ in _due(state)]
    if _holds_inventory(state):
        others.append(inventory.next_offload_us(state, until_us + 1))
    state.timer_us = min([*markets, *others, _period_end_us(state)])


def _fire(state: State, kind: int, symbol: str) -> None:
    if kind == FUNDING:
        funding.fall_due(state, state.markets[symbol])
    elif kind == INTEREST:
        funding.charge_interest(state, state.markets[symbol])
    elif kind == EXPIRY:
        cancels.expire(state)
        prices.update(state)
    elif kind == SWITCH:
        cancels.run_out(state)
        prices.update(state)
    elif kind == COOLDOWN:
        waterfall.resume(state)
    elif kind == OFFLOAD:
        work_off.slices(state)
        prices.update(state)
    else:
        _judge_index(state, state.markets[symbol])


def _due(state: State) -> list[tuple[int, int, str]]:
    due = [(pause.until_us, COOLDOWN, "") for pause in state.pauses.values()]
    for symbol, market in state.markets.items():
        due.append((market.stale_due_us(), INDEX, symbol))
        due.append((market.settlement_due_us(), FUNDING, symbol))
        due.append((market.interest_due_us(), INTEREST, symbol))
    due += [(entry[0], SWITCH, "") for entry in state.switches[:1]]
    return due + [(entry[0], EXPIRY, entry[3]) for entry in state.expiries[:1]]


def _judge_index(state: State, market: Market) -> None:
    """Drop the sources that have become stale; the index may move by that."""
    index.judge(state, market)
    if market.has_price:
        market.dirty = True
        prices.update(state)


def _holds_inventory(state: State) -> bool:
    return any(position.quantity for position in state.inventory.values())


def _period_end_us(state: State) -> int:
    """Return when the period that goes on now ends; before the first command none has begun."""
    every = state.rules.settlement_us
    return (state.now_us // every + 1) * every if every and state.now_us else NEVER_US
