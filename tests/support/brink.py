"""Short sequences in which an account has nearly nothing left, or an order asks for all of it.

Like those of `stories`: the first command is sent at once, the rest waits in `Model.story`.
"""

from engine.core.command import (
    AddMargin,
    AnyCommand,
    RemoveMargin,
    Side,
    Withdraw,
)
from engine.core.money import Micros
from tests.support import moves
from tests.support.model import Model
from tests.support.steps import (
    InForce,
    Told,
    all_in,
    amends,
    deposits,
    drains,
    high_leverage,
    leverages,
    orders,
    other_side,
    quotes,
    sign_of,
    stands,
    switches,
    trades,
)
from tests.support.worlds import QUOTE


def ruined(model: Model) -> AnyCommand | None:
    """Orders that close at more than the margin, met by all who can meet them (O10, O11)."""
    if model.story:
        return None
    dice, contract = model.dice, model.symbol()
    price, leverage = model.around(contract, 0), high_leverage(model, contract)
    side: Side = dice.choice(("buy", "sell"))
    against = -sign_of(side) / leverage
    first = model.fresh()
    members = [first, *(model.fresh() for _ in range(dice.randrange(3)))]
    if price > 1_000 and dice.random() < 0.6:
        price = price // 500 * 500  # so that bankruptcy prices lie on the grid
    ask_at = model.details[contract].tick if side == "buy" else 0
    model.story += stands(model, contract, price - ask_at)
    lots, money = all_in(model, contract, 20, leverage)
    for account in members:
        model.story += [
            deposits(model, account, money),
            switches(model, account, contract, cross=dice.random() < 0.5),
            leverages(model, account, contract, leverage),
            orders(model, account, contract, side, lots),
        ]
    shown = dice.choice((0, 0, 3))
    away = dice.uniform(1.2, 2.6)
    low, high = sorted((price, int(price * (1 + against * away))))
    model.story.append(quotes(model, contract, low, shown, high))
    for account in members:
        for _ in range(dice.randrange(1, 3)):
            part = dice.choice((0.5, 1.0, 1.0, 1.0))
            near = 1.0 if dice.random() < 0.3 else dice.uniform(0.9, away)
            model.story.append(
                orders(
                    model,
                    account,
                    contract,
                    other_side(side),
                    max(1, int(lots * part)),
                    price=price * (1 + against * near),
                    reduce_only=dice.random() < 0.6,
                    time_in_force=dice.choice(("gtc", "gtc", "gtc", "gtc", "fok", "ioc")),
                )
            )
    victim = _victim(model, contract, side, lots)
    model.story[3:3] = victim[:-2]
    met = [*members[:1], *model.makers, *model.makers]
    for _ in range(dice.randrange(1, 4)):
        model.story.append(_meets(model, contract, side, lots, price * (1 + against * 0.3), met))
    last = len(model.story) - dice.randrange(4)
    model.story[last:last] = victim[-2:]
    return moves.deposit_of(model, first, 1)


