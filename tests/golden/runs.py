"""What the golden results are made of: worlds with their commands, and every lab that ships.

A lab of scenes has one result for each scene in each of its margin modes.

A result says what an engine made of its input: how many commands and events, the last event's
hash, the state's hash, and the first events themselves, so that a difference can be read.
`python -m tests.golden.write` writes all of them anew. The worlds were drawn by the swarm and
are kept, so that a difference is the engine's and never the generator's; `--draw` draws them
again.
"""

import os
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

import msgspec

from engine.cli.contest import in_mode
from engine.cli.own_ticks import own_ticks
from engine.cli.run import contracts_of, run
from engine.config.find import names
from engine.config.lab import load_lab
from engine.config.settings import Lab
from engine.core import snapshot
from engine.core.command import AnyCommand
from engine.core.exchange import Exchange
from engine.core.instrument import Venue
from engine.journal.chain import Chain
from engine.journal.write import EVENTS
from engine.scenes.read import load_bill
from feeds.replay import FileArg, open_feed
from tests.support.swarm import commands

FOLDER = Path(__file__).parent / "results"
INPUTS = Path(__file__).parent / "worlds"
WRITE = "python -m tests.golden.write"
FIRST = 200
STEPS = 1_000
SEEDS = (45, 47, 48, 51, 53, 67, 138, 140, 154, 156, 330, 365, 510)
WORLDS = {f"world-{seed}": seed for seed in SEEDS}
"""Seeds by name; that of `world-48` draws all kinds of commands alike, in `world-51` some
wait, in `world-53` some stand ready to take over, in `world-156` commands keep to a
rate, in `world-140` some are in hedge mode, in `world-154` orders are sent twice,
in `world-330` the fund holds what it takes over, in `world-510` funding accrues."""
_DECODER = msgspec.json.Decoder(AnyCommand)
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


def draw(name: str) -> None:
    """Draw a world and its commands anew and keep them."""
    seed = WORLDS[name]
    venue, stream = commands(seed, STEPS, seed % 4 != 0)
    lines = [msgspec.json.encode(each) for each in (venue, *stream)]
    (INPUTS / f"{name}.jsonl").write_bytes(b"\n".join([*lines, b""]))


def world(name: str) -> tuple[Venue, list[AnyCommand]]:
    """Read a world and its commands as they are kept."""
    lines = (INPUTS / f"{name}.jsonl").read_bytes().splitlines()
    venue = msgspec.json.decode(lines[0], type=Venue)
    return venue, [_DECODER.decode(line) for line in lines[1:]]


def world_run(name: str) -> Result:
    """Play a world."""
    venue, stream = world(name)
    exchange, chain = Exchange(venue), Chain()
    lines = [chain.line(event) for command in stream for event in exchange.apply(command)]
    first = tuple(line.decode() for line in lines[:FIRST])
    return Result(len(stream), chain.count, chain.hex, snapshot.state_hash(exchange), first)


@cache
def labs() -> dict[str, Lab]:
    """What is played of the labs that ship, by the name of its result."""
    result: dict[str, Lab] = {}
    for name in names("labs"):
        bill = load_bill(name)
        if bill is None:
            result[name] = load_lab(name)
            continue
        for scene in bill.scenes:
            for mode in scene.modes:
                result[f"{name}.{scene.name}.{mode}"] = in_mode(scene.lab, mode)
    return result


def is_playable(lab: str) -> bool:
    """Say whether a lab's ticks are there: its own, or a real file in MARGINCALL_SAMPLES."""
    return labs()[lab].path is not None or "MARGINCALL_SAMPLES" in os.environ


def lab_run(name: str, out: Path) -> Result:
    """Play a lab into an empty folder as `margincall replay` does.

    Raises KeyError for a lab without ticks: say in `SAMPLES` on what it is played.
    """
    lab = labs()[name]
    if lab.path is not None:
        feed = own_ticks(lab, out).feed
    else:
        file = Path(os.environ["MARGINCALL_SAMPLES"]) / SAMPLES[name]
        feed = open_feed([FileArg(str(file))], contracts_of(lab), lab.feed)
    summary = run(lab, feed, out, quiet=True)
    with (out / EVENTS).open(encoding="utf-8") as log:
        first = tuple(line.rstrip("\n") for line in islice(log, FIRST))
    return Result(summary.commands, summary.events, summary.event_hash, summary.state_hash, first)
