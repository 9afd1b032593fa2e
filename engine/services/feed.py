"""The feed task: hands on batch by batch, until the source ends or a signal comes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from engine.core.command import Command


async def run_feed(
    source: AsyncIterator[Sequence[Command]],
    hand_on: Callable[[tuple[Command, ...]], Awaitable[None]],
    stop: asyncio.Event,
) -> bool:
    """Hand on every batch; returns False if `stop` was set before the source ended.

    A source that is waiting for its pace is not waited for.
    """
    stopping = asyncio.ensure_future(stop.wait())
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
                return True
            await hand_on(tuple(batch))
        return False
    finally:
        stopping.cancel()
