"""The same seeded accounts, tables and marks on lrvx's `LiquidationEngine` and on this exchange.

lrvx (MIT, C++ behind Python) closes what cannot pay at the mark, with its fund behind it. Rates are
sixteenths and prices whole, so that its doubles are exact where a trigger is compared. Where it
works by another rule (`reason`), and only there, the two may disagree.
"""

import random
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from engine.core.event import LiquidationStarted
from engine.core.instrument import Bracket, Rules
from engine.core.money import PPM, Micros
from engine.vectors.stage import Listing, Stage

SYMBOLS = ("A", "B")
MONEY = Fraction(1, PPM)
TIERS = ((0, 62_500), (2_000, 125_000), (10_000, 250_000))
"""Notional from which a rate (ppm) is that of the whole position."""
TOLERANCE = Fraction(1, 10**6)
FUND = "fund"

TOTAL_TIER = "lrvx picks a cross account's tier by its notional over all symbols, here by position"
AT_ONCE = "lrvx makes a negative balance good at once, here only when the last leg is gone (L12)"
"""The rules by which the two come to different results where nobody is deleveraged."""


@dataclass
class Leg:
    """A position: signed size, entry, and its own margin if it is isolated."""

    symbol: str
    size: int
    entry: int
    margin: int | None = None


@dataclass
class Trader:
    """An account: a balance with cross legs, or one isolated leg and nothing else."""

    name: str
    balance: int
    legs: list[Leg]

    @property
    def is_cross(self) -> bool:
        """Whether the legs share the balance."""
        return self.legs[0].margin is None


@dataclass
class Setting:
    """A seeded case; `ticks` are the marks of both symbols, one after the other."""

    fund: int
    tiers: tuple[tuple[int, int], ...]
    traders: list[Trader]
    ticks: list[dict[str, int]]


@dataclass
class Outcome:
    """What became of it: who was liquidated at which tick, the fund, and equities."""

    fund: Fraction = Fraction(0)
    liquidated: list[list[str]] = field(default_factory=list)
    equities: dict[str, Fraction] = field(default_factory=dict)
    negative: set[str] = field(default_factory=set)
    """Who has had a negative balance beside an open leg."""


def drawn(seed: int) -> Setting:
    """Draw eight accounts, isolated and cross, and a few ticks."""
    dice = random.Random(seed)
    traders = [_trader(dice, f"t{number}") for number in range(8)]
    marks = dict.fromkeys(SYMBOLS, 100)
    ticks = []
    for _ in range(dice.randrange(2, 6)):
        marks = {symbol: max(40, mark + dice.randrange(-15, 16)) for symbol, mark in marks.items()}
        ticks.append(marks)
    return Setting(dice.choice((0, 50, 5_000)), dice.choice((TIERS[:1], TIERS)), traders, ticks)


def _trader(dice: random.Random, name: str) -> Trader:
    symbols = dice.sample(SYMBOLS, dice.choice((1, 2)))
    legs = [Leg(symbol, _size(dice), 100) for symbol in symbols]
    notional = 100 * sum(abs(leg.size) for leg in legs)
    money = notional * dice.randrange(10, 60) // 100
    if dice.random() < 0.5:
        return Trader(name, money, legs)
    [leg] = legs[:1]
    leg.margin = abs(leg.size) * dice.randrange(10, 60)
    return Trader(name, 0, [leg])


def _size(dice: random.Random) -> int:
    return dice.choice((-1, 1)) * dice.choice((dice.randrange(1, 20), dice.randrange(20, 250)))


