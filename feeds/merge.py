"""Several streams of commands as one, by time."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import TypeVar

from engine.core.command import Command

C = TypeVar("C", bound=Command)

_at_us: Callable[[Command], int] = attrgetter("at_us")


def merged(streams: Sequence[Iterator[C]]) -> Iterator[C]:
    """Merge streams that are each in order of time; of one instant, earlier streams go first.

    Holds one command of each stream; costs O(log streams) a command.
    """
    if len(streams) == 1:
        return streams[0]
    return heapq.merge(*streams, key=_at_us)
