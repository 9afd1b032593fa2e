"""The same ticks and the same accounts under one margin mode or venue and another, side by side.

A `Comparison` is what `margincall compare --json` prints: money and rates are decimal texts, as
in `summary.json`; keys may be added, none renamed.
"""

from datetime import UTC, datetime
from typing import Literal, TypedDict

import msgspec

from engine.core.command import Mode
from engine.core.event import (
    Deleveraged,
    LiquidationStarted,
    LossSocialized,
    MarginCalled,
    PoolDrawn,
    Rejected,
)
from engine.core.exchange import Exchange
from engine.core.instrument import Contract
from engine.report.bars import Bars
from engine.report.build import fund, waterfall
from engine.report.chronicle import Chronicle
from engine.report.measure import DAY_US, Counts, Course, Day, Measure, Tally
from engine.report.setting import Setting
from engine.report.summary import Accounts, Count, Decimal, FileRow, Fund, Hash, Waterfall
from engine.report.text import Units, money, scaled
from engine.report.view import ExchangeView


class DayRow(msgspec.Struct, frozen=True):
    """A day of UTC of one account.

    `realized` is what positions earned, fees and funding what they paid; `top_ups` are deposits
    after the first one; `equity` is that at the day's end.
    """

    day: str
    realized: Decimal
    fees: Decimal
    funding: Decimal
    top_ups: Decimal
    margin_calls: Count
    pool_draws: Count
    equity: Decimal


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a side did to one account, or to all of them together.

    `drawdown` is the largest fall of the result from its peak. `refused` counts commands.
    """

    paid_in: Decimal
    equity: Decimal
    drawdown: Decimal
    margin_calls: Count
    pool_draws: Count
    refused: Count
    liquidations: Count


class AccountOutcome(Outcome, frozen=True, kw_only=True):
    """An account under watch.

    `capital_needed` is the least capital that would have opened and held the same positions; if
    it is `at_least`, the account was liquidated and what it would have needed after that is not
    known. `exposure` is the largest value of its positions; `cuts` is what it paid for losses of
    others that were socialised.
    """

    account: str
    capital_needed: Decimal
    at_least: bool
    exposure: Decimal
    cuts: Decimal
    days: tuple[DayRow, ...]


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One run; `deleveraged` and `cut` count the winners that losses were passed on to.

    `name` is the margin mode or the venue that it stands for; `mode` is None where every account
    kept its own.
    """

    name: str
    venue: str
    mode: Mode | None
    commands: Count
    events: Count
    event_hash: Hash
    watched: tuple[AccountOutcome, ...]
    all: Outcome
    accounts: Accounts
    deleveraged: Count
    cut: Count
    waterfall: Waterfall
    insurance_fund: Fund


class MarketRow(msgspec.Struct, frozen=True):
    """How the replayed price went; rates are shares of the price, `bar` is what both are from.

    `average_range` is the mean true range of a bar, `volatility` the realised one of a year;
    they are None where there were not two bars.
    """

    first: Decimal
    last: Decimal
    low: Decimal
    high: Decimal
    bar: str | None
    average_range: Decimal | None
    volatility: Decimal | None


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """A side's run that has ended, with everything that took notice of it."""

    name: str
    mode: Mode | None
    setting: Setting
    exchange: Exchange
    measure: Measure
    chronicle: Chronicle
    commands: int
    event_hash: str


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """The whole answer."""

    schema: Literal[1] = 1
    version: str
    lab: str
    seed: int
    files: tuple[FileRow, ...]
    ticks: Count
    markets: dict[str, MarketRow]
    sides: tuple[Side, ...]


def encoded(comparison: Comparison) -> bytes:
    """The text of `compare.json`."""
    return msgspec.json.format(msgspec.json.encode(comparison), indent=2) + b"\n"


def side(played: Played) -> Side:
    """Put one side's run together. Raises `AssertionError` where its waterfall does not add up."""
    facts, measure = played.chronicle.facts, played.measure
    view = ExchangeView(played.exchange)
    assert facts.sums.gap == 0, f"the waterfall does not add up by {facts.sums.gap} micros"
    names = view.accounts()
    return Side(
        name=played.name,
        venue=played.setting.venue.rules.name,
        mode=played.mode,
        commands=played.commands,
        events=played.chronicle.events,
        event_hash=played.event_hash,
        watched=tuple(
            _account(tally, tally.account in measure.hit[LiquidationStarted])
            for tally in measure.tallies.values()
        ),
        all=Outcome(**_outcome(measure.course, measure.counts)),
        accounts=Accounts(
            total=len(names),
            liquidated=len(measure.hit[LiquidationStarted]),
            negative=sum(view.equity(name) < 0 for name in names),
        ),
        deleveraged=len(measure.hit[Deleveraged]),
        cut=len(measure.hit[LossSocialized]),
        waterfall=waterfall(facts.sums),
        insurance_fund=fund(played.chronicle, played.setting.venue.rules),
    )


def market(contract: Contract, bars: Bars) -> MarketRow:
    """Put together how a contract's replayed price went."""
    units, moves = Units.of(contract), bars.moves()
    return MarketRow(
        first=units.price(bars.first),
        last=units.price(bars.last),
        low=units.price(bars.low),
        high=units.price(bars.high),
        bar=moves.bar if moves else None,
        average_range=scaled(moves.range_ppm, 6) if moves else None,
        volatility=scaled(moves.volatility_ppm, 6) if moves else None,
    )


def _account(tally: Tally, is_liquidated: bool) -> AccountOutcome:
    return AccountOutcome(
        account=tally.account,
        capital_needed=money(tally.needed),
        at_least=is_liquidated,
        exposure=money(tally.exposure),
        cuts=money(tally.cuts),
        days=tuple(map(_day, tally.days)),
        **_outcome(tally.course, tally.counts),
    )


class _Outcome(TypedDict):
    paid_in: str
    equity: str
    drawdown: str
    margin_calls: int
    pool_draws: int
    refused: int
    liquidations: int


def _outcome(course: Course, counts: Counts) -> _Outcome:
    return {
        "paid_in": money(course.paid_in),
        "equity": money(course.equity),
        "drawdown": money(course.drawdown),
        "margin_calls": counts[MarginCalled],
        "pool_draws": counts[PoolDrawn],
        "refused": counts[Rejected],
        "liquidations": counts[LiquidationStarted],
    }


def _day(day: Day) -> DayRow:
    begun = datetime.fromtimestamp(day.day * DAY_US // 1_000_000, UTC)
    return DayRow(
        day=f"{begun:%Y-%m-%d}",
        realized=money(day.realized),
        fees=money(day.fees),
        funding=money(day.funding),
        top_ups=money(day.top_ups),
        margin_calls=day.counts[MarginCalled],
        pool_draws=day.counts[PoolDrawn],
        equity=money(day.equity),
    )
