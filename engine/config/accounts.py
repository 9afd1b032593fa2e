"""From the tables of scripted accounts to `Trader`s."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

import msgspec

from engine.config import read
from engine.config.margin_call import MarginCallTable, at_margin_call
from engine.config.read import Number, Place
from engine.config.settings import TopUp, Trader, TraderOrder
from engine.core.account.account import FUND, OUTSIDE
from engine.core.command import LegOrNone
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
    leg: Literal["long", "short"] | None = None


class TopUpTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Money paid in later; where `contract` is isolated, it becomes margin of the position.

    In hedge mode it names the `leg` of which it becomes margin.
    """

    contract: str
    amount: Number
    after: str
    leg: Literal["long", "short"] | None = None


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
    position_mode: Literal["one_way", "hedge"] | None = None


def traders(tables: tuple[TraderTable, ...], venue: Venue, place: Place) -> tuple[Trader, ...]:
    """Check the scripted accounts of a lab against its venue and convert them."""
    result: list[Trader] = []
    for here, table in _each(tables, place):
        name = table.name
        if not name or ":" in name or name in (OUTSIDE, FUND):
            problem = (
                f"found {name!r}; a name is not empty, not `{OUTSIDE}` or `{FUND}`, "
                "and holds no colon"
            )
            raise here.at("name").error(problem)
        if any(name == other.name for other in result):
            raise here.at("name").error(f"there are two accounts of the name {name!r}")
        is_hedged = _is_hedged(table, venue, here)
        result.append(
            Trader(
                name=name,
                position_mode=table.position_mode or msgspec.UNSET,
                deposit=read.micros(table.deposit, here.at("deposit"), least=1),
                mode=table.mode,
                orders=tuple(
                    _order(order, venue, here.at("orders").at(number), is_hedged=is_hedged)
                    for number, order in enumerate(table.orders, 1)
                ),
                top_ups=tuple(
                    _top_up(top_up, table, venue, here.at("top_ups").at(number), is_hedged)
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


def _is_hedged(table: TraderTable, venue: Venue, here: Place) -> bool:
    """Whether an account is in hedge mode, which the venue must have."""
    modes = venue.rules.position_modes
    if table.position_mode is not None and table.position_mode not in modes:
        there = " or ".join(modes)
        raise here.at("position_mode").error(
            f"found {table.position_mode}, but accounts of this venue have {there} only"
        )
    return (table.position_mode or modes[0]) == "hedge"


def _leg(table: OrderTable, here: Place, *, is_hedged: bool) -> LegOrNone:
    if is_hedged and table.leg is None:
        raise here.at("leg").error("an order of a hedged account says long or short")
    if table.leg is not None and not is_hedged:
        raise here.at("leg").error("only orders of a hedged account name a leg: take it out")
    return table.leg or msgspec.UNSET


def _order(table: OrderTable, venue: Venue, here: Place, *, is_hedged: bool) -> TraderOrder:
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
        leg=_leg(table, here, is_hedged=is_hedged),
    )


def _top_up(
    table: TopUpTable, account: TraderTable, venue: Venue, here: Place, is_hedged: bool
) -> TopUp:
    if is_hedged and account.mode == "isolated" and table.leg is None:
        raise here.at("leg").error(
            "a top-up of an isolated position of a hedged account says long or short"
        )
    if table.leg is not None and not is_hedged:
        raise here.at("leg").error("only top-ups of a hedged account name a leg: take it out")
    return TopUp(
        contract=_contract(table.contract, venue, here.at("contract")).symbol,
        amount=read.micros(table.amount, here.at("amount"), least=1),
        after_us=read.duration_us(table.after, here.at("after")),
        leg=table.leg or msgspec.UNSET,
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
