"""The outside market's levels and the merged book, in full, each time anew (P2 to P6, P14)."""

from dataclasses import dataclass

from engine.core.command import Side
from engine.core.money import PPM, div_up
from tests.support.naive.state import Market, Order, State
from tests.support.naive.volatility import regime_scale_ppm


@dataclass
class Entry:
    """Something that an arriving order can meet: a resting order or an outside level."""

    price: int
    lots: int
    level: int = 0
    order: Order | None = None


def opposite(side: Side) -> Side:
    """Turn buy into sell and sell into buy."""
    return "sell" if side == "buy" else "buy"


def sign_of(side: Side) -> int:
    """+1 for a buy, -1 for a sell."""
    return 1 if side == "buy" else -1


def trade_touch(market: Market, price: int) -> None:
    """Set the touch from a trade, where there has never been a quote (P2)."""
    tick = market.contract.tick
    half = max(tick, div_up(price * market.contract.depth.half_spread_ppm, PPM))
    market.bid = max(tick, (price - half) // tick * tick)
    market.ask = div_up(price + half, tick) * tick


def shown_levels(market: Market, side: Side) -> list[tuple[int, int, int]]:
    """List (number, price, lots) that outside shows if nothing was ever taken (P4, P14)."""
    if market.booked:
        return [(price, price, lots) for price, lots in sorted(market.book[side].items())]
    contract, depth = market.contract, market.contract.depth
    touch = market.bid if side == "buy" else market.ask
    regime_ppm = regime_scale_ppm(market)
    notionals = [band.notional * depth.scale_ppm // PPM * regime_ppm // PPM for band in depth.bands]
    distances = [0, *(band.distance_ppm for band in depth.bands[1:])]
    lots = notionals[0] // (touch * contract.unit_value)
    if market.quoted:
        lots = market.bid_quantity if side == "buy" else market.ask_quantity
    levels = [(0, touch, lots)]
    n = depth.levels_per_band
    for i in range(1, len(notionals)):
        each = (notionals[i] - notionals[i - 1]) // n
        for k in range(1, n + 1):
            away = distances[i - 1] + (distances[i] - distances[i - 1]) * k // n
            if side == "sell":
                price = div_up(touch * (PPM + away), PPM * contract.tick) * contract.tick
            else:
                price = touch * (PPM - away) // (PPM * contract.tick) * contract.tick
            lots = each // (price * contract.unit_value) if price > 0 else 0
            levels.append((len(levels), price, lots))
    return [row for row in levels if contract.tick <= row[1] <= contract.price_max]


def missing(market: Market, side: Side, level: int, now: int) -> int:
    """Tell how much of what was taken from a level has not come back yet (P5)."""
    taken, since = market.missing.get((side, level), (0, now))
    half_life = market.contract.depth.half_life_us
    elapsed = now - since
    halved = taken >> (elapsed // half_life)
    return halved - halved * (elapsed % half_life) // (2 * half_life)


def take(state: State, contract: str, side: Side, level: int, lots: int) -> None:
    """Remember that an arriving order took lots from an outside level (P5)."""
    market = state.markets[contract]
    market.missing[side, level] = (missing(market, side, level, state.now) + lots, state.now)


def shown_at(state: State, contract: str, side: Side, price: int) -> int:
    """Sum what outside shows at a price, less what is missing there (P16)."""
    market = state.markets[contract]
    return sum(
        max(0, lots - missing(market, side, number, state.now))
        for number, at, lots in shown_levels(market, side)
        if at == price
    )


def hidden_from(state: State, contract: str, side: Side) -> int | None:
    """Give the best resting price of the other side: levels at or through it are hidden (P6)."""
    prices = [o.price for o in state.orders if o.contract == contract and o.side != side]
    if not prices:
        return None
    return max(prices) if side == "sell" else min(prices)


def merged(state: State, contract: str, side: Side, hidden: int | None) -> list[Entry]:
    """List one side of the merged book, best first, without the hidden levels (P6)."""
    market = state.markets[contract]
    entries = [
        Entry(price, max(0, lots - missing(market, side, number, state.now)), level=number)
        for number, price, lots in shown_levels(market, side)
        if hidden is None or not within(opposite(side), price, hidden)
    ]
    entries = [entry for entry in entries if entry.lots > 0]
    entries += [
        Entry(order.price, order.quantity, order=order)
        for order in state.orders
        if order.contract == contract and order.side == side
    ]
    return sorted(entries, key=lambda entry: _priority(entry, side))


def _priority(entry: Entry, side: Side) -> tuple[int, int, int]:
    """Price, then outside before resting orders, then level or arrival (P6)."""
    price = -entry.price if side == "buy" else entry.price
    if entry.order is None:
        return (price, 0, entry.level)
    return (price, 1, entry.order.arrival)


def best(state: State, contract: str, side: Side) -> int | None:
    """Give the best price of one side of the merged book."""
    entries = merged(state, contract, side, hidden_from(state, contract, side))
    return entries[0].price if entries else None


def within(side: Side, price: int, limit: int) -> bool:
    """Tell whether an order of that side and limit may trade at a price."""
    return price <= limit if side == "buy" else price >= limit
