"""The kinds of commands that the generator draws: ticks, money, settings and orders."""

from typing import Literal

from engine.core.command import (
    AddMargin,
    AmendOrder,
    AnyCommand,
    CancelOrder,
    Deposit,
    FundingTick,
    IndexTick,
    MarkTick,
    Mode,
    OfferAssignment,
    PlaceOrder,
    RemoveMargin,
    SetLeverage,
    SetMarginMode,
    Side,
    Withdraw,
)
from engine.core.money import Lots, Micros, Price
from tests.support import market
from tests.support.legs import deposited, with_leg, with_own_leg
from tests.support.model import MAKERS, PRICE_START, STYLES, Model, Placed
from tests.support.worlds import QUOTE

# -- the replayed market --


def tick(model: Model) -> AnyCommand:
    """Walk a price, now and then off a cliff, and sometimes back from it."""
    dice, symbol = model.dice, model.dice.choice(model.symbols)
    price = model.prices.get(symbol, PRICE_START)
    if symbol in model.wick and dice.random() < 0.5:
        price = model.wick.pop(symbol)
    elif dice.random() < model.crash_chance:
        if dice.random() < 0.4:
            model.wick[symbol] = price
        down = dice.uniform(0.4, 0.95) if dice.random() < 0.5 else dice.uniform(0.85, 0.97)
        price = int(price * down) if dice.random() < 0.6 else int(price / max(down, 0.6))
    else:
        price += int(price * dice.gauss(0, model.volatility) / 1_000_000)
    if not 200 < price < 50_000:
        price = PRICE_START
    return tick_at(model, symbol, price)


def tick_at(model: Model, symbol: str, price: int) -> AnyCommand:
    dice = model.dice
    model.prices[symbol] = price
    model.forget_passed(symbol, price)
    how = dice.choice(STYLES[model.quoting[symbol]])
    if how == "book":
        return market.book(model, symbol, price)
    if how == "quote":
        return market.quote(model, symbol, price)
    return market.trade(model, symbol, price, dice.choice(("buy", "sell")))


def queue_trade(model: Model) -> AnyCommand | None:
    """Trade at exactly the price of an order that may rest near the price."""
    near = [
        order
        for order in model.placed
        if abs(order.price - model.prices.get(order.contract, PRICE_START)) * 20 < order.price
    ]
    if not near:
        return None
    dice, order = model.dice, model.dice.choice(near)
    passive = order.side if dice.random() < 0.9 else market.other(order.side)
    model.prices[order.contract] = order.price
    return market.trade(model, order.contract, order.price, market.other(passive))


def trade_at(model: Model, symbol: str, price: int) -> AnyCommand:
    """Trade at a price, on the grid or not."""
    model.prices[symbol] = price
    return market.trade(model, symbol, price, model.dice.choice(("buy", "sell")))


def quote_at(model: Model, symbol: str, price: int) -> AnyCommand:
    """Quote around a price; where the mark is the last price, it stays where it is."""
    model.prices[symbol] = price
    return market.quote(model, symbol, price)


def index_tick(model: Model) -> AnyCommand:
    """Send an index near the price, sometimes far from it."""
    return index_of(model, model.dice.choice(model.symbols))


def index_of(model: Model, symbol: str) -> AnyCommand:
    price = model.prices.get(symbol, PRICE_START)
    away = model.dice.choice((0.001, 0.003, 0.05))
    index = max(1, int(price * (1 + model.dice.gauss(0, away))))
    names = [one.name for one in model.details[symbol].index.sources]
    source = model.dice.choice(names) if names else ""
    return IndexTick(at_us=model.now, contract=symbol, price=Price(index), source=source)


def mark_tick(model: Model) -> AnyCommand:
    """Send a mark near the price, sometimes far from it."""
    symbol = model.dice.choice(model.symbols)
    price = model.prices.get(symbol, PRICE_START)
    away = model.dice.choice((0.0, 0.001, 0.003, 0.05))
    mark = max(1, int(price * (1 + model.dice.gauss(0, away))))
    return MarkTick(at_us=model.now, contract=symbol, price=Price(mark))


def funding_tick(model: Model) -> AnyCommand | None:
    """Send a rate from a file, now and then a huge one."""
    rate = model.dice.choice((10_000, -10_000, 75_000, 750_000, -750_000, 5_000_000, 0))
    from_file = [s for s in model.symbols if model.details[s].funding.source == "file"]
    if not from_file and model.dice.random() < 0.9:
        return None
    contract = model.dice.choice(from_file or model.symbols)
    return FundingTick(at_us=model.now, contract=contract, rate_e8=rate)


