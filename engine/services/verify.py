"""Proof from outside: the log applied again gives the events that were published, byte for byte."""

from collections.abc import AsyncIterator
from typing import get_args

import msgspec

from engine.bus.interface import Bus
from engine.bus.names import Topics
from engine.core import snapshot
from engine.core.command import Tick
from engine.services.entries import LogError
from engine.services.look import paged
from engine.services.recovery import Durable
from engine.services.replica import Replica, beginning_of

_TICKS = get_args(Tick)
_decoder = msgspec.json.Decoder(Durable)


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What was found; `difference` is empty where everything agrees.

    `repeated` counts records of `events` that only say again what was said.
    """

    run: str
    commands: int
    events: int
    repeated: int
    liquidations: int
    orders: int
    ledger_sum: int
    event_hash: str
    state_hash: str
    difference: str


async def verify(bus: Bus, topics: Topics) -> Verdict:
    """Rerun a lab's log and compare. Raises `BusError`, `LogError` and `Breach`."""
    beginning = await beginning_of(bus, topics.log)
    if beginning is None:
        raise LogError(f"{topics.log} is empty; a sequencer has to begin it")
    _, log_end = await bus.span(topics.log)
    replica = Replica(beginning)
    published = Published(bus, topics.events)
    orders = 0
    difference = ""
    async for record in paged(bus, topics.log, 0, log_end):
        commands = replica.read(record)
        orders += sum(not isinstance(command, _TICKS) for command in commands)
        for seq, line in replica.apply(commands):
            found = await published.next()
            if found != line and not difference:
                difference = f"event {seq} is {_text(found)}, and the log gives {_text(line)}"
    left = await published.next()
    if left is not None and not difference:
        difference = f"{_text(left)} was published, and the log gives no such event"
    replica.venue.recount()
    return Verdict(
        run=beginning.run,
        commands=replica.venue.counters.commands,
        events=replica.chain.count,
        repeated=published.repeated,
        liquidations=replica.venue.counters.liquidations,
        orders=orders,
        ledger_sum=sum(replica.exchange.state.ledger.balances.values()),
        event_hash=replica.chain.hex,
        state_hash=snapshot.state_hash(replica.exchange),
        difference=difference,
    )


class Published:
    """The events of a topic as every reader should take them: `seq` by `seq`, each once."""

    def __init__(self, bus: Bus, topic: str) -> None:
        self._lines = self._read(bus, topic)
        self.repeated = 0

    async def next(self) -> bytes | None:
        """The next event's line; None at the end."""
        return await anext(self._lines, None)

    async def _read(self, bus: Bus, topic: str) -> AsyncIterator[bytes]:
        last = 0
        first, end = await bus.span(topic)
        async for record in paged(bus, topic, first, end):
            line = record.value or b""
            try:
                seq = _decoder.decode(line).seq
            except (msgspec.MsgspecError, ValueError) as error:
                raise LogError(f"record {record.offset} of {topic} is no event") from error
            if seq <= last:
                self.repeated += 1
                continue
            last = seq
            yield line


def _text(line: bytes | None) -> str:
    return "missing" if line is None else line.decode("utf-8", "backslashreplace")
