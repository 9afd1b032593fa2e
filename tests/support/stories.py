"""Short sequences that reach corners which single commands seldom reach.

The first command is sent at once, the rest waits in `Model.story` and is mixed with others.
"""

from engine.core.command import (
    AddMargin,
    AmendOrder,
    AnyCommand,
    IndexTick,
    RemoveMargin,
    Side,
)
from engine.core.money import Lots, Micros, Price
from tests.support import legs, moves
from tests.support.legs import with_own_leg
from tests.support.model import Model
from tests.support.steps import Told, leverages, switches
from tests.support.worlds import QUOTE


def newcomer(model: Model) -> AnyCommand | None:
    """Fresh money, a high leverage, and nearly all of it in one position."""
    if model.story:
        return None
    dice, contract = model.dice, model.symbol()
    account, money = moves.trader(model), model.dice.randrange(3, 60)
    leverage, side = model.high_leverage(contract), moves.side_of(model, account)
    part = dice.choice((0.3, 0.6, 0.9))
    if dice.random() < 0.5:
        model.story.append(lambda: switches(model, account, contract, cross=dice.random() < 0.5)())
    model.story += [
        leverages(model, account, contract, leverage),
        lambda: moves.order_by(
            model, account, contract, side, model.lots_worth(contract, money, leverage * part)
        ),
    ]
    return moves.deposit_of(model, account, money)


def herd(model: Model) -> AnyCommand | None:
    """Several accounts on one side of one contract, then moves that take one after the other."""
    if model.story:
        return None
    dice, contract = model.dice, model.symbol()
    highest = model.high_leverage(contract)
    side: Side = dice.choice(("buy", "sell"))
    against = -1 if side == "buy" else 1
    members = [dice.choice(model.traders) for _ in range(dice.randrange(1, 5))]
    for account in members:
        leverage = max(1, int(highest * dice.choice((0.6, 0.8, 1.0))))
        model.story += _joins(model, account, contract, side, leverage)
    for _ in range(dice.randrange(2, 6)):
        model.story.append(_shakes(model, contract, against * dice.uniform(0.1, 0.5) / highest))
    return moves.deposit_of(model, members[0], dice.randrange(1, 20))


def _joins(model: Model, account: str, contract: str, side: Side, leverage: int) -> list[Told]:
    money = model.dice.randrange(3, 40)
    times = leverage * model.dice.choice((0.3, 0.6, 0.9))
    lots = model.lots_worth(contract, money, times)
    return [
        lambda: moves.deposit_of(model, account, money),
        leverages(model, account, contract, leverage),
        lambda: moves.order_by(model, account, contract, side, lots),
    ]


def pool(model: Model) -> AnyCommand | None:
    """One cross account with a position in every contract, then moves against it (L5, L6, L11)."""
    if model.story or len(model.symbols) < 2:
        return None
    dice, account = model.dice, moves.trader(model)
    leverage = dice.choice((10, 20, 25))
    shakes: list[Told] = []
    for symbol in model.symbols:
        side: Side = dice.choice(("buy", "sell"))
        against = (-1 if side == "buy" else 1) / leverage
        model.story.append(switches(model, account, symbol, cross=True))
        model.story += _joins(model, account, symbol, side, leverage)
        moved = [against * dice.uniform(-0.3, 1.0) for _ in range(2)]
        shakes += [_shakes(model, symbol, part) for part in moved]
    dice.shuffle(shakes)
    model.story += shakes
    return moves.deposit_of(model, account, dice.randrange(1, 10))


