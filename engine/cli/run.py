"""One run from files to a folder: everything put together, nothing decided."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import closing
from importlib import metadata
from itertools import chain, islice
from pathlib import Path
from random import Random
from traceback import format_exception

import msgspec

from engine.cli.expected import rows_expected
from engine.cli.folder import PAGE, REPRO, SUMMARY, remove_run
from engine.cli.mistake import MISTAKES, Stopped, behind
from engine.cli.progress import Progress
from engine.config.settings import Lab
from engine.core.command import Command, Tick
from engine.core.exchange import Exchange
from engine.core.instrument import Contract
from engine.journal.record import Genesis, TickFile
from engine.journal.repro import write_repro
from engine.journal.write import CommandLog, EventLog, Journal
from engine.report.build import Ending, Gathered, summary
from engine.report.chronicle import Chronicle
from engine.report.data import data
from engine.report.notes import ClosingNote, Held, ReadFile, curve_notes, gathered
from engine.report.notes import Note as ReportNote
from engine.report.page import page
from engine.report.prices import Prices
from engine.report.sampling import Samples, Witness
from engine.report.setting import Setting
from engine.report.summary import FileRow, Run, Summary, encoded
from engine.report.view import ExchangeView
from engine.report.watched import held
from engine.services.breach import Breach
from engine.services.session import run_session
from engine.services.venue import VenueTask
from feeds.crowd import crowd_cues
from feeds.cue import cued
from feeds.pace import paced, pulled
from feeds.reaction import Reactions, tempers
from feeds.replay import Feed
from feeds.traders import trader_cues

BATCH = 1_000
"""Commands of a batch."""


def version() -> str:
    """The program's version, which stands in every log."""
    try:
        return metadata.version("margincall")
    except metadata.PackageNotFoundError:
        return "unknown"


def contracts_of(lab: Lab) -> dict[str, Contract]:
    """The lab's contracts by symbol."""
    return {contract.symbol: contract for contract in lab.venue.contracts}


def setting_of(lab: Lab, written_by: str) -> Setting:
    """What a report knows of a run from its lab and the version that ran it."""
    modes = {account.name: account.mode for account in lab.accounts}
    watched = {name: modes[name] for name in lab.report.watch}
    return Setting(lab.name, lab.seed, written_by, lab.venue, watched, lab.report.samples)


def commands_of(lab: Lab, ticks: Iterator[Tick]) -> Iterator[Command]:
    """The ticks with what crowd and traders send between them."""
    contracts, rules = contracts_of(lab), lab.venue.rules
    crowd = crowd_cues(Random(lab.seed), lab.crowd, contracts, rules) if lab.crowd else ()
    return cued(ticks, chain(trader_cues(lab.accounts, contracts, rules), crowd), contracts)


def reactions_of(lab: Lab) -> Reactions | None:
    """Who reacts to margin calls in a lab, if anybody does.

    Their dice are not those of the crowd: what they do changes nothing about who enters.
    """
    who = tempers(Random(f"{lab.seed} at margin call"), lab.crowd, lab.accounts)
    return Reactions(who) if who else None


def run(
    lab: Lab, feed: Feed, out: Path, *, total: int | None = None, quiet: bool = False
) -> Summary:
    """Replay a feed into a claimed folder; returns what `summary.json` says.

    `total` is the number of rows to come; else it is guessed from the files. It is for the progress
    only.

    Raises `Stopped` after an invariant breach: the log stays, and a copy of it up to the command
    that broke the venue is in `repro`. An unfinished run of a user's mistake is removed.
    """
    try:
        return _Run(lab, feed, out).to_end(total, quiet=quiet)
    except Exception as error:
        cause = behind(error)
        if isinstance(cause, Breach):
            write_repro(out, out / REPRO, cause.number, "".join(format_exception(cause)))
            raise Stopped(
                f"stopped at an invariant breach: {cause}; rerun it with: "
                f"margincall check {out / REPRO}"
            ) from error
        if isinstance(cause, MISTAKES):
            remove_run(out)
        raise


