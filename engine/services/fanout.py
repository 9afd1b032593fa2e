"""The fan-out: from the one stream of events to topics that each reader wants.

It keeps nothing. Every message carries the event's `seq`; where it goes on stands at the ends of
the topics that it writes. After each batch it waits until all is durable, so that what is missing
behind a crash lies within one batch, and it begins that far back. It spreads nothing behind an
event that is missing, or whose hash does not follow from the event before.
"""

import asyncio
from collections.abc import Sequence
from time import monotonic

import msgspec

from engine.bus.interface import Bus, Message, Reader, Record
from engine.bus.names import NAME, Topics
from engine.core.event import AnyEvent, Event
from engine.journal.chain import body_of, follows
from engine.services import public
from engine.services.entries import RUN, LogError
from engine.services.look import need, tail_of
from engine.services.meters import FanoutMeters

WAIT_S = 0.2
LOOK_S = 3.0
"""How often it looks for topics of bots that are new."""
BACK = 2_000
"""Events that are looked at again after a start; more than a poll holds."""


class Numbered(msgspec.Struct, frozen=True):
    """What is read of a message to know its place."""

    seq: int


_events = msgspec.json.Decoder(AnyEvent)
_numbered = msgspec.json.Decoder(Numbered)
_encode = msgspec.json.Encoder().encode


class Fanout:
    """Writes public topics and those of each bot."""

    def __init__(self, bus: Bus, topics: Topics, meters: FanoutMeters) -> None:
        self._bus, self._topics, self._meters = bus, topics, meters
        self._shared = (topics.trades, topics.liquidations, topics.fund)
        self._told: dict[str, int] = {}
        self._seq = 0
        self._line = b""
        self._end = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Go on until `stop` is set; then all is durable. Raises `BusError` and `LogError`."""
        _, self._end = await self._bus.span(self._topics.events)
        while not stop.is_set():
            start = await self._start()
            reader = await self._bus.read({self._topics.events: start})
            try:
                await self._until_a_bot_is_new(reader, start, stop)
            finally:
                await reader.close()

    async def _start(self) -> int:
        """Where to begin reading; an event's offset is never smaller than its `seq` - 1."""
        bots = [self._topics.account(bot) for bot in await self._bots()]
        await need(self._bus, reads=bots, writes=bots)
        ends = {topic: await self._end_of(topic) for topic in (*self._shared, *bots)}
        self._told = ends
        if any(ends[topic] == 0 for topic in bots):
            return 0
        return max(0, max(ends.values()) - BACK)

    async def _end_of(self, topic: str) -> int:
        tail = await tail_of(self._bus, topic, 1)
        try:
            return _numbered.decode(tail[-1].value or b"").seq if tail else 0
        except (msgspec.MsgspecError, ValueError) as error:
            raise LogError(f"what stands at the end of {topic} is not ours: {error}") from error

    async def _bots(self) -> list[str]:
        """Whose events are wanted; the fan-out need not see what a bot says."""
        known = sorted(await self._bus.topics())
        return [bot for topic in known if (bot := self._topics.holder_of(topic))]

    def _reached(self, offset: int) -> None:
        if offset >= self._end:
            self._meters.caught_up()

    async def _until_a_bot_is_new(self, reader: Reader, start: int, stop: asyncio.Event) -> None:
        self._seq = 0
        looked = monotonic()
        self._reached(start)
        while not stop.is_set():
            for _, records in await reader.poll(WAIT_S):
                await self._take(records)
                self._reached(records[-1].offset + 1)
            if monotonic() - looked > LOOK_S:
                looked = monotonic()
                if any(self._topics.account(bot) not in self._told for bot in await self._bots()):
                    return

    async def _take(self, records: Sequence[Record]) -> None:
        messages: dict[str, list[Message]] = {}
        for record in records:
            line = record.value or b""
            self._meters.of(record.header(RUN))
            event = self._event(record.offset, line)
            if event.seq <= self._seq:
                continue
            self._hold(event.seq, line)
            self._seq, self._line = event.seq, line
            account = getattr(event, "account", None)
            own = self._topics.account(account) if account and NAME.fullmatch(account) else ""
            if self._told.get(own, event.seq) < event.seq:
                messages.setdefault(own, []).append(Message(body_of(line)))
            for topic, key, told in public.told(event, self._topics):
                if self._told[topic] < event.seq:
                    messages.setdefault(topic, []).append(Message(_encode(told), key))
        for topic, batch in messages.items():
            await self._bus.publish(topic, batch)
        await self._bus.flush()
        self._meters.stands(self._seq)

    def _hold(self, seq: int, line: bytes) -> None:
        """Raise `LogError` if an event is missing before this one, or it does not follow from it.

        Before what was spread already, a second engine may have put older events again, so there
        numbers may leap.
        """
        if seq == self._seq + 1:
            if not follows(self._line, line):
                raise LogError(
                    f"event {seq} does not continue the hash chain: it was changed, or another "
                    f"program wrote it; margincall lab verify finds the first difference"
                )
        elif seq > max(self._seq, *self._told.values()) + 1:
            raise LogError(
                f"event {seq} stands where event {self._seq + 1} should; events were lost"
            )

    def _event(self, offset: int, line: bytes) -> Event:
        try:
            event: Event = _events.decode(line)
        except (msgspec.MsgspecError, ValueError) as error:
            raise LogError(f"record {offset} of the events is none: {error}") from error
        return event
