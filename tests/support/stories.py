"""Short sequences that reach corners which single commands seldom reach.

The first command is sent at once, the rest waits in `Model.story` and is mixed with others.
"""

from engine.core.command import AnyCommand, Mode, RemoveMargin, SetLeverage, SetMarginMode, Side
from engine.core.money import Micros
from tests.support import moves
from tests.support.model import Model


def newcomer(model: Model) -> AnyCommand | None:
    """Fresh money, a high leverage, and nearly all of it in one position."""
    if model.story:
        return None
    dice, contract = model.dice, model.symbol()
    account, money = moves.trader(model), model.dice.randrange(5, 200)
    leverage, side = _high(model, contract), moves.side_of(model, account)
    part = dice.choice((0.3, 0.6, 0.9))
    if dice.random() < 0.5:
        model.story.append(lambda: _switch(model, account, contract))
    model.story += [
        lambda: _set_leverage(model, account, contract, leverage),
        lambda: moves.order_by(
            model, account, contract, side, _lots(model, contract, money, leverage * part)
        ),
    ]
    return moves.deposit_of(model, account, money)


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
                model.around(contract, away),
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
    move = 0.95 if side == "buy" else 1.05
    model.story += [
        lambda: _mode(model, account, contract, cross=True),
        lambda: _mode(model, account, other, cross=False),
        lambda: _set_leverage(model, account, contract, 20),
        lambda: _set_leverage(model, account, other, 1),
        lambda: moves.order_by(model, account, contract, side, _lots(model, contract, 40, 20)),
        lambda: moves.order_by(
            model, account, other, "buy", _lots(model, other, 50, 1), model.around(other, -90_000)
        ),
        lambda: moves.tick_at(model, contract, int(model.around(contract, 0) * move)),
    ]
    return moves.deposit_of(model, account, 100)


def _high(model: Model, contract: str) -> int:
    largest = max(row.leverage_max for row in model.details[contract].brackets)
    return model.dice.choice((10, 20, 50, largest))


def _lots(model: Model, contract: str, quote: int, times: float) -> int:
    """Give the lots that are worth so many times that many quote."""
    value = model.around(contract, 0) * model.details[contract].unit_value
    return max(1, int(quote * 1_000_000 * times) // value)


def _switch(model: Model, account: str, contract: str) -> AnyCommand:
    return _mode(model, account, contract, cross=model.dice.random() < 0.5)


def _mode(model: Model, account: str, contract: str, *, cross: bool) -> AnyCommand:
    mode: Mode = "cross" if cross else "isolated"
    return SetMarginMode(at_us=model.now, account=account, contract=contract, mode=mode)


def _set_leverage(model: Model, account: str, contract: str, leverage: int) -> AnyCommand:
    model.leverages[account, contract] = leverage
    return SetLeverage(at_us=model.now, account=account, contract=contract, leverage=leverage)
