"""The scripted accounts of a lab: a deposit at the start, orders and top-ups at their times."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import msgspec

from engine.config.settings import TopUp, Trader, TraderOrder
from engine.core.command import (
    AddMargin,
    AnyCommand,
    Deposit,
    PlaceOrder,
    SetLeverage,
    SetMarginMode,
    SetPositionMode,
)
from engine.core.instrument import Contract, Rules
from feeds.cue import Cue
from feeds.touch import Touch


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
        # where a leverage isolates, whoever is to be cross has none
        has_none = rules.margin.leverage_isolates and trader.mode == "cross"
        for number, asked in enumerate(trader.orders, 1):
            order = msgspec.structs.replace(asked, leverage=None) if has_none else asked
            yield Cue(
                order.after_us, order.contract, partial(_order, trader, number, order, leverages)
            )
        for top_up in trader.top_ups:
            yield Cue(top_up.after_us, top_up.contract, partial(_top_up, trader, top_up))


def _opening(
    trader: Trader, symbols: Sequence[str], rules: Rules, touch: Touch
) -> Iterator[AnyCommand]:
    yield Deposit(at_us=touch.at_us, account=trader.name, amount=trader.deposit)
    if trader.position_mode not in (msgspec.UNSET, rules.position_modes[0]):
        yield SetPositionMode(
            at_us=touch.at_us,
            account=trader.name,
            mode="hedge" if trader.position_mode == "hedge" else "one_way",
        )
    if trader.mode != rules.default_mode:
        in_all = rules.margin.mode_of == "account"
        for symbol in (None,) if in_all else symbols:
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
        leg=order.leg,
    )


def _top_up(trader: Trader, top_up: TopUp, touch: Touch) -> Iterator[AnyCommand]:
    at_us, account, amount = touch.at_us, trader.name, top_up.amount
    yield Deposit(at_us=at_us, account=account, amount=amount)
    if trader.mode == "isolated":
        yield AddMargin(
            at_us=at_us,
            account=account,
            contract=top_up.contract,
            amount=amount,
            leg=top_up.leg,
        )