# -- accounts --


def mode_of(model: Model, account: str, contract: str, *, cross: bool) -> AnyCommand:
    """Choose a margin mode."""
    mode: Mode = "cross" if cross else "isolated"
    model.modes[account, contract] = mode
    return SetMarginMode(at_us=model.now, account=account, contract=contract, mode=mode)


def deposit_of(model: Model, account: str, quote: int) -> AnyCommand:
    deposited(model, account)
    model.money[account] = model.money.get(account, 0) + quote * QUOTE
    amount = quote * QUOTE + model.dice.randrange(QUOTE)
    return Deposit(at_us=model.now, account=account, amount=Micros(amount))


def deposit(model: Model) -> AnyCommand:
    """Put a little more money in."""
    return deposit_of(model, model.account(), model.dice.randrange(1, 40))


def withdraw(model: Model) -> AnyCommand:
    """Take some money out, often more than there is."""
    account = model.account()
    amount = 1 + int(model.money[account] * model.dice.choice((0.02, 0.2, 0.6, 1.5)))
    return Withdraw(at_us=model.now, account=account, amount=Micros(amount))


def leverage_of(model: Model, account: str, symbol: str) -> AnyCommand:
    largest = max(row.leverage_max for row in model.details[symbol].brackets)
    leverage = model.dice.choice((1, 3, 5, 10, 20, 25, 50, largest))
    model.leverages[account, symbol] = leverage
    return SetLeverage(at_us=model.now, account=account, contract=symbol, leverage=leverage)


def set_leverage(model: Model) -> AnyCommand:
    """Choose a leverage up to the largest."""
    return leverage_of(model, model.account(), model.dice.choice(model.symbols))


def set_mode(model: Model) -> AnyCommand:
    """Switch between isolated and cross."""
    account, contract = model.account(), model.symbol()
    mode = model.modes.get((account, contract), model.venue.rules.default_mode)
    return mode_of(
        model, account, contract, cross=(mode == "isolated") == (model.dice.random() < 0.9)
    )


def move_margin(model: Model) -> AnyCommand:
    """Add margin to a position or take some away."""
    account = model.account()
    kind = model.dice.choice((AddMargin, RemoveMargin))
    amount = 1 + int(model.money[account] * model.dice.choice((0.0, 0.01, 0.05, 0.3)))
    move = kind(at_us=model.now, account=account, contract=model.symbol(), amount=Micros(amount))
    return with_own_leg(model, move)


def offer(model: Model) -> AnyCommand:
    """Stand ready to take positions over, or no longer."""
    account = model.dice.choice(model.makers) if model.dice.random() < 0.7 else model.account()
    lots = model.dice.choice((0, 1, 50, 1_000, 2_000, 2_000, 2_000))
    return OfferAssignment(
        at_us=model.now, account=account, contract=model.symbol(), quantity=Lots(lots)
    )


# -- orders --


def order_by(
    model: Model,
    account: str,
    contract: str,
    side: Side,
    quantity: int,
    *,
    price: int | None = None,
    time_in_force: Literal["gtc", "ioc", "fok"] = "gtc",
    post_only: bool = False,
    reduce_only: bool = False,
) -> AnyCommand:
    model.orders += 1
    name = f"o{model.orders}"
    if price is not None and time_in_force == "gtc":
        model.placed.append(Placed(account, name, contract, side, price, quantity))
        model.placed = model.placed[-40:]
    else:
        signed = quantity if side == "buy" else -quantity
        model.net[account, contract] = model.net.get((account, contract), 0) + signed
    order = PlaceOrder(
        at_us=model.now,
        account=account,
        order=name,
        contract=contract,
        side=side,
        quantity=Lots(quantity),
        price=None if price is None else Price(price),
        time_in_force=time_in_force,
        post_only=post_only,
        reduce_only=reduce_only,
    )
    order = with_leg(model, order)
    model.sent = [*model.sent[-30:], order]
    return order


def trader(model: Model) -> str:
    return model.dice.choice([a for a in model.money if a not in MAKERS] or list(model.money))


def side_of(model: Model, account: str) -> Side:
    """Draw a side; every account leans to one of its own, so that books fill on both sides."""
    leans_long = account < "e" if model.bias == 0.5 else model.dice.random() < model.bias
    return "buy" if leans_long == (model.dice.random() < 0.85) else "sell"


def market_order(model: Model) -> AnyCommand:
    """A leveraged position at the market."""
    account, contract = trader(model), model.symbol()
    lots = model.lots(account, contract, model.dice.choice((0.2, 0.5, 0.9)))
    return order_by(model, account, contract, side_of(model, account), lots)


