"""Short sequences at the limits of a venue: of prices, of orders, of what an account may hold."""

from engine.core.command import AddMargin, AnyCommand, Deposit, RemoveMargin, Side, Withdraw
from engine.core.money import AMOUNT_MAX, Micros
from tests.support import moves
from tests.support.market import other as other_side
from tests.support.model import Model
from tests.support.steps import (
    Told,
    amends,
    drains,
    leverages,
    orders,
    quotes,
    sign_of,
    stands,
    switches,
    trades,
)
from tests.support.worlds import QUOTE


def ceiling(model: Model) -> AnyCommand | None:
    """The replayed market stands at the contract's largest price (P4, O5)."""
    contract = model.dice.choice(model.symbols)
    largest = model.details[contract].price_max
    if model.story or largest > 20_000:
        return None
    price = model.around(contract, 0)
    near = largest - model.dice.choice((0, 1, 7, 40))
    side: Side = model.dice.choice(("buy", "sell"))
    account = model.dice.choice([*model.makers, *model.traders])
    lots = model.lots(account, contract, 0.2)
    model.story += [
        orders(model, account, contract, "buy", lots, price=largest),
        orders(model, account, contract, side, lots),
        orders(model, account, contract, other_side(side), lots, price=largest - 50),
        trades(model, contract, price),
    ]
    return moves.trade_at(model, contract, near)


