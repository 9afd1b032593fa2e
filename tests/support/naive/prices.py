"""Last, index, mark and basis samples (P7 to P12)."""

from engine.core.event import MarkMoved
from engine.core.money import E8, PPM, div_half_even
from tests.support.naive.book import best
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
    source2 = reference2 if market.source is None else 2 * market.source
    feedback = state.rules.index_feedback_ppm
    market.index = max(1, div_half_even(source2 * PPM + displacement2 * feedback, 2 * PPM))
    market.basis2 = 0 if bid is None or ask is None else bid + ask - 2 * market.index
    market.mark = max(1, _mark(state, market))


def _mark(state: State, market: Market) -> int:
    """Compute the mark price (P9)."""
    if state.rules.mark == "last":
        return market.last
    interval = market.contract.funding.interval_us
    left = interval - state.now % interval
    funded = market.index + div_half_even(market.index * market.rate_e8 * left, E8 * interval)
    averaged = market.index
    if market.samples:
        averaged += div_half_even(sum(market.samples), 2 * len(market.samples))
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
        market.samples = (market.samples + newest)[-state.rules.sample_count :]
        market.premium_sum += count * div_half_even(market.basis2 * E8, 2 * market.index)
        market.premium_count += count
