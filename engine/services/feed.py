"""The feed task: from a source of batches to the bus, until the source ends or a signal comes."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from engine.bus.interface import Bus
from engine.bus.topic import COMMANDS
from engine.core.command import Command


async def run_feed(source: AsyncIterator[Sequence[Command]], bus: Bus, stop: asyncio.Event) -> bool:
    """Publish every batch; returns False if `stop` was set before the source ended.

    What was published before is drained by the subscribers: the topic is closed either way. A
    source that is waiting for its pace is not waited for.
    """
    stopping = asyncio.ensure_future(stop.wait())
    ended = False
    try:
        while not stop.is_set():
            reading = asyncio.ensure_future(anext(source, None))
            await asyncio.wait({reading, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not reading.done():
                reading.cancel()
                await asyncio.wait({reading})
                break
            batch = reading.result()
            if batch is None:
                ended = True
                break
            await bus.publish(COMMANDS, tuple(batch))
        await bus.close(COMMANDS)
        return ended
    finally:
        stopping.cancel()
