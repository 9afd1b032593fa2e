"""The figures of a scene's runs, by whose they are and by mode."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from engine.core.command import Mode
from engine.core.event import Event, LiquidationStarted, MarginCalled, PoolDrawn, Rejected
from engine.core.money import PPM, div_half_even
from engine.report.compare import Played, Side
from engine.report.measure import Tally
from engine.report.statement import Line
from engine.report.text import Units, money, scaled
from engine.report.view import ExchangeView
from engine.scenes.figure import Value
from engine.scenes.outcome import FigureRow
from engine.scenes.setting import Scene, Subject
from engine.scenes.witness import Fate, Moments

SECOND_US = 1_000_000
Named = Iterator[tuple[Subject, str, Value]]
Sheet = dict[tuple[Subject, str], dict[Mode, Value]]
_FOUND = {"capital": "least_capital", "exposure": "largest_exposure"}
_COUNTS: dict[str, type[Event]] = {
    "margin_calls": MarginCalled,
    "pool_draws": PoolDrawn,
    "refused": Rejected,
    "liquidations": LiquidationStarted,
}


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One mode of a scene that was played, and who took notice; `found` are searches' answers."""

    mode: Mode
    played: Played
    side: Side
    fate: Fate
    moments: Moments
    found: Mapping[tuple[str, str], int | None]


def sheet(scene: Scene, runs: Sequence[Seen]) -> Sheet:
    """Every figure that there is."""
    result: Sheet = {}
    for run in runs:
        for subject, name, value in _figures(scene, run):
            result.setdefault((subject, name), {})[run.mode] = value
    return result


def shown(scene: Scene, figures: Sheet) -> tuple[FigureRow, ...]:
    """What a scene shows: by account, there moments and positions first, the whole run last."""
    accounts = [*(account.name for account in scene.lab.accounts), ""]
    parts = [*(moment.name for moment in scene.moments)]
    parts += [*(contract.symbol for contract in scene.lab.venue.contracts), ""]

    def place(key: tuple[Subject, str]) -> tuple[int, int, int]:
        subject, name = key
        part = parts.index(subject.moment or subject.contract)
        return accounts.index(subject.account), part, scene.shows.index(name)

    keys = sorted((key for key in figures if key[1] in scene.shows), key=place)
    return tuple(
        FigureRow(subject.account, subject.contract, subject.moment, name, figures[subject, name])
        for subject, name in keys
    )


def _figures(scene: Scene, run: Seen) -> Named:
    began = [order.began for order in run.played.chronicle.facts.orders.values()]
    yield from _of_run(run.side, began)
    for name, tally in run.played.measure.tallies.items():
        yield from _of_account(tally, [event for event in began if event.account == name])
    for (name, what), answer in run.found.items():
        yield Subject(name), _FOUND[what], None if answer is None else money(answer)
    for contract in scene.lab.venue.contracts:
        for account in scene.lab.accounts:
            yield from _of_position(run, Subject(account.name, contract.symbol), Units.of(contract))
    for (name, moment), standing in run.moments.standings.items():
        subject = Subject(name, moment=moment)
        free = standing.equity - standing.maintenance
        yield subject, "equity_then", money(standing.equity)
        yield subject, "maintenance_then", money(standing.maintenance)
        yield subject, "exposure_then", money(standing.exposure)
        yield subject, "cushion_then", _share(free, standing.exposure)


def _of_run(side: Side, began: Sequence[LiquidationStarted]) -> Named:
    whole = Subject()
    yield whole, "accounts_liquidated", str(side.accounts.liquidated)
    yield whole, "all_liquidations", str(side.all.liquidations)
    yield whole, "all_at_once", str(_at_once(began))
    for name in ("loss", "own_margin", "insurance_fund", "adl", "socialized", "uncovered"):
        yield whole, name, getattr(side.waterfall, name)


def _of_account(tally: Tally, began: Sequence[LiquidationStarted]) -> Named:
    whole, course = Subject(tally.account), tally.course
    yield whole, "paid_in", money(course.paid_in)
    yield whole, "equity", money(course.equity)
    yield whole, "result", money(course.equity - course.paid_in)
    yield whole, "drawdown", money(course.drawdown)
    yield whole, "exposure", money(tally.exposure)
    yield whole, "capital_needed", None if began else money(tally.needed)
    for name, kind in _COUNTS.items():
        yield whole, name, str(tally.counts[kind])
    yield whole, "at_once", str(_at_once(began))
    for name in ("realized", "fees", "funding", "top_ups"):
        yield whole, name, money(sum(getattr(day, name) for day in tally.days))
    yield whole, "cuts", money(tally.cuts)


def _of_position(run: Seen, whose: Subject, units: Units) -> Named:
    line = run.fate.statement.lines[whose.account].get(whose.contract)
    if line is None or not line.opened:
        return
    view = ExchangeView(run.played.exchange)
    result = line.result + view.open_profit(whose.account, whose.contract)
    yield whose, "ended", line.ended
    yield whose, "position_result", money(result)
    mark = run.fate.marks.get((whose.account, whose.contract))
    yield whose, "liquidated_at", None if mark is None else units.price(mark)
    yield whose, "moved", None if mark is None else _moved(line, mark)


def _moved(line: Line, mark: int) -> str | None:
    """How far a mark is on the losing side of the average entry, as a share of that."""
    sign = 1 if line.side == "long" else -1
    return _share(sign * (line.opened_value - mark * line.opened), line.opened_value)


def _share(part: int, whole: int) -> str | None:
    return scaled(div_half_even(part * PPM, whole), 6) if whole else None


def _at_once(began: Sequence[LiquidationStarted]) -> int:
    """The most liquidations of any second that begins with one."""
    times = [event.at_us for event in began]
    return max((bisect_left(times, at + SECOND_US) - n for n, at in enumerate(times)), default=0)
