"""A lab's log as a folder that `margincall check` reruns."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from engine.bus.interface import Bus, Record
from engine.core.command import Command
from engine.journal.write import COMMANDS
from engine.services.entries import LogError
from engine.services.look import paged
from engine.services.reacting import ReactingOf, nobody
from engine.services.replica import Replica, beginning_of

_encode = msgspec.json.Encoder().encode


async def write_log(
    bus: Bus,
    log: str,
    folder: Path,
    limit: int | None = None,
    *,
    reacting_of: ReactingOf = nobody,
) -> int:
    """Write the commands of a log, at most `limit`, each as it is applied; returns their number.

    Answers to margin calls stand where they are applied, so a rerun needs nobody who answers.
    Raises `BusError`, `LogError`, `OSError`, and `Breach` where answers follow from events and
    the log breaks the venue before the limit.
    """
    beginning = await beginning_of(bus, log)
    if beginning is None:
        raise LogError(f"{log} is empty; a sequencer has to begin it")
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    replica = Replica(beginning, reacting_of)
    written = 0
    _, end = await bus.span(log)
    with (folder / COMMANDS).open("wb") as file:
        file.write(_encode(beginning.genesis) + b"\n")
        async for record in paged(bus, log, 0, end):
            for commands in _pieces(replica, record, None if limit is None else limit - written):
                file.writelines(_encode(command) + b"\n" for command in commands)
                written += len(commands)
    return written


def _pieces(replica: Replica, record: Record, most: int | None) -> Iterator[Sequence[Command]]:
    """What a record adds, answers among it; what comes last, of at most so many, is not applied."""
    for piece in replica.pieces(replica.read(record)):
        yield piece[:most]
        if most is not None:
            most -= len(piece)
            if most <= 0:
                return
        if replica.reacts:
            replica.venue.take(piece)
