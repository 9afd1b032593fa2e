"""From TOML to scenes, strictly: a name that is not known is told with the key that holds it.

A lab is a bill of scenes if it names files under `scenes`; a lab with a table `[scene]` is a bill
of one. What is not in that table is a lab like any other (`engine.config.lab`).
"""

import difflib
from collections.abc import Collection
from fractions import Fraction
from pathlib import Path
from typing import Literal

import msgspec

from engine.config import read
from engine.config.find import find
from engine.config.lab import load_lab
from engine.config.read import Number, Place, Table
from engine.config.settings import Lab
from engine.core.command import Mode
from engine.scenes.figure import FIGURES, Figure
from engine.scenes.setting import Bill, Expected, Moment, Scene, Search, Subject

MODES: tuple[Mode, ...] = ("isolated", "cross")
_TIMES_MAX = 1_000


class ExpectTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What must come true; without `mode` in every one, without `account` of the only one."""

    figure: str
    account: str | None = None
    contract: str = ""
    moment: str = ""
    mode: Mode | None = None
    equal: Number | None = msgspec.field(name="is", default=None)
    least: Number | None = None
    most: Number | None = None
    less_than: Mode | None = None
    more_than: Mode | None = None


class SearchTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """See `engine.scenes.setting.Search`."""

    account: str
    find: Literal["capital", "exposure"]
    step: Number = 1
    most: Number
    times: int = 10


class SceneTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The table `[scene]`."""

    title: str
    claim: str
    finding: str = ""
    modes: tuple[Mode, ...] = MODES
    shows: tuple[str, ...]
    accounts: tuple[str, ...] | None = None
    days: tuple[str, ...] = ()
    moments: dict[str, str] = {}
    search: tuple[SearchTable, ...] = ()
    expect: tuple[ExpectTable, ...]


class BillTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lab's file that names scenes: paths relative to it."""

    title: str
    about: str
    scenes: tuple[str, ...]


def load_bill(name: str, *, alone: bool = True) -> Bill | None:
    """Read the scenes of a lab by its name or path; None where it is a lab without.

    A lab that is one scene alone is a lab without unless `alone`.
    Raises `ConfigError`, which names the file, the key and what was expected.
    """
    path = find("labs", name)
    tree = read.load_toml(path)
    place = Place(str(path))
    if "scene" in tree and alone:
        scene = _scene(path, tree)
        return Bill(name=scene.name, title=scene.title, about="", scenes=(scene,))
    if "scenes" not in tree:
        return None
    table = read.shaped(BillTable, tree, place)
    scenes: list[Scene] = []
    for row, named in enumerate(table.scenes, 1):
        here = place.at("scenes").at(row)
        file = path.parent / named
        if not file.is_file():
            raise here.error(f"found {named!r}; there is no such file beside this one")
        if any(file.stem == scene.name for scene in scenes):
            raise here.error(f"there are two scenes of the name {file.stem!r}")
        scenes.append(_scene(file, read.load_toml(file)))
    if not scenes:
        raise place.at("scenes").error("is empty; name the file of a scene")
    return Bill(
        name=path.stem, title=_line(table.title), about=_line(table.about), scenes=tuple(scenes)
    )


def _scene(path: Path, tree: Table) -> Scene:
    if "scene" not in tree:
        raise Place(str(path)).at("scene").error("this table is missing; a scene needs it")
    lab = load_lab(str(path))
    place = Place(str(path)).at("scene")
    if lab.path is None:
        raise Place(str(path)).at("path").error("is missing; a scene makes its own ticks")
    table = read.shaped(SceneTable, tree["scene"], place)
    names = [account.name for account in lab.accounts]
    watch = lab.report.watch
    accounts = _known(watch if table.accounts is None else table.accounts, names, place, "accounts")
    if len(set(table.modes)) != len(table.modes) or not table.modes:
        raise place.at("modes").error("expected each mode at most once, and one at least")
    moments = tuple(
        Moment(name, read.duration_us(after, place.at("moments").at(name)))
        for name, after in table.moments.items()
    )
    terms = _Terms(lab, table.modes, accounts, tuple(moment.name for moment in moments))
    return Scene(
        name=path.stem,
        lab=lab,
        title=_line(table.title),
        claim=_line(table.claim),
        finding=_line(table.finding),
        modes=table.modes,
        shows=tuple(_known(table.shows, FIGURES, place, "shows")),
        accounts=tuple(accounts),
        days=_known(table.days, watch, place, "days"),
        moments=moments,
        searches=tuple(
            _search(row, watch, place.at("search").at(number))
            for number, row in enumerate(table.search, 1)
        ),
        expected=tuple(
            expected
            for number, row in enumerate(table.expect, 1)
            for expected in terms.expected(row, place.at("expect").at(number))
        ),
    )


