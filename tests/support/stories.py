"""Short sequences that reach corners which single commands seldom reach.

The first command is sent at once, the rest waits in `Model.story` and is mixed with others.
"""

from collections.abc import Callable

from engine.core.command import AddMargin, AnyCommand, IndexTick, RemoveMargin, SetLeverage, Side
from engine.core.money import Micros, Price
from tests.support import moves
from tests.support.model import Model
from tests.support.worlds import QUOTE

Told = Callable[[], AnyCommand | None]


def newcomer(model: Model) -> AnyCommand | None:
    """Fresh money, a high leverage, and nearly all of it in one position."""
    if model.story:
        return None
    dice, contract = model.dice, model.symbol()
    account, money = moves.trader(model), model.dice.randrange(3, 60)
    leverage, side = _high(model, contract), moves.side_of(model, account)
    part = dice.choice((0.3, 0.6, 0.9))
    if dice.random() < 0.5:
        model.story.append(lambda: _mode(model, account, contract, cross=dice.random() < 0.5))
    model.story += [
        lambda: _set_leverage(model, account, contract, leverage),
        lambda: moves.order_by(
            model, account, contract, side, _lots(model, contract, money, leverage * part)
        ),
    ]
    return moves.deposit_of(model, account, money)


def herd(model: Model) -> AnyCommand | None:
    """Several accounts on one side of one contract, then moves that take one after the other."""
    if model.story:
        return None
    dice, contract = model.dice, model.symbol()
    highest = _high(model, contract)
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
    lots = _lots(model, contract, money, times)
    return [
        lambda: moves.deposit_of(model, account, money),
        lambda: _set_leverage(model, account, contract, leverage),
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
        model.story.append(_crosses(model, account, symbol))
        model.story += _joins(model, account, symbol, side, leverage)
        moved = [against * dice.uniform(-0.3, 1.0) for _ in range(2)]
        shakes += [_shakes(model, symbol, part) for part in moved]
    dice.shuffle(shakes)
    model.story += shakes
    return moves.deposit_of(model, account, dice.randrange(1, 10))


def _crosses(model: Model, account: str, contract: str) -> Told:
    return lambda: _mode(model, account, contract, cross=True)


def _shakes(model: Model, contract: str, part: float) -> Told:
    return lambda: _moved(model, contract, part)


def _moved(model: Model, contract: str, part: float) -> AnyCommand:
    price = model.around(contract, 0)
    return moves.tick_at(model, contract, min(max(price + int(price * part), 200), 50_000))


def trimmed(model: Model) -> AnyCommand | None:
    """A position with two reduce-only orders, then closed by half at the market (O6)."""
    if model.story:
        return None
    account, contract = moves.trader(model), model.symbol()
    lots = _lots(model, contract, 100, 2)
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
    leverage, side = _high(model, contract), moves.side_of(model, account)
    down = model.dice.choice((0.93, 0.97)) if side == "buy" else model.dice.choice((1.03, 1.08))
    amount = Micros(model.dice.randrange(1, 5_000_000))
    model.story += [
        lambda: _mode(model, account, contract, cross=True),
        lambda: _set_leverage(model, account, contract, leverage),
        lambda: moves.order_by(model, account, contract, side, _lots(model, contract, 30, 10)),
        lambda: moves.tick_at(model, contract, int(model.around(contract, 0) * down)),
        lambda: _mode(model, account, contract, cross=False),
        lambda: RemoveMargin(at_us=model.now, account=account, contract=contract, amount=amount),
        lambda: _mode(model, account, contract, cross=True),
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
        lambda: _mode(model, account, contract, cross=True),
        lambda: _mode(model, account, other, cross=False),
        lambda: _set_leverage(model, account, contract, 20),
        lambda: _set_leverage(model, account, other, 1),
        lambda: moves.order_by(model, account, contract, side, _lots(model, contract, 40, 20)),
        lambda: moves.order_by(
            model,
            account,
            other,
            "buy",
            _lots(model, other, 50, 1),
            price=model.around(other, -90_000),
        ),
        *6 * [_shakes(model, contract, against)],
    ]
    return moves.deposit_of(model, account, 100)


def _high(model: Model, contract: str) -> int:
    largest = max(row.leverage_max for row in model.details[contract].brackets)
    return model.dice.choice((10, 20, 50, largest))


def straddle(model: Model) -> AnyCommand | None:
    """All the money in isolated orders of both sides, then the sells fill (M5)."""
    if model.story:
        return None
    account, contract, money = model.fresh(), model.symbol(), model.dice.randrange(5, 40)
    leverage = model.dice.choice((5, 10))
    lots = _lots(model, contract, money, leverage * 0.95)
    model.story += [
        lambda: _mode(model, account, contract, cross=False),
        lambda: _set_leverage(model, account, contract, leverage),
        *_rests(model, account, contract, "sell", lots=lots, away=40_000),
        *_rests(model, account, contract, "buy", lots=lots, away=-40_000),
        *_rests(model, account, contract, "buy", lots=max(1, lots // 25), away=-80_000),
        _shakes(model, contract, 0.05),
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
    side, lots = moves.side_of(model, account), _lots(model, contract, 30, 2)
    model.story += [
        lambda: _mode(model, account, contract, cross=False),
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
    """A resting order closes a position below its margin while the mark stays away (L14)."""
    if model.story or model.venue.rules.mark != "median":
        return None
    account, contract = model.fresh(), model.symbol()
    side: Side = model.dice.choice(("buy", "sell"))
    other: Side = "sell" if side == "buy" else "buy"
    against = -1 if side == "buy" else 1
    leverage = min(50, model.details[contract].brackets[0].leverage_max)
    lots, cross = _lots(model, contract, 20, leverage), model.dice.random() < 0.3
    price = model.around(contract, 0)
    model.story += [
        lambda: _mode(model, account, contract, cross=cross),
        lambda: _set_leverage(model, account, contract, leverage),
        lambda: IndexTick(at_us=model.now, contract=contract, price=Price(price)),
        lambda: moves.order_by(model, account, contract, side, lots),
        _shakes(model, contract, against * 0.065),
        lambda: moves.order_by(
            model,
            account,
            contract,
            other,
            lots,
            price=model.around(contract, -against * 20_000),
            reduce_only=True,
        ),
        _shakes(model, contract, -against * 0.03),
    ]
    return moves.deposit_of(model, account, 20)


def _lots(model: Model, contract: str, quote: int, times: float) -> int:
    """Give the lots that are worth so many times that many quote, as far as brackets allow."""
    value = min(int(quote * QUOTE * times), model.notional_max(contract, max(1, int(times))))
    return max(1, value // model.value_of_lot(contract))


def _set_leverage(model: Model, account: str, contract: str, leverage: int) -> AnyCommand | None:
    if model.leverages.get((account, contract)) == leverage and model.dice.random() < 0.9:
        return None
    model.leverages[account, contract] = leverage
    return SetLeverage(at_us=model.now, account=account, contract=contract, leverage=leverage)


def _mode(model: Model, account: str, contract: str, *, cross: bool) -> AnyCommand | None:
    mode = model.modes.get((account, contract), model.venue.rules.default_mode)
    if (mode == "cross") == cross and model.dice.random() < 0.9:
        return None
    return moves.mode_of(model, account, contract, cross=cross)
