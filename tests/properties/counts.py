"""How long the fuzz runs: a short while by itself, as the environment says in CI.

MARGINCALL_FUZZ_COMMANDS over MARGINCALL_FUZZ_SEEDS, and MARGINCALL_NAIVE_COMMANDS against the
slow exchange. With CI's counts the exhaustive walk goes deeper and Hypothesis tries more; alone
that is MARGINCALL_EXHAUSTIVE_DEPTH and MARGINCALL_STATEFUL_EXAMPLES.
"""

import os
from collections import Counter
from typing import get_args

from engine.core.event import AnyEvent
from engine.core.reason import Reason
from tests.support.simulate import Tally

CI_COMMANDS = 1_000_000
"""From so many commands on, everything in the vocabulary must have occurred."""
NAIVE_STEPS = 400
EVERYTHING = range(1_000, 1_120)
"""Worlds that together show every event and reason: each plot has its turn six times in them."""
EVERYTHING_STEPS = 200
KINDS = "kinds"
REASONS = "reasons"


def count_of(name: str, default: int) -> int:
    """Return a count that the environment may raise."""
    return int(os.environ.get(name, default))


FUZZ_COMMANDS = count_of("MARGINCALL_FUZZ_COMMANDS", 20_000)
FUZZ_SEEDS = range(count_of("MARGINCALL_FUZZ_SEEDS", 40))
FUZZ_STEPS = -(-FUZZ_COMMANDS // len(FUZZ_SEEDS))
IS_LONG = FUZZ_COMMANDS >= CI_COMMANDS
EXHAUSTIVE_DEPTH = count_of("MARGINCALL_EXHAUSTIVE_DEPTH", 4 if IS_LONG else 2)
STATEFUL_EXAMPLES = count_of("MARGINCALL_STATEFUL_EXAMPLES", 500 if IS_LONG else 50)
NAIVE_COMMANDS = count_of("MARGINCALL_NAIVE_COMMANDS", 8_000)
NAIVE_SEEDS = range(100_000, 100_000 + -(-NAIVE_COMMANDS // NAIVE_STEPS))


def told_by(tally: Tally) -> list[tuple[str, dict[str, int]]]:
    """Return what a test tells about its run, for whoever counts all runs together."""
    return [(KINDS, dict(tally.kinds)), (REASONS, dict(tally.reasons))]


def missing(kinds: Counter[str], reasons: Counter[str]) -> list[str]:
    """List what the vocabulary has and no run has shown."""
    names = {kind.__name__ for kind in get_args(AnyEvent)} - set(kinds)
    return sorted(names) + sorted({reason.name for reason in Reason} - set(reasons))
