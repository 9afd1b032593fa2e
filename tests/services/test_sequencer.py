"""The sequencer: one order, nothing lost. What is poison stands in test_poison."""

from collections.abc import Sequence

import msgspec
import pytest

from engine.bus.interface import Message
from engine.bus.memory import MemoryBus
from engine.services.entries import LogError
from engine.services.sequencer import POSITIONS_EVERY
from tests.services.stage import GENESIS, LAB, Stage, tick


@pytest.fixture
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return Stage(tmp_path_factory.mktemp("small"))


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


class SlowBus(MemoryBus):
    """What is published is durable only when somebody has waited for it; keeps what was not."""

    def __init__(self, topics: Sequence[str]) -> None:
        super().__init__(topics)
        self.under_way: set[str] = set()
        self.at_positions: list[set[str]] = []

    async def publish(self, topic: str, messages: Sequence[Message]) -> None:
        if any(b'"Positions"' in message.value for message in messages):
            self.at_positions.append(set(self.under_way))
        self.under_way.add(topic)
        await super().publish(topic, messages)

    async def flush(self, *topics: str) -> None:
        self.under_way -= set(topics or self.under_way)


async def test_how_far_it_came_stands_behind_what_was_set_aside(stage: Stage) -> None:
    """Else a letter could be lost: a successor begins behind its record."""
    stage.bus = bus = SlowBus(sorted(await stage.bus.topics()))
    await stage.ticks(tick(1))
    for _ in range(POSITIONS_EVERY):
        await stage.write(stage.topics.commands("alice"), b"poison")
        await stage.buy("alice", "1")
    await stage.sequence()
    assert len(stage.records(stage.topics.dead_letters)) == POSITIONS_EVERY
    assert len(bus.at_positions) >= 2
    assert not any(stage.topics.dead_letters in under_way for under_way in bus.at_positions)
