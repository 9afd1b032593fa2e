"""Rerun a finished run and say whether it happens again, byte for byte."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from engine.cli.folder import SUMMARY, lab_of
from engine.cli.mistake import DISAGREEMENT, Mistake
from engine.config.settings import Lab
from engine.core import invariants, snapshot
from engine.core.command import Command
from engine.core.event import Event
from engine.core.exchange import Exchange
from engine.journal.chain import Chain
from engine.journal.compare import Difference, first_difference
from engine.journal.error import JournalError
from engine.journal.read import commands, genesis
from engine.journal.record import Genesis
from engine.journal.repro import BREACH
from engine.report.summary import Summary
from engine.services.breach import Breach
from feeds.replay import FileReference, reopen_feed


class Verdict(msgspec.Struct, frozen=True):
    """What a rerun came to: lines for a reader, and the exit code."""

    lines: tuple[str, ...]
    code: int


def check(folder: Path) -> Verdict:
    """Rerun the log of a folder.

    Raises `JournalError` or `FeedError` where the log or its files are not what they were, and
    `Breach` where the log breaks the venue.
    """
    if not folder.is_dir():
        raise Mistake(f"{folder}: there is no such folder; expected the folder of a finished run")
    begun = genesis(folder)
    lab = lab_of(begun, folder)
    exchange = Exchange(lab.venue)
    chain = Chain()
    events = _events(exchange, _log(folder, begun, lab))
    if (folder / BREACH).exists():
        count = sum(1 for _ in events)
        return Verdict((f"the venue no longer breaks: {count:,} events",), DISAGREEMENT)
    recorded = _summary(folder)
    difference = first_difference(folder, events, chain)
    if difference is not None:
        return _differs(difference, begun)
    return _hashes(recorded, exchange, chain)


def _log(folder: Path, begun: Genesis, lab: Lab) -> Iterator[Command]:
    contracts = {contract.symbol: contract for contract in lab.venue.contracts}
    references = [
        FileReference(str(folder / file.path), file.format, file.contract, file.sha256)
        for file in begun.files
    ]
    ticks = reopen_feed(references, contracts, lab.feed).ticks() if references else iter(())
    return commands(folder, ticks)


def _events(exchange: Exchange, log: Iterator[Command]) -> Iterator[Event]:
    for number, command in enumerate(log, 1):
        try:
            events = exchange.apply(command)
        except Exception as error:
            raise Breach(number, command, error) from error
        yield from events
    invariants.check(exchange.state)


def _summary(folder: Path) -> Summary:
    path = folder / SUMMARY
    try:
        return msgspec.json.decode(path.read_bytes(), type=Summary)
    except OSError as error:
        raise JournalError(
            f"{path}: cannot be read ({error.strerror}); the run was not finished: run it again"
        ) from error
    except msgspec.MsgspecError as error:
        raise JournalError(f"{path}: is not a summary of this version ({error})") from error


def _differs(difference: Difference, begun: Genesis) -> Verdict:
    return Verdict(
        (
            f"event {difference.seq} differs",
            f"  recorded: {difference.recorded or '(the file ends before it)'}",
            f"  rerun:    {difference.rerun or '(the rerun ends before it)'}",
            f"the run was written by version {begun.version}",
        ),
        DISAGREEMENT,
    )


def _hashes(recorded: Summary, exchange: Exchange, chain: Chain) -> Verdict:
    found = {
        "events": (recorded.events, chain.count),
        "event_hash": (recorded.event_hash, chain.hex),
        "state_hash": (recorded.state_hash, snapshot.state_hash(exchange)),
    }
    wrong = [
        f"{name} differs: summary.json says {old}, the rerun {new}"
        for name, (old, new) in found.items()
        if old != new
    ]
    if wrong:
        return Verdict(tuple(wrong), DISAGREEMENT)
    return Verdict(
        (
            f"{chain.count:,} events agree byte for byte",
            f"event hash {chain.hex}",
            f"state hash {recorded.state_hash}",
        ),
        0,
    )
