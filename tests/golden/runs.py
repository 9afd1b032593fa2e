"""What the golden results are made of: seeded worlds, and every lab that ships.

A result says what an engine made of its input: how many commands and events, the last event's
hash, the state's hash, and the first events themselves, so that a difference can be read.
`python -m tests.golden.write` writes all of them anew.
"""

import os
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import msgspec

from engine.cli.own_ticks import own_ticks
from engine.cli.run import contracts_of, run
from engine.config.lab import load_lab
from engine.core import snapshot
from engine.core.exchange import Exchange
from engine.journal.chain import Chain
from engine.journal.write import EVENTS
from feeds.replay import FileArg, open_feed
from tests.support.swarm import commands

FOLDER = Path(__file__).parent / "results"
WRITE = "python -m tests.golden.write"
FIRST = 200
STEPS = 2_000
WORLDS = {f"world-{seed}": seed for seed in (11, 12, 13, 14)}
"""Seeds by name; that of `world-12` draws all kinds of commands alike."""
SAMPLES = {"bitmex-2018": "bitmex/XBTUSD_trades_2018-01-01_first100k.csv.gz"}
"""The real file, below MARGINCALL_SAMPLES, that a lab is played on which makes no ticks itself."""


@dataclass(frozen=True)
class Result:
    """What a run came to; `first` are the first events as they stand in a log."""

    commands: int
    events: int
    event_hash: str
    state_hash: str
    first: tuple[str, ...]

    def line(self) -> str:
        """One line to compare between machines."""
        return f"events {self.events} hash {self.event_hash} state {self.state_hash}"

    def text(self) -> str:
        """The file of the result: a line of totals, then a line an event."""
        totals = {
            "commands": self.commands,
            "events": self.events,
            "event_hash": self.event_hash,
            "state_hash": self.state_hash,
        }
        return "\n".join([msgspec.json.encode(totals).decode(), *self.first, ""])


def world_run(name: str) -> Result:
    """Play a seeded world."""
    seed = WORLDS[name]
    venue, stream = commands(seed, STEPS, seed % 4 != 0)
    exchange, chain = Exchange(venue), Chain()
    lines = [chain.line(event) for command in stream for event in exchange.apply(command)]
    first = tuple(line.decode() for line in lines[:FIRST])
    return Result(STEPS, chain.count, chain.hex, snapshot.state_hash(exchange), first)


def is_playable(lab: str) -> bool:
    """Say whether a lab's ticks are there: its own, or a real file in MARGINCALL_SAMPLES."""
    return load_lab(lab).path is not None or "MARGINCALL_SAMPLES" in os.environ


def lab_run(name: str, out: Path) -> Result:
    """Play a lab into an empty folder as `margincall replay` does.

    Raises KeyError for a lab without ticks: say in `SAMPLES` on what it is played.
    """
    lab = load_lab(name)
    if lab.path is not None:
        feed = own_ticks(lab, out).feed
    else:
        file = Path(os.environ["MARGINCALL_SAMPLES"]) / SAMPLES[name]
        feed = open_feed([FileArg(str(file))], contracts_of(lab), lab.feed)
    summary = run(lab, feed, out, quiet=True)
    with (out / EVENTS).open(encoding="utf-8") as log:
        first = tuple(line.rstrip("\n") for line in islice(log, FIRST))
    return Result(summary.commands, summary.events, summary.event_hash, summary.state_hash, first)
