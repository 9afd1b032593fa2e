"""The engine: the log in, the events out, and back on its feet after anything.

It asks nobody for leave and keeps nothing that it could not find again: what is durable stands in
`events`, where it was taken from stands in the log. Two engines at once only say the same twice.
"""

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from traceback import format_exception

from engine.bus.interface import Bus, BusError, Message, Record
from engine.bus.names import Topics
from engine.core.command import Command
from engine.core.tick_run import TickRun
from engine.journal.repro import write_breach
from engine.journal.write import COMMANDS
from engine.services.breach import Breach
from engine.services.entries import RUN, LogError
from engine.services.export import write_log
from engine.services.market_data import MarketData
from engine.services.meters import EngineMeters
from engine.services.reacting import ReactingOf, nobody
from engine.services.recovery import Watch, durable_of, recovered
from engine.services.replica import Replica, beginning_of
from engine.services.snapshots import Snapshots
from engine.services.standing import told

WAIT_S = 0.2
SLICE = 1_000
"""Commands that are applied between two looks at the bus."""
SNAPSHOT_EVERY = 50_000
"""After a crash, at most so many commands are applied whose events were known."""
PROBE_S = 1.0
_log = logging.getLogger("margincall.engine")


class VersionDiffers(Exception):
    """The log was begun by another version of the program."""


