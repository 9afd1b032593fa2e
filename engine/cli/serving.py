"""Run services until a signal comes or one of them fails: one alone, or all in one process."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from uuid import uuid4

import msgspec

from engine.bus.interface import Bus, BusError
from engine.bus.names import Topics
from engine.bus.rights import Grant
from engine.cli.pacing import unpaced
from engine.cli.run import reactions_of, version
from engine.cli.stream import Stream
from engine.config.settings import Lab
from engine.journal.record import Genesis
from engine.services.engine import SNAPSHOT_EVERY, Engine
from engine.services.fanout import Fanout
from engine.services.feed import run_feed
from engine.services.health import Address, Health
from engine.services.look import need_all
from engine.services.meters import Meters
from engine.services.publisher import Publisher, sent_before
from engine.services.sequencer import Sequencer
from engine.services.signals import stopping
from engine.services.snapshots import Snapshots
from engine.services.standing import followed

LOOK_S = 0.05
WATCH_S = 1.0
DRAIN_S = 3.0
"""So long may draining take after a signal; then the process ends all the same."""
_log = logging.getLogger("margincall")

Service = Callable[[asyncio.Event], Awaitable[None]]
"""Goes on until its event is set, then drains."""


class Services:
    """The services of a lab on a bus, with what they count."""

    def __init__(self, bus: Bus, topics: Topics, meters: Meters | None = None) -> None:
        self._bus, self._topics = bus, topics
        self.meters = meters or Meters()

    def sequencer(self, lab: Lab) -> Service:
        """Everything that comes in, in one order."""
        genesis = Genesis(version(), msgspec.Raw(msgspec.json.encode(unpaced(lab))), ())
        meters = self.meters.sequencer
        meters.awaited()
        sequencer = Sequencer(self._bus, self._topics, genesis, uuid4().hex, meters)

        async def run(stop: asyncio.Event) -> None:
            async with followed(self._bus, self._topics.mark, self.meters.standing):
                await sequencer.run(stop)

        return run

    def engine(self, data: Path, snapshot_every: int = SNAPSHOT_EVERY) -> Service:
        """The log in, the events out; snapshots go into a folder."""
        snapshots = Snapshots(data)
        meters = self.meters.engine
        meters.awaited()

        async def run(stop: asyncio.Event) -> None:
            with snapshots.held():
                engine = Engine(
                    self._bus,
                    self._topics,
                    snapshots,
                    version(),
                    meters,
                    snapshot_every=snapshot_every,
                    reacting_of=reactions_of,
                )
                await engine.run(stop)

        return run

    def fanout(self) -> Service:
        """From the events to topics that each reader wants."""
        self.meters.fanout.awaited()
        return Fanout(self._bus, self._topics, self.meters.fanout).run

    def feed(self, stream: Stream) -> Service:
        """The lab's ticks and traders, from where they were last time."""
        meters = self.meters.feed
        meters.awaited()

        async def run(stop: asyncio.Event) -> None:
            async with followed(self._bus, self._topics.mark, self.meters.standing):
                await self._fed(stream, stop)

        return run

    async def _fed(self, stream: Stream, stop: asyncio.Event) -> None:
        topic, meters = self._topics.ticks, self.meters.feed
        sent = await sent_before(self._bus, topic, stream.name)
        publisher = Publisher(self._bus, topic, stream.name, sent, meters)
        meters.stands(sent)
        meters.caught_up()
        ended = await run_feed(stream.batches(sent, meters.pauses), publisher.send, stop)
        await self._bus.flush()
        meters.ended = ended
        _log.info("the feed has ended" if ended else "the feed was stopped")

    async def drained(self, stop: asyncio.Event) -> None:
        """Set `stop` once the feed has ended and all that follows from it is fanned out."""
        while not stop.is_set():
            if self.meters.feed.ended and await self._is_worked_off():
                stop.set()
            await asyncio.sleep(LOOK_S)

    async def _is_worked_off(self) -> bool:
        meters = self.meters
        _, sent = await self._bus.span(self._topics.ticks)
        _, end = await self._bus.span(self._topics.log)
        return (
            meters.sequencer.taken(self._topics.ticks) >= sent
            and meters.engine.offset >= end
            and meters.fanout.seq >= meters.engine.seq
        )

    async def serve(
        self, tasks: Sequence[Service], grants: Sequence[Grant], address: Address | None
    ) -> None:
        """Run services that need all of `grants`, until SIGINT, SIGTERM or a failure.

        Raises what the services raise, and `TopicsMissing` or `RightsMissing` before any of them
        begins.
        """
        stop = asyncio.Event()
        await need_all(self._bus, grants)
        health = Health(self.meters.registry, self.meters.is_ready)
        with stopping(stop), nullcontext() if address is None else health.served(address):
            if address is not None:
                _log.info("health is told at http://%s:%d", address.host, health.port)
            async with asyncio.TaskGroup() as group:
                beating = group.create_task(health.beat())
                late = group.create_task(_too_late(stop))
                watching = group.create_task(_watched(self._bus))
                await asyncio.wait([group.create_task(_awaited(task, stop)) for task in tasks])
                beating.cancel()
                late.cancel()
                watching.cancel()
        _log.info("stopped")


async def _awaited(task: Service, stop: asyncio.Event) -> None:
    await task(stop)


async def _watched(bus: Bus) -> None:
    """Raise `BusError` soon after anything is lost, also where nobody has more to publish."""
    while True:
        bus.check()
        await asyncio.sleep(WATCH_S)


async def _too_late(stop: asyncio.Event) -> None:
    """Raise `BusError` if draining takes too long: what is not said now is said later."""
    await stop.wait()
    await asyncio.sleep(DRAIN_S)
    raise BusError(f"not all was acknowledged within {DRAIN_S} s after the signal")
