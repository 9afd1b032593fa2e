"""Proof from outside: the log applied again gives the events that were published, byte for byte."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from time import monotonic
from typing import get_args

import msgspec

from engine.bus.interface import Bus, Record
from engine.bus.names import Topics
from engine.core import snapshot
from engine.core.command import Command, Deposit, Tick
from engine.services.entries import LogError
from engine.services.look import paged
from engine.services.reacting import ReactingOf, nobody
from engine.services.recovery import Durable
from engine.services.replica import Replica, beginning_of

_TICKS = get_args(Tick)
LOOK_S = 0.2
WAIT_S = 10.0
"""How long an event that the log gives may take to be published, as long as the lab runs."""
_decoder = msgspec.json.Decoder(Durable)


class Seen(msgspec.Struct):
    """What the log says that a bot has done, and what was done to it."""

    commands: int = 0
    fills: int = 0
    margin_calls: int = 0
    liquidations: int = 0


class _Said(msgspec.Struct, frozen=True):
    type: str
    account: str | None = None


_said = msgspec.json.Decoder(_Said)


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What was found; `difference` is empty where everything agrees.

    `answers` counts the `commands` that stand in no record of the log but follow from it.
    `repeated` counts records of `events` that only say again what was said; `bots` are those that
    have a topic for their commands.
    """

    run: str
    commands: int
    events: int
    repeated: int
    liquidations: int
    orders: int
    answers: int
    ledger_sum: int
    event_hash: str
    state_hash: str
    difference: str
    bots: dict[str, Seen]


async def verify(bus: Bus, topics: Topics, reacting_of: ReactingOf = nobody) -> Verdict:
    """Rerun a lab's log, as far as it goes now, and compare.

    A lab may go on meanwhile: what its engine is about to publish is waited for. Raises
    `BusError`, `LogError` and `Breach`.
    """
    beginning = await beginning_of(bus, topics.log)
    if beginning is None:
        raise LogError(f"{topics.log} is empty; a sequencer has to begin it")
    async with aclosing(Published(bus, topics.events)) as published:
        return await _compared(bus, topics, Replica(beginning, reacting_of), published)


async def _compared(bus: Bus, topics: Topics, replica: Replica, published: "Published") -> Verdict:
    _, log_end = await bus.span(topics.log)
    bots = {bot: Seen() for bot in await _bots(bus, topics)}
    read = orders = 0
    difference = ""
    async for record in paged(bus, topics.log, 0, log_end):
        commands = replica.read(record)
        read += len(commands)
        for command in commands:
            if not isinstance(command, _TICKS):
                orders += 1
                _said_by(bots, command)
        for seq, line in replica.apply(commands):
            _note(bots, line)
            found = await published.next(0 if difference else seq)
            if found != line and not difference:
                difference = f"event {seq} is {_text(found)}, and the log gives {_text(line)}"
    left = await published.next()
    _, now = await bus.span(topics.log)
    if left is not None and now == log_end and not difference:
        difference = f"{_text(left)} was published, and the log gives no such event"
    replica.venue.recount()
    return Verdict(
        run=replica.beginning.run,
        commands=replica.venue.counters.commands,
        events=replica.chain.count,
        repeated=published.repeated,
        liquidations=replica.venue.counters.liquidations,
        orders=orders,
        answers=replica.venue.counters.commands - read,
        ledger_sum=sum(replica.exchange.state.ledger.balances.values()),
        event_hash=replica.chain.hex,
        state_hash=snapshot.state_hash(replica.exchange),
        difference=difference,
        bots=bots,
    )


async def _bots(bus: Bus, topics: Topics) -> list[str]:
    return [bot for topic in sorted(await bus.topics()) if (bot := topics.bot_of(topic))]


def _said_by(bots: dict[str, Seen], command: Command) -> None:
    seen = bots.get(getattr(command, "account", ""))
    if seen is not None and not isinstance(command, Deposit):
        seen.commands += 1


def _note(bots: dict[str, Seen], line: bytes) -> None:
    said = _said.decode(line)
    seen = bots.get(said.account or "")
    if seen is None:
        return
    match said.type:
        case "OrderFilled":
            seen.fills += 1
        case "MarginCalled":
            seen.margin_calls += 1
        case "LiquidationStarted":
            seen.liquidations += 1
        case _:
            pass


class Published:
    """The events of a topic as every reader should take them: `seq` by `seq`, each once."""

    def __init__(self, bus: Bus, topic: str) -> None:
        self._bus, self._topic = bus, topic
        self._offset = self._last = 0
        self._page: AsyncGenerator[Record, None] | None = None
        self.repeated = 0

    async def next(self, seq: int = 0) -> bytes | None:
        """The next event's line; None at the end, if the event `seq` does not come in time."""
        patience = monotonic() + WAIT_S
        while True:
            record = await self._record()
            if record is not None:
                line = self._line(record)
                if line is not None:
                    return line
            elif self._last >= seq or monotonic() > patience:
                return None
            else:
                await asyncio.sleep(LOOK_S)

    async def aclose(self) -> None:
        """Leave the topic."""
        if self._page is not None:
            await self._page.aclose()

    async def _record(self) -> Record | None:
        """The next record of those that are there by now."""
        if self._page is None:
            first, end = await self._bus.span(self._topic)
            self._page = paged(self._bus, self._topic, max(first, self._offset), end)
        record = await anext(self._page, None)
        if record is None:
            self._page = None
        else:
            self._offset = record.offset + 1
        return record

    def _line(self, record: Record) -> bytes | None:
        """The line of an event that was not there before."""
        line = record.value or b""
        try:
            seq = _decoder.decode(line).seq
        except (msgspec.MsgspecError, ValueError) as error:
            raise LogError(f"record {record.offset} of {self._topic} is no event") from error
        if seq <= self._last:
            self.repeated += 1
            return None
        self._last = seq
        return line


def _text(line: bytes | None) -> str:
    return "missing" if line is None else line.decode("utf-8", "backslashreplace")