def paired(model: Model) -> AnyCommand | None:
    """Two cross positions of one size on as little money as can be, then small steps (W2, L16)."""
    if model.story or len(model.symbols) < 2:
        return None
    dice, account, quote = model.dice, model.fresh(), model.dice.choice((200, 390, 2_000))
    both = dice.sample(model.symbols, 2)
    prices = {symbol: model.around(symbol, 0) for symbol in both}
    sides: dict[str, Side] = {symbol: dice.choice(("buy", "sell")) for symbol in both}
    for symbol in both:
        lots = max(1, quote * QUOTE // model.value_of_lot(symbol))
        details = model.details[symbol]
        reached = lots if details.brackets_by == "lots" else quote * QUOTE
        fitting = [row for row in details.brackets if row.floor <= reached]
        model.story += [
            *stands(model, symbol, prices[symbol]),
            switches(model, account, symbol, cross=True),
            leverages(model, account, symbol, fitting[-1].leverage_max),
            orders(model, account, symbol, sides[symbol], lots),
        ]
    model.story += drains(model, account)
    for _ in range(dice.randrange(2, 5)):
        symbol = dice.choice(both)
        prices[symbol] -= int(sign_of(sides[symbol]) * prices[symbol] * dice.uniform(-0.002, 0.012))
        shown = dice.choice((0, 40, 3_000))
        model.story.append(quotes(model, symbol, prices[symbol], shown))
        model.story.append(trades(model, symbol, prices[symbol]))
    return moves.deposit_of(model, account, quote // 4)


def turncoat(model: Model) -> AnyCommand | None:
    """An isolated position that was warned turns cross and back (W1, M9)."""
    if model.story:
        return None
    dice, account, contract = model.dice, model.fresh(), model.symbol()
    price, leverage = model.around(contract, 0), dice.choice((10, 20))
    side: Side = dice.choice(("buy", "sell"))
    lots = model.lots_worth(contract, 30, leverage)
    moved = price * (1 - sign_of(side) * dice.uniform(0.5, 0.95) / leverage)
    model.story += [
        *stands(model, contract, price),
        switches(model, account, contract, cross=False),
        leverages(model, account, contract, leverage),
        orders(model, account, contract, side, lots),
        trades(model, contract, int(moved)),
        quotes(model, contract, int(moved), 20),
        switches(model, account, contract, cross=True),
        switches(model, account, contract, cross=False),
        orders(model, account, contract, other_side(side), max(1, lots // 2)),
        switches(model, account, contract, cross=True),
        orders(model, account, contract, other_side(side), lots),
        switches(model, account, contract, cross=False),
        orders(model, account, contract, side, max(1, lots // 2)),
    ]
    return moves.deposit_of(model, account, 120)


def crowded(model: Model) -> AnyCommand | None:
    """An account with as many orders as are allowed sends more of every kind (O4)."""
    if model.story or model.venue.rules.orders_max > 9:
        return None
    dice, account, contract = model.dice, model.fresh(), model.symbol()
    price = model.around(contract, 0)
    model.story += [
        *stands(model, contract, price),
        orders(model, account, contract, "buy", 20),
        *(
            orders(model, account, contract, "buy", 1, price=price * (0.985 - step / 1000))
            for step in range(model.venue.rules.orders_max)
        ),
        lambda: moves.order_by(
            model,
            account,
            contract,
            "buy",
            1,
            price=model.around(contract, dice.choice((-9_000, 3_000))),
            post_only=True,
        ),
        orders(model, account, contract, "buy", 1, price=price * 1.01, time_in_force="fok"),
        orders(model, account, contract, "sell", 5, price=price * 1.01, reduce_only=True),
        orders(model, account, contract, "sell", 1),
        amends(model, account, contract, price * 0.99),
        orders(model, account, contract, "sell", 500_000, price=price * 1.01),
    ]
    return moves.deposit_of(model, account, 50)


def sated(model: Model) -> AnyCommand | None:
    """An account that holds nearly all that an account may hold, in several places (O3)."""
    if model.story or model.dice.random() < 0.9:
        return None
    dice, account, contract = model.dice, model.fresh(), model.symbol()
    price, most = model.around(contract, 0), AMOUNT_MAX - model.money.get(account, 0) * 2
    model.story += [
        switches(model, account, contract, cross=False),
        orders(model, account, contract, "buy", 20),
        orders(model, account, contract, "buy", 30, price=price * 0.98),
        lambda: Withdraw(at_us=model.now, account=account, amount=Micros(2 * QUOTE)),
        *(
            _puts(model, account, amount * QUOTE // 4)
            for amount in (dice.randrange(1, 16), 1, 2, 4, 8)
        ),
        lambda: Withdraw(at_us=model.now, account=account, amount=Micros(most - 60 * QUOTE)),
    ]
    return Deposit(at_us=model.now, account=account, amount=Micros(most))


def _puts(model: Model, account: str, amount: int) -> Told:
    return lambda: Deposit(at_us=model.now, account=account, amount=Micros(amount))


def drained(model: Model) -> AnyCommand | None:
    """All that can be taken out is, to the unit, and then a price moves a little (M3)."""
    if model.story:
        return None
    dice, account, contract = model.dice, moves.trader(model), model.symbol()
    price = model.around(contract, 0)
    model.story += [
        switches(model, account, contract, cross=dice.random() < 0.6),
        orders(model, account, contract, dice.choice(("buy", "sell")), 50),
        *drains(model, account),
        trades(model, contract, price + dice.choice((-20, -1, 1, 20))),
        _puts(model, account, QUOTE),
    ]
    return moves.deposit_of(model, account, dice.randrange(5, 60))


def stuffed(model: Model) -> AnyCommand | None:
    """Orders of half the power, a quarter and so on; margin added and removed so (M4, M10)."""
    if model.story:
        return None
    dice, account, contract = model.dice, model.fresh(), model.symbol()
    price, leverage = model.around(contract, 0), dice.choice((3, 10, 20))
    money = dice.randrange(5, 60)
    side: Side = dice.choice(("buy", "sell"))
    lots = model.lots_worth(contract, money, leverage)
    how = dice.choice(
        (None, price * (1 - sign_of(side) * 0.01), price * (1 + sign_of(side) * 0.01))
    )
    cross = dice.random() < 0.5
    model.story += [
        *stands(model, contract, price),
        switches(model, account, contract, cross=cross),
        leverages(model, account, contract, leverage),
        *(orders(model, account, contract, side, max(1, lots >> n), price=how) for n in range(11)),
    ]
    if not cross:
        model.story += [_moves(model, AddMargin, account, contract, money, n) for n in range(1, 28)]
        model.story.append(trades(model, contract, int(price * (1 + sign_of(side) * 0.02))))
        model.story += [
            _moves(model, RemoveMargin, account, contract, money, n) for n in range(1, 28)
        ]
    model.story.append(trades(model, contract, price - sign_of(side) * dice.choice((1, 10, 90))))
    return moves.deposit_of(model, account, money)


def _moves(
    model: Model,
    kind: type[AddMargin] | type[RemoveMargin],
    account: str,
    contract: str,
    quote: int,
    part: int,
) -> Told:
    amount = Micros(max(1, quote * QUOTE >> part))
    return lambda: kind(at_us=model.now, account=account, contract=contract, amount=amount)
