"""What stands in a lab's log: the configuration first, then what each source said, in one order.

An entry's value is what a rerun needs: a command as JSON, or a frame of ticks as the feed sent
it. Its headers say from where it is: `source`, a topic, and `place`, the number of its last
command in that source. Places make a second copy of an entry harmless: `Intake` knows how far each
source has been taken, and takes only what lies beyond.
"""

from collections.abc import Sequence

import msgspec

from engine.bus import frame
from engine.bus.interface import Headers, Message, Record
from engine.core.command import AnyCommand, Command
from engine.core.tick_run import TickRun
from engine.journal.record import Genesis
from engine.services.inbox import CLIENT_SEQ, CONTENT, FRAME, JSON

SOURCE, PLACE, RUN = "source", "place", "run"


class LogError(Exception):
    """The log is not what a sequencer writes, or not the log of these events; says what it is."""


class Positions(msgspec.Struct, frozen=True, tag=True):
    """How far the sequencer has read its topics, `at_us` being the log's time."""

    next: dict[str, int]
    at_us: int


class Entry(msgspec.Struct, frozen=True):
    """Commands of one source; the last of them is number `place` there.

    `number` is what a bot called its command, if it gave it a number.
    """

    source: str
    place: int
    commands: Sequence[Command]
    number: int | None = None


_encode = msgspec.json.Encoder().encode
_decoder = msgspec.json.Decoder(Genesis | Positions | AnyCommand)


def begins(genesis: Genesis, run: str) -> Message:
    """The first record of a log; `run` tells this log from every other."""
    return Message(_encode(genesis), headers=((CONTENT, JSON), (RUN, run.encode())))


def says(command: Command, source: str, place: int, number: int | None = None) -> Message:
    """The record of one command; `number` is what its bot calls it."""
    headers = _headers(JSON, source, place)
    if number is not None:
        headers = (*headers, (CLIENT_SEQ, b"%d" % number))
    return Message(_encode(command), headers=headers)


def shows(data: bytes, source: str, place: int) -> Message:
    """The record of a frame of ticks."""
    return Message(data, headers=_headers(FRAME, source, place))


def stands(positions: Positions) -> Message:
    """The record of how far the sequencer has come."""
    return Message(_encode(positions), headers=((CONTENT, JSON),))


def _headers(content: bytes, source: str, place: int) -> Headers:
    return (CONTENT, content), (SOURCE, source.encode()), (PLACE, b"%d" % place)


def place_of(record: Record, default: int) -> int:
    """The place that a record's header tells."""
    told = record.header(PLACE)
    return default if told is None else int(told)


def read(record: Record) -> Genesis | Positions | Entry:
    """Read a record of a log. Raises `LogError` if it is none."""
    try:
        return _read(record)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise LogError(f"the record {record.offset} of the log cannot be read: {error}") from error


def _read(record: Record) -> Genesis | Positions | Entry:
    if record.value is None:
        raise ValueError("it has no value")
    headers = dict(record.headers)
    commands: Sequence[Command]
    if headers.get(CONTENT) == FRAME:
        commands = frame.decode(record.value)
    else:
        found = _decoder.decode(record.value)
        if isinstance(found, Genesis | Positions):
            return found
        commands = (found,)
    source = headers.get(SOURCE)
    if source is None:
        raise ValueError("it does not say from where it is")
    number = headers.get(CLIENT_SEQ)
    told = None if number is None else int(number)
    return Entry(source.decode(), int(headers.get(PLACE, -1)), commands, told)


class Intake:
    """Turns the records of a log into the commands to apply: each once, and in time.

    `marks` is the highest place that was taken of each source, `now_us` the time of the newest
    command. Two sequencers may have stamped by clocks that differ; here, time only moves forward.
    """

    def __init__(self, genesis: Genesis, marks: dict[str, int], now_us: int) -> None:
        self._genesis, self.marks, self._now_us = genesis, marks, now_us
        self.dropped = 0

    def take(self, record: Record) -> Sequence[Command]:
        """The commands of the log's next record that were not taken yet.

        Raises `LogError`.
        """
        entry = read(record)
        if isinstance(entry, Positions):
            return ()
        if isinstance(entry, Genesis):
            if entry != self._genesis:
                raise LogError(f"record {record.offset} of the log is another beginning")
            return ()
        return self._in_time(self._beyond(entry))

    def _beyond(self, entry: Entry) -> Sequence[Command]:
        taken = self.marks.get(entry.source, entry.place - len(entry.commands))
        fresh = entry.place - taken
        if fresh <= 0:
            self.dropped += 1
            return ()
        self.marks[entry.source] = entry.place
        if not self._is_first(entry):
            return ()
        return entry.commands if fresh >= len(entry.commands) else entry.commands[-fresh:]

    def _is_first(self, entry: Entry) -> bool:
        """Whether a bot says this command for the first time, as far as it numbers them."""
        if entry.number is None:
            return True
        said = f"{entry.source}#{CLIENT_SEQ}"
        if entry.number <= self.marks.get(said, 0):
            self.dropped += 1
            return False
        self.marks[said] = entry.number
        return True

    def _in_time(self, commands: Sequence[Command]) -> Sequence[Command]:
        if isinstance(commands, TickRun) and commands.is_from(self._now_us):
            self._now_us = commands.at_us[-1]
            return commands
        result = []
        for command in commands:
            if command.at_us < self._now_us:
                command = msgspec.structs.replace(command, at_us=self._now_us)
            self._now_us = command.at_us
            result.append(command)
        return result
