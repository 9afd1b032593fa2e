"""The steps that the stories of the command generator are made of.

A step is worked out when its turn comes: other commands may have come in between.
"""

from collections.abc import Callable
from functools import partial
from typing import Literal

from engine.core.command import (
    AmendOrder,
    AnyCommand,
    BookTick,
    IndexTick,
    QuoteTick,
    SetLeverage,
    Side,
    Withdraw,
)
from engine.core.money import Lots, Micros, Price
from tests.support import moves
from tests.support.model import STYLES, Model
from tests.support.worlds import QUOTE

Told = Callable[[], AnyCommand | None]
InForce = Literal["gtc", "ioc", "fok"]


def other_side(side: Side) -> Side:
    """Turn buy into sell and sell into buy."""
    return "sell" if side == "buy" else "buy"


def sign_of(side: Side) -> int:
    """+1 for a buy, -1 for a sell."""
    return 1 if side == "buy" else -1


def high_leverage(model: Model, contract: str) -> int:
    """Draw a leverage that opens healthy, with a bankruptcy price within the price band."""
    first = model.details[contract].brackets[0]
    largest = min(first.leverage_max, 700_000 // first.rate_ppm)
    needed = 1_300_000 / model.venue.rules.market_band_ppm
    fitting = [leverage for leverage in (10, 20, 50, largest) if needed <= leverage <= largest]
    return model.dice.choice(fitting or [largest])


def all_in(model: Model, contract: str, quote: int, leverage: int) -> tuple[int, int]:
    """Give about the lots that so much money carries, and the money that those need."""
    lots = model.lots_worth(contract, quote, leverage * 0.8)
    return lots, 1 + lots * model.value_of_lot(contract) * 10 // (leverage * 8 * QUOTE)


# -- the replayed market --


def trades(model: Model, contract: str, price: int) -> Told:
    """Trade there on the replayed market: last, and a mark that follows it, move."""
    return lambda: moves.trade_at(model, contract, price)


def quotes(model: Model, contract: str, price: int, quantity: int, ask: int | None = None) -> Told:
    """Quote there, a tick or more wide; last, and a mark that follows it, stay behind.

    Where the file has a whole book, it is emptied but for that, and at least a lot is shown.
    """

    def quote() -> AnyCommand:
        tick, price_max = model.details[contract].tick, model.details[contract].price_max
        bid = max(1, min(price // tick, price_max // tick - 1)) * tick
        top = bid + tick if ask is None else max(bid + tick, ask // tick * tick)
        model.prices[contract] = bid
        if "book" in STYLES[model.quoting[contract]]:
            shown = Lots(max(1, quantity))
            bids, asks = ((Price(bid), shown),), ((Price(top), shown),)
            return BookTick(at_us=model.now, contract=contract, bids=bids, asks=asks, reset=True)
        return QuoteTick(
            at_us=model.now,
            contract=contract,
            bid=Price(bid),
            bid_quantity=Lots(quantity),
            ask=Price(top),
            ask_quantity=Lots(quantity),
        )

    return quote


def stands(model: Model, contract: str, price: int) -> list[Told]:
    """Let index, last and touch stand at one price, with something to trade against."""
    shown = model.dice.choice((200, 3_000, 20_000, 20_000))
    return [
        lambda: IndexTick(at_us=model.now, contract=contract, price=Price(price)),
        trades(model, contract, price),
        quotes(model, contract, price, shown),
    ]


# -- an account --


def deposits(model: Model, account: str, quote: int) -> Told:
    """Put money in."""
    return partial(moves.deposit_of, model, account, quote)


def leverages(model: Model, account: str, contract: str, leverage: int) -> Told:
    """Choose a leverage, mostly only where it is another."""

    def choose() -> AnyCommand | None:
        if model.leverages.get((account, contract)) == leverage and model.dice.random() < 0.9:
            return None
        model.leverages[account, contract] = leverage
        return SetLeverage(at_us=model.now, account=account, contract=contract, leverage=leverage)

    return choose


def switches(model: Model, account: str, contract: str, *, cross: bool) -> Told:
    """Choose a margin mode, mostly only where it is another."""

    def switch() -> AnyCommand | None:
        mode = model.modes.get((account, contract), model.venue.rules.default_mode)
        if (mode == "cross") == cross and model.dice.random() < 0.9:
            return None
        return moves.mode_of(model, account, contract, cross=cross)

    return switch


def drains(model: Model, account: str) -> list[Told]:
    """Take out half of what was put in, a quarter, and so on: in the end all that can be taken."""

    def take(part: int) -> AnyCommand:
        amount = max(1, model.money.get(account, QUOTE) >> part)
        return Withdraw(at_us=model.now, account=account, amount=Micros(amount))

    return [partial(take, part) for part in range(1, 30)]


def orders(
    model: Model,
    account: str,
    contract: str,
    side: Side,
    lots: int,
    *,
    price: float | None = None,
    time_in_force: InForce = "gtc",
    reduce_only: bool = False,
) -> Told:
    """Place an order, at the market or at a price that is put on the grid."""
    return lambda: moves.order_by(
        model,
        account,
        contract,
        side,
        lots,
        price=None if price is None else model.on_grid(contract, int(price)),
        time_in_force=time_in_force,
        reduce_only=reduce_only,
    )


def amends(model: Model, account: str, contract: str, price: float) -> Told:
    """Give the account's newest order there another price, and another quantity."""

    def amend() -> AnyCommand | None:
        found = [o for o in model.placed if (o.account, o.contract) == (account, contract)]
        if not found:
            return None
        order = found[-1]
        order.price = model.on_grid(contract, int(price))
        order.quantity = max(1, int(order.quantity * model.dice.choice((0.7, 1.0, 1.5, 3.0))))
        return AmendOrder(
            at_us=model.now,
            account=account,
            order=order.order,
            price=Price(order.price),
            quantity=Lots(order.quantity),
        )

    return amend
