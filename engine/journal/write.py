"""Write a run's log: what was said to the exchange, and what it said."""

from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, NamedTuple, get_args

import msgspec

from engine.core.command import Command, Tick
from engine.core.event import Event
from engine.journal.chain import Chain
from engine.journal.record import Genesis, Note, Ticks

COMMANDS = "commands.jsonl"
EVENTS = "events.jsonl"
TICKS = frozenset(get_args(Tick))
_encode = msgspec.json.Encoder().encode


class CommandLog:
    """Appends to `commands.jsonl`; `ticks` and `commands` count what was written.

    Raises `OSError` where the disk does.
    """

    def __init__(self, folder: Path, genesis: Genesis) -> None:
        self._file: BinaryIO = (folder / COMMANDS).open("wb")
        self._file.write(_encode(genesis) + b"\n")
        self._noted = 0
        self.ticks = 0
        self.commands = 0

    def write(self, commands: Iterable[Command]) -> None:
        """Append a batch and hand it to the operating system."""
        for command in commands:
            self.commands += 1
            if type(command) in TICKS:
                self.ticks += 1
                continue
            self._note_ticks()
            self._file.write(_encode(command) + b"\n")
        self._note_ticks()
        self._file.flush()

    def note(self, data: msgspec.Struct) -> None:
        """Append what the run's report needs beside commands and events."""
        self._file.write(_encode(Note(msgspec.Raw(_encode(data)))) + b"\n")

    def _note_ticks(self) -> None:
        if self.ticks > self._noted:
            self._file.write(_encode(Ticks(self._noted + 1, self.ticks)) + b"\n")
            self._noted = self.ticks

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class EventLog:
    """Appends to `events.jsonl`; `chain` knows the last hash and the number of events."""

    def __init__(self, folder: Path) -> None:
        self._file: BinaryIO = (folder / EVENTS).open("wb")
        self.chain = Chain()

    def write(self, events: Iterable[Event]) -> None:
        """Append a batch and hand it to the operating system."""
        line = self.chain.line
        self._file.write(b"".join([line(event) + b"\n" for event in events]))
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class Journal(NamedTuple):
    """Both logs of a run."""

    commands: CommandLog
    events: EventLog
