"""The runs that a comparison is made of: the same ticks, one lab after the other."""

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import msgspec

from engine.cli.expected import rows_expected
from engine.cli.mistake import Mistake
from engine.cli.own_ticks import own_ticks
from engine.cli.progress import Progress
from engine.cli.run import commands_of, contracts_of, reactions_of, setting_of, version
from engine.config.lab import load_lab
from engine.config.settings import Lab
from engine.core import invariants
from engine.core.command import Command, Mode, QuoteTick, Tick, TradeTick
from engine.core.event import Event, LiquidationStarted
from engine.core.exchange import Exchange
from engine.core.money import PPM
from engine.journal.chain import Chain
from engine.report.bars import Bars
from engine.report.chronicle import Chronicle
from engine.report.compare import Comparison, Played, market, side
from engine.report.curve import Curve
from engine.report.measure import Measure
from engine.report.summary import FileRow
from engine.services.breach import Breach
from engine.services.counters import Counters
from engine.services.reacting import pieces
from feeds.reaction import Reactions
from feeds.replay import FileArg, open_feed
from feeds.report import FileReport

_EVERY = 1_000
"""Commands between two looks at the progress."""


class Witness(Protocol):
    """Takes notice of a run while it goes on."""

    def saw(self, command: Command, events: tuple[Event, ...]) -> None:
        """Take in a command that was applied, and what happened."""


class Contestant(msgspec.Struct, frozen=True):
    """A lab as one side of a comparison; `mode` where every account is put into it."""

    name: str
    lab: Lab
    mode: Mode | None = None


def by_mode(lab_name: str, modes: Sequence[Mode]) -> list[Contestant]:
    """A lab with every account in one margin mode, and in another.

    Raises `ConfigError`, and `Mistake` where a top-up would not say to which leg it goes.
    """
    lab = load_lab(lab_name)
    if "isolated" in modes:
        _hold_to_legs(lab)
    return [Contestant(mode, in_mode(lab, mode), mode) for mode in modes]


def _hold_to_legs(lab: Lab) -> None:
    first = lab.venue.rules.position_modes[0]
    for account in lab.accounts:
        is_hedged = (account.position_mode or first) == "hedge"
        if is_hedged and any(each.leg is msgspec.UNSET for each in account.top_ups):
            raise Mistake(
                f"top-ups of {account.name}, an account with two legs, do not say to which leg "
                f"they go when it is isolated; add leg to each of them"
            )


def by_venue(lab_name: str, venues: Sequence[str]) -> list[Contestant]:
    """A lab by the rules of one venue, and of another. Raises `ConfigError`."""
    labs = [load_lab(lab_name, by_rules_of=venue) for venue in venues]
    return [Contestant(lab.venue.rules.name, lab) for lab in labs]


def in_mode(lab: Lab, mode: Mode) -> Lab:
    """The lab with every account in one margin mode."""
    replace = msgspec.structs.replace
    share = PPM if mode == "isolated" else 0
    return replace(
        lab,
        accounts=tuple(replace(account, mode=mode) for account in lab.accounts),
        crowd=replace(lab.crowd, isolated_ppm=share) if lab.crowd else None,
    )


def compared(
    contestants: Sequence[Contestant], files: Sequence[str], *, quiet: bool
) -> tuple[Comparison, list["Run"]]:
    """Play each side once, on the same files or on the lab's own ticks.

    Raises `Mistake` where there are neither, `FeedError` and `Breach`.
    """
    lab = contestants[0].lab
    with TemporaryDirectory() as folder:
        named = [FileArg.parse(text) for text in files] or own_files(lab, Path(folder))
        runs = [Run(contestant, named) for contestant in contestants]
        for run in runs:
            run.to_end(quiet=quiet)
    return comparison(lab, runs, is_own=not files), runs


def own_files(lab: Lab, folder: Path) -> list[FileArg]:
    """The ticks that a lab makes for itself, written into a folder.

    Raises `Mistake` where it makes none.
    """
    return [FileArg(each.path) for each in own_ticks(lab, folder).feed.references]


