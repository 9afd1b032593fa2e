"""What stands in `commands.jsonl`: the records of a log, in their order.

The first record holds the configuration, the version of the program and the tick files. Then
follow the commands: ticks as the row range that comes next in the merged stream of the files,
everything else as the command itself. At the end of a finished run stand its notes: what its
report tells and neither commands nor events do. A rerun passes over them.
"""

import msgspec

from engine.core.command import AnyCommand


class TickFile(msgspec.Struct, frozen=True):
    """A tick file: its path (relative to the run's folder if inside), how it is read, its bytes.

    `contract` is empty where the rows name their contracts.
    """

    path: str
    format: str
    contract: str
    sha256: str


class Genesis(msgspec.Struct, frozen=True, tag=True):
    """The first record of every log."""

    version: str
    config: msgspec.Raw
    files: tuple[TickFile, ...]


class Ticks(msgspec.Struct, frozen=True, tag=True):
    """The ticks `first` to `last` of the merged files, counted from 1, both included."""

    first: int
    last: int


class Note(msgspec.Struct, frozen=True, tag=True):
    """What the run wrote down for its report; `data` is one of `engine.report.notes.Note`."""

    data: msgspec.Raw


Record = Genesis | Ticks | Note | AnyCommand
