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
from tests.support.poison import GOOD_OF_FEED, GOOD_OF_OPERATOR, spoilt

CASES = int(os.environ.get("MARGINCALL_FUZZ_RECORDS", "10000"))
GOOD = (
    b'{"type":"PlaceOrder","order":"1","contract":"X","side":"buy","quantity":1,"price":5}',
    b'{"type":"CancelOrder","order":"abc","client_seq":7}',
    b'{"type":"SetMarginMode","contract":"X","mode":"cross"}',
    b'{"type":"AddMargin","contract":"X","amount":9007199254740991}',
)
FRAMES = (framed([tick(1), tick(2, 5), tick(3)]), framed([tick(at) for at in range(40)]))


def of_bot(record: Record) -> None:
    command, _ = inbox.from_bot(record, "alice", 5)
    fields = msgspec.to_builtins(command)
    assert (fields["account"], fields["at_us"]) == ("alice", 5)
    for field in fields.values():
        assert not isinstance(field, float)
        assert not isinstance(field, int) or abs(field) <= AMOUNT_MAX


def of_operator(record: Record) -> None:
    assert inbox.from_operator(record, 5).at_us == 5


def of_feed(record: Record) -> None:
    assert all(0 <= command.at_us <= AMOUNT_MAX for command in inbox.from_feed(record))


@pytest.mark.parametrize(
    ("read", "good", "headers"),
    [
        (of_bot, GOOD, ()),
        (of_operator, (GOOD_OF_OPERATOR,), ()),
        (of_feed, (GOOD_OF_FEED,), ()),
        (of_feed, FRAMES, ((CONTENT, FRAME),)),
    ],
    ids=["bot", "operator", "feed", "frame"],
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
