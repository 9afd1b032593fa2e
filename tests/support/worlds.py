"""Small venues for tests: two named ones, and one with every setting drawn by dice.

Prices are around 10_000 units and one lot gains 100 micros a unit, so that a lot is worth about
one quote; accounts hold tens to thousands of it.
"""

import random
from collections.abc import Sequence
from typing import Literal

import msgspec

from engine.core.instrument import (
    Band,
    Bracket,
    ClosingFee,
    Contract,
    Depth,
    Funding,
    Regime,
    Rules,
    Venue,
)
from engine.core.money import PPM, Lots, Micros, Price
from tests.support.bearers import with_bearers
from tests.support.closings import with_closing
from tests.support.fundings import with_fundings, without_both
from tests.support.margins import with_margins
from tests.support.position_modes import with_position_modes
from tests.support.quoting import with_prices
from tests.support.seeds import seed_text
from tests.support.terms import with_limits, with_terms

QUOTE = 1_000_000
HOUR_US = 3_600_000_000
SYMBOLS = ("BTCUSDT", "ETHUSDT", "SOLUSDT")


def brackets(rows: Sequence[tuple[int, int, int]]) -> tuple[Bracket, ...]:
    """Make a table continuous at its edges from (floor in quote, rate in ppm, largest leverage).

    >>> [row.deduction for row in brackets([(0, 4_000, 100), (1_000, 10_000, 50)])]
    [0, 6000000]
    """
    table: list[Bracket] = []
    deduction = before = 0
    for floor, rate_ppm, leverage_max in rows:
        deduction += floor * QUOTE * (rate_ppm - before) // PPM
        table.append(Bracket(Micros(floor * QUOTE), rate_ppm, Micros(deduction), leverage_max))
        before = rate_ppm
    return tuple(table)


def depth(
    rows: Sequence[tuple[int, int]],
    *,
    half_spread_ppm: int = 500,
    levels_per_band: int = 2,
    half_life_us: int = 60_000_000,
    scale_ppm: int = PPM,
    regimes: Sequence[tuple[int, int]] = (),
    volatility_interval_us: int = 1_000_000,
    volatility_count: int = 60,
) -> Depth:
    """Make an outside book from (distance in ppm, cumulative notional in quote).

    `regimes` are rows of (volatility from which, scale), both in ppm.
    """
    return Depth(
        half_spread_ppm,
        tuple(Band(distance, Micros(notional * QUOTE)) for distance, notional in rows),
        levels_per_band,
        half_life_us,
        scale_ppm,
        tuple(Regime(above_ppm, ppm) for above_ppm, ppm in regimes),
        volatility_interval_us,
        volatility_count,
    )


CHEAP = brackets([(0, 5_000, 100), (2_000, 10_000, 50), (10_000, 25_000, 20), (50_000, 50_000, 10)])
STEEP = brackets([(0, 4_000, 125), (500, 20_000, 25), (3_000, 100_000, 5), (20_000, 250_000, 2)])
FLAT = brackets([(0, 10_000, 100)])
STEPPED = tuple(
    Bracket(floor, rate_ppm, Micros(0), leverage_max)
    for floor, rate_ppm, leverage_max in (
        (0, 4_000, 125),
        (400 * QUOTE, 10_000, 50),
        (1_000 * QUOTE, 25_000, 20),
        (6_000 * QUOTE, 100_000, 5),
    )
)
"""The whole position at its row's rate, by notional: maintenance jumps at the edges."""
TIERS = tuple(
    Bracket(floor, rate_ppm, Micros(0), leverage_max)
    for floor, rate_ppm, leverage_max in ((0, 5_000, 75), (300, 10_000, 50), (2_000, 40_000, 10))
)
"""The same by lots, as OKX has it."""
LINEAR = (Bracket(0, 10_000, Micros(0), 50, growth_e12=10_000_000),)
LINEAR_INITIAL = (Bracket(0, 20_000, Micros(0), 50, growth_e12=10_000_000),)
"""Rates that grow with each lot, as on Deribit: 1 % (initial 2 %) and 0.001 % a lot."""
Tables = tuple[tuple[Bracket, ...], Literal["notional", "lots"], tuple[Bracket, ...]]
"""A table of maintenance, what it is looked up by, and one of initial margin or none."""
DOUBLE = brackets([(0, 10_000, 100), (2_000, 20_000, 50), (10_000, 50_000, 20)])
"""An initial margin by marginal brackets, as on Kraken."""
THIN = depth([(0, 60), (5_000, 150), (30_000, 400)])
THICK = depth([(0, 2_000), (10_000, 20_000), (100_000, 100_000)], levels_per_band=3)


