"""Commands that wait for the replayed market: sent right after the tick that makes them due.

A cue is due a while after the first tick of the log, and then waits for a trade, quote or book of
its contract, whose price it sees. Its commands carry that tick's time. So a log with cues is a
function of the ticks alone.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from engine.core.command import AnyCommand, Tick
from engine.core.instrument import Contract
from feeds.touch import Touch, Touches


class Cue(msgspec.Struct, frozen=True):
    """What to send once `contract` has a price, `after_us` after the first tick of the log.

    An empty `contract`: with the first price of any contract.
    """

    after_us: int
    contract: str
    act: Callable[[Touch], Iterable[AnyCommand]]


def cued(
    ticks: Iterable[Tick], cues: Iterable[Cue], contracts: Mapping[str, Contract]
) -> Iterator[AnyCommand]:
    """Yield the ticks, and after each the commands of the cues that it makes due.

    Cues due at one tick go by their time, then by their order; those of no contract go first.
    Cues whose tick never comes are never sent. A tick without a due cue costs O(1).
    """
    waiting: dict[str, deque[Cue]] = {}
    for cue in sorted(cues, key=lambda cue: cue.after_us):
        waiting.setdefault(cue.contract, deque()).append(cue)
    touches = Touches(contracts)
    first_us: int | None = None
    for tick in ticks:
        yield tick
        first_us = tick.at_us if first_us is None else first_us
        if not waiting:
            continue
        touch = touches.after(tick)
        if touch is None:
            continue
        for contract in ("", tick.contract):
            queue = waiting.get(contract)
            while queue and queue[0].after_us <= tick.at_us - first_us:
                yield from queue.popleft().act(touch)
            if queue is not None and not queue:
                del waiting[contract]
