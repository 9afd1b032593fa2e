"""Which trades of the replayed market change nothing but prices (Decision P21).

Nobody's order is met, no stop waits, and no mark leaves a band that the watch keeps. What such a
trade changes, the next one of its contract changes again: of a run of them only the last one of
each contract leaves a trace. Everything asked here may say no where it could say yes; then the
trade is applied like any other.
"""

from bisect import bisect_left, bisect_right

import msgspec

from engine.core.book.outside import Outside
from engine.core.margin.price import impact_mark, index_price, mean_mark
from engine.core.money import PPM, Price
from engine.core.state.market import Market
from engine.core.state.venue import State
from engine.core.tick_run import TickRun

NONE = range(0)


def stretch(state: State, run: TickRun, start: int) -> tuple[int, list[int]]:
    """Return where the quiet ticks from `start` on end, and the last of each contract in them.

    O(ticks), and O(log prices) for each contract.
    """
    at_us, which, prices = run.at_us, run.which, run.prices
    if not run.may_be_quiet or at_us[start] < state.now_us:
        return start, []
    ranges = [_prices_of(state, contract) for contract in run.contracts]
    lows, highs = [one.start for one in ranges], [one.stop for one in ranges]
    end = due = bisect_left(at_us, state.timer_us, start)
    for number in range(start, due):
        group = which[number]
        if not lows[group] <= prices[number] < highs[group]:
            end = number
            break
    return end, sorted(dict(zip(which[start:end], range(start, end), strict=True)).values())


def _prices_of(state: State, contract: str | None) -> range:
    market = None if contract is None else state.markets.get(contract)
    return NONE if market is None else prices_of(state, market)


def prices_of(state: State, market: Market) -> range:
    """Return the prices at which trades are quiet now.

    Every price that decides grows with the trade's, so that those inside lie side by side.
    """
    if state.watch.due() or not _is_plain(state, market):
        return NONE
    low: int = 1
    high: int = market.contract.price_max
    bid, ask = market.ladder.best_price("buy"), market.ladder.best_price("sell")
    outside = market.outside
    if bid is not None:
        low = bid + 1
    if ask is not None:
        high = min(high, ask - 1)
    if outside.quoted or outside.booked:
        if (bid is not None and bid >= outside.ask) or (ask is not None and ask <= outside.bid):
            return NONE
    elif ask is not None and ask <= market.contract.tick:
        return NONE  # the touch's bid stays at the first tick, however low the trade is
    return _inside(state, market, range(low, high + 1))


def _is_plain(state: State, market: Market) -> bool:
    """Say whether a trade's marks depend on nothing but its price and what stays as it is."""
    rules, depth = state.rules, market.contract.depth
    return (
        market.has_price
        and not market.stops.count
        and not depth.regimes
        and depth.half_spread_ppm <= PPM
        and not rules.index_feedback_ppm
        and rules.adl_price != "previous_mark"
    )


def _inside(state: State, market: Market, found: range) -> range:
    """Narrow prices down to those whose marks stay inside every band."""
    lowest, highest = state.watch.band(market.contract.symbol)
    trial = _Trial(state, market)
    start, stop = 0, len(found)
    if lowest is not None:
        start = bisect_left(found, lowest, key=lambda price: min(trial.marks(price)))
    if highest is not None:
        stop = bisect_right(found, highest, key=lambda price: max(trial.marks(price)))
    return found[start:stop]


class _Trial:
    """Works out between which prices a contract would be valued after a trade."""

    def __init__(self, state: State, market: Market) -> None:
        self._state, self._market = state, market
        self._outside: Outside = msgspec.structs.replace(market.outside)

    def marks(self, price: int) -> tuple[int, ...]:
        """Return prices between which the mark lies; each grows with the trade's price."""
        rules = self._state.rules
        if rules.trigger_price == "last":
            return (price,)
        if rules.trigger_price == "index":
            return (self._index(price),)
        return self._venue_marks(price)

    def _venue_marks(self, price: int) -> tuple[int, ...]:
        market = self._market
        match self._state.rules.mark:
            case "last":
                return (price,)
            case "median":  # it lies between any two of its three
                return price, mean_mark(self._index(price), market.samples)
            case "index_mean":
                return (mean_mark(self._index(price), market.samples),)
            case "impact_ema":
                return (impact_mark(self._index(price), market.impact_e6 or 0),)
            case _:
                return (market.marked or self._index(price),)

    def _index(self, price: int) -> int:
        market, outside = self._market, self._outside
        source_x2 = market.source_x2 or 2 * market.source
        if not source_x2:
            outside.trade(market.contract, Price(price))
            source_x2 = outside.bid + outside.ask
        return index_price(source_x2, 0, 0)
