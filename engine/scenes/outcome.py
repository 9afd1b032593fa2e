"""What scenes came to, as `scenes.json` tells it: decimal texts, as in `summary.json`."""

from typing import Literal

import msgspec

from engine.core.command import Mode
from engine.report.compare import DayRow, MarketRow
from engine.report.summary import Count, Hash


class FigureRow(msgspec.Struct, frozen=True):
    """One figure in each mode; `account`, `contract` and `moment` are empty where it has none."""

    account: str
    contract: str
    moment: str
    figure: str
    values: dict[Mode, str | None]


class CheckRow(msgspec.Struct, frozen=True):
    """Something that was expected, what was found, and whether it came true."""

    says: str
    found: str
    holds: bool


class DaysRow(msgspec.Struct, frozen=True):
    """An account's days in a mode."""

    account: str
    mode: Mode
    days: tuple[DayRow, ...]


class SceneOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """A scene that was played; `hashes` are those of the last event in each mode."""

    name: str
    title: str
    claim: str
    finding: str
    holds: bool
    modes: tuple[Mode, ...]
    ticks: Count
    hashes: dict[Mode, Hash]
    accounts: tuple[str, ...]
    figures: tuple[FigureRow, ...]
    checks: tuple[CheckRow, ...]
    days: tuple[DaysRow, ...]
    markets: dict[str, MarketRow]


class BillOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """The whole of `scenes.json`."""

    schema: Literal[1] = 1
    version: str
    lab: str
    title: str
    about: str
    holds: bool
    scenes: tuple[SceneOutcome, ...]


def encoded(outcome: BillOutcome) -> bytes:
    """The text of `scenes.json`."""
    return msgspec.json.format(msgspec.json.encode(outcome), indent=2) + b"\n"
