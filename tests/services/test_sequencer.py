"""The sequencer: one order, nothing lost, and poison set aside."""

import msgspec
import pytest

from engine.bus.frame import encode as framed
from engine.bus.interface import Record
from engine.services.entries import LogError
from engine.services.inbox import CONTENT, FRAME
from tests.services.stage import GENESIS, LAB, Stage, tick


@pytest.fixture
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return Stage(tmp_path_factory.mktemp("small"))


def letters(stage: Stage) -> list[Record]:
    return list(stage.records(stage.topics.dead_letters))


async def test_a_bot_is_whose_topic_it_writes_to(stage: Stage) -> None:
    await stage.ticks(tick(7))
    await stage.deposit("alice")
    await stage.buy("alice", "1")
    await stage.sequence()
    await stage.apply()
    accepted = [each for each in stage.told(stage.topics.events) if each["type"] == "OrderAccepted"]
    assert [(each["account"], each["order"]) for each in accepted] == [("alice", "1")]


async def test_a_sequencer_goes_on_where_the_last_one_was(stage: Stage) -> None:
    await stage.ticks(tick(1))
    await stage.deposit("alice")
    await stage.sequence()
    before = len(stage.records(stage.topics.log))
    await stage.sequence()
    assert len(stage.records(stage.topics.log)) == before + 1  # its positions
    await stage.buy("alice", "1")
    await stage.sequence()
    await stage.apply()
    assert (await stage.verdict()).orders == 2


async def test_what_a_second_sequencer_says_again_is_dropped(stage: Stage) -> None:
    await stage.ticks(tick(5), tick(6))
    await stage.deposit("alice")
    await stage.sequence()
    log = stage.bus.records(stage.topics.log)
    for record in list(log[1:]):
        log.append(msgspec.structs.replace(record, offset=len(log)))
    await stage.apply()
    verdict = await stage.verdict()
    assert (verdict.commands, verdict.difference) == (3, "")


async def test_time_does_not_go_back(stage: Stage) -> None:
    await stage.ticks(tick(9))
    await stage.deposit("alice")
    await stage.sequence()
    await stage.ticks(tick(4))
    await stage.sequence()
    await stage.apply()
    assert all(each["type"] != "Rejected" for each in stage.told(stage.topics.events))


async def test_another_configuration_does_not_go_on(stage: Stage) -> None:
    await stage.sequence()
    other = msgspec.structs.replace(LAB, seed=2)
    changed = msgspec.structs.replace(GENESIS, config=msgspec.Raw(msgspec.json.encode(other)))
    with pytest.raises(LogError, match="begun with another configuration"):
        await stage.sequence(changed)


