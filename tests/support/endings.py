"""The kinds of commands about orders that wait for a price, end by themselves, or go at once."""

from typing import Any

import msgspec

from engine.core.command import AmendStop, AnyCommand, CancelAll, CancelAllAfter, PlaceStop, Side
from engine.core.money import Lots, Price
from tests.support import moves
from tests.support.legs import with_leg
from tests.support.model import Model, Placed


def stop_by(
    model: Model,
    account: str,
    contract: str,
    side: Side,
    lots: int,
    **more: Any,
) -> AnyCommand:
    """A stop, with a name like an order's."""
    model.orders += 1
    stop = PlaceStop(
        at_us=model.now,
        account=account,
        order=f"o{model.orders}",
        contract=contract,
        side=side,
        quantity=Lots(lots),
        **more,
    )
    stop = with_leg(model, stop)
    model.sent = [*model.sent[-30:], stop]
    model.stops = [*model.stops[-10:], stop]
    price = stop.price or stop.trigger or 0
    model.placed.append(Placed(account, stop.order, contract, side, price, lots))
    return stop


def stop_order(model: Model) -> AnyCommand:
    """A stop, a take-profit or a trailing stop, near the price, mostly against a position."""
    dice = model.dice
    held = [key for key, net in model.net.items() if net]
    account, contract = dice.choice(held) if held else (moves.trader(model), model.symbol())
    net = model.net.get((account, contract), 0) or dice.choice((-30, 30))
    side: Side = "sell" if (net > 0) == (dice.random() < 0.85) else "buy"
    kind = dice.choice(("stop", "stop", "take_profit", "trailing"))
    away = dice.choice((500, 2_000, 10_000, 40_000))
    up = (side == "buy") == (kind == "stop")
    reduces = dice.choice(({}, {"reduce_only": True}, {"close_on_trigger": True}))
    if kind == "trailing":
        where: dict[str, Any] = {"callback_ppm": dice.choice((500, 5_000, 30_000))}
    else:
        where = {"trigger": Price(model.around(contract, away if up else -away))}
    limit = dice.choice((None, None, -10_000, 3_000))
    if limit is not None:
        where["price"] = Price(model.around(contract, limit))
        where["time_in_force"] = dice.choice(("gtc", "gtc", "ioc", "fok"))
    watches = dice.choice(("last", "last", "mark", "index"))
    lots = max(1, int(abs(net) * dice.choice((0.5, 1.0, 1.0, 2.0))))
    return stop_by(
        model, account, contract, side, lots, kind=kind, watches=watches, **where, **reduces
    )


def move_stop(model: Model) -> AnyCommand | None:
    """Change a stop that may still wait."""
    if not model.stops:
        return None
    dice, stop = model.dice, model.dice.choice(model.stops)
    changed: dict[str, Any] = {
        "quantity": Lots(max(1, int(stop.quantity * dice.choice((0.5, 1.0, 1.0, 2.0)))))
    }
    if dice.random() < 0.5:
        away = dice.choice((-30_000, -5_000, 5_000, 30_000))
        where: dict[str, Any] = {"trigger": Price(model.around(stop.contract, away))}
        trails = {"callback_ppm": dice.choice((300, 5_000, 50_000))}
        changed |= trails if stop.kind == "trailing" else where
    if dice.random() < 0.3:
        changed["price"] = Price(model.around(stop.contract, dice.choice((-3_000, 10_000))))
    moved = msgspec.structs.replace(stop, **changed)
    model.stops = [moved if one is stop else one for one in model.stops]
    return AmendStop(
        at_us=model.now,
        account=moved.account,
        order=moved.order,
        quantity=moved.quantity,
        trigger=moved.trigger,
        callback_ppm=moved.callback_ppm,
        price=moved.price,
    )


def resent(model: Model) -> AnyCommand | None:
    """Send an order again, as after a broken connection, or another one with its id."""
    if not model.sent:
        return None
    again = msgspec.structs.replace(model.dice.choice(model.sent), at_us=model.now)
    if model.dice.random() < 0.3:
        again = msgspec.structs.replace(again, quantity=Lots(again.quantity + 1))
    return again


def ending_order(model: Model) -> AnyCommand:
    """An order that ends by itself, soon or late."""
    dice, contract = model.dice, model.symbol()
    account = model.account()
    side: Side = dice.choice(("buy", "sell"))
    away = dice.choice((-3_000, -20_000))
    order = moves.order_by(
        model,
        account,
        contract,
        side,
        model.lots(account, contract, 0.1),
        price=model.around(contract, away if side == "buy" else -away),
    )
    after_us = dice.choice((1, 1_000_000, 60_000_000, 3_600_000_000))
    return msgspec.structs.replace(order, time_in_force="gtd", expires_us=model.now + after_us)


def cancel_after(model: Model) -> AnyCommand:
    """Begin the timer of an account's orders, soon or late, or end it."""
    contract = model.dice.choice((None, model.symbol()))
    timeout_us = model.dice.choice((0, 1, 1_000_000, 60_000_000, 3_600_000_000))
    account = model.dice.choice(model.makers) if model.dice.random() < 0.5 else model.account()
    return CancelAllAfter(
        at_us=model.now, account=account, contract=contract, timeout_us=timeout_us
    )


def cancel_all(model: Model) -> AnyCommand:
    """Take everything of an account away, in one contract or in all."""
    contract = model.dice.choice((None, model.symbol()))
    return CancelAll(at_us=model.now, account=model.account(), contract=contract)
