"""Last, index and mark, moved once at the end of a command or wave (Decisions P7 to P12)."""

from engine.core.event import MarkMoved
from engine.core.margin.price import index_price, median_mark
from engine.core.money import Price
from engine.core.state.market import Market
from engine.core.state.venue import State


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
    source_x2 = 2 * market.source if market.source else reference_x2
    median = rules.mark == "median"
    mid_x2 = None
    if median or rules.index_feedback_ppm or market.contract.funding.source == "premium":
        bid, ask = market.best("buy", state.now_us), market.best("sell", state.now_us)
        mid_x2 = None if bid is None or ask is None else bid + ask
    displacement_x2 = 0 if mid_x2 is None else mid_x2 - reference_x2
    market.index = Price(index_price(source_x2, displacement_x2, rules.index_feedback_ppm))
    market.basis_x2 = 0 if mid_x2 is None else mid_x2 - 2 * market.index
    market.mark = _mark(state, market) if median else market.last
    state.watch.moved(market.contract.symbol, market.mark)


def _mark(state: State, market: Market) -> Price:
    interval = market.contract.funding.interval_us
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
