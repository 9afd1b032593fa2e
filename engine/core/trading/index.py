"""The sources of an index: who is heard, who is dropped, and when nobody is left (P19)."""

from engine.core.command import IndexTick
from engine.core.event import IndexFeedChanged, IndexSourceChanged
from engine.core.margin.index import is_outlier, weighted_median_x2
from engine.core.money import Price
from engine.core.state.market import Market, SourcePrice, Standing
from engine.core.state.venue import State


def hear(state: State, market: Market, command: IndexTick) -> None:
    """Take what a source says; the index is what all of them come to."""
    known = market.sources.setdefault(command.source, SourcePrice(Price(0), 0))
    known.price, known.at_us = command.price, state.now_us
    judge(state, market)
    state.timer_us = min(state.timer_us, market.stale_due_us())


def judge(state: State, market: Market) -> None:
    """Say which sources count now, and work out the index from them."""
    standings = {name: _standing(state, market, one) for name, one in market.sources.items()}
    weighed = [
        (market.sources[name].price, market.weights[name])
        for name, standing in standings.items()
        if standing == "live"
    ]
    if weighed:
        median_x2, outlier_ppm = weighted_median_x2(weighed), market.contract.index.outlier_ppm
        kept = [one for one in weighed if not is_outlier(one[0], median_x2, outlier_ppm)]
        market.source_x2 = weighted_median_x2(kept or weighed)
        for name, one in market.sources.items():
            if standings[name] == "live" and is_outlier(one.price, median_x2, outlier_ppm):
                standings[name] = "outlier"
    for name in sorted(standings):
        _stand(state, market, name, standings[name])
    _report_feed(state, market, is_stale=not weighed)


def _standing(state: State, market: Market, one: SourcePrice) -> Standing:
    stale_us = market.contract.index.stale_us
    return "stale" if stale_us and state.now_us - one.at_us >= stale_us else "live"


def _stand(state: State, market: Market, name: str, standing: Standing) -> None:
    one = market.sources[name]
    if one.standing != standing:
        one.standing = standing
        state.emit(
            IndexSourceChanged(
                **state.stamp(),
                contract=market.contract.symbol,
                source=name,
                standing=standing,
                price=one.price,
            )
        )


def _report_feed(state: State, market: Market, *, is_stale: bool) -> None:
    if market.is_stale != is_stale:
        market.is_stale = is_stale
        symbol = market.contract.symbol
        state.emit(IndexFeedChanged(**state.stamp(), contract=symbol, is_stale=is_stale))
