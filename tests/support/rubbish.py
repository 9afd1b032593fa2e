"""Commands that deserve to be refused, at least one for every reason that form alone can give."""

import random
from typing import Any, Literal

import msgspec

from engine.core.command import (
    AddMargin,
    AmendOrder,
    AnyCommand,
    BookTick,
    CancelAll,
    CancelAllAfter,
    CancelOrder,
    Deposit,
    FundingTick,
    IndexTick,
    MarkTick,
    OfferAssignment,
    PlaceOrder,
    PlaceStop,
    QuoteTick,
    RemoveMargin,
    SetLeverage,
    SetMarginMode,
    TradeTick,
    Withdraw,
)
from engine.core.instrument import Contract
from engine.core.money import Lots, Micros, Price

STRANGER = "mallory"
NOWHERE = "XRPUSDT"


def draw(
    dice: random.Random,
    *,
    at_us: int,
    account: str,
    contract: Contract,
    price: int,
    resting: tuple[str, str, str] | None,
) -> AnyCommand:
    """Draw one bad command; `resting` names an order that may rest (account, id, contract)."""
    symbol = contract.symbol
    if resting is not None and dice.random() < 0.3:
        owner, order, where = resting
        return dice.choice(
            (
                _place(at_us, owner, where, order=order, price=price),
                AmendOrder(
                    at_us=at_us, account=owner, order=order, price=Price(price), quantity=Lots(0)
                ),
                AmendOrder(
                    at_us=at_us,
                    account=owner,
                    order=order,
                    price=Price(contract.price_max + 1),
                    quantity=Lots(1),
                ),
            )
        )
    everything = (
        *_bad_ticks(at_us, contract, price),
        *_bad_books(at_us, contract, price),
        *_bad_money(at_us, account, symbol),
        *_bad_orders(at_us, account, contract, price),
        *_bad_names(at_us, account, symbol, price),
        *_bad_stops(at_us, account, contract, price),
    )
    chosen = dice.choice(everything)
    if dice.random() < 0.25:
        at_us = dice.choice((-1, 2**53, at_us - 10**9))
    return msgspec.structs.replace(chosen, at_us=at_us)


def _place(
    at_us: int, account: str, contract: str, *, order: str, price: int | None, quantity: int = 1
) -> PlaceOrder:
    return PlaceOrder(
        at_us=at_us,
        account=account,
        order=order,
        contract=contract,
        side="buy",
        quantity=Lots(quantity),
        price=None if price is None else Price(price),
    )


def _odd(
    at_us: int,
    account: str,
    contract: str,
    price: int | None,
    *,
    in_force: Literal["gtc", "ioc", "fok"],
    post_only: bool,
) -> PlaceOrder:
    plain = _place(at_us, account, contract, order="b6", price=price)
    return msgspec.structs.replace(plain, time_in_force=in_force, post_only=post_only)


def _bad_ticks(at_us: int, contract: Contract, price: int) -> list[AnyCommand]:
    symbol, largest = contract.symbol, contract.price_max
    return [
        TradeTick(at_us=at_us, contract=NOWHERE, price=Price(9), quantity=Lots(1), side="buy"),
        TradeTick(at_us=at_us, contract=symbol, price=Price(0), quantity=Lots(1), side="buy"),
        TradeTick(at_us=at_us, contract=symbol, price=Price(9), quantity=Lots(0), side="sell"),
        IndexTick(at_us=at_us, contract=symbol, price=Price(largest + 1)),
        MarkTick(at_us=at_us, contract=NOWHERE, price=Price(9)),
        MarkTick(at_us=at_us, contract=symbol, price=Price(0)),
        IndexTick(at_us=at_us, contract=symbol, price=Price(9), source="nobody"),
        FundingTick(at_us=at_us, contract=symbol, rate_e8=100_000_001),
        FundingTick(at_us=at_us, contract=symbol, rate_e8=1),
        *(
            QuoteTick(
                at_us=at_us,
                contract=symbol,
                bid=Price(bid),
                bid_quantity=Lots(quantity),
                ask=Price(ask),
                ask_quantity=Lots(1),
            )
            for bid, ask, quantity in (
                (price, price, 1),
                (price, price + contract.tick, -1),
                (price, price + contract.tick * 2 + 1, 1),
                (0, price, 1),
            )
        ),
    ]


def _bad_books(at_us: int, contract: Contract, price: int) -> list[AnyCommand]:
    symbol, tick = contract.symbol, contract.tick
    rows = [
        (((price, 1),), ((price, 1),)),
        (((price, 1), (price + tick, 5)), ((price + tick, 1),)),
        (((price, 1), (0, 0)), ()),
        (((price, 1),), ((contract.price_max + 1, 0),)),
        (((price, -1),), ()),
        ((), ((price, 5), (price + tick, -1))),
    ]
    if tick > 1:
        rows.append((((price + 1, 5),), ()))
    return [
        BookTick(at_us=at_us, contract=NOWHERE, bids=(), asks=()),
        BookTick(at_us=at_us, contract=symbol, bids=((Price(0), Lots(0)),), asks=(), reset=True),
        *(
            BookTick(at_us=at_us, contract=symbol, bids=_levels(bids), asks=_levels(asks))
            for bids, asks in rows
        ),
    ]


