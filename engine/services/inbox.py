"""The door for what others write: a record becomes commands, or it is poison and says why.

What a bot sends is one flat JSON object, a command without `account` and `at_us`: the account is
the one whose topic it is, the time is the log's. Only the shape is judged here; whether a command
makes sense, the exchange says.
"""

import json
from collections.abc import Sequence
from typing import Any, Literal, Union, get_args

import msgspec

from engine.bus.frame import decode as decode_frame
from engine.bus.interface import Record
from engine.core.command import AnyCommand, Command, Deposit, SettleContract, Tick
from engine.core.money import AMOUNT_MAX
from engine.core.tick_run import TickRun

CONTENT = "content-type"
JSON = b"application/json"
FRAME = b"application/vnd.margincall.ticks+msgpack"
CLIENT_SEQ = "client_seq"
"""A bot's own number of a command: one that is not above the last one taken is dropped."""
BYTES_MAX = 4_096
"""Largest command in JSON."""
FRAME_BYTES_MAX = 900_000
"""Largest frame; a broker takes 1 MiB of a record with all that is around it."""
TEXT_MAX = 64
"""Longest name or id."""

OF_OPERATOR = (Deposit, SettleContract)
"""What only the operator says: money out of nothing, and the end of a contract."""
_NOT_OF_BOTS = (*get_args(Tick), *OF_OPERATOR)
BotCommand: Any = Union[  # noqa: UP007  # what there is to say, the core says
    tuple(kind for kind in get_args(AnyCommand) if kind not in _NOT_OF_BOTS)
]
"""Everything but ticks, and but what only the operator says."""
OperatorCommand: Any = Union[BotCommand, Deposit, SettleContract]  # noqa: UP007
_flat = msgspec.json.Decoder(dict[str, bool | int | str | None])
_encode = msgspec.json.Encoder().encode
_of_bot, _of_operator = msgspec.json.Decoder(BotCommand), msgspec.json.Decoder(OperatorCommand)
_UNREADABLE = (msgspec.MsgspecError, ValueError, RecursionError)


Why = Literal["account", "empty", "number", "shape", "size", "time", "unreadable"]


class Poison(Exception):
    """A record that is no command; its message is the reason, and `why` the kind of it."""

    def __init__(self, told: str, why: Why = "shape") -> None:
        super().__init__(told)
        self.why: Why = why


def from_bot(record: Record, bot: str, at_us: int) -> tuple[Command, int | None]:
    """The command that a bot sent, for its account and the time of the log, and its number.

    Raises `Poison`.
    """
    fields = _fields(record)
    number = fields.pop(CLIENT_SEQ, None)
    if number is not None and (type(number) is not int or number < 1):
        raise Poison(f"{CLIENT_SEQ} is {number!r}; expected a number from 1 up", "number")
    if fields.setdefault("account", bot) != bot:
        raise Poison(f"names another account than {bot}, whose topic this is", "account")
    fields["at_us"] = at_us
    return _command(fields, _of_bot), number


def from_operator(record: Record, at_us: int) -> Command:
    """The command that the operator gave for any account. Raises `Poison`."""
    fields = _fields(record)
    fields["at_us"] = at_us
    return _command(fields, _of_operator)


def from_feed(record: Record) -> Sequence[Command]:
    """A frame of ticks, or a command of the lab's own traders with its time. Raises `Poison`."""
    commands: Sequence[Command]
    if record.header(CONTENT) != FRAME:
        commands = (_command(_fields(record), _of_operator),)
        times = [commands[0].at_us]
    else:
        commands = ticks = _frame(record)
        times = ticks.at_us
    if min(times) < 0 or max(times) > AMOUNT_MAX:
        raise Poison("has a time that is negative or beyond 2^53 - 1", "time")
    return commands


def _value(record: Record) -> bytes:
    if record.unreadable:
        raise Poison(record.unreadable, "unreadable")
    if record.value is None:
        raise Poison("has no value", "empty")
    return record.value


def _frame(record: Record) -> TickRun:
    value = _value(record)
    if len(value) > FRAME_BYTES_MAX:
        raise Poison(f"has {len(value)} bytes; a frame has at most {FRAME_BYTES_MAX}", "size")
    try:
        ticks = decode_frame(value)
    except _UNREADABLE as error:
        raise Poison(f"is no frame of ticks: {error}") from error
    if not len(ticks):
        raise Poison("is a frame without a tick")
    return ticks


def _fields(record: Record) -> dict[str, Any]:
    value = _value(record)
    if len(value) > BYTES_MAX:
        raise Poison(f"has {len(value)} bytes; a command has at most {BYTES_MAX}", "size")
    try:
        fields: dict[str, Any] = _flat.decode(value)
        if value.count(b":") != len(fields):
            json.loads(value, object_pairs_hook=_once)
    except _UNREADABLE as error:
        raise Poison(f"is no flat JSON object: {error}") from error
    for name, field in fields.items():
        if isinstance(field, int) and abs(field) > AMOUNT_MAX:
            raise Poison(f"{name[:TEXT_MAX]!r} is beyond 2^53 - 1", "number")
        if isinstance(field, str) and len(field) > TEXT_MAX:
            raise Poison(f"{name[:TEXT_MAX]!r} has {len(field)} characters; at most {TEXT_MAX}")
    return fields


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a key stands there twice")
    return fields


def _command(fields: dict[str, Any], kinds: msgspec.json.Decoder[Any]) -> Command:
    """Go by JSON once more: a decoder knows its kinds, `convert` finds them out each time."""
    try:
        command: Command = kinds.decode(_encode(fields))
    except msgspec.MsgspecError as error:
        raise Poison(f"is no command: {error}") from error
    return command
