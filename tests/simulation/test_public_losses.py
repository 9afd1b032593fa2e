"""Losses that venues have published, told again with their numbers.

What is not public is an input here and is called so. Each figure has its source, each comparison
its tolerance.
"""

from fractions import Fraction
from math import ceil
from types import MappingProxyType

import pytest

from engine.core.command import IndexTick
from engine.core.event import (
    DeficitCovered,
    Deleveraged,
    Event,
    LiquidationFilled,
    LiquidationStarted,
    LossSocialized,
    PeriodSettled,
)
from engine.core.instrument import Rules
from engine.core.money import Price
from engine.vectors.stage import Listing, Stage, flat

WEEK_US = 604_800_000_000
MILLION = Fraction(10**6)


def summed(events: tuple[Event, ...], kind: type[Event], field: str) -> int:
    """Add up a field of the events of a kind."""
    return sum(getattr(event, field) for event in events if isinstance(event, kind))


# --- OKEx, 31 July 2018 -----------------------------------------------------------------------

OKEX_CONTRACTS, FACE = 4_168_515, 100
BANKRUPT, REBASED = Fraction("8020.49"), Fraction("7483")
INJECTED = Fraction(2_500)
"""BTC0928: 4,168,515 contracts of 100 USD, long, taken over at 8,020.49 on 31 July 2018, their
price rebased to 7,483; OKEx put in 2,500 BTC. Sources: OKEx, statement of 3 August 2018;
amp.coincodex.com/article/2211; omgaltcoin.com."""
STEP = Fraction(1, 10**12)


def in_btc(usd_price: Fraction) -> Fraction:
    """Return what one dollar costs in BTC: a long of the inverse contract is short of dollars."""
    return round(1 / usd_price / STEP) * STEP


@pytest.mark.parametrize(
    ("won_by_all", "per_cent"), [(Fraction(7_046), 17.5), (Fraction(9_333), 13.2)]
)
def test_okex_cut_what_its_2500_bitcoins_left_from_the_winners_of_the_week(
    won_by_all: Fraction, per_cent: float
) -> None:
    """The winners' profit is not public, so it is an input and the percentage follows from it.

    The reports contradict each other: 17 to 18 % of the winners' profit were cut, and it would have
    been 40 % without OKEx's bitcoins. 1,233 BTC are 17.5 % of 7,046 BTC, of which 3,733 BTC would
    be 53 %; 3,733 BTC are 40 % of 9,333 BTC, of which 1,233 BTC are only 13.2 %.
    """
    rules = Rules(
        name="okex",
        adl="none",
        settlement_us=WEEK_US,
        warning_levels=(),
        default_leverage=1,
    )
    listing = Listing("USD", STEP, Fraction(FACE), flat(Fraction(1, 100)))
    stage = Stage(rules, [listing], STEP * FACE, INJECTED)
    bankrupt, rebased = in_btc(BANKRUPT), in_btc(REBASED)
    stage.mark("USD", bankrupt)
    stage.open("loser", "USD", Fraction(-OKEX_CONTRACTS * FACE), bankrupt)
    stage.wallet("loser", Fraction(0))
    lots = won_by_all / (rebased - bankrupt) / FACE
    for name, tenths in (("first", 5), ("second", 3), ("third", 2)):
        stage.open(name, "USD", round(lots * tenths / 10) * Fraction(FACE), bankrupt)
    with stage.setting():
        stage.mark("USD", rebased)
    events = stage.look()
    deficit = float(stage.quote(summed(events, DeficitCovered, "deficit")))
    waits = float(stage.quote(summed(events, DeficitCovered, "pending")))
    assert [deficit, waits] == pytest.approx([3_733, 1_233], abs=1)
    assert not summed(events, LossSocialized, "amount"), "it waits for the end of the week"
    events = stage.apply(IndexTick(at_us=WEEK_US, contract="USD", price=Price(1)))
    cuts = {e.account: stage.quote(e.amount) for e in events if isinstance(e, LossSocialized)}
    assert sum(cuts.values()) == stage.quote(summed(events, PeriodSettled, "socialized"))
    assert float(sum(cuts.values())) == pytest.approx(1_233, abs=1)
    assert float(100 * sum(cuts.values()) / won_by_all) == pytest.approx(per_cent, abs=0.05)
    parts = [float(cuts["first"] / 5), float(cuts["second"] / 3), float(cuts["third"] / 2)]
    assert parts == pytest.approx([float(sum(cuts.values())) / 10] * 3)


# --- Hyperliquid, 12 March 2025 -----------------------------------------------------------------