def _victim(model: Model, contract: str, side: Side, lots: int) -> list[Told]:
    """A cross account on the other side, and then the fall of what its money stands on."""
    dice, account = model.dice, model.fresh()
    other = dice.choice([symbol for symbol in model.symbols if symbol != contract] or [contract])
    price, held = model.around(other, 0), max(1, lots // 2)
    fallen = int(price * dice.uniform(0.78, 0.87))
    money = max(4, held * model.value_of_lot(contract) // (9 * QUOTE))
    return [
        *stands(model, other, price),
        deposits(model, account, money),
        switches(model, account, contract, cross=True),
        switches(model, account, other, cross=True),
        leverages(model, account, contract, 20),
        orders(model, account, contract, other_side(side), held),
        leverages(model, account, other, 20),
        orders(model, account, other, "buy", model.lots_worth(other, money, 7)),
        quotes(model, other, fallen, 2_000),
        trades(model, other, fallen),
    ]


def _meets(
    model: Model, contract: str, side: Side, lots: int, price: float, accounts: list[str]
) -> Told:
    """Meet resting orders: with somebody's order or with the replayed market."""
    dice = model.dice
    if dice.random() < 0.3:
        return quotes(model, contract, int(price), 5)
    account = dice.choice(accounts if dice.random() < 0.8 else model.traders)
    how: InForce = dice.choice(("gtc", "ioc", "fok", "fok"))
    limit = None if how == "gtc" and dice.random() < 0.5 else price
    wanted = max(1, int(lots * dice.choice((0.05, 0.2, 0.5, 1.0))))
    return orders(model, account, contract, side, wanted, price=limit, time_in_force=how)


def cornered(model: Model) -> AnyCommand | None:
    """A position without money left is closed fill by fill through worse prices (O10, M6, M7)."""
    if model.story:
        return None
    dice, account, contract = model.dice, model.fresh(), model.symbol()
    price, leverage = model.around(contract, 0), high_leverage(model, contract)
    side: Side = dice.choice(("buy", "sell"))
    against = -sign_of(side) / leverage
    lots, money = all_in(model, contract, 20, leverage)
    maker = dice.choice(model.makers)
    edges = sorted((price, int(price * (1 + against * 2.5))))
    model.story += [
        *stands(model, contract, price),
        switches(model, account, contract, cross=dice.random() < 0.4),
        leverages(model, account, contract, leverage),
        orders(model, account, contract, side, lots),
        quotes(model, contract, edges[0], dice.choice((0, 0, 2)), edges[1]),
        deposits(model, maker, 300),
    ]
    for _ in range(dice.randrange(2, 6)):
        at, part = price * (1 + against * dice.uniform(0.2, 1.9)), dice.uniform(0.2, 0.7)
        model.story.append(orders(model, maker, contract, side, max(1, int(lots * part)), price=at))
    if dice.random() < 0.4:
        at, few = price * (1 + against * dice.uniform(0.9, 1.9)), max(1, lots // 30)
        model.story.append(orders(model, account, contract, side, few, price=at))
    for _ in range(dice.randrange(1, 4)):
        model.story.append(_escapes(model, account, contract, side, lots, price, against))
    return moves.deposit_of(model, account, money)


def _escapes(
    model: Model,
    account: str,
    contract: str,
    side: Side,
    lots: int,
    price: float,
    against: float,
) -> Told:
    """Close a part of a position, all of it or more, at a price near its bankruptcy price."""
    dice = model.dice
    how: InForce = dice.choice(("fok", "fok", "ioc", "gtc"))
    limit: float | None = price * (1 + against * dice.uniform(0.8, 2.2))
    if how == "gtc" and dice.random() < 0.5:
        limit = None
    return orders(
        model,
        account,
        contract,
        other_side(side),
        max(1, int(lots * dice.choice((0.2, 0.6, 1.0, 1.0, 1.0, 1.2)))),
        price=limit,
        time_in_force=how,
        reduce_only=dice.random() < 0.6,
    )


def overpaid(model: Model) -> AnyCommand | None:
    """Orders through the mark whose loss at once is all that the account has, or nearly (M4)."""
    if model.story:
        return None
    dice, account, contract = model.dice, model.fresh(), model.symbol()
    price, leverage = model.around(contract, 0), high_leverage(model, contract)
    side: Side = dice.choice(("buy", "sell"))
    sign, maker, money = sign_of(side), dice.choice(model.makers), dice.randrange(5, 40)
    model.story += [
        *stands(model, contract, price),
        switches(model, account, contract, cross=dice.random() < 0.5),
        leverages(model, account, contract, leverage),
        deposits(model, maker, 300),
    ]
    before = dice.choice((None, side, other_side(side)))
    if before is not None:
        held = model.lots_worth(contract, money, leverage * dice.uniform(0.1, 0.5))
        model.story.append(orders(model, account, contract, before, held))
    model.story.append(quotes(model, contract, price, 0))
    for _ in range(dice.randrange(1, 5)):
        beyond = price * (1 + sign * dice.choice((0.003, 0.01, 0.018)) * dice.random())
        resting = model.lots_worth(contract, money, leverage * 0.2)
        model.story.append(orders(model, maker, contract, other_side(side), resting, price=beyond))
    if dice.random() < 0.4:
        own = price * (1 + sign * dice.uniform(0.001, 0.012))
        model.story.append(orders(model, account, contract, other_side(side), 5, price=own))
    if dice.random() < 0.4:
        model.story += _comes_back(model, maker, contract, side, price)
    for _ in range(dice.randrange(2, 6)):
        model.story.append(_overpays(model, account, contract, side, money * leverage, price))
    model.story.append(amends(model, account, contract, price * (1 + sign * 0.012)))
    return moves.deposit_of(model, account, money)


def _comes_back(model: Model, maker: str, contract: str, side: Side, price: float) -> list[Told]:
    """Take what the outside market shows, rest in its place, and let it come back (P6)."""

    def wait() -> None:
        model.now += 3 * model.details[contract].depth.half_life_us

    rest = price * (1 + sign_of(side) * model.dice.uniform(0.001, 0.006))
    return [
        quotes(model, contract, int(price), 40),
        orders(model, maker, contract, side, 500),
        orders(model, maker, contract, side, 30, price=rest),
        wait,
    ]


def _overpays(
    model: Model, account: str, contract: str, side: Side, power: int, price: float
) -> Told:
    """Ask for a part of the power at a price through the mark, or at any."""
    dice = model.dice
    away = sign_of(side) * dice.choice((0.002, 0.005, 0.015, 0.019))
    limit = price * (1 + away * dice.random()) if dice.random() < 0.8 else None
    how: InForce = "gtc" if limit is None else dice.choice(("gtc", "gtc", "ioc", "fok"))
    lots = model.lots_worth(contract, power, dice.choice((0.1, 0.4, 0.7, 0.9, 1.0)))
    return orders(model, account, contract, side, lots, price=limit, time_in_force=how)


def yielding(model: Model) -> AnyCommand | None:
    """Orders netted by a position lose their netting to reduce-only ones (M4, M5)."""
    if model.story:
        return None
    dice, account, contract = model.dice, model.fresh(), model.symbol()
    price, leverage = model.around(contract, 0), dice.choice((5, 10, 20))
    side: Side = dice.choice(("buy", "sell"))
    other, sign, money = other_side(side), sign_of(side), dice.randrange(10, 60)
    lots = model.lots_worth(contract, money, leverage * dice.choice((0.5, 0.8, 0.93)))
    model.story += [
        *stands(model, contract, price),
        switches(model, account, contract, cross=dice.random() < 0.5),
        leverages(model, account, contract, leverage),
        orders(model, account, contract, side, lots),
    ]
    rests = dice.randrange(1, 5)
    for number in range(rests):
        away = sign * dice.choice((0.002, 0.01, 0.02 + number / 100))
        part = max(1, int(lots * dice.choice((0.2, 0.5, 1.0))))
        model.story.append(orders(model, account, contract, other, part, price=price * (1 + away)))
    if dice.random() < 0.5:
        more = max(1, int(lots * dice.choice((0.05, 0.3))))
        model.story.append(
            orders(model, account, contract, side, more, price=price * (1 - sign * 0.02))
        )
    for _ in range(dice.randrange(2, 5)):
        how: InForce = dice.choice(("gtc", "gtc", "gtc", "ioc", "fok"))
        limit = price * (1 + sign * dice.choice((-0.004, 0.0, 0.005, 0.03)))
        part = max(1, int(lots * dice.choice((0.1, 0.3, 0.3, 0.5, 1.0))))
        model.story.append(
            orders(
                model,
                account,
                contract,
                other,
                part,
                price=limit if how != "gtc" or dice.random() < 0.8 else None,
                time_in_force=how,
                reduce_only=True,
            )
        )
    model.story.append(amends(model, account, contract, price * (1 + sign * 0.015)))
    model.story.append(trades(model, contract, int(price * (1 + sign * 0.012))))
    return moves.deposit_of(model, account, money)


def outgrown(model: Model) -> AnyCommand | None:
    """A position that its brackets would not let open: maintenance above initial margin (M3)."""
    if model.story:
        return None
    dice, account, contract = model.dice, model.fresh(), model.symbol()
    details, price = model.details[contract], model.around(contract, 0)
    leverage = details.brackets[0].leverage_max
    side: Side = dice.choice(("buy", "sell"))
    money = dice.choice((40, 100, 400))
    lots = model.lots_worth(contract, 10_000, leverage)
    model.story += [
        *stands(model, contract, price),
        switches(model, account, contract, cross=dice.random() < 0.8),
        leverages(model, account, contract, leverage),
        orders(model, account, contract, side, lots),
    ]
    for _ in range(2):
        price = min(int(price * dice.uniform(1.15, 1.5)), details.price_max, 50_000)
        model.story += [
            trades(model, contract, price),
            _takes(model, account, dice.choice((0.5, 0.9, 1.2))),
            orders(model, account, dice.choice(model.symbols), side, max(1, lots // 10)),
            leverages(model, account, contract, leverage - 1),
            leverages(model, account, contract, max(1, leverage // 2)),
            switches(model, account, contract, cross=dice.random() < 0.5),
        ]
    model.story += drains(model, account)
    return moves.deposit_of(model, account, money)


def _takes(model: Model, account: str, part: float) -> Told:
    """Take out a part of what was put in."""

    def take() -> AnyCommand:
        amount = 1 + int(model.money.get(account, QUOTE) * part)
        return Withdraw(at_us=model.now, account=account, amount=Micros(amount))

    return take


def torn(model: Model) -> AnyCommand | None:
    """Two positions whose margin modes are switched while one or both lose (M9, M10)."""
    if model.story or len(model.symbols) < 2:
        return None
    dice, account = model.dice, model.fresh()
    both = dice.sample(model.symbols, 2)
    sides: dict[str, Side] = {symbol: dice.choice(("buy", "sell")) for symbol in both}
    leverage = dice.choice((5, 10, 20))
    for symbol in both:
        model.story += [
            *stands(model, symbol, model.around(symbol, 0)),
            switches(model, account, symbol, cross=dice.random() < 0.7),
            leverages(model, account, symbol, leverage),
            orders(
                model,
                account,
                symbol,
                sides[symbol],
                model.lots_worth(symbol, 30, leverage * dice.choice((0.2, 0.45))),
            ),
        ]
    for _ in range(dice.randrange(3, 8)):
        symbol = dice.choice(both)
        lost = -sign_of(sides[symbol]) * dice.uniform(-0.5, 0.9) / leverage
        model.story += [
            _moves_by(model, symbol, lost),
            _adjusts(model, account, dice.choice(both)),
        ]
    return moves.deposit_of(model, account, 30)


def _moves_by(model: Model, contract: str, part: float) -> Told:
    def move() -> AnyCommand:
        price = model.around(contract, 0)
        return moves.tick_at(model, contract, min(max(int(price * (1 + part)), 200), 50_000))

    return move


def _adjusts(model: Model, account: str, contract: str) -> Told:
    """Switch a mode, move margin or take money out."""
    dice = model.dice
    draw = dice.random()
    if draw < 0.6:
        return switches(model, account, contract, cross=dice.random() < 0.5)
    if draw < 0.7:
        return _takes(model, account, dice.choice((0.05, 0.3)))
    if draw < 0.85:
        return orders(model, account, contract, dice.choice(("buy", "sell")), 10)
    kind = dice.choice((AddMargin, RemoveMargin))
    amount = Micros(dice.randrange(1, 10 * QUOTE))
    return lambda: kind(at_us=model.now, account=account, contract=contract, amount=amount)
