"""Ticks of the replayed market: trades, quotes and books, at a price that the caller chose."""

from engine.core.command import AnyCommand, BookTick, QuoteTick, Side, TradeTick
from engine.core.money import PPM, Lots, Price, div_up
from tests.support.model import Model

SIZES = (0, 5, 40, 200, 2_000)
TRADED = (1, 1, 7, 60, 300, 3_000)
Rows = tuple[tuple[Price, Lots], ...]


def other(side: Side) -> Side:
    """Turn buy into sell and sell into buy."""
    return "sell" if side == "buy" else "buy"


def trade(model: Model, symbol: str, price: int, side: Side) -> AnyCommand:
    """A trade of some lots; without quotes and books it moves the touch."""
    details = model.details[symbol]
    if model.quoting[symbol] == "trades":
        half = max(details.tick, div_up(price * details.depth.half_spread_ppm, PPM))
        bid = max(1, (price - half) // details.tick) * details.tick
        model.touches[symbol] = {
            "buy": bid,
            "sell": div_up(price + half, details.tick) * details.tick,
        }
    quantity = Lots(model.dice.choice(TRADED))
    return TradeTick(
        at_us=model.now, contract=symbol, price=Price(price), quantity=quantity, side=side
    )


def quote(model: Model, symbol: str, price: int) -> AnyCommand:
    """A quote with its bid at a price."""
    bid = model.on_grid(symbol, price)
    return _quote(model, symbol, bid, bid + _spread(model, symbol))


def _quote(model: Model, symbol: str, bid: int, ask: int) -> AnyCommand:
    if symbol not in model.levels:
        model.touches[symbol] = {"buy": bid, "sell": ask}
    return QuoteTick(
        at_us=model.now,
        contract=symbol,
        bid=Price(bid),
        bid_quantity=Lots(model.dice.choice(SIZES)),
        ask=Price(ask),
        ask_quantity=Lots(model.dice.choice(SIZES)),
    )


def _spread(model: Model, symbol: str) -> int:
    return model.dice.randrange(1, model.spread_ticks + 1) * model.details[symbol].tick


def book(model: Model, symbol: str, price: int) -> AnyCommand:
    """A book around a price: new, or an update that crosses what was there; sides may be empty."""
    dice = model.dice
    bid = model.on_grid(symbol, price)
    ask = bid + _spread(model, symbol)
    known = model.levels.setdefault(symbol, {"buy": [], "sell": []})
    reset = dice.random() < 0.3
    gone: dict[Side, list[int]] = {"buy": [], "sell": []}
    for side, prices in known.items():
        chance = dice.choice((0.0, 0.3, 1.0))
        gone[side] = [] if reset else [p for p in prices if dice.random() < chance]
    bids, asks = dice.choice((*4 * ((True, True),), (True, False), (False, True), (False, False)))
    set_bids = _levels(model, symbol, bid, -1) if bids else ()
    set_asks = _levels(model, symbol, ask, 1) if asks else ()
    _remember(model, symbol, [p for p, _ in set_bids], [p for p, _ in set_asks])
    return BookTick(
        at_us=model.now,
        contract=symbol,
        bids=_mixed(model, gone["buy"], set_bids),
        asks=_mixed(model, gone["sell"], set_asks),
        reset=reset,
    )


def _levels(model: Model, symbol: str, price: int, away: int) -> Rows:
    dice, details = model.dice, model.details[symbol]
    rows: list[tuple[Price, Lots]] = []
    for _ in range(dice.choice((1, 1, 2, 4, 8))):
        if details.tick <= price <= details.price_max:
            rows.append((Price(price), Lots(dice.choice(SIZES))))
        price += away * details.tick * dice.choice((1, 1, 2, 20, 100))
    return tuple(rows)


def _mixed(model: Model, gone: list[int], levels: Rows) -> Rows:
    """Levels that go and levels that come, now and then in any order or twice."""
    dice = model.dice
    rows = [*((Price(price), Lots(0)) for price in gone), *levels]
    if dice.random() < 0.3:
        rows += [(price, Lots(dice.choice(SIZES))) for price, _ in levels if dice.random() < 0.3]
        dice.shuffle(rows)
    return tuple(rows)


def _remember(model: Model, symbol: str, bids: list[int], asks: list[int]) -> None:
    """Keep prices that may have a level, the newest of each side, and about where the touch is."""
    known = model.levels[symbol]
    known["buy"] = [*known["buy"], *bids][-12:]
    known["sell"] = [*known["sell"], *asks][-12:]
    if bids and asks:
        model.touches[symbol] = {"buy": bids[0], "sell": asks[0]}


def band_prices(model: Model, symbol: str, side: Side) -> list[int]:
    """List the prices at which the bands end as they would be around the touch (P4)."""
    details, touch = model.details[symbol], model.touches[symbol][side]
    prices = []
    for band in details.depth.bands[1:]:
        if side == "sell":
            ticks = div_up(touch * (PPM + band.distance_ppm), PPM * details.tick)
        else:
            ticks = touch * (PPM - band.distance_ppm) // (PPM * details.tick)
        prices.append(max(1, ticks) * details.tick)
    return prices


def resized(model: Model, symbol: str, side: Side, price: int) -> AnyCommand | None:
    """The same touch once more, with another quantity where an order may queue (P16)."""
    if symbol in model.levels:
        rows = ((Price(price), Lots(model.dice.choice(SIZES))),)
        return BookTick(
            at_us=model.now,
            contract=symbol,
            bids=rows if side == "buy" else (),
            asks=rows if side == "sell" else (),
        )
    if model.quoting[symbol] == "trades":
        return None
    touch = model.touches[symbol]
    return _quote(model, symbol, touch["buy"], touch["sell"])
