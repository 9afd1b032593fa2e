"""One run in one process: feed, venue and recorder as tasks of one group over pipes."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

from engine.core.command import Command
from engine.core.event import Event
from engine.journal.write import Journal
from engine.services.feed import run_feed
from engine.services.pipe import Pipe
from engine.services.recorder import Ear, run_recorder
from engine.services.signals import stopping
from engine.services.venue import VenueTask, run_venue


async def run_session(
    source: AsyncIterator[Sequence[Command]],
    venue: VenueTask,
    journal: Journal,
    ears: tuple[Ear, ...],
    after: Callable[[], None],
) -> bool:
    """Run the source to its end, or until SIGINT or SIGTERM; returns whether it was the end.

    A signal stops the feed; what it has published is worked off, written and counted. An
    exception of any task ends all of them and is raised in an `ExceptionGroup`.
    """
    commands: Pipe[Command] = Pipe()
    happened: Pipe[Event] = Pipe()
    stop = asyncio.Event()
    with stopping(stop):
        async with asyncio.TaskGroup() as tasks:
            feed = tasks.create_task(_feed(source, commands, stop))
            tasks.create_task(run_venue(commands, happened, venue, journal.commands, after))
            tasks.create_task(run_recorder(happened, journal.events, ears))
    return feed.result()


async def _feed(
    source: AsyncIterator[Sequence[Command]], commands: Pipe[Command], stop: asyncio.Event
) -> bool:
    ended = await run_feed(source, commands.put, stop)
    await commands.close()
    return ended
