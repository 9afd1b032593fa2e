"""What travels on a bus, by name; a batch is a tuple of one topic's structs."""

from typing import Generic, TypeVar

import msgspec

from engine.core.command import Command
from engine.core.event import Event

T = TypeVar("T")


class Topic(msgspec.Struct, Generic[T], frozen=True):
    """A named stream of batches; `T` is what a batch holds."""

    name: str


COMMANDS: Topic[Command] = Topic("commands")
"""Everything said to the venue, in the one total order."""
EVENTS: Topic[Event] = Topic("events")
"""Everything that the venue said, in the order of `seq`."""
