"""Ticks in volume: a frame holds them column by column, as MessagePack.

Ticks of one type and contract are a group; `order` says for each tick from which group it comes.
So the numbers of a column lie together, and the order of a file is kept.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Union, get_args, get_type_hints

import msgspec

from engine.core.command import Tick


class _Group(msgspec.Struct, frozen=True, array_like=True, tag=True):
    contract: str
    at_us: list[int]


def _group_of(kind: type[msgspec.Struct]) -> type[_Group]:
    """The columns of a type of ticks: those that a group begins with, then the type's own."""
    hints = get_type_hints(kind)
    own = [name for name in kind.__struct_fields__ if name not in _Group.__struct_fields__]
    columns = [(name, list[hints[name]]) for name in own]  # type: ignore[valid-type]
    made: Any = msgspec.defstruct(kind.__name__, columns, bases=(_Group,), tag=kind.__name__)
    group: type[_Group] = made
    return group


_GROUPS: dict[type, type[_Group]] = {kind: _group_of(kind) for kind in get_args(Tick)}
_KINDS: dict[type, Any] = {group: kind for kind, group in _GROUPS.items()}
_AnyGroup: Any = Union[tuple(_KINDS)]  # noqa: UP007  # known only when it runs


class _Frame(msgspec.Struct, frozen=True, array_like=True):
    order: list[Annotated[int, msgspec.Meta(ge=0)]]
    groups: list[_AnyGroup]


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
    return _encode(_Frame(order, groups))


def _columns(kind: type, contract: str, ticks: list[Any]) -> _Group:
    group = _GROUPS[kind]
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
    make = _KINDS[type(group)]
    contract = group.contract
    columns = [getattr(group, name) for name in type(group).__struct_fields__[2:]]
    rows = zip(group.at_us, *columns, strict=True)
    return [make(contract, *rest, at_us=at_us) for at_us, *rest in rows]
