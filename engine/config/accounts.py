"""From the tables of scripted accounts to `Trader`s."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

import msgspec

from engine.config import read
from engine.config.margin_call import MarginCallTable, at_margin_call
from engine.config.read import Number, Place
from engine.config.settings import TopUp, Trader, TraderOrder
from engine.core.instrument import Contract, Venue
from engine.core.money import Lots, Price


class OrderTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One order: `after` counts from the first tick; without `price` it is a market order."""

    contract: str
    side: Literal["buy", "sell"]
    quantity: Number
    price: Number | None = None
    leverage: int | None = None
    after: str = "0s"
    reduce_only: bool = False


class TopUpTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Money paid in later; where `contract` is isolated, it becomes margin of the position."""

    contract: str
    amount: Number
    after: str


class TraderTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A scripted account.

    With `each_leverage` it stands for one account for each leverage from the first to the second,
    `NAME-5x` with all orders at 5.
    """

    name: str
    deposit: Number
    mode: Literal["isolated", "cross"]
    orders: tuple[OrderTable, ...] = ()
    top_ups: tuple[TopUpTable, ...] = ()
    at_margin_call: MarginCallTable | None = None
    each_leverage: tuple[int, int] | None = None


def traders(tables: tuple[TraderTable, ...], venue: Venue, place: Place) -> tuple[Trader, ...]:
    """Check the scripted accounts of a lab against its venue and convert them."""
    result: list[Trader] = []
    for here, table in _each(tables, place):
        name = table.name
        if not name or ":" in name or name == "outside":
            problem = f"found {name!r}; a name is not empty, not `outside`, and holds no colon"
            raise here.at("name").error(problem)
        if any(name == other.name for other in result):
            raise here.at("name").error(f"there are two accounts of the name {name!r}")
        result.append(
            Trader(
                name=name,
                deposit=read.micros(table.deposit, here.at("deposit"), least=1),
                mode=table.mode,
                orders=tuple(
                    _order(order, venue, here.at("orders").at(number))
                    for number, order in enumerate(table.orders, 1)
                ),
                top_ups=tuple(
                    _top_up(top_up, venue, here.at("top_ups").at(number))
                    for number, top_up in enumerate(table.top_ups, 1)
                ),
                at_margin_call=at_margin_call(table.at_margin_call, here.at("at_margin_call")),
            )
        )
    return tuple(result)


def _each(tables: tuple[TraderTable, ...], place: Place) -> Iterator[tuple[Place, TraderTable]]:
    """Every account with its place, one that stands for several as often as it does."""
    replace = msgspec.structs.replace
    for row, table in enumerate(tables, 1):
        here = place.at(row)
        if table.each_leverage is None:
            yield here, table
            continue
        low, high = table.each_leverage
        read.at_least(low, 1, here.at("each_leverage").at(1))
        read.at_least(high, low, here.at("each_leverage").at(2))
        for number, order in enumerate(table.orders, 1):
            if order.leverage is not None:
                at = here.at("orders").at(number).at("leverage")
                raise at.error("each_leverage says it; take one of them out")
        for leverage in range(low, high + 1):
            orders = tuple(replace(order, leverage=leverage) for order in table.orders)
            yield here, replace(table, name=f"{table.name}-{leverage}x", orders=orders)


def _order(table: OrderTable, venue: Venue, here: Place) -> TraderOrder:
    contract = _contract(table.contract, venue, here.at("contract"))
    quantity = _units(table.quantity, contract.lot, 1, "the lot", here.at("quantity"))
    price = None
    if table.price is not None:
        tick = contract.tick
        price = Price(_units(table.price, contract.price_unit, tick, "the tick", here.at("price")))
    if table.leverage is not None:
        read.at_least(table.leverage, 1, here.at("leverage"))
    return TraderOrder(
        contract=contract.symbol,
        side=table.side,
        quantity=Lots(quantity),
        price=price,
        leverage=table.leverage,
        after_us=read.duration_us(table.after, here.at("after")),
        reduce_only=table.reduce_only,
    )


def _top_up(table: TopUpTable, venue: Venue, here: Place) -> TopUp:
    return TopUp(
        contract=_contract(table.contract, venue, here.at("contract")).symbol,
        amount=read.micros(table.amount, here.at("amount"), least=1),
        after_us=read.duration_us(table.after, here.at("after")),
    )


def _contract(symbol: str, venue: Venue, place: Place) -> Contract:
    for contract in venue.contracts:
        if contract.symbol == symbol:
            return contract
    known = ", ".join(contract.symbol for contract in venue.contracts)
    raise place.error(f"there is no contract {symbol!r} in this lab; there are: {known}")


def _units(value: Number, unit: str, step: int, unit_name: str, place: Place) -> int:
    """A positive number in units of which it is a whole multiple of `step`."""
    return step * read.whole(read.positive(value, place), step * Fraction(unit), place, unit_name)
