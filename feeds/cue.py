"""Commands that wait for the replayed market: sent right after the tick that makes them due.

A cue is due a while after the first tick of the log, and then waits for a trade or quote of its
contract, whose price it sees. Its commands carry that tick's time. So a log with cues is a
function of the ticks alone.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from engine.core.command import AnyCommand, QuoteTick, Tick, TradeTick
from engine.core.instrument import Contract
from engine.core.money import Price


class Touch(msgspec.Struct, frozen=True):
    """Where a contract's replayed market is, at a time.

    `price` is the last trade, or the middle of the quote where there are quotes. `middle` is a
    price on the tick grid strictly inside the spread, at which one account can meet another
    instead of the outside market; None where the spread is a single tick.
    """

    at_us: int
    price: Price
    middle: Price | None


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
    quoted: set[str] = set()
    first_us: int | None = None
    for tick in ticks:
        yield tick
        first_us = tick.at_us if first_us is None else first_us
        if not waiting:
            continue
        touch = _touch(tick, contracts, quoted)
        if touch is None:
            continue
        for contract in ("", tick.contract):
            queue = waiting.get(contract)
            while queue and queue[0].after_us <= tick.at_us - first_us:
                yield from queue.popleft().act(touch)
            if queue is not None and not queue:
                del waiting[contract]


def _touch(tick: Tick, contracts: Mapping[str, Contract], quoted: set[str]) -> Touch | None:
    """What a tick says about prices; a trade says nothing more once there are quotes."""
    grid = contracts[tick.contract].tick
    match tick:
        case QuoteTick(bid=bid, ask=ask):
            quoted.add(tick.contract)
            price = Price((bid + ask) // 2)
        case TradeTick(price=price) if tick.contract not in quoted:
            # The outside market's own touch is at least a tick away from the trade on either side.
            bid, ask = Price(price - grid), Price(price + grid)
        case _:
            return None
    middle = Price(price - price % grid)
    return Touch(tick.at_us, price, middle if max(bid, 0) < middle < ask else None)
