"""Last, index and mark, moved once at the end of a command or wave (P7 to P12, P17, P18)."""

from engine.core.command import Side
from engine.core.event import MarkMoved
from engine.core.margin.price import (
    impact_mark,
    impact_price_x2,
    index_price,
    mean_mark,
    median_mark,
)
from engine.core.money import Price, div_half_even
from engine.core.state.market import Market
from engine.core.state.venue import State
from engine.core.trading.match import offers


def update(state: State, silent: Market | None = None) -> None:
    """Bring the prices of every dirty contract up to date; say so unless it is the silent one."""
    for market in state.markets.values():
        if market.dirty:
            before = market.mark
            refresh(state, market)
            if market.mark != before and state.rules.adl_price == "previous_mark":
                market.mark_before = before
            if market.mark != before and market is not silent:
                state.emit(
                    MarkMoved(
                        **state.stamp(),
                        contract=market.contract.symbol,
                        last=market.last,
                        index=market.index,
                        mark=market.mark,
                    )
                )


def refresh(state: State, market: Market) -> None:
    """Work out a contract's prices from its book and let the watch know."""
    market.dirty = False
    if market.printed:
        market.last, market.printed = market.printed, Price(0)
    assert market.has_price, "only a tick or an accepted order makes a market dirty"
    rules, outside = state.rules, market.outside
    reference_x2 = outside.bid + outside.ask
    source_x2 = market.source_x2 or 2 * market.source or reference_x2
    sampled = rules.mark in ("median", "index_mean") or market.contract.funding.source == "premium"
    mid_x2 = None
    if sampled or rules.index_feedback_ppm:
        bid, ask = market.best("buy", state.now_us), market.best("sell", state.now_us)
        mid_x2 = None if bid is None or ask is None else bid + ask
    displacement_x2 = 0 if mid_x2 is None else mid_x2 - reference_x2
    market.index = Price(index_price(source_x2, displacement_x2, rules.index_feedback_ppm))
    market.basis_x2 = 0 if mid_x2 is None else mid_x2 - 2 * market.index
    if rules.mark == "impact_ema":
        market.impact_x2 = _impact_basis_x2(state, market)
    mark = _mark(state, market)
    market.mark = mark if rules.trigger_price == "mark" else _valued_at(state, market)
    market.fair = Price(0) if market.mark == mark else mark
    market.stops.observe({"last": market.last, "mark": market.venue_mark, "index": market.index})
    state.watch.moved(market.contract.symbol, market.mark)


def _mark(state: State, market: Market) -> Price:
    """Return the venue's mark (P9)."""
    match state.rules.mark:
        case "last":
            return market.last
        case "median":
            return _median(state, market)
        case "index_mean":
            return Price(mean_mark(market.index, market.samples))
        case "impact_ema":
            return Price(impact_mark(market.index, market.impact_e6 or 0))
        case _:
            return market.marked or market.index


def _median(state: State, market: Market) -> Price:
    interval = market.interval_us
    left = interval - state.now_us % interval
    return Price(
        median_mark(
            market.index,
            market.last,
            market.samples,
            rate_e8=market.rate_e8,
            left_us=left,
            interval_us=interval,
        )
    )


def _valued_at(state: State, market: Market) -> Price:
    """Return the price at which margin is valued where that is not the mark (P18)."""
    return market.index if state.rules.trigger_price == "index" else market.last


def _impact_basis_x2(state: State, market: Market) -> int:
    """Return twice the distance of the impact prices' middle from the index (P17)."""
    bid_x2, ask_x2 = _impact_x2(state, market, "sell"), _impact_x2(state, market, "buy")
    if bid_x2 is None or ask_x2 is None:
        return 0
    return div_half_even(bid_x2 + ask_x2, 2) - 2 * market.index


def _impact_x2(state: State, market: Market, taker: Side) -> int | None:
    contract = market.contract
    met = ((offer.price, offer.quantity) for offer in offers(state, market, taker))
    return impact_price_x2(met, contract.impact, contract.unit_value)
