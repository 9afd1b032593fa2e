"""Which run this is and how far its engine has come, for those who do not read log and events.

The engine says both in the headers of the marks that it tells everybody.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from engine.bus.interface import Bus, BusError, Headers, Reader, Record
from engine.core.money import AMOUNT_MAX
from engine.services.entries import RUN

SEQ = "seq"
WAIT_S = 0.5
_log = logging.getLogger("margincall")


class Standing(msgspec.Struct):
    """The run, and the number of the newest event that was heard of; nothing before that."""

    run: str = ""
    seq: int = 0

    def heard(self, record: Record) -> None:
        """Take in a record; one that says nothing of it, or nonsense, changes nothing."""
        run, seq = record.header(RUN), record.header(SEQ)
        if run is not None:
            self.run = run.decode("utf-8", "replace")
        if seq is not None and seq.isdigit() and int(seq) <= AMOUNT_MAX:
            self.seq = max(self.seq, int(seq))


def told(run: str, seq: int) -> Headers:
    """The headers that say it."""
    return (RUN, run.encode()), (SEQ, b"%d" % seq)


@asynccontextmanager
async def followed(bus: Bus, topic: str, standing: Standing) -> AsyncIterator[None]:
    """Hear meanwhile what the marks of `topic` say, from the newest one on. Raises `BusError`."""
    first, end = await bus.span(topic)
    reader = await bus.read({topic: max(first, end - 1)})
    stop = asyncio.Event()
    listening = asyncio.ensure_future(_listened(reader, standing, stop))
    try:
        yield
    finally:
        stop.set()  # a wait that ends at the same moment swallows the cancellation in Python 3.11
        listening.cancel()
        await asyncio.wait({listening})
        await reader.close()


async def _listened(reader: Reader, standing: Standing, stop: asyncio.Event) -> None:
    try:
        while not stop.is_set():
            polled = await reader.poll(WAIT_S)
            for record in (each for _, records in polled for each in records):
                standing.heard(record)
    except BusError as error:  # whoever works on the bus finds out by itself, and ends
        _log.warning("nothing is heard of the engine any more: %s", error)
