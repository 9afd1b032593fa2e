"""The demo's lab on its ticks, without files or tasks, and what its report would say."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from engine.cli.run import commands_of, contracts_of
from engine.config.lab import load_lab
from engine.config.settings import Lab
from engine.core.command import FundingTick, IndexTick, QuoteTick, TradeTick
from engine.core.exchange import Exchange
from engine.report.build import Ending, Gathered, summary
from engine.report.facts import Facts
from engine.report.prices import Curves, Prices, Witness
from engine.report.statement import Statement
from engine.report.summary import Run, Summary
from engine.report.view import ExchangeView
from feeds.replay import FileArg, open_feed
from feeds.story_path import write_ticks


class Reported(msgspec.Struct):
    """A finished run with everything that listened to it; every account is watched."""

    lab: Lab
    exchange: Exchange
    facts: Facts
    statement: Statement
    prices: Prices
    curves: Curves
    summary: Summary


@pytest.fixture(scope="session")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    """The demo, run once."""
    folder = tmp_path_factory.mktemp("ticks")
    lab = load_lab("quickstart")
    assert lab.path is not None, "the demo makes its own ticks"
    return run(lab, write_ticks(folder, lab.path))


def run(lab: Lab, paths: list[Path]) -> Reported:
    """Run a lab and gather its report."""
    arguments = [FileArg(str(path)) for path in paths]
    commands = list(commands_of(lab, open_feed(arguments, contracts_of(lab), lab.feed).ticks()))
    accounts = sorted({name for each in commands if (name := getattr(each, "account", None))})
    exchange = Exchange(lab.venue)
    view = ExchangeView(exchange)
    facts, statement, prices = Facts(lab.venue.fund), Statement(tuple(accounts)), Prices()
    curves = Curves(lab.venue, lab.report.watch, 100)
    witness = Witness(view, prices, curves)
    ticks = events = 0
    for command in commands:
        happened = exchange.apply(command)
        events += len(happened)
        if happened:
            for ear in (facts.heard, statement.heard, prices.heard):
                ear(happened)
        if isinstance(command, TradeTick | QuoteTick | IndexTick | FundingTick):
            ticks += 1
            witness.saw(command)
    ending: dict[str, Any] = {
        "version": "1.0",
        "complete": True,
        "run": Run(lab.seed, lab.name, ()),
        "ticks": ticks,
        "commands": len(commands),
        "events": events,
        "event_hash": "ab" * 32,
        "elapsed_s": 1.5,
    }
    modes = {trader.name: trader.mode for trader in lab.accounts}
    watched = {name: modes[name] for name in lab.report.watch}
    told = summary(
        exchange, lab.venue, Gathered(facts, statement, prices, watched), Ending(**ending)
    )
    return Reported(lab, exchange, facts, statement, prices, curves, told)
