"""Where prices end: the market band, and the price that would use up the margin (O4, O5, O10)."""

from engine.core.account.position import Position
from engine.core.book.merged import is_worse
from engine.core.command import Side
from engine.core.money import PPM, Price, div_up
from engine.core.state.market import Market
from engine.core.state.standing import risk_of
from engine.core.state.venue import State


def band_edge(state: State, market: Market, side: Side) -> int:
    """Return the furthest price through the mark that a limit order may have."""
    band = state.rules.market_band_ppm
    if side == "buy":
        return market.mark * (PPM + band) // PPM
    return div_up(market.mark * (PPM - band), PPM)


def market_limit(state: State, market: Market, side: Side) -> Price:
    """Return the limit of a market order: the band's edge on the grid, inside it."""
    tick, edge = market.contract.tick, band_edge(state, market, side)
    price = edge // tick * tick if side == "buy" else div_up(edge, tick) * tick
    return Price(min(max(price, tick), market.contract.price_max // tick * tick))


class BankruptcyStop:
    """Stops a client's reducing order before it loses more than its margin account has."""

    def __init__(self, state: State, position: Position, side: Side, quantity: int) -> None:
        market = state.markets[position.contract]
        sign = 1 if side == "buy" else -1
        self._side = side
        self.closing = min(quantity, abs(position.quantity)) if position.sign == -sign else 0
        self._unit = self.closing * market.contract.unit_value
        self._limit_value = 0
        if self.closing:
            equity = risk_of(state, position).equity
            self._limit_value = market.mark * self._unit + sign * equity

    def forbids(self, price: int) -> bool:
        """Say whether what still closes must not trade at this price."""
        return self.closing > 0 and is_worse(price * self._unit, self._limit_value, self._side)

    def took(self, lots: int) -> None:
        """Count a fill."""
        self.closing = max(0, self.closing - lots)
