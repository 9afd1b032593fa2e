"""A lab's log as a folder that `margincall check` reruns."""

import asyncio
from pathlib import Path

import msgspec

from engine.bus.interface import Bus
from engine.journal.write import COMMANDS
from engine.services.entries import Intake, LogError
from engine.services.look import paged
from engine.services.replica import beginning_of

_encode = msgspec.json.Encoder().encode


async def write_log(bus: Bus, log: str, folder: Path, limit: int | None = None) -> int:
    """Write the commands of a log, at most `limit`, each as it is applied; returns their number.

    Raises `BusError`, `LogError` and `OSError`.
    """
    beginning = await beginning_of(bus, log)
    if beginning is None:
        raise LogError(f"{log} is empty; a sequencer has to begin it")
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    intake = Intake(beginning.genesis, {}, 0)
    written = 0
    _, end = await bus.span(log)
    with (folder / COMMANDS).open("wb") as file:
        file.write(_encode(beginning.genesis) + b"\n")
        async for record in paged(bus, log, 0, end):
            commands = intake.take(record)
            if limit is not None:
                commands = commands[: limit - written]
            file.writelines(_encode(command) + b"\n" for command in commands)
            written += len(commands)
    return written