def _line(text: str) -> str:
    """A text of several lines as one."""
    return " ".join(text.split())


def _known(
    found: Collection[str], known: Collection[str], place: Place, key: str
) -> tuple[str, ...]:
    for row, name in enumerate(found, 1):
        if name not in known:
            raise place.at(key).at(row).error(_unknown(name, known))
    return tuple(found)


def _unknown(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known) or 'none'}"
    return f"found {name!r}; {hint}"


def _search(table: SearchTable, watch: Collection[str], place: Place) -> Search:
    if table.account not in watch:
        raise place.at("account").error(_unknown(table.account, watch))
    if not 1 <= table.times <= _TIMES_MAX:
        raise place.at("times").error(f"found {table.times}, expected from 1 to {_TIMES_MAX}")
    step = read.micros(table.step, place.at("step"), least=1)
    most = read.micros(table.most, place.at("most"), least=step)
    return Search(table.account, table.find, step, most, table.times)


class _Terms:
    """The names that expectations of a scene may use."""

    def __init__(
        self,
        lab: Lab,
        modes: tuple[Mode, ...],
        accounts: Collection[str],
        moments: Collection[str],
    ) -> None:
        self._accounts = [account.name for account in lab.accounts]
        self._contracts = [contract.symbol for contract in lab.venue.contracts]
        self._shown = list(accounts)
        self._modes, self._moments = modes, moments

    def expected(self, table: ExpectTable, place: Place) -> list[Expected]:
        """One for each mode that is meant."""
        if table.figure not in FIGURES:
            raise place.at("figure").error(_unknown(table.figure, FIGURES))
        figure = FIGURES[table.figure]
        subject = self._subject(table, figure, place)
        bounds = (table.equal, table.least, table.most, table.less_than, table.more_than)
        if all(bound is None for bound in bounds):
            raise place.error("expects nothing; add is, least, most, less_than or more_than")
        if figure.kind == "word" and any(bound is not None for bound in bounds[1:]):
            raise place.error(f"{table.figure} is a word; expected `is`")
        if table.equal is not None and figure.kind != "word" and table.equal != figure.absent:
            read.exact(table.equal, place.at("is"))
        modes = self._modes if table.mode is None else (table.mode,)
        for mode in (*modes, table.less_than, table.more_than):
            if mode is not None and mode not in self._modes:
                raise place.error(f"this scene is not played in the mode {mode!r}")
        return [
            Expected(
                subject=subject,
                figure=table.figure,
                mode=mode,
                equal=None if table.equal is None else str(table.equal),
                least=_bound(table.least, place.at("least")),
                most=_bound(table.most, place.at("most")),
                less_than=table.less_than,
                more_than=table.more_than,
            )
            for mode in modes
        ]

    def _subject(self, table: ExpectTable, figure: Figure, place: Place) -> Subject:
        if figure.level == "run":
            needed: tuple[str, ...] = ()
        else:
            needed = tuple(dict.fromkeys(("account", figure.level)))
        given = {
            "account": self._account(table.account) if "account" in needed else table.account,
            "contract": table.contract,
            "moment": table.moment,
        }
        known = {
            "account": self._accounts,
            "contract": self._contracts,
            "moment": self._moments,
        }
        for key, name in given.items():
            if key in needed and (name or "") not in known[key]:
                raise place.at(key).error(_unknown(name or "", known[key]))
            if key not in needed and name:
                raise place.at(key).error(f"{table.figure} is not of one; take this out")
        return Subject(**{key: name or "" for key, name in given.items()})

    def _account(self, named: str | None) -> str:
        if named is not None:
            return named
        return self._shown[0] if len(self._shown) == 1 else ""


def _bound(number: Number | None, place: Place) -> Fraction | None:
    return None if number is None else read.exact(number, place)
