"""The feed as a process: from a source of commands to the topic of ticks, and on after a crash.

Ticks go in frames, what lies between them as JSON. Each record tells the place of its last
command in the feed's own stream, so that the feed goes on behind the last one that is durable, and
what is there twice is dropped.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec

from engine.bus import frame
from engine.bus.interface import Bus, Message
from engine.core.command import Command, Tick
from engine.services import entries
from engine.services.entries import LogError
from engine.services.inbox import CONTENT, FRAME, JSON
from engine.services.look import tail_of
from engine.services.meters import FeedMeters

FEED = "feed"
"""The header that names the files and settings which the stream is made of."""
_encode = msgspec.json.Encoder().encode


async def sent_before(bus: Bus, topic: str, name: str) -> int:
    """How many commands of the feed's stream the topic holds already.

    Raises `BusError`, and `LogError` if they are those of another feed than the one of that name.
    """
    tail = await tail_of(bus, topic, 1)
    if not tail:
        return 0
    if tail[-1].header(FEED) != name.encode():
        raise LogError(
            f"{topic} was filled from other files or settings; go on with those, or name this "
            f"lab otherwise with --name"
        )
    return entries.place_of(tail[-1], -1) + 1


class Publisher:
    """Sends a stream whose first `sent` commands were sent before."""

    def __init__(self, bus: Bus, topic: str, name: str, sent: int, meters: FeedMeters) -> None:
        self._bus, self._topic, self._name = bus, topic, name.encode()
        self._sent, self._meters = sent, meters

    async def send(self, batch: tuple[Command, ...]) -> None:
        """Append a batch to the topic; waits if too much is under way. Raises `BusError`."""
        await self._bus.publish(self._topic, list(self._messages(batch)))
        self._meters.stands(self._sent)

    def _messages(self, batch: Sequence[Command]) -> Iterator[Message]:
        for are_ticks, run in groupby(batch, key=lambda command: isinstance(command, Tick)):
            commands = list(run)
            if are_ticks:
                ticks = [tick for tick in commands if isinstance(tick, Tick)]
                yield self._message(frame.encode(ticks), FRAME, len(ticks))
            else:
                for command in commands:
                    yield self._message(_encode(command), JSON, 1)

    def _message(self, value: bytes, content: bytes, commands: int) -> Message:
        self._sent += commands
        place = b"%d" % (self._sent - 1)
        headers = ((CONTENT, content), (entries.PLACE, place), (FEED, self._name))
        return Message(value, headers=headers)
