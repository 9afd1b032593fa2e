"""Short sequences at the limits of a venue: of prices, of orders, of what an account may hold."""

from engine.core.command import AnyCommand, Deposit, Side, Withdraw
from engine.core.money import AMOUNT_MAX, Micros
from tests.support import moves
from tests.support.model import Model
from tests.support.steps import Told, amends, orders, other_side, stands, switches, trades
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
