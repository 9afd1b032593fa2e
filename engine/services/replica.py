"""The venue as a log tells it: records in, lines of events out, the same for everybody."""

from collections.abc import Iterator, Sequence

import msgspec

from engine.bus.interface import Bus, Record
from engine.config.settings import Lab
from engine.core import snapshot
from engine.core.command import Command
from engine.core.event import Event
from engine.core.exchange import Exchange
from engine.journal.chain import Chain
from engine.journal.record import Genesis
from engine.services import entries
from engine.services.entries import Intake, LogError
from engine.services.look import records_of
from engine.services.reacting import ReactingOf, pieces
from engine.services.snapshots import Snapshot
from engine.services.venue import VenueTask


class Beginning(msgspec.Struct, frozen=True):
    """The first record of a log: what was configured, and which run this is."""

    genesis: Genesis
    run: str

    def lab(self) -> Lab:
        """The lab that the log was begun with. Raises `LogError` if this version has no such."""
        try:
            return msgspec.json.decode(self.genesis.config, type=Lab)
        except msgspec.MsgspecError as error:
            raise LogError(
                f"the log's configuration is not one of this version ({error}); it was begun by "
                f"version {self.genesis.version}"
            ) from error


async def beginning_of(bus: Bus, log: str) -> Beginning | None:
    """The first record of a log; None if it has none yet.

    Raises `BusError`, and `LogError` if something else stands there or it is no longer there.
    """
    first, end = await bus.span(log)
    if end == 0:
        return None
    if first > 0:
        raise LogError(f"{log} begins at record {first}; its first records were deleted")
    (record,) = await records_of(bus, log, 0, 1)
    found = entries.read(record)
    run = record.header(entries.RUN)
    if not isinstance(found, Genesis) or run is None:
        raise LogError(f"{log} does not begin with a configuration; it is no log of a sequencer")
    return Beginning(found, run.decode())


class Replica:
    """A venue that has applied the log's records before `offset`.

    With the accounts of the lab that answer margin calls: what they say stands in no record, for
    it follows from the records, and comes in wherever these are applied.
    """

    def __init__(self, beginning: Beginning, reacting_of: ReactingOf) -> None:
        self.beginning = beginning
        self.chain = Chain()
        self.offset = 0
        lab = beginning.lab()
        self.exchange = Exchange(lab.venue)
        self._reacting = reacting_of(lab)
        self._begin({})

    @classmethod
    def restored(cls, beginning: Beginning, kept: Snapshot, reacting_of: ReactingOf) -> "Replica":
        """A venue that goes on where a snapshot was taken. Raises `ValueError` if it does not fit.

        Raises `msgspec.ValidationError` too, which is one.
        """
        replica = cls(beginning, reacting_of)
        replica.chain.digest, replica.chain.count = bytes.fromhex(kept.hash), kept.seq
        replica.offset = kept.offset
        replica.exchange = snapshot.restore(replica.exchange.state.venue, bytes(kept.state))
        if replica._reacting is not None:
            replica._reacting.remember(bytes(kept.reactions))
        replica._begin(dict(kept.marks))
        replica.venue.counters.commands = kept.commands
        return replica

    def _begin(self, marks: dict[str, int]) -> None:
        self.venue = VenueTask(self.exchange, reacting=self._reacting)
        now_us = self.exchange.state.now_us
        self.intake = Intake(self.beginning.genesis, marks, now_us)

    @property
    def reacts(self) -> bool:
        """Whether there are accounts that answer events."""
        return self._reacting is not None

    def read(self, record: Record) -> Sequence[Command]:
        """The commands that a record adds; to be applied before a snapshot is taken.

        Raises `LogError`.
        """
        commands = self.intake.take(record)
        self.offset = record.offset + 1
        return commands

    def pieces(self, commands: Sequence[Command]) -> Iterator[Sequence[Command]]:
        """Commands with the answers that are due between them, and before the first of them.

        Every piece must be applied before the next one is asked for.
        """
        return pieces(commands, self._reacting)

    def apply(self, commands: Sequence[Command]) -> Iterator[tuple[int, bytes]]:
        """Apply commands with the answers due between them; the lines of all events, numbered.

        Raises `Breach`.
        """
        events: list[Event] = []
        for piece in self.pieces(commands):
            events += self.venue.take(piece)
        self.venue.check()
        return ((event.seq, self.chain.line(event)) for event in events)

    def snapshot(self) -> Snapshot:
        """The venue as it is, to go on from later."""
        return Snapshot(
            run=self.beginning.run,
            version=self.beginning.genesis.version,
            offset=self.offset,
            seq=self.chain.count,
            hash=self.chain.hex,
            commands=self.venue.counters.commands,
            marks=dict(self.intake.marks),
            state=msgspec.Raw(snapshot.take(self.exchange)),
            reactions=msgspec.Raw(b"null" if self._reacting is None else self._reacting.memory()),
        )
