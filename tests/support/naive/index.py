"""An index out of several sources, worked out anew each time (P19)."""

from engine.core.event import IndexFeedChanged, IndexSourceChanged
from tests.support.naive.state import Market, State


def weights(market: Market) -> dict[str, int]:
    """Give the weight of each source; an index without a list has one source without a name."""
    listed = market.contract.index.sources
    return {source.name: source.weight for source in listed} if listed else {"": 1}


def is_judged(market: Market) -> bool:
    """Tell whether the sources of an index may be dropped."""
    return bool(market.contract.index.sources) or market.contract.index.stale_us > 0


def median2(prices: list[tuple[int, int]]) -> int:
    """Give twice the weighted median: every price stands there as often as it weighs."""
    line = sorted(price for price, weight in prices for _ in range(weight))
    return line[(len(line) - 1) // 2] + line[len(line) // 2]


def judge(state: State, market: Market) -> None:
    """Drop what is stale or too far off, and say what changed."""
    terms = market.contract.index
    standings = {}
    for name, (_, heard_us) in market.sources.items():
        stale = terms.stale_us > 0 and heard_us + terms.stale_us <= state.now
        standings[name] = "stale" if stale else "live"
    live = [name for name, standing in standings.items() if standing == "live"]
    weight = weights(market)
    if live:
        middle2 = median2([(market.sources[name][0], weight[name]) for name in live])
        for name in live:
            off2 = abs(2 * market.sources[name][0] - middle2)
            if off2 * 1_000_000 > terms.outlier_ppm * middle2:
                standings[name] = "outlier"
        kept = [name for name in live if standings[name] == "live"] or live
        market.source2 = median2([(market.sources[name][0], weight[name]) for name in kept])
    symbol = market.contract.symbol
    for name in sorted(standings):
        if standings[name] != market.standings.get(name, "live"):
            price = market.sources[name][0]
            state.emit(
                IndexSourceChanged,
                contract=symbol,
                source=name,
                standing=standings[name],
                price=price,
            )
    market.standings = standings
    if market.stale == bool(live):
        market.stale = not live
        state.emit(IndexFeedChanged, contract=symbol, is_stale=market.stale)


def next_stale(market: Market) -> int | None:
    """Tell when the next source will have been silent for too long."""
    after = market.contract.index.stale_us
    due = [
        heard_us + after
        for name, (_, heard_us) in market.sources.items()
        if market.standings.get(name) != "stale"
    ]
    return min(due) if due and after else None
