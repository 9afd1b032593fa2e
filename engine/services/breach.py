"""A broken invariant stops the venue; it never goes on with a wrong ledger."""

from engine.core.command import Command


class Breach(Exception):
    """The core failed on a command; `number` counts commands from 1 as the log does.

    The cause is the core's own error. The log up to that command reproduces it.
    """

    def __init__(self, number: int, command: Command, cause: Exception) -> None:
        self.number = number
        self.command = command
        self.cause = cause
        kind = type(command).__name__
        super().__init__(f"command {number} ({kind}): {type(cause).__name__}: {cause}")
