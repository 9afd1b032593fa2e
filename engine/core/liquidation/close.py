"""One IOC into the book that everybody trades on, limited at the bankruptcy price (L8)."""

from engine.core.account.position import Position
from engine.core.book.merged import is_worse
from engine.core.liquidation.case import Case
from engine.core.liquidation.forced_fill import forced_fill
from engine.core.money import PPM, Price, div_up
from engine.core.state.market import Market
from engine.core.state.venue import State
from engine.core.trading.execute import other_side, take_offer
from engine.core.trading.limits import turned_away


def into_book(state: State, case: Case, position: Position, limit: Price, wanted: int) -> int:
    """Sell a long, buy back a short, as far as the book goes within the limit.

    Return how many of the wanted lots are left.
    """
    market = state.markets[position.contract]
    side = other_side(position)
    walk = market.walk(side, state.now_us)
    while wanted:
        offer = walk.next_offer()
        if offer is None or is_worse(offer.price, limit, side):
            break
        if turned_away(state, offer.order):
            continue
        lots = min(wanted, offer.quantity)
        wanted -= lots
        take_offer(state, market, walk, offer, lots)
        value = forced_fill(state, case, position, offer, lots=lots, stage="book")
        case.owe(position.contract, value, state.rules)
    return wanted


def nearer(market: Market, position: Position, limit: Price, band_ppm: int) -> Price:
    """Return the limit of a partial order: no further through the mark than the venue's band."""
    tick = market.contract.tick
    if not band_ppm:
        return limit
    if position.quantity > 0:
        edge = div_up(market.mark * (PPM - band_ppm), PPM * tick) * tick
        return Price(max(limit, edge))
    edge = market.mark * (PPM + band_ppm) // (PPM * tick) * tick
    return Price(min(limit, max(edge, tick)))
