"""The venue task: log a batch, apply it command by command, hand on what happened."""

import asyncio
from collections.abc import AsyncIterable, Callable, Sequence

from engine.core import invariants
from engine.core.command import Command, Tick
from engine.core.event import Event, LiquidationStarted, Rejected
from engine.core.exchange import Exchange
from engine.core.state.venue import State
from engine.core.tick_run import TickRun
from engine.journal.write import CommandLog
from engine.services.breach import Breach
from engine.services.counters import Counters
from engine.services.pipe import Pipe
from engine.services.reacting import Reacting, pieces

CHECK_EVERY = 64
"""Batches between two full recounts of the state."""
WORTH_IT, BETWEEN_MAX = 32, 256
"""So many quiet ticks in a row pay for looking for them; at most so many are applied without."""
Witness = Callable[[Tick], None]
"""Sees every tick that was applied, with the exchange as it is right after it."""


async def run_venue(
    batches: AsyncIterable[tuple[Command, ...]],
    happened: Pipe[Event],
    venue: "VenueTask",
    log: CommandLog,
    after: Callable[[], None],
) -> None:
    """Work off every batch; `after` is called behind each. Raises `Breach`.

    A piece of it is on its way to the disk before any of it is applied, so that the log can
    reproduce whatever the core does with it; what happened is handed on once it is checked.
    """
    async for batch in batches:
        events: list[Event] = []
        for piece in pieces(batch, venue.reacting):
            await asyncio.to_thread(log.write, piece)
            events += venue.take(piece)
        venue.check()
        if events:
            await happened.put(tuple(events))
        after()
    venue.recount()
    await happened.close()


class VenueTask:
    """An exchange with its counters and who reacts to what it says, checked as it goes."""

    def __init__(
        self, exchange: Exchange, witness: Witness | None = None, reacting: Reacting | None = None
    ) -> None:
        self.exchange = exchange
        self.reacting = reacting
        self.counters = Counters()
        self._witness = witness
        self._batches = 0
        self._last: Command | None = None

    def apply(self, batch: Sequence[Command]) -> tuple[Event, ...]:
        """Apply a batch and check. Raises `Breach`."""
        events = self.take(batch)
        self.check()
        return events

    def take(self, piece: Sequence[Command]) -> tuple[Event, ...]:
        """Apply a piece of a batch, which is to be checked at its end. Raises `Breach`."""
        counters = self.counters
        result: list[Event] = []
        if isinstance(piece, TickRun) and self._witness is None:
            self._take_run(piece, result)
        else:
            for command in piece:
                self._take_one(command, result)
        if piece:
            if counters.first_us is None:
                counters.first_us = piece[0].at_us
            counters.at_us = piece[-1].at_us
        counters.events += len(result)
        counters.liquidations += sum(type(event) is LiquidationStarted for event in result)
        return tuple(result)

    def _take_run(self, run: TickRun, result: list[Event]) -> None:
        """Apply ticks and leave out those that say nothing.

        Looking for those costs more than it saves where there are few in a row; so the more often
        it was in vain, the more ticks are applied before the next look.
        """
        counters, start, between = self.counters, 0, 1
        while start < len(run):
            end, newest = self.exchange.quiet(run, start)
            before = counters.commands - start
            for number in newest:
                counters.commands, counters.ticks = before + number, counters.ticks - 1
                said = len(result)
                self._take_one(run[number], result)
                if len(result) > said:
                    wrong = AssertionError(f"a quiet tick says {result[-1]}")
                    raise Breach(counters.commands, run[number], wrong)
            counters.commands, counters.ticks = before + end, counters.ticks + end - start
            between = 1 if end - start > WORTH_IT else min(2 * between, BETWEEN_MAX)
            start = end + between
            for tick in run[end:start]:
                self._take_one(tick, result)

    def _take_one(self, command: Command, result: list[Event]) -> None:
        counters = self.counters
        counters.commands += 1
        self._last = command
        try:
            events = self.exchange.apply(command)
        except Exception as error:
            raise Breach(counters.commands, command, error) from error
        if events:
            result += events
            if self.reacting is not None:
                self.reacting.heard(command.at_us, events)
        if isinstance(command, Tick) and not _refused(events):
            counters.ticks += 1
            if self._witness is not None:
                self._witness(command)

    def check(self) -> None:
        """Check the sums; every `CHECK_EVERY`th time is a full recount. Raises `Breach`."""
        self._batches += 1
        self._hold(invariants.check if self._batches % CHECK_EVERY == 0 else invariants.check_sums)

    def recount(self) -> None:
        """Check every invariant against a full recount. Raises `Breach`."""
        self._hold(invariants.check)

    def _hold(self, check: Callable[[State], None]) -> None:
        try:
            check(self.exchange.state)
        except AssertionError as error:
            if self._last is None:
                raise
            raise Breach(self.counters.commands, self._last, error) from error


def _refused(events: tuple[Event, ...]) -> bool:
    return bool(events) and type(events[-1]) is Rejected