ORDER = '"order":"1","contract":"X","side":"buy","quantity":1'
POISON = [
    b"",
    b" ",
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf{}",
    b"null",
    b"true",
    b"1",
    b'"PlaceOrder"',
    b"[]",
    b"[1,2]",
    b"{",
    b"}",
    b"{}",
    b'{"type"}',
    b'{"type":}',
    b'{"type":null}',
    b'{"type":1}',
    b'{"type":"Nonsense"}',
    b'{"type":"placeorder"}',
    b'{"type":"TradeTick","contract":"X","price":1,"quantity":1,"side":"buy","at_us":1}',
    b'{"type":"Genesis","version":"1","config":{},"files":[]}',
    b'{"type":"PlaceOrder"}',
    b'{"type":"CancelOrder"}',
    b"[" * 100_000,
    b'{"a":' * 1_000,
    b'{"type":{"type":"CancelOrder"}}',
    b'{"type":"CancelOrder","order":["1"]}',
    b'{"type":"CancelOrder","order":{"id":"1"}}',
    b'{"type":"CancelOrder","order":1}',
    b'{"type":"CancelOrder","order":null}',
    b'{"type":"CancelOrder","order":true}',
    b'{"type":"CancelOrder","order":"1"}x',
    b'{"type":"CancelOrder","order":"1"}{}',
    b"{'type':'CancelOrder','order':'1'}",
    b'{"type":"CancelOrder","order":"1",}',
    b'{"type":"CancelOrder","order":"\xff"}',
    b'{"type":"CancelOrder","order":"\\ud800"}',
    b'{"type":"CancelOrder","order":"\n"}',
    b'{"type":"CancelOrder","order":"' + b"1" * 65 + b'"}',
    b'{"type":"CancelOrder","order":"' + b"1" * 5_000 + b'"}',
    b'{"type":"CancelOrder","order":"1","order":"2"}',
    b'{"type":"CancelOrder","type":"CancelOrder","order":"2"}',
    b'{"type":"CancelOrder","order":"1:2","order":"2"}',
    b'{"type":"CancelOrder","order":"1","account":"bob"}',
    b'{"type":"CancelOrder","order":"1","account":"outside"}',
    b'{"type":"CancelOrder","order":"1","account":""}',
    b'{"type":"CancelOrder","order":"1","account":null}',
    b'{"type":"Deposit","account":"alice","amount":1}',
    b'{"type":"Deposit","amount":1}',
    b'{"type":"Withdraw","amount":1.5}',
    b'{"type":"Withdraw","amount":1.0}',
    b'{"type":"Withdraw","amount":1e3}',
    b'{"type":"Withdraw","amount":1E+999999}',
    b'{"type":"Withdraw","amount":1E-999999}',
    b'{"type":"Withdraw","amount":NaN}',
    b'{"type":"Withdraw","amount":Infinity}',
    b'{"type":"Withdraw","amount":"1"}',
    b'{"type":"Withdraw","amount":01}',
    b'{"type":"Withdraw","amount":0x10}',
    b'{"type":"Withdraw","amount":' + b"9" * 400 + b"}",
    b'{"type":"Withdraw","amount":' + b"9" * 4_000 + b"}",
    b'{"type":"Withdraw","amount":9007199254740992}',
    b'{"type":"Withdraw","amount":-9007199254740992}',
    b'{"type":"Withdraw","amount":true}',
    b'{"type":"CancelOrder","order":"1","client_seq":0}',
    b'{"type":"CancelOrder","order":"1","client_seq":"2"}',
    b'{"type":"CancelOrder","order":"1","client_seq":true}',
    b'{"type":"SetMarginMode","contract":"X","mode":"both"}',
    b'{"type":"SetLeverage","contract":"X","leverage":"10"}',
    f'{{"type":"PlaceOrder",{ORDER},"side":"up"}}'.encode(),
    f'{{"type":"PlaceOrder",{ORDER},"price":"1"}}'.encode(),
    f'{{"type":"PlaceOrder",{ORDER},"time_in_force":"day"}}'.encode(),
    f'{{"type":"PlaceOrder",{ORDER},"post_only":1}}'.encode(),
    f'{{"type":"PlaceOrder",{ORDER},"note":{{}}}}'.encode(),
    f'{{"type":"PlaceOrder",{ORDER},"note":1.5}}'.encode(),
]
"""What is no command of a bot, whoever sends it."""
NO_FRAMES = [
    b"",
    b"\xc1",
    framed([]),
    framed([tick(-1)]),
    framed([tick(2**53)]),
    framed([tick(1)])[:-1],
    framed([tick(1)]) + b"\x00",
    msgspec.msgpack.encode([[0], [["PlaceOrder", "X", [1], [1], [1], ["buy"]]]]),
    msgspec.msgpack.encode([[0], [["TradeTick", "X", [1], ["1"], [1], ["buy"]]]]),
    msgspec.msgpack.encode([[2**70 % 7], [["TradeTick", "X", [1], [1], [1], ["buy"]]]]),
    msgspec.msgpack.encode({}),
]


def test_there_are_enough_kinds_of_poison() -> None:
    assert len(set(POISON)) >= 60


async def test_poison_of_a_bot_is_set_aside_with_its_reason_and_nobody_waits(stage: Stage) -> None:
    topic = stage.topics.commands("alice")
    await stage.ticks(tick(1))
    await stage.deposit("alice")
    for value in POISON:
        await stage.write(topic, value)
    stage.bus.records(topic).append(Record(len(POISON), None))
    await stage.buy("alice", "good")
    await stage.sequence()
    found = letters(stage)
    assert [record.header("offset") for record in found] == [
        str(offset).encode() for offset in range(len(POISON) + 1)
    ]
    for record, value in zip(found, [*POISON, b""], strict=True):
        assert record.value == value[:4_096]
        assert record.header("topic") == topic.encode()
        assert record.header("bytes") == str(len(value)).encode()
        assert record.header("reason")
    await stage.apply()
    verdict = await stage.verdict()
    assert (verdict.orders, verdict.difference) == (2, "")


async def test_poison_of_operator_and_feed_is_set_aside_too(stage: Stage) -> None:
    for value in POISON:
        if not any(part in value for part in (b"Deposit", b'"account"')):
            await stage.write(stage.topics.admin, value)
            await stage.write(stage.topics.ticks, value)
    sent = 2 * len(stage.records(stage.topics.admin)) + len(NO_FRAMES) + 1
    for value in NO_FRAMES:
        await stage.write(stage.topics.ticks, value, ((CONTENT, FRAME),))
    await stage.write(
        stage.topics.ticks, framed([tick(1)]), ((CONTENT, FRAME), ("place", b"first"))
    )
    await stage.sequence()
    assert len(letters(stage)) == sent
    assert len(stage.records(stage.topics.log)) == 2  # its beginning and its positions
