"""Ticks in volume: a frame holds them column by column, as MessagePack.

Ticks of one type and contract are a group; `order` says for each tick from which group it comes.
So the numbers of a column lie together, and the order of a file is kept.
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

import msgspec

from engine.core.command import (
    BookTick,
    FundingTick,
    IndexTick,
    QuoteTick,
    Side,
    Tick,
    TradeTick,
)

Levels = list[tuple[tuple[int, int], ...]]


class _Group(msgspec.Struct, frozen=True, array_like=True, tag=True):
    contract: str
    at_us: list[int]


class _Trades(_Group, frozen=True, tag="TradeTick"):
    price: list[int]
    quantity: list[int]
    side: list[Side]


class _Quotes(_Group, frozen=True, tag="QuoteTick"):
    bid: list[int]
    bid_quantity: list[int]
    ask: list[int]
    ask_quantity: list[int]


class _Books(_Group, frozen=True, tag="BookTick"):
    bids: Levels
    asks: Levels
    reset: list[bool]


class _Indexes(_Group, frozen=True, tag="IndexTick"):
    price: list[int]


class _Fundings(_Group, frozen=True, tag="FundingTick"):
    rate_e8: list[int]


class _Frame(msgspec.Struct, frozen=True, array_like=True):
    order: list[Annotated[int, msgspec.Meta(ge=0)]]
    groups: list[_Trades | _Quotes | _Books | _Indexes | _Fundings]


_KINDS: dict[type, tuple[type[_Group], Callable[..., Tick]]] = {
    TradeTick: (_Trades, TradeTick),
    QuoteTick: (_Quotes, QuoteTick),
    BookTick: (_Books, BookTick),
    IndexTick: (_Indexes, IndexTick),
    FundingTick: (_Fundings, FundingTick),
}
_MAKERS = dict(_KINDS.values())
_encode = msgspec.msgpack.Encoder().encode
_decoder = msgspec.msgpack.Decoder(_Frame)


def encode(ticks: Sequence[Tick]) -> bytes:
    """Put ticks into a frame. O(ticks)."""
    numbers: dict[tuple[type, str], int] = {}
    members: list[list[Any]] = []
    order: list[int] = []
    for tick in ticks:
        key = (type(tick), tick.contract)
        number = numbers.get(key)
        if number is None:
            number = numbers[key] = len(members)
            members.append([])
        members[number].append(tick)
        order.append(number)
    groups = [
        _columns(kind, contract, members[number]) for (kind, contract), number in numbers.items()
    ]
    return _encode(_Frame(order, groups))  # type: ignore[arg-type]


def _columns(kind: type, contract: str, ticks: list[Any]) -> _Group:
    group, _ = _KINDS[kind]
    names = group.__struct_fields__[1:]
    return group(contract, *([getattr(tick, name) for tick in ticks] for name in names))


def decode(data: bytes) -> tuple[Tick, ...]:
    """The ticks of a frame in their order.

    Raises `msgspec.MsgspecError` or `ValueError` if it is none.
    """
    frame = _decoder.decode(data)
    rows = [iter(_ticks(group)) for group in frame.groups]
    try:
        ticks = tuple([next(rows[number]) for number in frame.order])
    except (StopIteration, IndexError) as error:
        raise ValueError("the frame's order names ticks that it does not hold") from error
    if any(next(row, None) is not None for row in rows):
        raise ValueError("the frame holds ticks that its order does not name")
    return ticks


def _ticks(group: _Group) -> list[Tick]:
    make = _MAKERS[type(group)]
    contract = group.contract
    columns = [getattr(group, name) for name in type(group).__struct_fields__[2:]]
    rows = zip(group.at_us, *columns, strict=True)
    return [make(contract, *rest, at_us=at_us) for at_us, *rest in rows]