def _levels(rows: tuple[tuple[int, int], ...]) -> tuple[tuple[Price, Lots], ...]:
    return tuple((Price(price), Lots(quantity)) for price, quantity in rows)


def _bad_money(at_us: int, account: str, symbol: str) -> list[AnyCommand]:
    huge = Micros(2**53 - 1)
    return [
        Deposit(at_us=at_us, account="outside", amount=Micros(1)),
        Deposit(at_us=at_us, account="", amount=Micros(1)),
        Deposit(at_us=at_us, account="a:b", amount=Micros(1)),
        Deposit(at_us=at_us, account=account, amount=Micros(0)),
        Deposit(at_us=at_us, account=account, amount=huge),
        Withdraw(at_us=at_us, account=account, amount=Micros(0)),
        Withdraw(at_us=at_us, account=account, amount=huge),
        Withdraw(at_us=at_us, account="outside", amount=Micros(1)),
        SetLeverage(at_us=at_us, account=account, contract=symbol, leverage=0),
        SetLeverage(at_us=at_us, account=account, contract=symbol, leverage=126),
        AddMargin(at_us=at_us, account=account, contract=symbol, amount=Micros(0)),
        AddMargin(at_us=at_us, account=account, contract=symbol, amount=huge),
        RemoveMargin(at_us=at_us, account=account, contract=symbol, amount=huge),
        CancelAllAfter(at_us=at_us, account=account, timeout_us=-1),
        CancelAllAfter(at_us=at_us, account=account, contract=symbol, timeout_us=2**53 - 1),
        CancelAllAfter(at_us=at_us, account=account, contract=NOWHERE, timeout_us=1),
        OfferAssignment(at_us=at_us, account=account, contract=symbol, quantity=Lots(-1)),
        OfferAssignment(at_us=at_us, account=account, contract=symbol, quantity=Lots(2**40)),
        OfferAssignment(at_us=at_us, account=account, contract=symbol, quantity=Lots(0)),
    ]


def _bad_orders(at_us: int, account: str, contract: Contract, price: int) -> list[AnyCommand]:
    symbol, too_many = contract.symbol, contract.quantity_max + 1
    return [
        _place(at_us, account, symbol, order="", price=price),
        _place(at_us, account, symbol, order="b1", price=price, quantity=0),
        _place(at_us, account, symbol, order="b2", price=price, quantity=too_many),
        _place(at_us, account, symbol, order="b3", price=contract.price_max + contract.tick),
        _place(at_us, account, symbol, order="b4", price=contract.tick * 5 + 1),
        _place(
            at_us, account, symbol, order="b5", price=price * 2 // contract.tick * contract.tick
        ),
        _odd(at_us, account, symbol, None, in_force="fok", post_only=False),
        _odd(at_us, account, symbol, None, in_force="gtc", post_only=True),
        _odd(at_us, account, symbol, price, in_force="ioc", post_only=True),
    ]


def _bad_stops(at_us: int, account: str, contract: Contract, price: int) -> list[AnyCommand]:
    plain = PlaceStop(
        at_us=at_us,
        account=account,
        order="s1",
        contract=contract.symbol,
        side="buy",
        quantity=Lots(1),
        trigger=Price(price * 2 // contract.tick * contract.tick),
    )
    wrong: tuple[dict[str, Any], ...] = (
        {"account": STRANGER},
        {"contract": NOWHERE},
        {"order": ""},
        {"quantity": Lots(0)},
        {"trigger": None},
        {"trigger": Price(0)},
        {"kind": "trailing"},
        {"kind": "trailing", "trigger": None, "callback_ppm": 1_000_000},
        {"time_in_force": "fok"},
        {"price": Price(contract.price_max + contract.tick)},
        {"side": "sell"},
    )
    late = _place(at_us, account, contract.symbol, order="b9", price=price)
    return [
        *(msgspec.structs.replace(plain, **changes) for changes in wrong),
        msgspec.structs.replace(late, time_in_force="gtd"),
        msgspec.structs.replace(late, time_in_force="gtd", expires_us=at_us),
        msgspec.structs.replace(late, expires_us=at_us + 1),
        CancelAll(at_us=at_us, account=STRANGER),
        CancelAll(at_us=at_us, account=account, contract=NOWHERE),
    ]


def _bad_names(at_us: int, account: str, symbol: str, price: int) -> list[AnyCommand]:
    return [
        _place(at_us, STRANGER, symbol, order="b7", price=price),
        _place(at_us, account, NOWHERE, order="b8", price=price),
        Withdraw(at_us=at_us, account=STRANGER, amount=Micros(1)),
        SetMarginMode(at_us=at_us, account=account, contract=NOWHERE, mode="cross"),
        SetLeverage(at_us=at_us, account=STRANGER, contract=symbol, leverage=1),
        CancelOrder(at_us=at_us, account=account, order="never"),
        CancelOrder(at_us=at_us, account=STRANGER, order="never"),
        AmendOrder(at_us=at_us, account=account, order="never", price=Price(5), quantity=Lots(1)),
    ]
