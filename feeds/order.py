"""Rows of one file in the order of their time.

Rows are held back for a stretch of file time, so that a row which comes late by no more than
that finds its place; of one instant, rows keep their order in the file. What comes later still
is dropped and reported. Holding back is bounded in rows too: a file that repeats one stamp for
ever does not fill the memory.
"""

from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter

import msgspec

from engine.core.command import Tick

HELD_MAX = 100_000
"""Most rows held back; the busiest second on record had about a fifth of that."""

_at_us: Callable[[Tick], int] = attrgetter("at_us")


def in_order(
    ticks: Iterable[Tick],
    hold_back_us: int,
    late: Callable[[Tick], None],
    held_max: int = HELD_MAX,
) -> Iterator[Tick]:
    """Yield ticks by time, ties by place; call `late` for each that can no longer be placed.

    A tick that is in order costs O(1), one that is late O(held).
    """
    held: deque[Tick] = deque()
    newest = edge = -1  # nothing is placed before the edge any more
    for tick in ticks:
        at_us = tick.at_us
        if at_us >= newest:
            newest = at_us
            held.append(tick)
            edge = max(edge, at_us - hold_back_us)
        elif at_us >= edge:
            held.insert(bisect_right(held, at_us, key=_at_us), tick)
        else:
            late(tick)
            continue
        while held and held[0].at_us <= edge:
            yield held.popleft()
        if len(held) > held_max:
            edge = held[0].at_us
            yield held.popleft()
    yield from held


def in_place(
    ticks: Iterable[Tick], hold_back_us: int, late: Callable[[Tick], None]
) -> Iterator[Tick]:
    """Yield ticks in the order in which they come, whatever their stamps.

    One that is stamped before the tick before it, by no more than rows are held back, gets that
    tick's time; for one that is older still `late` is called. Books are read so: their changes
    mean something in the order of the file alone.
    """
    newest = -1
    for tick in ticks:
        if tick.at_us >= newest:
            newest = tick.at_us
            yield tick
        elif newest - tick.at_us <= hold_back_us:
            yield msgspec.structs.replace(tick, at_us=newest)
        else:
            late(tick)