def trimmed(model: Model) -> AnyCommand | None:
    """A position with two reduce-only orders, then closed by half at the market (O6)."""
    if model.story:
        return None
    account, contract = moves.trader(model), model.symbol()
    lots = model.lots_worth(contract, 100, 2)
    side: Side = moves.side_of(model, account)
    other: Side = "sell" if side == "buy" else "buy"
    away = 15_000 if side == "buy" else -15_000
    model.story += [
        lambda: moves.order_by(model, account, contract, side, lots),
        *2
        * [
            lambda: moves.order_by(
                model,
                account,
                contract,
                other,
                max(1, lots // 2),
                price=model.around(contract, away),
                reduce_only=True,
            )
        ],
        lambda: moves.order_by(model, account, contract, other, max(1, lots * 2 // 3)),
    ]
    return moves.deposit_of(model, account, 150)


def squeezed(model: Model) -> AnyCommand | None:
    """A rich cross account with a position that isolated margin would not carry (M9, M10)."""
    if model.story:
        return None
    account, contract = moves.trader(model), model.symbol()
    leverage, side = model.high_leverage(contract), moves.side_of(model, account)
    down = model.dice.choice((0.93, 0.97)) if side == "buy" else model.dice.choice((1.03, 1.08))
    amount = Micros(model.dice.randrange(1, 5_000_000))
    model.story += [
        switches(model, account, contract, cross=True),
        leverages(model, account, contract, leverage),
        lambda: moves.order_by(model, account, contract, side, model.lots_worth(contract, 30, 10)),
        lambda: moves.tick_at(model, contract, int(model.around(contract, 0) * down)),
        switches(model, account, contract, cross=False),
        lambda: with_own_leg(
            model,
            RemoveMargin(at_us=model.now, account=account, contract=contract, amount=amount),
        ),
        switches(model, account, contract, cross=True),
    ]
    return moves.deposit_of(model, account, model.dice.choice((60, 300)))


def parked(model: Model) -> AnyCommand | None:
    """A cross position in trouble while isolated orders hold the money that would save it (L4)."""
    if model.story or len(model.symbols) < 2:
        return None
    account = moves.trader(model)
    contract, other = model.dice.sample(model.symbols, 2)
    side = moves.side_of(model, account)
    against = -0.02 if side == "buy" else 0.02
    model.story += [
        switches(model, account, contract, cross=True),
        switches(model, account, other, cross=False),
        leverages(model, account, contract, 20),
        leverages(model, account, other, 1),
        lambda: moves.order_by(model, account, contract, side, model.lots_worth(contract, 40, 20)),
        lambda: moves.order_by(
            model,
            account,
            other,
            "buy",
            model.lots_worth(other, 50, 1),
            price=model.around(other, -90_000),
        ),
        *6 * [_shakes(model, contract, against)],
    ]
    return moves.deposit_of(model, account, 100)


def straddle(model: Model) -> AnyCommand | None:
    """All the money in isolated orders of both sides, then the sells fill (M5)."""
    if model.story:
        return None
    account, contract, money = model.fresh(), model.symbol(), model.dice.randrange(5, 40)
    leverage = model.dice.choice((5, 10))
    lots = model.lots_worth(contract, money, leverage * 0.95)
    model.story += [
        switches(model, account, contract, cross=False),
        leverages(model, account, contract, leverage),
        *_rests(model, account, contract, "sell", lots=lots, away=40_000),
        *_rests(model, account, contract, "buy", lots=lots, away=-40_000),
        *_rests(model, account, contract, "buy", lots=max(1, lots // 25), away=-80_000),
        _shakes(model, contract, 0.05),
    ]
    return moves.deposit_of(model, account, money)


def hedged(model: Model) -> AnyCommand | None:
    """A long and a short leg at a high leverage, more of one than of the other (M17, C6)."""
    is_there = "hedge" in model.venue.rules.position_modes
    if model.story or not is_there:
        return None
    dice, account, contract = model.dice, model.fresh(), model.symbol()
    money, leverage = dice.randrange(5, 40), model.high_leverage(contract)
    lots = model.lots_worth(contract, money, leverage * 0.4)
    less = max(1, int(lots * dice.choice((0.3, 0.8, 1.0))))
    counts = dice.choice(((lots, less), (less, lots)))
    model.story += [
        lambda: legs.mode_of(model, account, hedged=True),
        switches(model, account, contract, cross=dice.random() < 0.8),
        leverages(model, account, contract, leverage),
        lambda: moves.order_by(model, account, contract, "buy", counts[0]),
        lambda: moves.order_by(model, account, contract, "sell", counts[1]),
        _shakes(model, contract, dice.choice((0.03, 0.1))),
        _shakes(model, contract, dice.choice((-0.03, -0.1))),
    ]
    return moves.deposit_of(model, account, money)


def _rests(
    model: Model, account: str, contract: str, side: Side, *, lots: int, away: int
) -> list[Told]:
    return [
        lambda: moves.order_by(
            model, account, contract, side, lots, price=model.around(contract, away)
        )
    ]


def topped_up(model: Model) -> AnyCommand | None:
    """Margin added to an isolated position and taken away again (M10)."""
    if model.story:
        return None
    account, contract = model.fresh(), model.symbol()
    side, lots = moves.side_of(model, account), model.lots_worth(contract, 30, 2)
    model.story += [
        switches(model, account, contract, cross=False),
        lambda: moves.order_by(model, account, contract, side, lots),
        lambda: _margin(model, AddMargin, account, contract, 5),
        lambda: _margin(model, RemoveMargin, account, contract, 2),
        _shakes(model, contract, model.dice.uniform(-0.1, 0.1)),
        lambda: _margin(model, RemoveMargin, account, contract, 2),
        lambda: _margin(model, RemoveMargin, account, contract, 20),
    ]
    return moves.deposit_of(model, account, 100)


def _margin(
    model: Model,
    kind: type[AddMargin] | type[RemoveMargin],
    account: str,
    contract: str,
    quote: int,
) -> AnyCommand:
    amount = Micros(model.dice.randrange(1, quote * QUOTE))
    return kind(at_us=model.now, account=account, contract=contract, amount=amount)


def adrift(model: Model) -> AnyCommand | None:
    """Quotes leave the mark behind, and closing there would use up more than the margin (O10)."""
    if model.story:
        return None
    dice, account, contract = model.dice, model.fresh(), model.symbol()
    side: Side = dice.choice(("buy", "sell"))
    against = -1 if side == "buy" else 1
    leverage = min(50, model.details[contract].brackets[0].leverage_max)
    cross = dice.random() < 0.3
    lots = max(1, model.lots_worth(contract, 20, leverage) // (1 if cross else 4))
    how = dice.choice(("closes", "passed", "met", "killed", "forced"))
    doomed = how == "forced" and len(model.symbols) > 1
    price = model.around(contract, 0)
    away = price * (1 + against * (1.7 / leverage))
    model.story += [
        switches(model, account, contract, cross=cross),
        leverages(model, account, contract, leverage),
        lambda: IndexTick(at_us=model.now, contract=contract, price=Price(price)),
        lambda: moves.order_by(model, account, contract, side, lots),
        *(_doomed(model, contract, side) if doomed else []),
        lambda: moves.quote_at(model, contract, int(away)),
        *_ends_badly(model, account, contract, how, lots if side == "buy" else -lots),
        *([_doom(model, contract)] if doomed else []),
    ]
    return moves.deposit_of(model, account, 20)


def _ends_badly(model: Model, account: str, contract: str, how: str, held: int) -> list[Told]:
    """Close at the market, or rest and be met by the market, a trader or a liquidation."""
    dice, lots = model.dice, abs(held)
    side: Side = "buy" if held > 0 else "sell"
    other: Side = "sell" if held > 0 else "buy"
    if how == "closes":
        return [lambda: moves.order_by(model, account, contract, other, lots)]
    up = 5_000 if side == "buy" else -5_000
    rest: list[Told] = [
        lambda: moves.order_by(
            model,
            account,
            contract,
            other,
            lots,
            price=model.around(contract, up),
            reduce_only=dice.random() < 0.7,
        )
    ]
    if how == "forced":
        return rest
    if how == "passed":
        return [*rest, lambda: moves.quote_at(model, contract, model.around(contract, 2 * up))]
    return [
        *rest,
        lambda: moves.order_by(
            model,
            dice.choice(model.makers),
            contract,
            side,
            max(1, lots // 2),
            price=model.around(contract, 2 * up),
            time_in_force="fok" if how == "killed" else "ioc",
        ),
    ]


def _other(model: Model, contract: str) -> str:
    return next(symbol for symbol in model.symbols if symbol != contract)


def _doomed(model: Model, contract: str, side: Side) -> list[Told]:
    """A cross account whose trouble comes from one contract and whose orders come to another."""
    account, other = model.fresh(), _other(model, contract)
    opposite: Side = "sell" if side == "buy" else "buy"
    few = model.lots_worth(contract, 1, 10)
    return [
        lambda: moves.deposit_of(model, account, 15),
        switches(model, account, contract, cross=True),
        switches(model, account, other, cross=True),
        leverages(model, account, other, 20),
        lambda: moves.order_by(model, account, other, "buy", model.lots_worth(other, 13, 20)),
        lambda: moves.order_by(model, account, contract, opposite, few),
    ]


def _doom(model: Model, contract: str) -> Told:
    other = _other(model, contract)
    return lambda: moves.trade_at(model, other, int(model.around(other, 0) * 0.94))


def roomless(model: Model) -> AnyCommand | None:
    """A reduce-only order takes the netting from orders that then cannot be paid (M4)."""
    if model.story:
        return None
    account, contract = model.fresh(), model.symbol()
    side: Side = model.dice.choice(("buy", "sell"))
    other: Side = "sell" if side == "buy" else "buy"
    away = 12_000 if side == "buy" else -12_000
    lots = model.lots_worth(contract, 20, 9)
    model.story += [
        leverages(model, account, contract, 10),
        lambda: moves.order_by(model, account, contract, side, lots),
        *_rests(model, account, contract, other, lots=lots - lots // 2, away=away),
        *_rests(model, account, contract, other, lots=max(1, lots // 2), away=2 * away),
        lambda: moves.order_by(
            model,
            account,
            contract,
            other,
            max(1, lots // 3),
            price=model.around(contract, 3 * away),
            reduce_only=True,
        ),
        lambda: AmendOrder(
            at_us=model.now,
            account=account,
            order=f"o{model.orders}",
            price=Price(model.around(contract, 2 * away)),
            quantity=Lots(lots),
        ),
    ]
    return moves.deposit_of(model, account, 20)


def indebted(model: Model) -> AnyCommand | None:
    """A negative wallet that the profit of another cross position makes good (RULES 2)."""
    if model.story or len(model.symbols) < 2:
        return None
    dice, account = model.dice, model.fresh()
    losing, winning = dice.sample(model.symbols, 2)
    lots = {symbol: model.lots_worth(symbol, 20, 5) for symbol in (losing, winning)}
    model.story += [
        switches(model, account, losing, cross=True),
        switches(model, account, winning, cross=True),
        lambda: moves.order_by(model, account, losing, "buy", lots[losing]),
        lambda: moves.order_by(model, account, winning, "sell", lots[winning]),
        _shakes(model, winning, -0.3),
        _shakes(model, losing, -dice.uniform(0.2, 0.3)),
        lambda: moves.order_by(model, account, losing, "sell", lots[losing]),
        switches(model, account, losing, cross=False),
        lambda: moves.deposit_of(model, account, 1),
        lambda: moves.order_by(model, account, losing, "buy", max(1, lots[losing] // 10)),
        switches(model, account, losing, cross=True),
        _shakes(model, winning, dice.uniform(0.0, 0.3)),
    ]
    return moves.deposit_of(model, account, 20)


def _shakes(model: Model, contract: str, part: float) -> Told:
    return lambda: _moved(model, contract, part)


def _moved(model: Model, contract: str, part: float) -> AnyCommand:
    price = model.around(contract, 0)
    return moves.tick_at(model, contract, min(max(price + int(price * part), 200), 50_000))
