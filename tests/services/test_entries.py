"""Entries of the log: what was taken of a source is not taken again."""

from collections.abc import Sequence

import msgspec

from engine.bus.frame import encode as framed
from engine.bus.interface import Message, Record
from engine.core.command import Command
from engine.services import entries
from engine.services.entries import Intake
from tests.services.stage import GENESIS, tick


def record(message: Message) -> Record:
    return Record(0, message.value, message.key, message.headers)


def frame(first: int, count: int) -> Record:
    """Ticks of a feed, each at the time of its place."""
    ticks = [tick(place) for place in range(first, first + count)]
    return record(entries.shows(framed(ticks), "ticks", first + count - 1))


def times(commands: Sequence[Command]) -> list[int]:
    return [command.at_us for command in commands]


def test_of_an_entry_that_overlaps_only_what_is_new_is_taken() -> None:
    intake = Intake(GENESIS, {}, 0)
    assert times(intake.take(frame(0, 3))) == [0, 1, 2]
    assert times(intake.take(frame(0, 3))) == []
    assert times(intake.take(frame(1, 4))) == [3, 4]
    assert times(intake.take(frame(5, 1))) == [5]
    assert (intake.marks, intake.dropped) == ({"ticks": 5}, 1)


def test_sources_do_not_meet() -> None:
    intake = Intake(GENESIS, {}, 0)
    for source in ("a", "b"):
        assert len(intake.take(record(entries.says(tick(1), source, 7)))) == 1
    assert intake.take(record(entries.says(tick(1), "a", 7))) == []


def test_time_only_moves_forward() -> None:
    intake = Intake(GENESIS, {}, 10)
    ticks = framed([tick(5), tick(20), tick(15)])
    assert times(intake.take(record(entries.shows(ticks, "ticks", 2)))) == [10, 20, 20]


def test_beginnings_and_positions_are_no_commands() -> None:
    intake = Intake(GENESIS, {}, 0)
    assert not intake.take(record(entries.begins(GENESIS, "r")))
    assert not intake.take(record(entries.stands(entries.Positions({"a": 1}, 5))))
    again = msgspec.json.decode(entries.begins(GENESIS, "r").value, type=type(GENESIS))
    assert again == GENESIS
