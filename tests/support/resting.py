"""Sequences about what rests at a price: queues behind what outside shows, and bids too deep.

The first command is sent at once, the rest waits in `Model.story` and is mixed with others.
"""

from collections.abc import Callable

from engine.core.command import AnyCommand, SetLeverage, Side
from tests.support import market, moves
from tests.support.model import Model
from tests.support.worlds import QUOTE

Told = Callable[[], AnyCommand | None]


def queued(model: Model) -> AnyCommand | None:
    """Orders that queue behind what outside shows, after a move that may shrink it (P15, P16)."""
    contract, dice = model.symbol(), model.dice
    if model.story or contract not in model.touches:
        return None
    if dice.random() < 0.5:
        return _queue_up(model, contract)
    model.story.append(lambda: _queue_up(model, contract))
    price = model.around(contract, int(dice.gauss(0, 10_000)))
    return moves.tick_at(model, contract, min(max(price, 200), 50_000))


def _queue_up(model: Model, contract: str) -> AnyCommand | None:
    """Orders of one side and price, then trades at just that price."""
    dice = model.dice
    side: Side = dice.choice(("buy", "sell"))
    prices = [*market.band_prices(model, contract, side), *2 * [model.touches[contract][side]]]
    if contract in model.levels:
        prices += model.levels[contract][side][-3:]
    price = dice.choice(prices)
    for _ in range(dice.randrange(1, 4)):
        model.story.append(_queues(model, contract, side, price))
    for _ in range(dice.randrange(2, 7)):
        model.story.append(_served(model, contract, side, price))
    return _queues(model, contract, side, price)()


def queued_twice(model: Model) -> AnyCommand | None:
    """A position whose plain order and reduce-only order queue at one price (P16, O6)."""
    contract = model.symbol()
    if model.story or contract not in model.touches:
        return None
    account = moves.trader(model)
    side: Side = model.dice.choice(("buy", "sell"))
    lots, part = model.dice.choice((4, 30)), model.dice.choice((0.5, 1.0))
    price = model.touches[contract][market.other(side)]
    closing = (model, account, contract, market.other(side), max(1, int(lots * part)))
    model.story += [
        lambda: moves.order_by(model, account, contract, side, lots),
        lambda: moves.order_by(*closing, price=price),
        lambda: moves.order_by(*closing, price=price, reduce_only=True),
        lambda: moves.order_by(*closing, price=price, reduce_only=True),
        *3 * [lambda: market.trade(model, contract, price, side)],
    ]
    return moves.deposit_of(model, account, 60)


def _queues(model: Model, contract: str, side: Side, price: int) -> Told:
    account = model.dice.choice(list(model.money))
    lots = model.dice.choice((3, 20, 100, 400))
    return lambda: moves.order_by(model, account, contract, side, lots, price=price)


def _served(model: Model, contract: str, side: Side, price: int) -> Told:
    if model.dice.random() < 0.5:
        return lambda: market.resized(model, contract, side, price)
    return lambda: market.trade(model, contract, price, market.other(side))


def cornered(model: Model) -> AnyCommand | None:
    """A high leverage closed at once, into bids below the bankruptcy price (O10)."""
    if model.story:
        return None
    dice, contract, maker = model.dice, model.symbol(), model.dice.choice(model.makers)
    brackets = model.details[contract].brackets
    account, money = model.fresh(), dice.randrange(20, 90)
    leverage = dice.choice((20, 50, max(row.leverage_max for row in brackets)))
    worth = model.notional_max(contract, leverage)
    model.leverages[account, contract] = leverage
    lots = max(1, min(money * QUOTE * leverage * 9 // 10, worth) // model.value_of_lot(contract))
    side: Side = dice.choice(("buy", "sell"))
    away = dice.choice((-1, -1, -2, -3)) * (15_000 if side == "buy" else -15_000)
    deep = model.around(contract, away)
    model.story += [
        lambda: SetLeverage(at_us=model.now, account=account, contract=contract, leverage=leverage),
        lambda: moves.order_by(model, maker, contract, side, lots, price=deep),
        lambda: moves.order_by(model, account, contract, side, lots),
        lambda: moves.order_by(model, account, contract, market.other(side), lots),
    ]
    return moves.deposit_of(model, account, money)
