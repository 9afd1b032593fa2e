"""The scripted accounts of a lab: a deposit at the start, then orders at their times."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from engine.config.settings import Trader, TraderOrder
from engine.core.command import AnyCommand, Deposit, PlaceOrder, SetLeverage, SetMarginMode
from engine.core.instrument import Contract, Rules
from feeds.cue import Cue, Touch


def trader_cues(
    traders: Sequence[Trader], contracts: Mapping[str, Contract], rules: Rules
) -> Iterator[Cue]:
    """What each trader sends: deposits and modes with the first price, orders at their times.

    Orders are called `1`, `2`, ... in the order of the script. Nothing is sent that would only
    be refused because it is so already.
    """
    for trader in traders:
        yield Cue(0, "", partial(_opening, trader, tuple(contracts), rules))
        leverages = dict.fromkeys(contracts, rules.default_leverage)
        for number, order in enumerate(trader.orders, 1):
            yield Cue(
                order.after_us, order.contract, partial(_order, trader, number, order, leverages)
            )


def _opening(
    trader: Trader, symbols: Sequence[str], rules: Rules, touch: Touch
) -> Iterator[AnyCommand]:
    yield Deposit(at_us=touch.at_us, account=trader.name, amount=trader.deposit)
    if trader.mode != rules.default_mode:
        for symbol in symbols:
            yield SetMarginMode(
                at_us=touch.at_us, account=trader.name, contract=symbol, mode=trader.mode
            )


def _order(
    trader: Trader, number: int, order: TraderOrder, leverages: dict[str, int], touch: Touch
) -> Iterator[AnyCommand]:
    if order.leverage is not None and order.leverage != leverages[order.contract]:
        leverages[order.contract] = order.leverage
        yield SetLeverage(
            at_us=touch.at_us,
            account=trader.name,
            contract=order.contract,
            leverage=order.leverage,
        )
    yield PlaceOrder(
        at_us=touch.at_us,
        account=trader.name,
        order=str(number),
        contract=order.contract,
        side=order.side,
        quantity=order.quantity,
        price=order.price,
        reduce_only=order.reduce_only,
    )