def contract(symbol: str = "BTCUSDT", **changes: object) -> Contract:
    """Make a contract whose lot is worth about one quote at 10_000 units."""
    settings: dict[str, object] = {
        "symbol": symbol,
        "price_unit": "0.1",
        "lot": "0.001",
        "tick": 5,
        "unit_value": Micros(100),
        "price_max": Price(200_000),
        "quantity_max": Lots(50_000),
        "brackets": CHEAP,
        "depth": THIN,
        "funding": Funding(),
        **changes,
    }
    return Contract(**settings)  # type: ignore[arg-type]


def textbook(fund: int = 100 * QUOTE) -> Venue:
    """The article's venue: mark = last, no fees, cheap brackets, a small fund."""
    rules = Rules(name="textbook", residue_to="client")
    symbols = ("BTCUSDT", "ETHUSDT")
    return Venue(rules, tuple(contract(symbol) for symbol in symbols), Micros(fund))


def binance(fund: int = 500 * QUOTE) -> Venue:
    """The large venue: median mark, strict trigger, fees, no mode switch with a position."""
    rules = Rules(
        name="binance",
        mark="median",
        index_feedback_ppm=500_000,
        strict_trigger=True,
        taker_fee_ppm=500,
        maker_fee_ppm=200,
        liquidation_fee_ppm=12_500,
        mode_switch_with_position=False,
        default_leverage=20,
    )
    premium = Funding(source="premium")
    first = contract("BTCUSDT", funding=premium, brackets=STEEP)
    second = contract("ETHUSDT", funding=premium, tick=1, unit_value=Micros(37), depth=THICK)
    return Venue(rules, (first, second), Micros(fund))


def world(dice: random.Random) -> Venue:
    """Draw a venue: every setting of the profile, one to three contracts, a fund or none."""
    symbols = SYMBOLS[: dice.choice((1, 2, 2, 2, 3))]
    fund = dice.choice(
        (0, 0, dice.randrange(20 * QUOTE), dice.randrange(300 * QUOTE), 3_000 * QUOTE)
    )
    rules = _rules(dice)
    contracts = tuple(_varied(_contract(dice, symbol)) for symbol in symbols)
    plain = Venue(rules, contracts, Micros(fund))
    plain = with_fundings(dice, plain)
    venue = with_terms(with_prices(with_bearers(dice, plain)))
    return with_limits(without_both(with_position_modes(with_margins(dice, venue))))


def _varied(plain: Contract) -> Contract:
    """Draw the family of a contract's margin tables and the fee that counts in them.

    With dice of its own, so that a seed keeps the market and the story that it had.
    """
    dice = random.Random(seed_text(plain))
    fee = dice.choice((400, 1_000, 5_000))
    closing = dice.choice((None, None, ClosingFee(fee, "mark"), ClosingFee(fee, "bankruptcy")))
    families: tuple[Tables, ...] = (
        (plain.brackets, "notional", ()),
        (plain.brackets, "notional", ()),
        (plain.brackets, "notional", DOUBLE),
        (STEPPED, "notional", ()),
        (STEPPED, "notional", DOUBLE),
        (TIERS, "lots", ()),
        (LINEAR, "lots", LINEAR_INITIAL),
    )
    table, by, initial = dice.choice(families)
    return msgspec.structs.replace(
        plain, brackets=table, brackets_by=by, initial=initial, closing_fee=closing
    )


