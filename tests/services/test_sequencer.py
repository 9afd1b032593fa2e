"""The sequencer: one order, nothing lost. What is poison stands in test_poison."""

import msgspec
import pytest

from engine.services.entries import LogError
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
