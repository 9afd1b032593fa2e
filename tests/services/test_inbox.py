"""Whatever bytes come in, a record is a command or poison: nothing else ever happens."""

import os
from collections.abc import Callable
from random import Random

import msgspec
import pytest

from engine.bus.frame import encode as framed
from engine.bus.interface import Record
from engine.core.money import AMOUNT_MAX
from engine.services import inbox
from engine.services.inbox import CONTENT, FRAME, Poison
from tests.services.stage import tick

CASES = int(os.environ.get("MARGINCALL_FUZZ_RECORDS", "20000"))
GOOD = (
    b'{"type":"PlaceOrder","order":"1","contract":"X","side":"buy","quantity":1,"price":5}',
    b'{"type":"CancelOrder","order":"abc","client_seq":7}',
    b'{"type":"SetMarginMode","contract":"X","mode":"cross"}',
    b'{"type":"AddMargin","contract":"X","amount":9007199254740991}',
)
FRAMES = (framed([tick(1), tick(2, 5), tick(3)]), framed([tick(at) for at in range(40)]))
SPLICES = (
    *(b"\x00", b"\xff", b"\xc1", b"\xed\xa0\x80", b"\\ud800", b'"', b"{", b"}", b"[", b"]", b":"),
    *(b",", b"null", b"-", b"1E+999999", b"0.1", b"9" * 400, b'"account":"bob",', b'{"a":' * 99),
)


def spoilt(dice: Random, value: bytes) -> bytes:
    """The value with a few places changed, cut out, doubled or filled with something nasty."""
    data = bytearray(value)
    for _ in range(dice.randrange(1, 4)):
        at = dice.randrange(len(data) + 1)
        to = min(len(data), at + dice.randrange(6))
        match dice.randrange(4):
            case 0:
                data[at:to] = dice.choice(SPLICES)
            case 1:
                del data[at:to]
            case 2:
                data[at:at] = data[at:to]
            case _:
                data[at:to] = dice.randbytes(to - at)
    return bytes(data)


def of_bot(record: Record) -> None:
    command, _ = inbox.from_bot(record, "alice", 5)
    fields = msgspec.to_builtins(command)
    assert (fields["account"], fields["at_us"]) == ("alice", 5)
    for field in fields.values():
        assert not isinstance(field, float)
        assert not isinstance(field, int) or abs(field) <= AMOUNT_MAX


def of_feed(record: Record) -> None:
    assert all(0 <= command.at_us <= AMOUNT_MAX for command in inbox.from_feed(record))


@pytest.mark.parametrize(
    ("read", "good", "headers"),
    [(of_bot, GOOD, ()), (of_feed, FRAMES, ((CONTENT, FRAME),))],
    ids=["bot", "feed"],
)
def test_spoilt_records_are_commands_or_poison(
    read: Callable[[Record], None],
    good: tuple[bytes, ...],
    headers: tuple[tuple[str, bytes], ...],
) -> None:
    dice = Random(20)
    poisoned = 0
    for number in range(CASES):
        value = spoilt(dice, dice.choice(good))
        try:
            read(Record(number, value, None, headers))
        except Poison as reason:
            poisoned += bool(str(reason))
        except Exception as error:
            raise AssertionError(f"{value!r} is neither command nor poison") from error
    assert CASES // 2 < poisoned < CASES


def test_a_good_record_is_a_command() -> None:
    for number, value in enumerate(GOOD):
        of_bot(Record(number, value))
    for number, value in enumerate(FRAMES):
        of_feed(Record(number, value, None, ((CONTENT, FRAME),)))
