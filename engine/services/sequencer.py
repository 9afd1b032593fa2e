"""The sequencer: from many topics to one log, in one order.

It keeps nothing. Where it went on reading is written into the log itself every now and then; what
a crash makes it read twice, or a second sequencer writes, the engine drops by its source and
place. What cannot be read goes to the dead letters with its reason, and nobody waits for it. Topics
take turns, so that a bot that says very much only has to wait for itself.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from time import monotonic

import msgspec

from engine.bus.interface import Bus, Message, Reader, Record
from engine.bus.names import Topics
from engine.core.money import AMOUNT_MAX
from engine.journal.record import Genesis
from engine.services import entries, inbox
from engine.services.entries import LogError, Positions
from engine.services.look import need, records_of
from engine.services.meters import SequencerMeters
from engine.services.turns import Turns

WAIT_S = 0.2
LOOK_S = 3.0
"""How often it looks for topics of bots that are new."""
POSITIONS_EVERY = 1_000
"""Records read between two records of positions; a successor reads at most twice as many again."""
TAIL = 3 * POSITIONS_EVERY
LETTER_BYTES, LETTER_KEY_BYTES, REASON_MAX = 4_096, 64, 500
"""How much of a dead letter is kept; whatever somebody sends, a letter about it is small."""


class Sequencer:
    """Reads all inputs of a lab and writes its log."""

    def __init__(
        self, bus: Bus, topics: Topics, genesis: Genesis, run: str, meters: SequencerMeters
    ) -> None:
        self._bus, self._topics, self._genesis, self._run = bus, topics, genesis, run
        self._meters = meters
        self._next: dict[str, int] = {}
        self._at_us = 0
        self._since = 0
        self._has_letters = False

    async def run(self, stop: asyncio.Event) -> None:
        """Go on until `stop` is set, then write down how far it came. Raises `BusError`.

        Raises `LogError` if the log was begun with another configuration.
        """
        await self._begin()
        reader = await self._reader()
        ends = {topic: (await self._bus.span(topic))[1] for topic in self._next}
        turns = Turns()
        looked = monotonic()
        try:
            while not stop.is_set():
                turns.add(await reader.poll(0 if turns.waiting else WAIT_S, turns.full()))
                for topic, records in turns.round():
                    await self._take(topic, records)
                if not self._meters.is_ready and self._has_reached(ends):
                    self._meters.caught_up()
                await asyncio.sleep(0)
                if monotonic() - looked > LOOK_S:
                    looked = monotonic()
                    reader = await self._with_new_bots(reader, turns)
        finally:
            await reader.close()
        await self._stand()
        await self._bus.flush()

    def _has_reached(self, ends: Mapping[str, int]) -> bool:
        return all(self._next[topic] >= end for topic, end in ends.items())

    async def _begin(self) -> None:
        """Begin the log, or find out how far an earlier sequencer came."""
        log = self._topics.log
        first, end = await self._bus.span(log)
        if end == 0:
            self._meters.run = self._run
            await self._bus.publish(log, [entries.begins(self._genesis, self._run)])
            await self._bus.flush()
            return
        await self._hold_to_genesis(first)
        if not await self._tail(max(first, end - TAIL), end):
            await self._tail(first, end)

    async def _hold_to_genesis(self, first: int) -> None:
        (record, *_) = await records_of(self._bus, self._topics.log, first, first + 1)
        self._meters.run = (record.header(entries.RUN) or b"").decode("utf-8", "replace")
        found = entries.read(record)
        if isinstance(found, Genesis) and found.config != self._genesis.config:
            raise LogError(
                f"the log {self._topics.log} was begun with another configuration; go on with "
                f"that one, or name this lab otherwise with --name"
            )

    async def _tail(self, start: int, end: int) -> bool:
        """Go through the end of the log; whether it says how far reading came."""
        found = start == 0
        for record in await records_of(self._bus, self._topics.log, start, end):
            entry = entries.read(record)
            if isinstance(entry, Positions):
                self._next = dict(entry.next)
                self._at_us = max(self._at_us, entry.at_us)
                found = True
            elif isinstance(entry, entries.Entry):
                self._at_us = max(self._at_us, entry.commands[-1].at_us)
        return found

    async def _reader(self) -> Reader:
        known = await self._bus.topics()
        inputs = [topic for topic in sorted(known) if self._topics.bot_of(topic)]
        await need(self._bus, reads=inputs)
        for topic in (self._topics.ticks, self._topics.admin, *inputs):
            self._meters.stands(topic, self._next.setdefault(topic, 0))
        return await self._bus.read(self._next, evenly=True)

    async def _with_new_bots(self, reader: Reader, turns: Turns) -> Reader:
        known = await self._bus.topics()
        if any(self._topics.bot_of(topic) and topic not in self._next for topic in known):
            await reader.close()
            turns.clear()  # it is read again, from where it was to be taken
            return await self._reader()
        return reader

    async def _take(self, topic: str, records: Sequence[Record]) -> None:
        said: list[Message] = []
        letters: list[Message] = []
        entry = self._door_of(topic)
        for record in records:
            try:
                said.append(entry(record))
            except inbox.Poison as reason:
                letters.append(dead_letter(topic, record, str(reason)))
                self._meters.set_aside(reason.why)
        self._next[topic] = records[-1].offset + 1
        self._since += len(records)
        self._meters.took(topic, len(records), len(letters))
        self._meters.stands(topic, self._next[topic])
        if letters:
            self._has_letters = True
            await self._bus.publish(self._topics.dead_letters, letters)
        if said:
            await self._bus.publish(self._topics.log, said)
        if self._since >= POSITIONS_EVERY:
            await self._stand()

    async def _stand(self) -> None:
        """Write down how far it came, and not before what was set aside on the way is durable."""
        self._since = 0
        if self._has_letters:
            self._has_letters = False
            await self._bus.flush(self._topics.dead_letters)
        positions = Positions(dict(self._next), self._at_us)
        await self._bus.publish(self._topics.log, [entries.stands(positions)])

    def _door_of(self, topic: str) -> Callable[[Record], Message]:
        """What makes an entry of the log of a topic's records, or raises `Poison`."""
        bot = self._topics.bot_of(topic)
        if bot is not None:
            return lambda record: self._of_bot(topic, bot, record)
        if topic == self._topics.admin:
            return lambda record: self._of_operator(topic, record)
        return lambda record: self._of_feed(topic, record)

    def _of_bot(self, topic: str, bot: str, record: Record) -> Message:
        command, number = inbox.from_bot(record, bot, self._at_us)
        return entries.says(command, topic, record.offset, number)

    def _of_operator(self, topic: str, record: Record) -> Message:
        command = inbox.from_operator(record, self._at_us)
        return entries.says(command, topic, record.offset)

    def _of_feed(self, topic: str, record: Record) -> Message:
        commands = inbox.from_feed(record)
        try:
            place = entries.place_of(record, record.offset)
        except ValueError as error:
            raise inbox.Poison(f"has a place that is no number: {error}", "number") from error
        if not 0 <= place <= AMOUNT_MAX:
            raise inbox.Poison("has a place that is negative or beyond 2^53 - 1", "number")
        self._at_us = max(self._at_us, commands[-1].at_us)
        if record.header(inbox.CONTENT) == inbox.FRAME and record.value is not None:
            return entries.shows(record.value, topic, place)
        return entries.says(commands[0], topic, place)


class DeadLetter(msgspec.Struct, frozen=True):
    """What stands with a record that could not be read; the record's own bytes are the value."""

    reason: str
    topic: str
    offset: int
    bytes: int


def dead_letter(topic: str, record: Record, reason: str) -> Message:
    """The record's bytes, cut at `LETTER_BYTES`, with the reason and the source as headers."""
    value = record.value or b""
    told = DeadLetter(reason[:REASON_MAX], topic, record.offset, len(value))
    headers = tuple(
        (name, str(field).encode("utf-8", "backslashreplace"))
        for name, field in msgspec.structs.asdict(told).items()
    )
    key = None if record.key is None else record.key[:LETTER_KEY_BYTES]
    return Message(value[:LETTER_BYTES], key, headers)