def theirs(lrvx: Any, setting: Setting) -> Outcome:
    """Play a case on lrvx, deleveraging off."""
    engine = lrvx.LiquidationEngine()
    for floor, ppm in setting.tiers:
        engine.add_tier(floor, ppm / PPM)
    engine.set_insurance_fund_capital(setting.fund)
    engine.set_adl_enabled(False)
    engine.set_liquidation_slippage_bps(0)
    accounts = {}
    for number, trader in enumerate(setting.traders):
        account = lrvx.Account(number, trader.balance)
        account.set_margin_mode("cross" if trader.is_cross else "isolated")
        for leg in trader.legs:
            symbol = SYMBOLS.index(leg.symbol)
            account.open_position(symbol, leg.size, leg.entry, leg.margin or 0)
        engine.attach_account(account)
        accounts[trader.name] = account
    outcome = Outcome()
    for tick in setting.ticks:
        told = engine.on_marks([(SYMBOLS.index(symbol), mark) for symbol, mark in tick.items()])
        hit = {f"t{number}" for number in told["liquidated"]}
        outcome.liquidated.append(sorted(hit))
    outcome.fund = Fraction(engine.insurance_fund_balance())
    for trader in setting.traders:
        account = accounts[trader.name]
        equity = Fraction(account.equity() + account.total_unrealised_pnl())
        if account.position_count():
            equity += sum(leg.margin or 0 for leg in trader.legs)
        outcome.equities[trader.name] = equity
    return outcome


def ours(setting: Setting) -> Outcome:
    """Play a case here, with nobody deleveraged or cut and no liquidity."""
    table = tuple(Bracket(Micros(floor * PPM), ppm, Micros(0), 1) for floor, ppm in setting.tiers)
    listings = [Listing(symbol, Fraction(1), Fraction(1), table) for symbol in SYMBOLS]
    rules = Rules(
        name="lrvx",
        strict_trigger=True,
        residue_to="client",
        adl="none",
        socialized="none",
        warning_levels=(),
        default_leverage=1,
    )
    stage = Stage(rules, listings, MONEY, Fraction(setting.fund))
    for symbol in SYMBOLS:
        stage.mark(symbol, Fraction(100))
    for trader in setting.traders:
        stage.wallet(trader.name, Fraction(trader.balance))
        for leg in trader.legs:
            stage.open(trader.name, leg.symbol, Fraction(leg.size), Fraction(leg.entry))
            if leg.margin is not None:
                stage.isolate(trader.name, leg.symbol, Fraction(leg.margin))
    outcome = Outcome()
    for tick in setting.ticks:
        with stage.setting():
            for symbol, mark in tick.items():
                stage.mark(symbol, Fraction(mark))
        started = (event for event in stage.look() if isinstance(event, LiquidationStarted))
        outcome.liquidated.append(sorted({event.account for event in started}))
        balances = {trader.name: _balance(stage, trader.name) for trader in setting.traders}
        outcome.negative |= {name for name, balance in balances.items() if balance < 0}
    outcome.fund = stage.fund
    outcome.equities = {trader.name: stage.equity(trader.name) for trader in setting.traders}
    return outcome


def _balance(stage: Stage, name: str) -> int:
    return stage.state.balance(stage.state.accounts[name].wallet_key)


def reason(setting: Setting, trader: Trader, mine: Outcome) -> str:
    """Name the rule by which lrvx may come to another result for an account, "" where none is."""
    if _has_total_tier(setting, trader):
        return TOTAL_TIER
    return AT_ONCE if trader.name in mine.negative else ""


def _has_total_tier(setting: Setting, trader: Trader) -> bool:
    for tick in setting.ticks:
        sizes = [abs(leg.size) * tick[leg.symbol] for leg in trader.legs]
        tiers = {_tier(setting, size) for size in (*sizes, sum(sizes))}
        if trader.is_cross and len(tiers) > 1:
            return True
    return False


def _tier(setting: Setting, notional: int) -> int:
    return max(ppm for floor, ppm in setting.tiers if floor <= notional)


def disagreements(one: Outcome, other: Outcome) -> set[str]:
    """Name what differs between two outcomes: accounts, or the fund."""
    found = {
        name
        for mine, theirs in zip(one.liquidated, other.liquidated, strict=True)
        for name in {*mine} ^ {*theirs}
    }
    for name, equity in one.equities.items():
        if abs(equity - other.equities[name]) > TOLERANCE:
            found.add(name)
    return found | ({FUND} if abs(one.fund - other.fund) > TOLERANCE else set())
