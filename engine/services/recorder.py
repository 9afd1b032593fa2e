"""The recorder task: every event into the log and past whoever keeps account of the run."""

import asyncio
from collections.abc import AsyncIterable, Callable

from engine.core.event import Event
from engine.journal.write import EventLog

Ear = Callable[[tuple[Event, ...]], None]
"""Takes in a batch, in which the events of a command are together; must not wait."""


async def run_recorder(
    batches: AsyncIterable[tuple[Event, ...]], log: EventLog, ears: tuple[Ear, ...]
) -> None:
    """Write every batch in a thread, so that a slow disk holds back the venue, not the loop."""
    async for events in batches:
        await asyncio.to_thread(log.write, events)
        for ear in ears:
            ear(events)
