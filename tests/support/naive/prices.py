"""Last, index, mark and basis samples (P7 to P12, P17, P18)."""

from engine.core.command import Side
from engine.core.event import MarkMoved
from engine.core.money import E8, PPM, div_half_even, div_up
from tests.support.naive.book import best, hidden_from, merged
from tests.support.naive.state import Market, State


def update(state: State, own_tick: str | None = None) -> dict[str, int]:
    """Update every dirty contract and tell by how much each mark moved (P11, P12)."""
    moved = {}
    for symbol in sorted(state.dirty):
        market = state.markets[symbol]
        before = market.mark
        _update_one(state, market)
        moved[symbol] = market.mark - before
        if market.mark != before:
            market.mark_before = before
        if market.mark != before and symbol != own_tick:
            state.emit(
                MarkMoved,
                contract=symbol,
                last=market.last,
                index=market.index,
                mark=market.mark,
            )
    state.dirty.clear()
    return moved


def _update_one(state: State, market: Market) -> None:
    symbol = market.contract.symbol
    market.last = market.last_next
    bid, ask = best(state, symbol, "buy"), best(state, symbol, "sell")
    reference2 = market.bid + market.ask
    displacement2 = 0 if bid is None or ask is None else bid + ask - reference2
    source2 = reference2 if market.source2 is None else market.source2
    feedback = state.rules.index_feedback_ppm
    market.index = max(1, div_half_even(source2 * PPM + displacement2 * feedback, 2 * PPM))
    market.basis2 = 0 if bid is None or ask is None else bid + ask - 2 * market.index
    market.impact2 = _impact_basis2(state, market) if state.rules.mark == "impact_ema" else 0
    market.own_mark = max(1, _mark(state, market))
    valued = {"mark": market.own_mark, "index": market.index, "last": market.last}
    market.mark = valued[state.rules.trigger_price]
    for stop in state.stops:
        if stop.command.contract == symbol:
            stop.look(market)


def _impact_basis2(state: State, market: Market) -> int:
    """Tell how far the middle of what an order for `impact` would pay is off the index (P17)."""
    sides: tuple[Side, Side] = ("buy", "sell")
    prices = [_impact2(state, market, side) for side in sides]
    bid2, ask2 = prices
    return 0 if bid2 is None or ask2 is None else div_half_even(bid2 + ask2, 2) - 2 * market.index


def _impact2(state: State, market: Market, side: Side) -> int | None:
    symbol, uv = market.contract.symbol, market.contract.unit_value
    spent = lots = total = 0
    for entry in merged(state, symbol, side, hidden_from(state, symbol, side)):
        if lots and spent >= market.contract.impact:
            break
        wanted = div_up(market.contract.impact - spent, entry.price * uv)
        part = min(entry.lots, wanted if lots else max(1, wanted))
        lots, total, spent = (
            lots + part,
            total + part * entry.price,
            spent + part * entry.price * uv,
        )
    return div_half_even(2 * total, lots) if lots else None


def _mark(state: State, market: Market) -> int:
    """Compute the venue's own mark price (P9)."""
    if state.rules.mark == "last":
        return market.last
    if state.rules.mark == "file":
        return market.index if market.marked is None else market.marked
    if state.rules.mark == "impact_ema":
        return market.index + div_half_even(market.impact_average or 0, 2_000_000)
    interval = market.interval
    left = interval - state.now % interval
    funded = market.index + div_half_even(market.index * market.rate_e8 * left, E8 * interval)
    averaged = market.index
    if market.samples:
        averaged += div_half_even(sum(market.samples), 2 * len(market.samples))
    if state.rules.mark == "index_mean":
        return averaged
    return sorted([funded, averaged, market.last])[1]


def sample(state: State, until: int) -> None:
    """Take the basis samples that are due at or before an instant (P10, F1)."""
    every = state.rules.sample_interval_us
    for market in state.markets.values():
        if not market.priced:
            continue
        count = until // every - market.sampled_until // every
        if count <= 0:
            continue
        market.sampled_until = until
        newest = [market.basis2] * min(count, state.rules.sample_count)
        _average_impact(state, market, count)
        market.samples = (market.samples + newest)[-state.rules.sample_count :]
        premium = div_half_even(market.basis2 * E8, 2 * market.index)
        first, last = market.premium_count + 1, market.premium_count + count
        is_late = market.contract.funding.average == "late"
        market.premium_sum += premium * (sum(range(first, last + 1)) if is_late else count)
        market.premium_count = last


def _average_impact(state: State, market: Market, count: int) -> None:
    """Let the impact basis enter its running average, once an instant (P17)."""
    for _ in range(count):
        if market.impact_average is None:
            market.impact_average = market.impact2 * 1_000_000
            continue
        missing = market.impact2 * 1_000_000 - market.impact_average
        step = div_half_even(2 * missing, state.rules.sample_count + 1)
        if step == 0:
            break  # and so in every later instant
        market.impact_average += step