def _rules(dice: random.Random) -> Rules:
    taker = dice.choice((0, 400, 500, 1_000))
    drawn = Rules(
        name="drawn",
        mark=dice.choice(("last", "last", "median")),
        index_feedback_ppm=dice.choice((0, 300_000, 500_000, PPM)),
        strict_trigger=dice.random() < 0.4,
        taker_fee_ppm=taker,
        maker_fee_ppm=dice.choice((0, taker // 2, taker)),
        liquidation_fee_ppm=dice.choice((0, 1_000, 5_000, 12_500)),
        liquidation_fee_to=dice.choice(("fund", "fees")),
        residue_to=dice.choice(("fund", "client")),
        self_trade=dice.choice(("cancel_taker", "cancel_maker", "cancel_both")),
        queue=dice.choice(("passed", "back", "front", "proportional")),
        market_band_ppm=dice.choice((20_000, 50_000, 150_000)),
        orders_max=dice.choice((2, 3, 5, 200, 200, 200, 200, 200)),
        warning_levels=dice.choice(((50, 80, 90), (50, 80, 90), (70,), ())),
        rearm_points=dice.choice((1, 5, 20)),
        mode_switch_with_position=dice.random() < 0.7,
        default_mode=dice.choice(("isolated", "cross")),
        default_leverage=dice.choice((1, 5, 10, 20)),
        sample_interval_us=dice.choice((1_000_000, 5_000_000, 60_000_000)),
        sample_count=dice.choice((1, 7, 30)),
    )
    return with_closing(dice, drawn)


def _contract(dice: random.Random, symbol: str) -> Contract:
    sources: tuple[Literal["none", "file", "premium"], ...] = ("none", "file", "premium")
    return contract(
        symbol,
        tick=dice.choice((1, 5, 10)),
        unit_value=Micros(dice.choice((37, 100, 250))),
        quantity_max=Lots(dice.choice((3_000, 50_000, 50_000))),
        price_max=Price(dice.choice((11_005, 60_000, 60_000, 200_000))),
        brackets=dice.choice((CHEAP, STEEP, FLAT)),
        depth=_depth(dice),
        funding=Funding(
            source=dice.choice(sources),
            interval_us=dice.choice((HOUR_US, 8 * HOUR_US)),
            interest_e8=dice.choice((0, 10_000)),
            clamp_e8=dice.choice((0, 50_000)),
            cap_e8=dice.choice((750_000, 2_000_000)),
        ),
    )


def _depth(dice: random.Random) -> Depth:
    thin = dice.choice((1, 3, 10, 40))
    first = dice.choice((0, 40, 100, 100)) * thin
    rows = [(0, first)]
    for _ in range(dice.choice((0, 1, 2, 2, 3, 3))):
        distance, notional = rows[-1]
        rows.append((distance + dice.randrange(500, 30_000), notional + dice.randrange(400) * thin))
    return depth(
        rows,
        half_spread_ppm=dice.choice((0, 300, 2_000)),
        levels_per_band=dice.choice((1, 2, 3)),
        half_life_us=dice.choice((1_000, 1_000_000, 60_000_000, HOUR_US)),
        scale_ppm=dice.choice((PPM, PPM, 333_333)),
        regimes=_regimes(dice),
        volatility_interval_us=dice.choice((1_000, 1_000_000, 60_000_000)),
        volatility_count=dice.choice((1, 3, 20)),
    )


def _regimes(dice: random.Random) -> list[tuple[int, int]]:
    """Draw none to three regimes, from so low that ticks switch between them."""
    rows: list[tuple[int, int]] = []
    above_ppm = 0
    for _ in range(dice.choice((0, 0, 1, 2, 3))):
        above_ppm += dice.choice((1, 300, 3_000, 20_000))
        rows.append((above_ppm, dice.choice((2 * PPM, 500_000, 123_457, 0))))
    return rows
