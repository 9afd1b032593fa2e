"""From a lab's file to a `Lab`: everything that a run depends on, apart from its tick files."""

from pathlib import Path

import msgspec

from engine.config import read
from engine.config.accounts import TraderTable, traders
from engine.config.find import find, find_at
from engine.config.path import PathTable
from engine.config.path import path as story_path
from engine.config.read import Number, Place, Table
from engine.config.settings import Lab, Report
from engine.config.streams import CrowdTable, FeedTable, crowd, feed
from engine.config.together import check_effect, check_leverage
from engine.config.venue import (
    check_accrual,
    closing_fee,
    contracts,
    load_venue,
    overlaid,
    ruled_by,
    rules,
)
from engine.core.instrument import Venue


class ReportTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the report looks at."""

    watch: tuple[str, ...] | None = None
    samples: int = 1_500


class LabTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A lab's file. `rules` and `contracts` are laid over the venue's.

    Each pool of the insurance fund begins with `fund`, or with what `pools` says.
    `scene` is what `engine.scenes` reads: no setting of the run.
    """

    venue: str
    seed: int
    fund: Number
    pools: dict[str, Number] = {}
    rules: Table = {}
    contracts: dict[str, Table] = {}
    feed: FeedTable = FeedTable()
    crowd: CrowdTable | None = None
    accounts: tuple[TraderTable, ...] = ()
    path: PathTable | None = None
    report: ReportTable = ReportTable()
    scene: Table | None = None


def load_lab(name: str, by_rules_of: str | None = None) -> Lab:
    """Read and check a lab by its name or path.

    With `by_rules_of` another venue gives the rules, and brackets and funding of the contracts;
    what is traded, in which steps and on which book, stays that of the lab's own venue.
    Raises `ConfigError`, which names the file, the key and what was expected.
    """
    path = find("labs", name)
    place = Place(str(path))
    tree = read.load_toml(path)
    if "scenes" in tree:
        raise place.at("scenes").error(
            "this lab is several scenes, which `margincall replay` plays; here give the path of one"
        )
    table = read.shaped(LabTable, tree, place)
    venue = _venue(table, path, place, by_rules_of)
    accounts = traders(table.accounts, venue, place.at("accounts"))
    return Lab(
        name=path.stem,
        seed=read.at_least(table.seed, 0, place.at("seed")),
        venue=venue,
        feed=feed(table.feed, place.at("feed"), marks=venue.rules.mark == "file"),
        crowd=crowd(table.crowd, place.at("crowd")) if table.crowd else None,
        accounts=accounts,
        path=story_path(table.path, venue, place.at("path")) if table.path else None,
        report=_report(table.report, [account.name for account in accounts], place.at("report")),
    )


def _venue(table: LabTable, path: Path, place: Place, by_rules_of: str | None) -> Venue:
    venue_path = find_at("venues", table.venue, place.at("venue"), path.parent)
    below = load_venue(venue_path)
    if by_rules_of is not None:
        venue_path = find("venues", by_rules_of)
        below = ruled_by(below, load_venue(venue_path), Place(str(venue_path)))
    chosen = overlaid(below.rules, table.rules)
    own = rules(venue_path.stem, chosen, place.at("rules"))
    check_effect(table.rules if by_rules_of is None else {}, own, place.at("rules"))
    closing = closing_fee(chosen, place.at("rules"))
    result = Venue(
        rules=msgspec.structs.replace(own, seed=table.seed),
        contracts=contracts(below, table.contracts, place.at("contracts"), closing),
        fund=read.micros(table.fund, place.at("fund")),
        pools={
            name: read.micros(cash, place.at("pools").at(name))
            for name, cash in table.pools.items()
        },
    )
    for one in result.contracts:
        check_accrual(own, one, place.at("contracts").at(one.symbol))
        if by_rules_of is None and "default_leverage" in table.rules:
            check_leverage(own, one, place.at("rules"))
    if not result.contracts:
        raise place.at("contracts").error("neither the lab nor its venue has a contract")
    for name in table.pools:
        if name not in result.funds():
            known = ", ".join(pool or "one without a name" for pool in result.funds())
            raise (
                place.at("pools")
                .at(name)
                .error(f"there is no such pool; the venue's fund_pools makes these: {known}")
            )
    return result


def _report(table: ReportTable, accounts: list[str], place: Place) -> Report:
    watch = tuple(accounts) if table.watch is None else table.watch
    for row, name in enumerate(watch, 1):
        if name not in accounts:
            known = ", ".join(accounts) or "none"
            problem = f"there is no account {name!r} in this lab; there are: {known}"
            raise place.at("watch").at(row).error(problem)
    samples = read.at_least(table.samples, 10, place.at("samples"))
    return Report(watch=watch, samples=samples)
