"""One run in one process: feed, venue and recorder as tasks of one group over the memory bus."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager

from engine.bus.memory import MemoryBus
from engine.bus.topic import COMMANDS, EVENTS
from engine.core.command import Command
from engine.journal.write import EventLog
from engine.services.feed import run_feed
from engine.services.recorder import Ear, run_recorder
from engine.services.venue import VenueTask, run_venue


async def run_session(
    source: AsyncIterator[Sequence[Command]],
    venue: VenueTask,
    events: EventLog,
    ears: tuple[Ear, ...],
    after: Callable[[], None],
) -> bool:
    """Run the source to its end, or until SIGINT or SIGTERM; returns whether it was the end.

    A signal stops the feed; what it has published is worked off, written and counted. An
    exception of any task ends all of them and is raised in an `ExceptionGroup`.
    """
    bus = MemoryBus()
    stop = asyncio.Event()
    commands, happened = bus.subscribe(COMMANDS), bus.subscribe(EVENTS)
    with _stopping(stop):
        async with asyncio.TaskGroup() as tasks:
            feed = tasks.create_task(run_feed(source, bus, stop))
            tasks.create_task(run_venue(commands, bus, venue, after))
            tasks.create_task(run_recorder(happened, events, ears))
    return feed.result()


@contextmanager
def _stopping(stop: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)
    for number in signals:
        loop.add_signal_handler(number, stop.set)
    try:
        yield
    finally:
        for number in signals:
            loop.remove_signal_handler(number)
