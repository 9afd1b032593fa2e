"""The venue task: log a batch, apply it command by command, hand on what happened."""

import asyncio
from collections.abc import AsyncIterable, Callable

from engine.core import invariants
from engine.core.command import Command, Tick
from engine.core.event import Event, LiquidationStarted, Rejected
from engine.core.exchange import Exchange
from engine.core.state.venue import State
from engine.journal.write import CommandLog
from engine.services.breach import Breach
from engine.services.counters import Counters
from engine.services.pipe import Pipe
from engine.services.reacting import Reacting, pieces

CHECK_EVERY = 64
"""Batches between two full recounts of the state."""
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
        self, exchange: Exchange, witness: Witness, reacting: Reacting | None = None
    ) -> None:
        self.exchange = exchange
        self.reacting = reacting
        self.counters = Counters()
        self._witness = witness
        self._batches = 0
        self._last: Command | None = None

    def apply(self, batch: tuple[Command, ...]) -> tuple[Event, ...]:
        """Apply a batch and check. Raises `Breach`."""
        events = self.take(batch)
        self.check()
        return events

    def take(self, piece: tuple[Command, ...]) -> tuple[Event, ...]:
        """Apply a piece of a batch, which is to be checked at its end. Raises `Breach`."""
        counters, exchange, witness = self.counters, self.exchange, self._witness
        reacting = self.reacting
        result: list[Event] = []
        for command in piece:
            counters.commands += 1
            self._last = command
            try:
                events = exchange.apply(command)
            except Exception as error:
                raise Breach(counters.commands, command, error) from error
            if events:
                result += events
                if reacting is not None:
                    reacting.heard(command.at_us, events)
            if isinstance(command, Tick) and not _refused(events):
                counters.ticks += 1
                witness(command)
        if piece:
            if counters.first_us is None:
                counters.first_us = piece[0].at_us
            counters.at_us = piece[-1].at_us
        counters.events += len(result)
        counters.liquidations += sum(type(event) is LiquidationStarted for event in result)
        return tuple(result)

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
