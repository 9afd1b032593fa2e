"""`margincall compare`: the same ticks and accounts under one margin mode and under another."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import msgspec
from rich.console import Console

from engine.cli.mistake import told
from engine.cli.own_ticks import own_ticks, path_of
from engine.cli.progress import Progress
from engine.cli.run import commands_of, contracts_of, setting_of, version, write_whole
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
from engine.report.compare import Comparison, Played, encoded, market, side
from engine.report.compare_page import page
from engine.report.compare_table import table
from engine.report.curve import Curve
from engine.report.measure import Measure
from engine.report.summary import FileRow
from engine.services.breach import Breach
from engine.services.counters import Counters
from feeds.replay import FileArg, open_feed
from feeds.report import FileReport

PAGE = "compare.html"
DATA = "compare.json"
MODES: tuple[Mode, ...] = ("isolated", "cross")
_EVERY = 1_000
"""Commands between two looks at the progress."""


class Modes(click.ParamType[tuple[Mode, ...]]):
    """Margin modes, a comma between them."""

    name = "modes"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Mode, ...]:
        """Read the list; anything but the two modes, each at most once, is a usage error."""
        if isinstance(value, tuple):
            return value
        named = str(value).split(",")
        found = tuple(mode for word in named for mode in MODES if mode == word.strip())
        if len(found) != len(named) or len(set(found)) != len(found):
            known = ", ".join(MODES)
            self.fail(f"found {value!r}, expected one or more of {known}", param, ctx)
        return found


@click.command(short_help="Run a lab in each margin mode, side by side.")
@click.argument("lab_name", metavar="LAB")
@click.argument("files", metavar="[FILE...]", nargs=-1)
@click.option(
    "--modes",
    type=Modes(),
    default="isolated,cross",
    show_default=True,
    help="What to run, in this order.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help=f"Folder for {PAGE} and {DATA}; earlier ones there are replaced.",
)
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON.")
def compare(
    *,
    lab_name: str,
    files: tuple[str, ...],
    modes: tuple[Mode, ...],
    out: Path | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Run the same ticks and the same accounts in each margin mode and compare the outcomes.

    LAB is one that ships with the project, or the path of a .toml. FILE is a tick file as in
    `margincall replay`; a lab that makes its own ticks needs none. Every account of the lab and
    its crowd is put into the mode, whatever the lab says.

    \b
    Example:
      margincall compare quickstart --modes isolated,cross --out out/both
    """
    with told():
        lab = load_lab(lab_name)
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
        result, runs = compared(lab, files, modes, quiet=quiet or as_json)
        if out is not None:
            _write(out, result, runs)
        if as_json:
            click.echo(encoded(result).decode(), nl=False)
        elif not quiet:
            Console().print(table(result))
            if out is not None:
                click.echo(f"\nWritten: {out / PAGE} and {out / DATA}.")


def _write(out: Path, result: Comparison, runs: Sequence["Run"]) -> None:
    write_whole(out / DATA, encoded(result))
    shown = page(result, [run.played() for run in runs], runs[-1].prices)
    write_whole(out / PAGE, shown.encode())


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
    lab: Lab, files: Sequence[str], modes: Sequence[Mode], *, quiet: bool
) -> tuple[Comparison, list["Run"]]:
    """Play a lab once in each mode, on files or on its own ticks.

    Raises `Mistake` where there are neither, `FeedError` and `Breach`.
    """
    with TemporaryDirectory() as folder:
        if files:
            named = [FileArg.parse(text) for text in files]
        else:
            path_of(lab)
            named = [FileArg(each.path) for each in own_ticks(lab, Path(folder)).feed.references]
        runs = [Run(in_mode(lab, mode), mode, named) for mode in modes]
        for run in runs:
            run.to_end(quiet=quiet)
    last = runs[-1]
    result = Comparison(
        version=version(),
        lab=lab.name,
        seed=lab.seed,
        files=tuple(_file_row(report, is_own=not files) for report in last.feed.reports),
        ticks=last.counters.ticks,
        markets={
            contract.symbol: market(contract, last.bars[contract.symbol])
            for contract in lab.venue.contracts
            if last.bars[contract.symbol]
        },
        sides=tuple(side(run.played()) for run in runs),
    )
    return result, runs


def _file_row(report: FileReport, *, is_own: bool) -> FileRow:
    """What was read; a file that the lab made is gone, so only its name is told."""
    path = Path(report.path).name if is_own else report.path
    return FileRow(path, report.format, report.contract, report.rows, report.skipped, report.sha256)


class Run:
    """One mode, in this process and without a log: what happens is measured as it happens.

    `bars` and `prices` are those of the replayed market, by contract.
    """

    def __init__(self, lab: Lab, mode: Mode, files: Sequence[FileArg]) -> None:
        self._lab, self._mode = lab, mode
        self._setting = setting_of(lab, version())
        self._exchange = Exchange(lab.venue)
        self._chronicle = Chronicle(self._setting)
        self._measure = Measure(self._exchange, lab.report.watch, lab.report.samples)
        self._chain = Chain()
        self.bars = {contract.symbol: Bars() for contract in lab.venue.contracts}
        self.prices = {
            contract.symbol: Curve(lab.report.samples) for contract in lab.venue.contracts
        }
        self.counters = Counters()
        self.feed = open_feed(files, contracts_of(lab), lab.feed)

    def to_end(self, *, quiet: bool) -> None:
        """Play it, once. Raises `FeedError` and `Breach`."""
        with Progress(self.counters, total=None, quiet=quiet) as progress:
            for command in commands_of(self._lab, self._saw(self.feed.ticks())):
                events = self._applied(command)
                for event in events:
                    self._chain.line(event)
                if events:
                    self._chronicle.heard(events)
                self._measure.saw(command, events)
                if self.counters.commands % _EVERY == 0:
                    progress.update()
        invariants.check(self._exchange.state)

    def played(self) -> Played:
        """What it came to."""
        return Played(
            mode=self._mode,
            setting=self._setting,
            exchange=self._exchange,
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

    def _applied(self, command: Command) -> tuple[Event, ...]:
        counters = self.counters
        counters.commands += 1
        counters.at_us = command.at_us
        try:
            events = self._exchange.apply(command)
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
