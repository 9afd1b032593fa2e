"""Ticks in volume: a frame holds them column by column, as MessagePack.

Ticks of one type and contract are a group; `order` says for each tick from which group it comes.
So the numbers of a column lie together, and the order of a file is kept.
"""

from collections.abc import Sequence
from itertools import count
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from engine.core.command import Tick, TradeTick
from engine.core.money import AMOUNT_MAX
from engine.core.tick_run import TickRun

CONTRACT_MAX = 64
"""Longest name of a contract."""


class _Group(msgspec.Struct, frozen=True, array_like=True, tag=True):
    contract: Annotated[str, msgspec.Meta(max_length=CONTRACT_MAX)]
    at_us: list[int]


def _bounded(hint: Any) -> Any:
    """The type of a column's values, in which a number is one that every reader can hold."""
    if getattr(hint, "__supertype__", hint) is int:
        return Annotated[int, msgspec.Meta(ge=-AMOUNT_MAX, le=AMOUNT_MAX)]
    if get_origin(hint) is tuple:
        return tuple[tuple(_bounded(each) for each in get_args(hint))]  # type: ignore[misc]
    return hint


def _group_of(kind: type[msgspec.Struct]) -> type[_Group]:
    """The columns of a type of ticks: those that a group begins with, then the type's own."""
    hints = get_type_hints(kind)
    own = [name for name in kind.__struct_fields__ if name not in _Group.__struct_fields__]
    columns = [(name, list[_bounded(hints[name])]) for name in own]  # type: ignore[misc]
    made: Any = msgspec.defstruct(kind.__name__, columns, bases=(_Group,), tag=kind.__name__)
    group: type[_Group] = made
    return group


_GROUPS: dict[type, type[_Group]] = {kind: _group_of(kind) for kind in get_args(Tick)}
_TRADES: Any = _GROUPS[TradeTick]
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


def decode(data: bytes) -> TickRun:
    """The ticks of a frame in their order; none is made before it is asked for. O(ticks).

    Raises `msgspec.MsgspecError` or `ValueError` if it is none.
    """
    frame = _decoder.decode(data)
    groups, order = frame.groups, frame.order
    sizes = [_size(group) for group in groups]
    if len(order) != sum(sizes) or (order and max(order) >= len(groups)):
        raise ValueError("the frame's order does not name the ticks that it holds")
    return TickRun(
        [group.contract if type(group) is _TRADES else None for group in groups],
        order,
        (
            _in_order(order, [group.at_us for group in groups]),
            _in_order(order, [_prices(group) for group in groups]),
        ),
        _Maker(frame).tick,
    )


def _size(group: Any) -> int:
    names = type(group).__struct_fields__[1:]
    sizes = {len(getattr(group, name)) for name in names}
    if len(sizes) > 1:
        raise ValueError("the columns of a group are not of one length")
    return sizes.pop()


def _prices(group: Any) -> list[int]:
    """The prices of trades; 0 for other ticks, and where less than a lot was traded."""
    if not isinstance(group, _TRADES):
        return [0] * len(group.at_us)
    if min(group.quantity, default=1) > 0:
        prices: list[int] = group.price
        return prices
    pairs = zip(group.price, group.quantity, strict=True)
    return [price if quantity > 0 else 0 for price, quantity in pairs]


def _in_order(order: list[int], columns: list[list[int]]) -> list[int]:
    """The values of all groups in the order of the ticks, which takes exactly all of them."""
    if len(columns) == 1:
        return columns[0]
    rows = [iter(column) for column in columns]
    try:
        return [next(rows[number]) for number in order]
    except StopIteration as error:
        raise ValueError("the frame's order names ticks that it does not hold") from error


class _Maker:
    """Makes the ticks of a frame one by one."""

    def __init__(self, frame: _Frame) -> None:
        self._frame = frame
        self._places: list[int] = []

    def tick(self, number: int) -> Tick:
        """The tick of that number in the frame's order."""
        order, groups = self._frame.order, self._frame.groups
        if not self._places:
            counts = [count() for _ in groups]
            self._places = [next(counts[group]) for group in order]
        group, place = groups[order[number]], self._places[number]
        names = group.__struct_fields__[2:]
        rest = [getattr(group, name)[place] for name in names]
        tick: Tick = _KINDS[type(group)](group.contract, *rest, at_us=group.at_us[place])
        return tick