class Engine:
    """Applies a lab's log; snapshots go into a folder."""

    def __init__(
        self,
        bus: Bus,
        topics: Topics,
        snapshots: Snapshots,
        version: str,
        meters: EngineMeters,
        *,
        snapshot_every: int = SNAPSHOT_EVERY,
        reacting_of: ReactingOf = nobody,
    ) -> None:
        self._bus, self._topics, self._snapshots = bus, topics, snapshots
        self._snapshot_every, self._reacting_of = snapshot_every, reacting_of
        self._version, self._meters = version, meters
        self._market = MarketData(topics)
        self._snapshot_at = 0
        self._end = 0
        self._probed = monotonic()

    async def run(self, stop: asyncio.Event) -> None:
        """Go on until `stop` is set; then all events are durable and a snapshot is written.

        Raises `BusError`, `LogError`, `VersionDiffers`, and `Breach` after writing the log up to
        the command that broke the venue beside the snapshots, if it still has all of it.
        """
        self._meters.awaited()
        replica = await self._recover(stop)
        if replica is None:
            return
        reader = await self._bus.read({self._topics.log: replica.offset})
        try:
            while not stop.is_set():
                for _, records in await reader.poll(WAIT_S):
                    await self._take(replica, records, stop)
                await self._look(replica)
        except Breach as breach:
            await self._repro(breach)
            raise
        finally:
            await reader.close()
        await self._snapshot(replica)

    async def _recover(self, stop: asyncio.Event) -> Replica | None:
        beginning = await beginning_of(self._bus, self._topics.log)
        while beginning is None:  # the sequencer begins the log
            if stop.is_set():
                return None
            await asyncio.sleep(WAIT_S)
            beginning = await beginning_of(self._bus, self._topics.log)
        self._meters.run = beginning.run
        if beginning.genesis.version != self._version:
            raise VersionDiffers(
                f"the log was begun by version {beginning.genesis.version}, and this is "
                f"{self._version}; go on with that version, or begin a new lab with --name"
            )
        durable = await durable_of(self._bus, self._topics.events)
        first, self._end = await self._bus.span(self._topics.log)
        self._watch = Watch(durable)
        replica = recovered(beginning, durable, self._snapshots, self._reacting_of)
        for why in self._snapshots.rejected:
            _log.warning("a snapshot was passed over: %s", why)
        if replica.offset < first:
            raise BusError(f"the log begins at {first} now, and {replica.offset} is wanted")
        self._snapshot_at = replica.venue.counters.commands
        _log.info(
            "goes on at record %d of the log; event %d is durable",
            replica.offset,
            durable.seq,
            extra={"seq": replica.chain.count},
        )
        return replica

    async def _take(self, replica: Replica, records: Sequence[Record], stop: asyncio.Event) -> None:
        waiting: list[Command] = []
        for record in records:
            if stop.is_set():  # what was not read now is read after the next start
                break
            commands = replica.read(record)
            if isinstance(commands, TickRun):
                if waiting:
                    await self._apply(replica, waiting)
                await self._apply(replica, commands)
                waiting = []
            else:
                waiting += commands
            if len(waiting) >= SLICE:
                await self._apply(replica, waiting)
                waiting = []
            if not waiting:
                await self._settled(replica)
        await self._apply(replica, waiting)
        await self._settled(replica)
        if self._meters.is_ready:
            await self._tell_prices(replica)

    async def _apply(self, replica: Replica, commands: Sequence[Command]) -> None:
        replaying = replica.chain.count < self._watch.durable.seq
        before = replica.venue.counters.commands
        lines = self._watch.new(replica.apply(commands))
        if lines:
            first = Message(lines[0], headers=((RUN, self._meters.run.encode()),))
            others = [Message(line) for line in lines[1:]]
            await self._bus.publish(self._topics.events, [first, *others])
        applied = replica.venue.counters.commands - before
        self._meters.applied(applied, len(lines), replayed=replaying)
        seq, offset, dropped = replica.chain.count, replica.offset, replica.intake.dropped
        self._meters.stands(seq, offset, self._end, dropped)

    async def _settled(self, replica: Replica) -> None:
        """All that was read is applied: see whether that is all, and whether a snapshot is due."""
        self._meters.answered()
        if not self._meters.is_ready and replica.offset >= self._end:
            self._watch.hold(replica.chain.count)
            self._meters.caught_up()
            _log.info("has caught up", extra={"seq": replica.chain.count})
        since = replica.venue.counters.commands - self._snapshot_at
        if since and since + 2 * SLICE > self._snapshot_every:  # the next would be too many
            await self._snapshot(replica)

    async def _tell_prices(self, replica: Replica) -> None:
        standing = told(self._meters.run, replica.chain.count)
        for topic, messages in self._market.changed(replica.exchange, standing):
            await self._bus.publish(topic, messages)

    async def _look(self, replica: Replica) -> None:
        """Look at the end of the log now and then; a broker that stays silent is an error."""
        if monotonic() - self._probed < PROBE_S:
            return
        _, self._end = await self._bus.span(self._topics.log)
        self._probed = monotonic()
        await self._apply(replica, [])
        await self._settled(replica)

    async def _snapshot(self, replica: Replica) -> None:
        """Write a snapshot once all up to it is durable; without one a replay is only longer."""
        await self._bus.flush()
        snapshot = replica.snapshot()
        self._snapshot_at = snapshot.commands
        try:
            await asyncio.to_thread(self._snapshots.write, snapshot)
        except OSError as error:
            self._meters.snapshot_failures.inc()
            _log.error("no snapshot could be written: %s", error, extra={"seq": snapshot.seq})
            return
        self._meters.kept(snapshot.seq)
        _log.info("wrote a snapshot", extra={"seq": snapshot.seq})

    async def _repro(self, breach: Breach) -> None:
        folder = repro_of(self._snapshots.folder, breach)
        told = "".join(format_exception(breach))
        try:
            await write_log(
                self._bus, self._topics.log, folder, breach.number, reacting_of=self._reacting_of
            )
            await asyncio.to_thread(write_breach, folder, told)
        except (BusError, LogError, OSError) as error:  # in memory, old records are let go of
            (folder / COMMANDS).unlink(missing_ok=True)
            _log.error(
                "the venue stopped at a breach, and the log up to it cannot be written out: %s",
                error,
                exc_info=breach,
            )
            return
        _log.error("the venue stopped at a breach; rerun it with: margincall check %s", folder)


def repro_of(folder: Path, breach: Breach) -> Path:
    """Where the log up to a breach is written, beside the snapshots of a folder."""
    return folder / f"repro-{breach.number}"
