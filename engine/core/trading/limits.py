"""Where prices end: the market band, and the price that would use up the margin (O4, O5, O10)."""

from engine.core.account.position import Position
from engine.core.book.merged import is_worse
from engine.core.book.order import Order
from engine.core.command import Side
from engine.core.money import PPM, Price, div_up
from engine.core.reason import Reason
from engine.core.state.market import Market
from engine.core.state.standing import risk_of
from engine.core.state.venue import State
from engine.core.trading.reserve import drop, sync


def band_edge(state: State, market: Market, side: Side) -> int:
    """Return the furthest price through the mark that a limit order may have."""
    band = state.rules.market_band_ppm
    if side == "buy":
        return market.venue_mark * (PPM + band) // PPM
    return div_up(market.venue_mark * (PPM - band), PPM)


def market_limit(state: State, market: Market, side: Side) -> Price:
    """Return the limit of a market order: the band's edge on the grid, inside it."""
    tick, edge = market.contract.tick, band_edge(state, market, side)
    price = edge // tick * tick if side == "buy" else div_up(edge, tick) * tick
    return Price(min(max(price, tick), market.contract.price_max // tick * tick))


def is_beyond(price: int, base: int, band_ppm: int, side: Side) -> bool:
    """Say whether a price is further from another than a band allows an order; 0: no limit.

    >>> is_beyond(94, 100, 50_000, "sell"), is_beyond(95, 100, 50_000, "sell")
    (True, False)
    """
    edge = base * (PPM + (band_ppm if side == "buy" else -band_ppm))
    return band_ppm > 0 and is_worse(price * PPM, edge, side)


def is_stopped(state: State, position: Position, order: Order, price: int) -> bool:
    """Say whether an order must not close its account's position at a price.

    It must not where closing all that it closes would lose more than the margin account is worth.
    """
    sign = 1 if order.side == "buy" else -1
    if position.sign != -sign:
        return False
    market = state.markets[position.contract]
    unit = min(order.quantity, abs(position.quantity)) * market.contract.unit_value
    limit = market.mark * unit + sign * risk_of(state, position).equity
    return is_worse(price * unit, limit, order.side)


def turned_away(state: State, order: Order | None) -> bool:
    """Cancel a resting order that must not be filled at its own price; say whether it was so."""
    if order is None:
        return False
    position = state.traded(order)
    if not is_stopped(state, position, order, order.price):
        return False
    drop(state, order, Reason.BANKRUPTCY_PRICE)
    sync(state, state.accounts[order.account], order.contract)
    return True
