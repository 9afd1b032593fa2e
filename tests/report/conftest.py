"""The demo's lab on its ticks, without tasks, and everything that its report would say."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from engine.cli.own_ticks import own_ticks
from engine.cli.run import commands_of, setting_of
from engine.config.lab import load_lab
from engine.config.settings import Lab
from engine.core.command import Command, Tick
from engine.core.event import LiquidationEnded
from engine.core.exchange import Exchange
from engine.report.build import Ending, Gathered, summary
from engine.report.chronicle import Chronicle
from engine.report.data import Data, data
from engine.report.notes import ClosingNote, Notes, curve_notes, gathered
from engine.report.prices import Prices
from engine.report.sampling import Samples, Witness
from engine.report.setting import Setting
from engine.report.statement import Statement
from engine.report.summary import Run, Summary
from engine.report.view import ExchangeView
from engine.report.watched import held

HASH = "ab" * 32


class Reported(msgspec.Struct):
    """A finished run with everything that listened to it.

    `statement` watches everybody, `fine` are curves so long that none is thinned, `worth` is the
    equity of a watched account after each command that liquidated it, by its time.
    """

    lab: Lab
    setting: Setting
    exchange: Exchange
    chronicle: Chronicle
    statement: Statement
    prices: Prices
    notes: Notes
    closing: ClosingNote
    worth: dict[tuple[str, int], int]
    fine: Samples
    summary: Summary
    data: Data


@pytest.fixture(scope="session")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    """The demo, run once."""
    folder = tmp_path_factory.mktemp("run")
    lab = load_lab("quickstart")
    return run(lab, folder)


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    """The demo by the rules of a venue whose fund keeps what it takes over, run once."""
    return run(load_lab("quickstart", "binance"), tmp_path_factory.mktemp("kept"))


class Running:
    """A lab as it runs, with everything that listens to it."""

    def __init__(self, lab: Lab, accounts: list[str]) -> None:
        self.setting = setting_of(lab, "1.0")
        self.exchange = Exchange(lab.venue)
        self.view = ExchangeView(self.exchange)
        self.chronicle, self.prices = Chronicle(self.setting), Prices()
        self.samples = Samples(self.setting)
        self.fine = Samples(msgspec.structs.replace(self.setting, samples=100_000))
        self.everybody = Statement(tuple(accounts), self.setting.unit_values)
        self.worth: dict[tuple[str, int], int] = {}
        self.ticks = 0
        self._ears = (self.chronicle.heard, self.prices.heard, self.everybody.heard)
        self._witnesses = (
            Witness(self.view, Prices(), self.fine),
            Witness(self.view, self.prices, self.samples),
        )

    def apply(self, command: Command) -> None:
        """Apply a command and let everybody know."""
        happened = self.exchange.apply(command)
        if happened:
            for ear in self._ears:
                ear(happened)
        for event in happened:
            if isinstance(event, LiquidationEnded) and event.account in self.setting.watch:
                self.worth[event.account, event.at_us] = self.view.equity(event.account)
        if isinstance(command, Tick):
            self.ticks += 1
            for witness in self._witnesses:
                witness.saw(command)


def run(lab: Lab, folder: Path) -> Reported:
    """Run a lab and gather its report."""
    commands = list(commands_of(lab, own_ticks(lab, folder).feed.ticks()))
    running = Running(
        lab, sorted({name for each in commands if (name := getattr(each, "account", None))})
    )
    for command in commands:
        running.apply(command)
    running.samples.look(commands[-1].at_us, running.view)
    setting, chronicle = running.setting, running.chronicle
    had = tuple(held(name, chronicle.statement, running.view) for name in setting.watch)
    counts: dict[str, Any] = {"ticks": running.ticks, "commands": len(commands)}
    closing = ClosingNote(complete=True, event_hash=HASH, held=had, files=(), **counts)
    notes = gathered([*curve_notes(running.samples), closing])
    ending = Ending(
        version="1.0",
        complete=True,
        run=Run(lab.seed, lab.name, ()),
        events=chronicle.events,
        event_hash=HASH,
        elapsed_s=1.5,
        **counts,
    )
    return Reported(
        lab=lab,
        setting=setting,
        exchange=running.exchange,
        chronicle=chronicle,
        statement=running.everybody,
        prices=running.prices,
        notes=notes,
        closing=closing,
        worth=running.worth,
        fine=running.fine,
        summary=summary(
            running.exchange, setting, Gathered(chronicle, running.prices, had), ending
        ),
        data=data(setting, chronicle, notes),
    )