ETH = Fraction(160_234)
BACKSTOP = Fraction(1_915)
PAID_IN, WITHDRAWN = Fraction("15.23") * MILLION, Fraction("17.09") * MILLION
"""A long of 160,234 ETH; 17.09 million withdrawn, so that the trader was 1.86 million ahead; taken
over at 1,915; the vault behind it lost about 4 million. Sources: followin.io, cointeeth.com,
coinstats.app. What was paid in is the difference of the two."""
UNWOUND = Fraction("1870.88")
"""Input: the average price of the vault's sales, which is not public."""


def whale(withdrawn: Fraction) -> tuple[Stage, tuple[Event, ...]]:
    """Open the position, take money out, and let the mark fall to 1,915.

    The entry is an input: the one with which equity is the maintenance of 1 % (half of the initial
    margin at 50x) at 1,915, after the withdrawal that there was.
    """
    rules = Rules(name="hyperliquid", adl="none", warning_levels=(), default_leverage=50)
    listing = Listing("ETH", Fraction(1, 100), Fraction(1), flat(Fraction(1, 100)))
    stage = Stage(rules, [listing], Fraction(1, 100), 10 * MILLION)
    kept = ETH * BACKSTOP / 100
    entry = ceil((BACKSTOP - (kept + WITHDRAWN - PAID_IN) / ETH) * 100) * Fraction(1, 100)
    stage.mark("ETH", entry)
    stage.open("whale", "ETH", ETH, entry)
    stage.wallet("whale", PAID_IN - withdrawn)
    stage.wallet("vault", 400 * MILLION)
    with stage.setting():
        stage.mark("ETH", BACKSTOP)
        stage.order("vault", "buy", ETH, UNWOUND, "ETH")
    return stage, stage.look()


def test_a_whale_takes_its_margin_out_and_leaves_the_position_to_the_backstop() -> None:
    stage, events = whale(WITHDRAWN)
    [started] = [event for event in events if isinstance(event, LiquidationStarted)]
    assert stage.shown("ETH", Fraction(started.mark)) == BACKSTOP
    assert Fraction("1.86") * MILLION == WITHDRAWN - PAID_IN, "what the trader is ahead"
    lost = stage.quote(summed(events, LiquidationFilled, "insurance_fund"))
    assert float(lost) == pytest.approx(4e6, rel=0.01)
    assert not stage.sizes("whale")


def test_with_its_margin_left_where_it_was_nothing_happens() -> None:
    stage, events = whale(Fraction(0))
    assert events == ()
    assert stage.fund == 10 * MILLION


# --- BitMEX, 2 April 2019 -----------------------------------------------------------------------

COMPENSATED_AT = Fraction("5079.5")
LONGS = 190
"""XBTU19 had no insurance fund yet, for that of the contract before had not been rolled over: fewer
than 200 positions were deleveraged, and longs were compensated at 5,079.5. Source: BitMEX blog,
"XBTU19 and ETHM19", April 2019. 190 longs of ten contracts each, the short's margin and the price
that the market jumped to are inputs."""


def rolled(pools: dict[str, Fraction]) -> tuple[Event, ...]:
    """Let the market jump over a short's bankruptcy price, with asks enough to buy it back."""
    rules = Rules(name="bitmex", fund_pools="symbol", warning_levels=(), default_leverage=100)
    listings = [
        Listing(symbol, Fraction(1, 2), Fraction(1), flat(Fraction(1, 200)))
        for symbol in ("XBTM19", "XBTU19")
    ]
    stage = Stage(rules, listings, Fraction(1, 2), Fraction(0), MappingProxyType(pools))
    stage.mark("XBTM19", Fraction(4_150))
    stage.mark("XBTU19", Fraction(4_150))
    size, jumped = Fraction(10 * LONGS), Fraction(4_700)
    stage.open("short", "XBTU19", -size, Fraction(4_150))
    stage.wallet("short", size * 415)
    for number in range(LONGS):
        stage.open(f"long{number:03}", "XBTU19", Fraction(10), Fraction(4_150))
        stage.wallet(f"long{number:03}", Fraction(1_000))
    stage.wallet("maker", 100 * MILLION)
    with stage.setting():
        stage.mark("XBTU19", jumped)
        stage.order("maker", "sell", size, jumped, "XBTU19")
    return stage.look()


def test_a_fund_that_was_not_rolled_over_deleverages_people_needlessly() -> None:
    cash = Fraction(10**6)
    events = rolled({"XBTM19": cash})
    hit = [event for event in events if isinstance(event, Deleveraged)]
    assert len({event.account for event in hit}) == LONGS < 200
    owed = [COMPENSATED_AT * event.quantity - Fraction(event.value, 2) for event in hit]
    assert all(amount == 10 * (COMPENSATED_AT - 4_565) for amount in owed)
    assert not any(isinstance(event, Deleveraged) for event in rolled({"XBTU19": cash}))