def comparison(lab: Lab, runs: Sequence["Run"], *, is_own: bool) -> Comparison:
    """Put sides together that have ended; `is_own`: on ticks that the lab made for itself."""
    last = runs[-1]
    return Comparison(
        version=version(),
        lab=lab.name,
        seed=lab.seed,
        files=tuple(_file_row(report, is_own=is_own) for report in last.feed.reports),
        ticks=last.counters.ticks,
        markets={
            contract.symbol: market(contract, last.bars[contract.symbol])
            for contract in lab.venue.contracts
            if last.bars[contract.symbol]
        },
        sides=tuple(side(run.played()) for run in runs),
    )


def _file_row(report: FileReport, *, is_own: bool) -> FileRow:
    """What was read; a file that the lab made is gone, so only its name is told."""
    path = Path(report.path).name if is_own else report.path
    return FileRow(path, report.format, report.contract, report.rows, report.skipped, report.sha256)


def answered(lab: Lab, ticks: Iterator[Tick], reacting: Reactions | None) -> Iterator[Command]:
    """A lab's commands with the answers in them, each taken before the next is asked for."""
    for sent in commands_of(lab, ticks):
        yield from chain.from_iterable(pieces((sent,), reacting))


class Run:
    """One side, in this process and without a log: what happens is measured as it happens.

    `bars` and `prices` are those of the replayed market, by contract; `witnesses` see every
    command.
    """

    def __init__(self, contestant: Contestant, files: Sequence[FileArg]) -> None:
        lab = contestant.lab
        self._lab, self._contestant = lab, contestant
        self._setting = setting_of(lab, version())
        self.exchange = Exchange(lab.venue)
        self._chronicle = Chronicle(self._setting)
        self._measure = Measure(self.exchange, lab.report.watch, lab.report.samples)
        self._chain = Chain()
        self._reacting = reactions_of(self._lab)
        self.bars = {contract.symbol: Bars() for contract in lab.venue.contracts}
        self.prices = {
            contract.symbol: Curve(lab.report.samples) for contract in lab.venue.contracts
        }
        self.counters = Counters()
        self.feed = open_feed(files, contracts_of(lab), lab.feed)
        self.witnesses: list[Witness] = []

    def to_end(self, *, quiet: bool) -> None:
        """Play it, once. Raises `FeedError` and `Breach`."""
        reports = self.feed.reports
        with Progress(
            self.counters,
            total=rows_expected(report.path for report in reports),
            quiet=quiet,
            read=lambda: sum(report.rows for report in reports),
        ) as progress:
            for command in answered(self._lab, self._saw(self.feed.ticks()), self._reacting):
                self._take(command)
                if self.counters.commands % _EVERY == 0:
                    progress.update()
        invariants.check(self.exchange.state)

    def played(self) -> Played:
        """What it came to."""
        return Played(
            name=self._contestant.name,
            mode=self._contestant.mode,
            setting=self._setting,
            exchange=self.exchange,
            measure=self._measure,
            chronicle=self._chronicle,
            commands=self.counters.commands,
            event_hash=self._chain.hex,
        )

    def _saw(self, ticks: Iterator[Tick]) -> Iterator[Tick]:
        """The ticks, their prices taken in on the way."""
        for tick in ticks:
            self.counters.ticks += 1
            price = _price_of(tick)
            if price is not None:
                self.bars[tick.contract].saw(tick.at_us, price)
                self.prices[tick.contract].add(tick.at_us, price)
            yield tick

    def _take(self, command: Command) -> None:
        events = self._applied(command)
        for event in events:
            self._chain.line(event)
        if events:
            self._chronicle.heard(events)
            if self._reacting is not None:
                self._reacting.heard(command.at_us, events)
        self._measure.saw(command, events)
        for witness in self.witnesses:
            witness.saw(command, events)

    def _applied(self, command: Command) -> tuple[Event, ...]:
        counters = self.counters
        counters.commands += 1
        counters.at_us = command.at_us
        try:
            events = self.exchange.apply(command)
        except Exception as error:
            raise Breach(counters.commands, command, error) from error
        counters.events += len(events)
        counters.liquidations += sum(type(event) is LiquidationStarted for event in events)
        return events


def _price_of(tick: Tick) -> int | None:
    match tick:
        case TradeTick(price=price):
            return price
        case QuoteTick(bid=bid, ask=ask):
            return (bid + ask) // 2
        case _:
            return None
