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

from engine.cli.demo import LAB as DEMO
from engine.cli.demo import demo_ticks
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
"""The real file that a lab is played on, below MARGINCALL_SAMPLES; the demo makes its own."""


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


def samples_of(lab: str) -> Path | None:
    """Say where a lab's real file is; None where MARGINCALL_SAMPLES does not tell.

    Raises KeyError for a lab without a file: say in `SAMPLES` on what it is played.
    """
    folder = os.environ.get("MARGINCALL_SAMPLES")
    file = SAMPLES[lab]
    return Path(folder) / file if folder else None


def lab_run(name: str, out: Path) -> Result:
    """Play a lab into an empty folder as `margincall demo` and `margincall replay` do."""
    lab = load_lab(name)
    if name == DEMO:
        paths, _ = demo_ticks(out)
    else:
        sample = samples_of(name)
        assert sample is not None, "MARGINCALL_SAMPLES names no folder of real tick files"
        paths = [sample]
    feed = open_feed([FileArg(str(path)) for path in paths], contracts_of(lab), lab.feed)
    summary = run(lab, feed, out, quiet=True)
    with (out / EVENTS).open(encoding="utf-8") as file:
        first = tuple(line.rstrip("\n") for line in islice(file, FIRST))
    return Result(summary.commands, summary.events, summary.event_hash, summary.state_hash, first)
