"""The fan-out: each reader's own topic, nothing about others in public ones, nothing lost."""

from pathlib import Path

import msgspec
import pytest

from engine.bus.interface import Message, Record
from engine.bus.memory import MemoryBus
from engine.core.event import OrderFilled
from engine.core.money import Lots, Micros, Price
from engine.services import fanout
from engine.services.entries import LogError
from engine.services.public import Trade, told
from tests.services.stage import Stage, tick


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


async def traded(stage: Stage, first: int, count: int) -> None:
    for number in range(first, first + count):
        await stage.buy("alice", f"a{number}")
        await stage.buy("bob", f"b{number}")
    await stage.sequence()
    await stage.apply()


async def begun(stage: Stage) -> None:
    await stage.ticks(tick(1))
    await stage.deposit("alice")
    await stage.deposit("bob")
    await traded(stage, 1, 2)


async def test_a_bot_hears_what_happened_to_it_and_to_nobody_else(stage: Stage) -> None:
    await begun(stage)
    await stage.spread()
    events = stage.told(stage.topics.events)
    for bot in ("alice", "bob"):
        mine = [
            {key: value for key, value in event.items() if key != "h"}
            for event in events
            if event.get("account") == bot
        ]
        assert stage.told(stage.topics.account(bot)) == mine
        assert mine[0]["type"] == "Deposited"


async def test_whose_commands_the_fan_out_may_not_see_hears_all_the_same(stage: Stage) -> None:
    own = stage.topics.account("carol")
    stage.bus = MemoryBus([*await stage.bus.topics(), own])
    await stage.ticks(tick(1))
    await stage.deposit("carol")
    await stage.sequence()
    await stage.apply()
    await stage.spread()
    assert [event["type"] for event in stage.told(own)] == ["Deposited"]


async def test_public_topics_name_nobody(stage: Stage) -> None:
    await begun(stage)
    await stage.spread()
    trades = stage.told(stage.topics.trades)
    fills = [each for each in stage.told(stage.topics.events) if each["type"] == "OrderFilled"]
    assert [trade["seq"] for trade in trades] == [fill["seq"] for fill in fills]
    assert {record.key for record in stage.records(stage.topics.trades)} == {b"X"}
    for topic in (stage.topics.trades, stage.topics.liquidations, stage.topics.fund):
        for message in stage.told(topic):
            assert not {"account", "order", "cause", "liquidation"} & set(message)


async def test_a_fan_out_that_comes_back_says_nothing_twice_and_leaves_nothing_out(
    stage: Stage,
) -> None:
    await begun(stage)
    await stage.spread()
    before = list(stage.records(stage.topics.account("bob")))
    del stage.bus.records(stage.topics.account("alice"))[1:]  # as if lost in a crash
    await traded(stage, 3, 1)
    await stage.spread()
    for bot in ("alice", "bob"):
        seqs = [message["seq"] for message in stage.told(stage.topics.account(bot))]
        events = stage.told(stage.topics.events)
        assert seqs == [event["seq"] for event in events if event.get("account") == bot]
    assert list(stage.records(stage.topics.account("bob")))[: len(before)] == before


async def test_events_that_are_there_twice_are_fanned_out_once(stage: Stage) -> None:
    await begun(stage)
    again = [Message(record.value or b"") for record in stage.records(stage.topics.events)]
    await stage.bus.publish(stage.topics.events, again)
    await stage.spread()
    seqs = [message["seq"] for message in stage.told(stage.topics.account("alice"))]
    assert seqs == sorted(set(seqs))


async def test_prices_are_told_to_all_when_the_engine_is_up_to_date(stage: Stage) -> None:
    await begun(stage)
    assert stage.told(stage.topics.book)[-1] == {"at_us": 1, "contract": "X", "bid": 99, "ask": 101}
    assert stage.told(stage.topics.mark)[-1]["contract"] == "X"


async def test_what_is_no_event_stops_the_fan_out(stage: Stage) -> None:
    await stage.write(stage.topics.events, b'{"type":"Nonsense","seq":1}')
    with pytest.raises(LogError, match="record 0 of the events is none"):
        await stage.spread()
    await stage.write(stage.topics.trades, b"{}")
    with pytest.raises(LogError, match="not ours"):
        await stage.spread()


async def test_an_event_that_was_changed_stops_the_fan_out_before_it_is_spread(
    stage: Stage,
) -> None:
    await begun(stage)
    records = stage.bus.records(stage.topics.events)
    place = next(at for at, each in enumerate(records) if b'"Deposited"' in (each.value or b""))
    line = (records[place].value or b"").replace(b'"amount":1000000000', b'"amount":1000000001')
    assert line != records[place].value
    records[place] = Record(place, line)
    with pytest.raises(LogError, match=rf"event {place + 1} does not continue the hash chain"):
        await stage.spread()
    assert stage.told(stage.topics.account("alice")) == []


async def test_an_event_that_is_missing_stops_the_fan_out(stage: Stage) -> None:
    await begun(stage)
    records = stage.bus.records(stage.topics.events)
    lost = [each.value or b"" for each in records]
    del records[2:]
    await stage.bus.publish(stage.topics.events, [Message(line) for line in lost[3:]])
    with pytest.raises(LogError, match="event 4 stands where event 3 should"):
        await stage.spread()


async def test_what_a_second_engine_repeats_in_between_does_not_stop_the_fan_out(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begun(stage)
    said = [Message(record.value or b"") for record in stage.records(stage.topics.events)]
    await stage.bus.publish(stage.topics.events, said[:3])
    await traded(stage, 3, 1)
    await stage.spread()
    newest = stage.told(stage.topics.account("bob"))[-1]["seq"]
    monkeypatch.setattr(fanout, "BACK", newest - len(said))  # begins among what was repeated
    await traded(stage, 4, 1)
    await stage.spread()
    events = stage.told(stage.topics.events)
    expected = {event["seq"] for event in events if event.get("account") == "bob"}
    assert [each["seq"] for each in stage.told(stage.topics.account("bob"))] == sorted(expected)


FILL = OrderFilled(
    seq=1,
    at_us=2,
    account="alice",
    order="1",
    contract="X",
    side="buy",
    quantity=Lots(3),
    price=Price(4),
    role="taker",
    against="book",
    fee=Micros(0),
    realized=Micros(0),
    position=Lots(3),
)


@pytest.mark.parametrize(
    ("role", "against", "side", "kind"),
    [
        ("taker", "book", "buy", "order"),
        ("taker", "outside", "buy", "order"),
        ("maker", "book", None, None),
        ("maker", "liquidation", None, None),
        ("maker", "outside", "sell", "replay"),
    ],
)
def test_a_trade_is_told_once_with_its_aggressor(
    stage: Stage, role: str, against: str, side: str | None, kind: str | None
) -> None:
    fill = msgspec.structs.replace(FILL, role=role, against=against)
    found = [message for _, _, message in told(fill, stage.topics)]
    if kind is None:
        assert found == []
    else:
        (trade,) = found
        assert isinstance(trade, Trade)
        assert (trade.side, trade.kind, trade.price, trade.quantity) == (side, kind, 4, 3)
