"""Poison on every input of a lab: set aside with its reason, source and bytes, and nobody waits."""

import gc
from collections.abc import Sequence
from pathlib import Path
from random import Random
from time import process_time

import pytest

from engine.bus.interface import Headers, Message, Record
from engine.services.inbox import CONTENT, FRAME
from engine.services.sequencer import LETTER_BYTES, LETTER_KEY_BYTES, REASON_MAX, dead_letter
from tests.services.stage import Stage, tick
from tests.support import poison

FRAMED: Headers = ((CONTENT, FRAME),)
INPUTS: dict[str, tuple[Sequence[bytes], bytes, Headers]] = {
    "commands.alice": (poison.OF_BOTS, poison.GOOD_OF_BOTS, ()),
    "admin": (poison.OF_OPERATOR, poison.GOOD_OF_OPERATOR, ()),
    "ticks": (poison.OF_FEED, poison.GOOD_OF_FEED, ()),
    "ticks framed": (poison.FRAMES, poison.GOOD_FRAME, FRAMED),
}


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


async def begun(stage: Stage) -> None:
    await stage.ticks(tick(1))
    await stage.deposit("alice")
    await stage.sequence()


def letters(stage: Stage) -> list[Record]:
    return list(stage.records(stage.topics.dead_letters))


@pytest.mark.parametrize("which", INPUTS)
def test_there_are_enough_kinds_of_poison(which: str) -> None:
    assert len(set(INPUTS[which][0])) >= 60


@pytest.mark.parametrize("which", INPUTS)
async def test_poison_is_set_aside_with_its_reason_and_what_follows_is_taken(
    stage: Stage, which: str
) -> None:
    await begun(stage)
    bad, good, headers = INPUTS[which]
    topic = stage.topics.named(which.split()[0])
    _, first = await stage.bus.span(topic)
    for value in bad:
        await stage.write(topic, value, headers)
    stage.bus.records(topic).append(Record(first + len(bad), None, None, headers))
    await stage.write(topic, good, headers)
    before = len(stage.records(stage.topics.log))
    await stage.sequence()
    assert len(stage.records(stage.topics.log)) == before + 2  # the good one, and its positions
    for number, (record, value) in enumerate(zip(letters(stage), [*bad, b""], strict=True)):
        assert record.value == value[:LETTER_BYTES]
        assert record.header("topic") == topic.encode()
        assert record.header("offset") == str(first + number).encode()
        assert record.header("bytes") == str(len(value)).encode()
        assert 0 < len(record.header("reason") or b"") <= 4 * REASON_MAX
    kinds = {
        sample.labels["why"]: sample.value
        for metric in stage.meters.registry.collect()
        for sample in metric.samples
        if sample.name == "margincall_poison_total"
    }
    assert sum(kinds.values()) == len(bad) + 1
    assert {"empty", "shape"} <= set(kinds)
    await stage.apply()
    assert (await stage.verdict()).difference == ""


@pytest.mark.parametrize(
    ("what", "values", "headers"),
    [
        ("commands.alice", poison.REFUSED, ()),
        ("ticks", poison.REFUSED_FRAMES, FRAMED),
    ],
)
async def test_what_is_only_wrong_the_venue_refuses_itself(
    stage: Stage, what: str, values: Sequence[bytes], headers: Headers
) -> None:
    await begun(stage)
    for value in values:
        await stage.write(stage.topics.named(what), value, headers)
    await stage.sequence()
    await stage.apply()
    assert letters(stage) == []
    refused = [each for each in stage.told(stage.topics.events) if each["type"] == "Rejected"]
    assert len(refused) == len(values)
    assert (await stage.verdict()).difference == ""


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ((("place", b"first"),), b"no number"),
        ((("place", b"-1"),), b"negative or beyond"),
        ((("place", b"9" * 400),), b"negative or beyond"),
        ((("place", b"9" * 5_000),), b"no number"),
        ((("place", b"\xff"),), b"no number"),
    ],
)
async def test_a_place_that_is_none_is_poison_and_moves_nothing(
    stage: Stage, headers: Headers, told: bytes
) -> None:
    await begun(stage)
    late = poison.GOOD_OF_FEED.replace(b":5", b":9007199254740991")
    await stage.write(stage.topics.ticks, late, headers)
    await stage.buy("alice", "1")
    await stage.sequence()
    (letter,) = letters(stage)
    assert told in (letter.header("reason") or b"")
    await stage.apply()
    assert max(each["at_us"] for each in stage.told(stage.topics.events)) == 1


def test_a_letter_is_small_whatever_it_is_about() -> None:
    huge = b"\xff" * 900_000
    letter = dead_letter("t", Record(1, huge, huge), "n" * 900_000)
    assert letter.key == huge[:LETTER_KEY_BYTES]
    assert sum(len(value) for _, value in letter.headers) < 1_000
    assert len(letter.value) == LETTER_BYTES


async def test_spoilt_records_are_set_aside_or_taken_and_the_venue_stands(stage: Stage) -> None:
    """Everything that comes in is one or the other, and the log gives the events that it gave."""
    dice = Random(7)
    await begun(stage)
    good = {
        stage.topics.commands("alice"): ((poison.GOOD_OF_BOTS, *poison.REFUSED), ()),
        stage.topics.admin: ((poison.GOOD_OF_OPERATOR,), ()),
        stage.topics.ticks: ((poison.GOOD_FRAME, *poison.REFUSED_FRAMES), FRAMED),
    }
    for topic, (values, headers) in good.items():
        for _ in range(1_000):
            await stage.write(topic, poison.spoilt(dice, dice.choice(values)), headers)
    before = len(stage.records(stage.topics.log))
    await stage.sequence()
    log = stage.records(stage.topics.log)[before:]
    taken = [record for record in log if record.header("source")]
    assert len(letters(stage)) + len(taken) == 3_000
    assert min(len(letters(stage)), len(taken)) > 100
    await stage.apply()
    assert (await stage.verdict()).difference == ""


COMMANDS, ROUNDS = 12_000, 5


async def took(folder: Path, every: int | None) -> float:
    """Seconds of the processor that a sequencer takes, every so many records being poison."""
    stage = Stage(folder)
    dice = Random(1)
    values = [poison.REFUSED[-1]] * COMMANDS
    if every:
        for at in range(every // 2, COMMANDS, every):
            values[at] = dice.choice(poison.OF_BOTS)
    await stage.bus.publish(stage.topics.commands("alice"), [Message(value) for value in values])
    gc.collect()  # of what other tests have left, which takes longer than all that is measured
    began = process_time()
    await stage.sequence()
    assert len(letters(stage)) == (COMMANDS // every if every else 0)
    return process_time() - began


async def test_one_bad_record_in_a_thousand_costs_next_to_nothing(tmp_path: Path) -> None:
    clean, bad = [], []
    for number in range(ROUNDS):
        clean.append(await took(tmp_path / f"clean{number}", None))
        bad.append(await took(tmp_path / f"bad{number}", 1_000))
    assert min(clean) / min(bad) >= 0.95, "what else the machine does only ever adds"
