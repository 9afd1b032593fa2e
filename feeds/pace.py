"""How fast a log goes: as fast as it can, or in step with a clock.

Batches are cut so that nothing is handed on before its time. Time on the wall decides only when
something is handed on, never what.
"""

import asyncio
import time
from bisect import bisect_right
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from operator import attrgetter
from typing import TypeVar

from engine.core.command import Command
from engine.core.money import PPM

C = TypeVar("C", bound=Command)

_at_us: Callable[[Command], int] = attrgetter("at_us")


async def pulled(batches: Iterator[Sequence[C]]) -> AsyncIterator[Sequence[C]]:
    """Pull batches in a thread, so that reading a file does not hold up the loop."""
    while (batch := await asyncio.to_thread(next, batches, None)) is not None:
        yield batch


async def paced(
    batches: AsyncIterable[Sequence[C]],
    speed_ppm: int | None,
    clock_ns: Callable[[], int] = time.monotonic_ns,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> AsyncIterator[Sequence[C]]:
    """Hand batches on in step with a clock, or at once where there is no speed.

    `speed_ppm` is log time per real time: 1_000_000 is real time, 10_000_000 ten times as fast.
    The first command sets the clock going. A feed that is late does not skip: what is due goes
    out at once.
    """
    start_ns = start_us = None
    async for batch in batches:
        if speed_ppm is None:
            yield batch
            continue
        if start_ns is None or start_us is None:
            start_ns, start_us = clock_ns(), batch[0].at_us
        done = 0
        while done < len(batch):
            now_us = start_us + (clock_ns() - start_ns) * speed_ppm // (1_000 * PPM)
            due = bisect_right(batch, now_us, lo=done, key=_at_us)
            if due > done:
                yield batch[done:due]
                done = due
            else:
                await sleep((batch[done].at_us - now_us) / speed_ppm)