class _Run:
    def __init__(self, lab: Lab, feed: Feed, out: Path) -> None:
        self._lab, self._feed, self._out = lab, feed, out
        self._exchange = Exchange(lab.venue)
        self._view = ExchangeView(self._exchange)
        self._setting = setting_of(lab, version())
        self._chronicle = Chronicle(self._setting)
        self._prices = Prices()
        self._samples = Samples(self._setting)
        witness = Witness(self._view, self._prices, self._samples)
        genesis = Genesis(version(), msgspec.Raw(msgspec.json.encode(lab)), _files(feed, out))
        self._commands = CommandLog(out, genesis)
        self._events = EventLog(out)
        self._venue = VenueTask(self._exchange, witness.saw, reactions_of(lab))

    def to_end(self, total: int | None, *, quiet: bool) -> Summary:
        with (
            closing(self._commands),
            closing(self._events),
            Progress(
                self._venue.counters,
                total=total or rows_expected(report.path for report in self._feed.reports),
                quiet=quiet,
                read=lambda: sum(report.rows for report in self._feed.reports),
            ) as progress,
        ):
            complete = asyncio.run(self._session(progress))
            had = self._held()
            shown = self._noted(complete, had)
        write_whole(self._out / PAGE, shown.encode())
        result = self._summary(complete, had, progress.elapsed_s)
        write_whole(self._out / SUMMARY, encoded(result))
        return result

    async def _session(self, progress: Progress) -> bool:
        stream = commands_of(self._lab, self._feed.ticks())
        source = paced(pulled(_batches(stream)), self._lab.feed.speed_ppm)
        ears = (self._chronicle.heard, self._prices.heard)
        journal = Journal(self._commands, self._events)
        return await run_session(source, self._venue, journal, ears, progress.update)

    def _held(self) -> tuple[Held, ...]:
        statement = self._chronicle.statement
        return tuple(held(name, statement, self._view) for name in self._setting.watch)

    def _noted(self, complete: bool, had: tuple[Held, ...]) -> str:
        """End the log with the run's notes; returns the page that they and the events give."""
        counters = self._venue.counters
        self._samples.look(counters.at_us, self._view)
        closing = ClosingNote(
            complete=complete,
            ticks=counters.ticks,
            commands=counters.commands,
            event_hash=self._events.chain.hex,
            held=had,
            files=tuple(_read_file(row) for row in _file_rows(self._feed)),
        )
        notes: list[ReportNote] = [*curve_notes(self._samples), closing]
        for note in notes:
            self._commands.note(note)
        return page(data(self._setting, self._chronicle, gathered(notes)))

    def _summary(self, complete: bool, had: tuple[Held, ...], elapsed_s: float) -> Summary:
        counters, lab = self._venue.counters, self._lab
        return summary(
            self._exchange,
            self._setting,
            Gathered(self._chronicle, self._prices, had),
            Ending(
                version=version(),
                complete=complete,
                run=Run(lab.seed, lab.name, _file_rows(self._feed)),
                ticks=counters.ticks,
                commands=counters.commands,
                events=counters.events,
                event_hash=self._events.chain.hex,
                elapsed_s=round(elapsed_s, 3),
            ),
        )


def _batches(commands: Iterator[Command]) -> Iterator[Sequence[Command]]:
    while batch := list(islice(commands, BATCH)):
        yield batch


def _files(feed: Feed, out: Path) -> tuple[TickFile, ...]:
    return tuple(
        TickFile(stored(each.path, out), each.format, each.contract, each.sha256)
        for each in feed.references
    )


def stored(path: str, folder: Path) -> str:
    """A file's path as a log keeps it: relative if in the run's folder, else absolute."""
    whole, inside = Path(path).resolve(), folder.resolve()
    return str(whole.relative_to(inside)) if whole.is_relative_to(inside) else str(whole)


def _file_rows(feed: Feed) -> tuple[FileRow, ...]:
    return tuple(
        FileRow(each.path, each.format, each.contract, each.rows, each.skipped, each.sha256)
        for each in feed.reports
    )


def _read_file(row: FileRow) -> ReadFile:
    return ReadFile(Path(row.path).name, row.format, row.rows, sum(row.skipped.values()))


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    unfinished = path.with_suffix(".partial")
    unfinished.write_bytes(data)
    unfinished.replace(path)
