"""Plays seeded commands with everything watched that is always true; reproduces and shrinks.

    python -m tests.support.simulate --seed 7351 --steps 412            the engine alone
    python -m tests.support.simulate --seed 7351 --steps 412 --naive    against the slow exchange
    python -m tests.support.simulate --seed 7351 --steps 412 --shrink   drop what is not needed
    python -m tests.support.simulate --golden                           hashes of the golden worlds

One seed in four draws all kinds of commands alike, the others have weights of their own. A run
that breaks a rule prints one line with which anybody sees it again.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from engine.core import snapshot
from engine.core.command import AnyCommand
from engine.core.event import Event, LiquidationWaits, OrderCancelled, Rejected
from engine.core.instrument import Venue
from engine.journal.chain import Chain
from tests.support.naive import NaiveExchange
from tests.support.oracle import Oracle
from tests.support.swarm import commands
from tests.support.witness.seen import eager

Log = list[tuple[AnyCommand, tuple[Event, ...]]]


class Broken(AssertionError):
    """A run broke a rule at its last step; the message reproduces it."""

    def __init__(self, seed: int, steps: int, *, naive: bool, cause: Exception) -> None:
        flag = " --naive" if naive else ""
        line = f"python -m tests.support.simulate --seed {seed} --steps {steps}{flag}"
        super().__init__(f"{line}  # {told(cause)}")


@dataclass
class Tally:
    """What a run came to: counts of event types and reasons, and its two hashes."""

    commands: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    event_hash: str = ""
    state_hash: str = ""

    def count(self, log: Log) -> None:
        """Count the commands of a run and what they led to."""
        chain = Chain()
        for _, events in log:
            self.commands += 1
            for event in events:
                chain.line(event)
                self.kinds[type(event).__name__] += 1
                if isinstance(event, Rejected | OrderCancelled | LiquidationWaits):
                    self.reasons[event.reason.name] += 1
        self.event_hash = chain.hex

    def line(self) -> str:
        """One line to compare between machines."""
        return f"events {self.kinds.total()} hash {self.event_hash} state {self.state_hash}"


def told(error: BaseException) -> str:
    """An error in one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())


def is_swarm(seed: int) -> bool:
    """Say whether a seed draws weights of its own."""
    return seed % 4 != 0


def simulate(seed: int, steps: int, *, naive: bool = False) -> Tally:
    """Play a seed's first commands. Raises `Broken` at the first rule that does not hold."""
    venue, stream = commands(seed, steps, is_swarm(seed))
    log: Log = []
    try:
        return play(venue, stream, log, naive=naive)
    except Exception as error:
        raise Broken(seed, len(log) + 1, naive=naive, cause=error) from error


def play(venue: Venue, stream: Iterable[AnyCommand], log: Log, *, naive: bool = False) -> Tally:
    """Play commands, filling the log, against the oracle; then against the slow or eager venue."""
    oracle = Oracle(venue)
    slow = NaiveExchange(venue) if naive else None
    for command in stream:
        events = oracle.apply(command)
        if slow is not None:
            _same(events, slow.apply(command), "the slow exchange")
        log.append((command, events))
    if slow is None:
        _play_again(venue, log)
    else:
        _same_ledgers(oracle, slow)
    tally = Tally(state_hash=snapshot.state_hash(oracle.exchange))
    tally.count(log)
    return tally


def _play_again(venue: Venue, log: Log) -> None:
    """The same log gives the same events, also where no work is skipped (numbers 4 and 7)."""
    exchange = eager(venue)
    whole = log[:]
    log.clear()
    for command, events in whole:
        _same(events, exchange.apply(command), "a venue that skips no work")
        log.append((command, events))


def _same(events: Sequence[Event], others: Sequence[Event], who: str) -> None:
    for number, (one, other) in enumerate(zip(events, others, strict=False)):
        assert one == other, f"event {number}: {one}, but {who} says {other}"
    assert len(events) == len(others), f"{len(events)} events, but {who} says {others}"


def _same_ledgers(oracle: Oracle, slow: NaiveExchange) -> None:
    ours = {key: money for key, money in oracle.exchange.state.ledger.balances.items() if money}
    theirs = {key: money for key, money in slow.state.ledger.items() if money}
    assert ours == theirs, f"{ours}, but the slow exchange has {theirs}"


# --- shrinking ------------------------------------------------------------------------------


def failure_of(venue: Venue, stream: Iterable[AnyCommand], *, naive: bool) -> str:
    """Play commands; return the kind of failure, its digits left out, or nothing."""
    try:
        play(venue, stream, [], naive=naive)
    except Exception as error:
        return told(error).split(",")[0].split("(")[0].translate(_NO_DIGITS)
    return ""


_NO_DIGITS = str.maketrans("", "", "-0123456789")


def shrink(
    stream: Sequence[AnyCommand], fails: Callable[[Sequence[AnyCommand]], bool]
) -> Sequence[AnyCommand]:
    """Drop as many commands as can be dropped while it still fails.

    >>> shrink([1, 2, 3, 4, 5, 6, 7], lambda some: {3, 6} <= set(some))
    [3, 6]
    """
    size = len(stream) // 2
    while size:
        start, dropped = 0, False
        while start < len(stream):
            fewer = [*stream[:start], *stream[start + size :]]
            if fails(fewer):
                stream, dropped = fewer, True
            else:
                start += size
        if size > 1 or not dropped:
            size //= 2
    return stream


def _shrunk(seed: int, steps: int, *, naive: bool) -> None:
    venue, stream = commands(seed, steps, is_swarm(seed))
    whole = list(stream)
    kind = failure_of(venue, whole, naive=naive)
    if not kind:
        print("nothing fails")
        return
    left = shrink(whole, lambda some: failure_of(venue, some, naive=naive) == kind)
    print(msgspec.json.encode(venue).decode())
    for command in left:
        print(command)


# --- the command ----------------------------------------------------------------------------


def golden() -> None:
    """Print the hashes of the golden worlds, to compare between Pythons and hash seeds."""
    from tests.golden.runs import WORLDS, world_run

    for name in WORLDS:
        print(name, world_run(name).line())


def main() -> int:
    """Do what the arguments say; 1 if a rule was broken."""
    parser = argparse.ArgumentParser(prog="simulate", description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int)
    parser.add_argument("--steps", type=int, default=1_000)
    parser.add_argument("--naive", action="store_true", help="compare with the slow exchange")
    parser.add_argument("--shrink", action="store_true", help="drop commands that are not needed")
    parser.add_argument("--golden", action="store_true", help="print the golden worlds' hashes")
    options = parser.parse_args()
    if options.golden:
        golden()
        return 0
    if options.seed is None:
        parser.error("name a --seed, or --golden")
    try:
        tally = simulate(options.seed, options.steps, naive=options.naive)
    except Broken as broken:
        print(broken)
        if options.shrink:
            _shrunk(options.seed, options.steps, naive=options.naive)
        return 1
    print(tally.line())
    return 0


if __name__ == "__main__":
    sys.exit(main())
