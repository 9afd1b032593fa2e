"""The crowd on a real exchange: who enters, against whom, and nothing is refused."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random
from types import MappingProxyType

import msgspec
import pytest

from engine.config.settings import Crowd, LeverageShare
from engine.core.command import (
    AnyCommand,
    Deposit,
    PlaceOrder,
    QuoteTick,
    SetLeverage,
    SetMarginMode,
    Tick,
    TradeTick,
)
from engine.core.event import Event, OrderFilled
from engine.core.exchange import Exchange
from engine.core.instrument import Bracket, ClosingFee, MarginTerms, Rules, Venue
from engine.core.money import Lots, Micros, Price
from feeds.crowd import SLIPPAGE_PPM, crowd_cues
from feeds.cue import cued
from tests.feeds.making import BTC, CONTRACTS, ETH, contract

MINUTE_US = 60_000_000
MIX = (
    LeverageShare(1, 3, 364_000),
    LeverageShare(4, 7, 485_000),
    LeverageShare(8, 50, 151_000),
)
CROWD = Crowd(
    accounts=300,
    matched_ppm=500_000,
    long_ppm=600_000,
    isolated_ppm=300_000,
    equity_median=Micros(1_000_000_000),
    equity_max=Micros(100_000_000_000),
    leverages=MIX,
    enter_us=MINUTE_US,
)
RULES = Rules(name="test", default_mode="cross", default_leverage=10)
FEES = Rules(
    name="fees",
    default_mode="isolated",
    default_leverage=5,
    taker_fee_ppm=500,
    maker_fee_ppm=200,
    strict_trigger=True,
)


STEPS = (Bracket(0, 4_000, Micros(0), 100), Bracket(2_000, 40_000, Micros(0), 10))
GROWING = (Bracket(0, 10_000, Micros(0), 50, growth_e12=1_000_000),)
GROWING_INITIAL = (Bracket(0, 20_000, Micros(0), 50, growth_e12=1_000_000),)


def trades(seconds: int = 70) -> list[Tick]:
    """Three trades a second and contract, hardly moving."""
    return [
        TradeTick(
            at_us=i * 333_333,
            contract=symbol,
            price=Price(price + i % 3),
            quantity=Lots(1),
            side="buy",
        )
        for i in range(3 * seconds)
        for symbol, price in (("BTCUSDT", 650_000), ("ETHUSDT", 340_000))
    ]


def quotes(spread: int) -> list[Tick]:
    return [
        QuoteTick(
            at_us=i * 200_000,
            contract="BTCUSDT",
            bid=Price(650_000),
            bid_quantity=Lots(10_000),
            ask=Price(650_000 + spread),
            ask_quantity=Lots(10_000),
        )
        for i in range(400)
    ]


def played(
    ticks: Sequence[Tick],
    crowd: Crowd = CROWD,
    rules: Rules = RULES,
    seed: int = 1,
    changes: Mapping[str, object] = MappingProxyType({}),
) -> tuple[list[AnyCommand], list[Event]]:
    """The commands of ticks and crowd, and what a real exchange says to them.

    `changes` are fields that all contracts have otherwise.
    """
    contracts = {
        tick.contract: msgspec.structs.replace(CONTRACTS[tick.contract], **changes)
        for tick in ticks
    }
    cues = crowd_cues(Random(seed), crowd, contracts, rules)
    commands = list(cued(ticks, cues, contracts))
    exchange = Exchange(Venue(rules, tuple(contracts.values()), Micros(10**12)))
    return commands, [event for command in commands for event in exchange.apply(command)]


def counted(events: Sequence[Event]) -> Counter[str]:
    return Counter(type(event).__name__ for event in events)


@pytest.mark.parametrize("rules", [RULES, FEES])
@pytest.mark.parametrize("matched_ppm", [0, 500_000, 1_000_000])
def test_everybody_enters_and_nothing_is_refused(rules: Rules, matched_ppm: int) -> None:
    crowd = msgspec.structs.replace(CROWD, matched_ppm=matched_ppm)
    _, events = played(trades(), crowd, rules)
    count = counted(events)
    assert count["Deposited"] == count["OrderAccepted"] == 300
    assert count["Rejected"] == count["OrderCancelled"] == count["LiquidationStarted"] == 0
    entered = {event.account for event in events if isinstance(event, OrderFilled)}
    assert len(entered) == 300


@pytest.mark.parametrize("matched_ppm", [1, 333_333, 500_000, 999_999])
def test_the_set_share_is_held_long_and_short_against_each_other(matched_ppm: int) -> None:
    crowd = msgspec.structs.replace(CROWD, matched_ppm=matched_ppm)
    _, events = played(trades(), crowd)
    fills = [event for event in events if isinstance(event, OrderFilled)]
    met = [fill for fill in fills if fill.against == "book"]
    accounts = {fill.account for fill in met}
    assert matched_ppm * 300 <= len(accounts) * 1_000_000 < matched_ppm * 300 + 2_000_000
    makers, takers = met[::2], met[1::2]
    assert {fill.role for fill in makers} == {"maker"}
    assert [(fill.contract, fill.quantity, fill.price) for fill in makers] == [
        (fill.contract, fill.quantity, fill.price) for fill in takers
    ]
    assert all(maker.side != taker.side for maker, taker in zip(makers, takers, strict=True))


def test_pairs_meet_inside_a_spread_of_quotes_and_through_outside_where_there_is_no_room() -> None:
    crowd = msgspec.structs.replace(CROWD, accounts=40, matched_ppm=1_000_000)
    for spread, against in ((10, "book"), (2, "book"), (1, "outside")):
        _, events = played(quotes(spread), crowd)
        fills = [event for event in events if isinstance(event, OrderFilled)]
        assert {fill.against for fill in fills} == {against}
        assert counted(events)["Rejected"] == 0
        held: Counter[str] = Counter()
        for fill in fills:
            held[fill.side] += fill.quantity
        assert held["buy"] == held["sell"] > 0


def test_modes_leverages_and_sides_follow_the_settings() -> None:
    crowd = msgspec.structs.replace(CROWD, accounts=4_000, matched_ppm=0)
    contracts = {"BTCUSDT": BTC, "ETHUSDT": ETH}
    cues = list(crowd_cues(Random(5), crowd, contracts, RULES))
    commands = list(cued(trades(), cues, contracts))
    isolated = sum(isinstance(each, SetMarginMode) for each in commands)
    leverages = [each.leverage for each in commands if isinstance(each, SetLeverage)]
    orders = [each for each in commands if isinstance(each, PlaceOrder)]
    assert len(orders) == 4_000
    assert isolated / 4_000 == pytest.approx(0.3, abs=0.03)
    assert sum(each <= 3 for each in leverages) / 4_000 == pytest.approx(0.364, abs=0.03)
    assert sum(4 <= each <= 7 for each in leverages) / 4_000 == pytest.approx(0.485, abs=0.03)
    assert max(leverages) > 45
    assert sum(each.side == "buy" for each in orders) / 4_000 == pytest.approx(0.6, abs=0.03)
    assert sum(each.contract == "BTCUSDT" for each in orders) / 4_000 == pytest.approx(
        0.5, abs=0.03
    )


def test_deposits_are_at_work_at_their_leverage() -> None:
    commands, _ = played(trades(), msgspec.structs.replace(CROWD, matched_ppm=0))
    leverage = {each.account: each.leverage for each in commands if isinstance(each, SetLeverage)}
    deposit = {each.account: each.amount for each in commands if isinstance(each, Deposit)}
    price = {"BTCUSDT": 650_000 * 100, "ETHUSDT": 340_000 * 10}
    for order in (each for each in commands if isinstance(each, PlaceOrder)):
        lot_value = price[order.contract]
        times = leverage.get(order.account, 10)
        paid = deposit[order.account] * times
        if order.quantity == BTC.quantity_max:
            continue
        # Not at work: the price band of 5 %, what a thin book may cost, 2 % to spare, a lot's rest.
        assert order.quantity * lot_value <= paid
        needed = (order.quantity + 1) * lot_value * (1_050_000 + times * SLIPPAGE_PPM)
        assert needed > paid * 975_000


@pytest.mark.parametrize(
    "changes",
    [
        {"closing_fee": ClosingFee(1_000, "mark")},
        {"closing_fee": ClosingFee(1_000, "bankruptcy")},
        {"initial": (Bracket(0, 20_000, Micros(0), 100), Bracket(10**10, 100_000, Micros(0), 20))},
        {"brackets": STEPS, "brackets_by": "lots"},
        {"brackets": GROWING, "brackets_by": "lots", "initial": GROWING_INITIAL},
    ],
)
@pytest.mark.parametrize("rules", [RULES, FEES])
def test_a_crowd_fits_every_family_of_margin_tables(
    rules: Rules, changes: dict[str, object]
) -> None:
    _, events = played(trades(), CROWD, rules, changes=changes)
    count = counted(events)
    assert count["OrderAccepted"] == 300
    assert count["Rejected"] == count["OrderCancelled"] == count["LiquidationStarted"] == 0


def test_a_poor_account_gets_what_a_lot_takes_and_a_rich_one_stays_within_its_bracket() -> None:
    poor = msgspec.structs.replace(
        CROWD, accounts=30, equity_median=Micros(1), equity_max=Micros(1)
    )
    commands, events = played(trades(), poor)
    assert {each.quantity for each in commands if isinstance(each, PlaceOrder)} == {1}
    assert counted(events)["Rejected"] == 0
    rich = msgspec.structs.replace(
        CROWD,
        accounts=30,
        equity_median=Micros(2_000_000_000_000),
        equity_max=Micros(2_000_000_000_000),
        equity_sigma_ppm=0,
        leverages=(LeverageShare(100, 100, 1_000_000),),
        matched_ppm=1_000_000,
    )
    commands, events = played(trades(), rich)
    # 100,000 lots are worth 6.5 million in bitcoin, above the first bracket, and 0.34 in ether.
    leverages = {
        (each.contract, each.leverage) for each in commands if isinstance(each, SetLeverage)
    }
    assert leverages == {("BTCUSDT", 20), ("ETHUSDT", 100)}
    assert max(each.quantity for each in commands if isinstance(each, PlaceOrder)) == 100_000
    assert counted(events)["Rejected"] == 0


def test_a_coarse_tick_grid_is_kept() -> None:
    coarse = contract("BTCUSDT", "0.1", "0.001", 100, tick=50)
    crowd = msgspec.structs.replace(CROWD, accounts=20, matched_ppm=1_000_000)
    ticks = [tick for tick in trades() if tick.contract == "BTCUSDT"]
    contracts = {"BTCUSDT": coarse}
    commands = list(cued(ticks, crowd_cues(Random(1), crowd, contracts, RULES), contracts))
    exchange = Exchange(Venue(RULES, (coarse,)))
    events = [event for command in commands for event in exchange.apply(command)]
    assert counted(events)["Rejected"] == 0
    fills = [event for event in events if isinstance(event, OrderFilled)]
    assert {(fill.against, fill.price) for fill in fills} == {("book", 650_000)}


def test_everybody_enters_within_the_set_time() -> None:
    commands, _ = played(trades())
    times = [each.at_us for each in commands if isinstance(each, Deposit)]
    assert min(times) < 2_000_000
    assert MINUTE_US * 9 // 10 < max(times) <= MINUTE_US + 333_333
    assert [each.at_us for each in commands] == sorted(each.at_us for each in commands)


def test_a_crowd_of_nobody_and_of_one() -> None:
    nobody = msgspec.structs.replace(CROWD, accounts=0)
    assert played(trades(), nobody)[0] == trades()
    alone = msgspec.structs.replace(CROWD, accounts=1, matched_ppm=1_000_000)
    assert counted(played(trades(), alone)[1])["OrderFilled"] == 1


def test_a_seed_gives_the_same_crowd_on_every_python_and_another_gives_another() -> None:
    def digest(seed: int) -> str:
        commands, _ = played(trades(), seed=seed)
        return hashlib.blake2b(msgspec.json.encode(commands), digest_size=8).hexdigest()

    assert digest(1) == "188bdb3ced0133b9"
    assert digest(2) != digest(1)


def test_where_a_leverage_isolates_the_cross_accounts_have_none() -> None:
    rules = msgspec.structs.replace(RULES, margin=MarginTerms(leverage_isolates=True))
    crowd = msgspec.structs.replace(CROWD, accounts=40, matched_ppm=0)
    contracts = {"BTCUSDT": BTC, "ETHUSDT": ETH}
    sent = list(cued(trades(), list(crowd_cues(Random(5), crowd, contracts, rules)), contracts))
    isolated = {each.account for each in sent if isinstance(each, SetMarginMode)}
    leveraged = {each.account for each in sent if isinstance(each, SetLeverage)}
    assert set() < leveraged <= isolated