def shove(model: Model) -> AnyCommand:
    """A rich account eats the book, so that last moves and resting orders stay where they are."""
    account, contract = model.dice.choice(model.makers), model.symbol()
    side: Side = model.dice.choice(("buy", "sell"))
    return order_by(model, account, contract, side, model.lots(account, contract, 0.3))


def limit_order(model: Model) -> AnyCommand:
    """A trader's limit order of any flavour, near the price."""
    dice = model.dice
    account, contract = model.account(), model.symbol()
    side = side_of(model, account)
    away = dice.choice((-30_000, -5_000, -1_000, 0, 1_000, 5_000, 15_000))
    return order_by(
        model,
        account,
        contract,
        side,
        model.lots(account, contract, dice.choice((0.1, 0.3, 0.7))),
        price=model.around(contract, away if side == "buy" else -away),
        time_in_force=dice.choice(("gtc", "gtc", "ioc", "fok")),
    )


def post_only_order(model: Model) -> AnyCommand:
    """A post-only order, sometimes on the wrong side of the price."""
    account, contract = model.account(), model.symbol()
    side: Side = model.dice.choice(("buy", "sell"))
    away = model.dice.choice((-10_000, -3_000, -1_000, 2_000))
    price = model.around(contract, away if side == "buy" else -away)
    lots = model.lots(account, contract, model.dice.choice((0.05, 0.2)))
    return order_by(model, account, contract, side, lots, price=price, post_only=True)


def maker_order(model: Model) -> AnyCommand:
    """A market maker's quote in the thin book, near or far."""
    dice = model.dice
    account, contract = dice.choice(model.makers), model.symbol()
    side: Side = dice.choice(("buy", "sell"))
    away = dice.choice((300, 1_000, 3_000, 10_000, 40_000, 150_000))
    price = model.around(contract, -away if side == "buy" else away)
    lots = model.lots(account, contract, dice.choice((0.02, 0.05, 0.2)))
    return order_by(model, account, contract, side, lots, price=price)


def reduce_order(model: Model) -> AnyCommand:
    """A reduce-only order against what the account should hold."""
    dice = model.dice
    held = [key for key, net in model.net.items() if net]
    if not held:
        return market_order(model)
    account, contract = dice.choice(held)
    net = model.net[account, contract]
    side: Side = "sell" if net > 0 else "buy"
    lots = max(1, int(abs(net) * dice.choice((0.2, 0.5, 1.0, 2.0))))
    if dice.random() < 0.5:
        return order_by(model, account, contract, side, lots, reduce_only=True)
    away = dice.choice((-3_000, 0, 2_000, 10_000, 50_000))
    price = model.around(contract, away if side == "sell" else -away)
    in_force: Literal["gtc", "ioc", "fok"] = dice.choice(("gtc", "gtc", "gtc", "ioc", "fok"))
    return order_by(
        model, account, contract, side, lots, price=price, time_in_force=in_force, reduce_only=True
    )


def close_order(model: Model) -> AnyCommand:
    """A plain order that closes what the account should hold, or a bit more."""
    held = [key for key, net in model.net.items() if net]
    if not held:
        return market_order(model)
    account, contract = model.dice.choice(held)
    net = model.net[account, contract]
    lots = max(1, int(abs(net) * model.dice.choice((0.3, 1.0, 1.5))))
    side: Side = "sell" if net > 0 else "buy"
    if model.dice.random() < 0.6:
        return order_by(model, account, contract, side, lots)
    price = model.around(contract, model.dice.choice((-20_000, 0, 20_000)))
    return order_by(model, account, contract, side, lots, price=price)


def amend(model: Model) -> AnyCommand | None:
    """Change an order that may still rest."""
    if not model.placed:
        return None
    dice, order = model.dice, model.dice.choice(model.placed)
    if dice.random() < 0.6:
        order.price = model.around(order.contract, dice.choice((-10_000, -1_000, 1_000, 10_000)))
    order.quantity = max(1, int(order.quantity * dice.choice((0.4, 1.0, 1.0, 1.7))))
    return AmendOrder(
        at_us=model.now,
        account=order.account,
        order=order.order,
        price=Price(order.price),
        quantity=Lots(order.quantity),
    )


def cancel(model: Model) -> AnyCommand | None:
    """Cancel an order that may still rest."""
    if not model.placed:
        return None
    order = model.placed.pop(model.dice.randrange(len(model.placed)))
    return CancelOrder(at_us=model.now, account=order.account, order=order.order)
