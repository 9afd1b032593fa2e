"""The halt of dYdX on 10 October 2025, played here.

One liquidation closed the whole open interest of an isolated market. The collateral of the closed
positions left the market's pool before the insurance fund had paid for the loss, the pool went
below zero, a failsafe stopped the chain, and it stood still for eight hours. (dYdX, "October 2025
incident", and its restart on stale prices.)

Here a ledger has no failsafe that could trip, so the order itself is tested: after every single
posting no fund, no wallet, no margin and no pool (all margins of the market with the open cost
of its positions) is below zero. Money that is missing arrives before margin is released.
"""

from collections.abc import Iterator

import pytest

from engine.core.command import Deposit, PlaceOrder, Side, TradeTick
from engine.core.event import (
    ClosedOutside,
    DeficitCovered,
    Deleveraged,
    Event,
    LiquidationEnded,
    LiquidationFilled,
    LiquidationStarted,
    OrderCancelled,
    OrderFilled,
    TickApplied,
)
from engine.core.exchange import Exchange
from engine.core.instrument import Rules, Venue
from engine.core.invariants import check
from engine.core.money import PPM, Lots, Micros, Price
from engine.core.state.venue import State
from tests.support import worlds

ALICE, BOB = "isolated:alice:ISO", "isolated:bob:ISO"
MAY_OWE = {"external", "open_cost:ISO", "wallet:outside"}
"""Where money comes from, what positions cost, and the market that trades elsewhere."""

Posting = tuple[str, str, int]


class Ledger:
    """Every posting, and what all balances were right after it."""

    def __init__(self) -> None:
        self.postings: list[Posting] = []
        self.after: list[dict[str, int]] = []

    def below_zero(self) -> Iterator[tuple[Posting, str]]:
        """Yield postings that left something below zero that may not owe, and what it was."""
        for posting, balances in zip(self.postings, self.after, strict=True):
            margins = {name for name in balances if name.startswith("isolated:")}
            pool = balances.get("open_cost:ISO", 0) + sum(balances[name] for name in margins)
            for name, balance in [*balances.items(), ("pool", pool)]:
                if balance < 0 and name not in MAY_OWE:
                    yield posting, name

    def place(self, source: str, target: str) -> int:
        """Return when money first moved this way."""
        return [posting[:2] for posting in self.postings].index((source, target))


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """Watch every posting of every exchange of the test."""
    seen, post = Ledger(), State.post

    def watched(state: State, source: str, target: str, amount: int) -> None:
        post(state, source, target, amount)
        if amount > 0:
            seen.postings.append((source, target, amount))
        elif amount < 0:
            seen.postings.append((target, source, -amount))
        if amount:
            seen.after.append(dict(state.ledger.balances))

    monkeypatch.setattr(State, "post", watched)
    return seen


class Market:
    """An isolated market of one long and one short, 10 lots at 100 with a margin of 100 each."""

    def __init__(self, fund: int) -> None:
        rules = Rules(
            queue="passed",
            name="isolated",
            default_mode="isolated",
            default_leverage=10,
            market_band_ppm=PPM - 1,
            warning_levels=(),
        )
        contract = worlds.contract(
            "ISO",
            tick=1,
            unit_value=Micros(1),
            brackets=worlds.FLAT,
            depth=worlds.depth([(0, 0)], half_spread_ppm=0),
        )
        self.exchange = Exchange(Venue(rules, (contract,), Micros(fund)))
        for name in ("alice", "bob"):
            self.exchange.apply(Deposit(at_us=0, account=name, amount=Micros(1_000)))

    @property
    def state(self) -> State:
        """What the exchange knows."""
        return self.exchange.state

    def tick(self, price: int) -> list[Event]:
        """Let the replayed market trade at a price."""
        at_us = self.state.now_us + 1
        tick = TradeTick(
            at_us=at_us, contract="ISO", price=Price(price), quantity=Lots(1), side="sell"
        )
        events = self.exchange.apply(tick)
        check(self.state)
        return list(events)

    def order(self, account: str, side: Side, lots: int, price: int) -> None:
        """Place a limit order."""
        order = PlaceOrder(
            at_us=self.state.now_us,
            account=account,
            order=f"{side} {price}",
            contract="ISO",
            side=side,
            quantity=Lots(lots),
            price=Price(price),
        )
        self.exchange.apply(order)

    def open_interest(self) -> int:
        """Return what all longs hold together, the replayed market's position included."""
        return sum(max(0, p.quantity) for p in self.state.markets["ISO"].holders.values())


def opened(fund: int) -> Market:
    """Open the market: Alice buys ten from Bob, and nobody else holds anything."""
    market = Market(fund)
    market.tick(100)
    market.order("alice", "buy", 10, 100)
    market.order("bob", "sell", 10, 100)
    assert market.open_interest() == 10
    return market


def kinds(events: list[Event]) -> list[type[Event]]:
    """Return the kinds of events in order."""
    return [type(event) for event in events]


def test_the_fund_pays_before_the_last_positions_margin_is_released(ledger: Ledger) -> None:
    market = opened(fund=500)
    market.order("bob", "buy", 10, 80)  # Bob wants to close what he has won

    events = market.tick(80)  # Alice has 100 and lost 200: bankrupt at 90, ten below the bid

    assert kinds(events) == [
        TickApplied,
        LiquidationStarted,
        OrderFilled,
        LiquidationFilled,
        LiquidationEnded,
    ]
    filled = events[3]
    assert isinstance(filled, LiquidationFilled)
    assert (filled.stage, filled.loss, filled.own_margin) == ("fund", 200, 100)
    assert (filled.insurance_fund, filled.fund) == (100, 400)
    assert market.open_interest() == 0
    assert ledger.place("fund", ALICE) < ledger.place(BOB, "wallet:bob")
    assert list(ledger.below_zero()) == []
    balances = market.state.ledger.balances
    assert (balances["wallet:alice"], balances["wallet:bob"]) == (900, 1_200)
    assert {balances[ALICE], balances[BOB], balances["open_cost:ISO"]} == {0}


def test_a_fund_that_is_too_small_pays_for_whole_lots_and_winners_are_closed(
    ledger: Ledger,
) -> None:
    market = opened(fund=45)
    market.order("bob", "buy", 10, 80)

    events = market.tick(80)  # a lot costs the fund 10: four lots, then nothing is left to sell

    assert kinds(events) == [
        TickApplied,
        LiquidationStarted,
        OrderFilled,
        LiquidationFilled,
        OrderCancelled,
        Deleveraged,
        LiquidationEnded,
    ]
    filled, deleveraged = events[3], events[5]
    assert isinstance(filled, LiquidationFilled)
    assert isinstance(deleveraged, Deleveraged)
    assert (filled.quantity, filled.insurance_fund, filled.fund) == (4, 40, 5)
    assert (deleveraged.quantity, deleveraged.value, deleveraged.adl) == (6, 540, 60)
    assert market.open_interest() == 0
    assert ledger.place("fund", ALICE) < ledger.place(BOB, "wallet:bob")
    assert list(ledger.below_zero()) == []
    assert market.state.balance("wallet:bob") == 1_000 + 4 * 20 + 6 * 10


def test_without_a_fund_the_winner_is_closed_at_the_bankruptcy_price(ledger: Ledger) -> None:
    market = opened(fund=0)

    events = market.tick(80)

    assert kinds(events) == [TickApplied, LiquidationStarted, Deleveraged, LiquidationEnded]
    assert market.open_interest() == 0
    assert list(ledger.below_zero()) == []
    assert market.state.balance("wallet:bob") == 1_100


@pytest.mark.parametrize(("fund", "paid"), [(500, 100), (100, 100), (30, 30), (0, 0)])
def test_where_nobody_trades_here_the_deficit_is_covered_in_the_very_next_posting(
    ledger: Ledger, fund: int, paid: int
) -> None:
    market = Market(fund)
    market.tick(100)
    market.order("alice", "buy", 10, 100)
    market.tick(99)  # passes her order: the replayed market is the other side
    assert market.open_interest() == 10
    ledger.postings.clear()
    ledger.after.clear()

    events = market.tick(80)

    assert kinds(events)[1:] == [
        LiquidationStarted,
        ClosedOutside,
        DeficitCovered,
        LiquidationEnded,
    ]
    covered = events[3]
    assert isinstance(covered, DeficitCovered)
    assert (covered.deficit, covered.insurance_fund, covered.uncovered) == (100, paid, 100 - paid)
    assert all(after["fund"] >= 0 for after in ledger.after)
    assert market.open_interest() == 0
    short = [number for number, after in enumerate(ledger.after) if after[ALICE] < 0]
    owed = ledger.postings[short[0] + 1 :]
    assert {target for _, target, _ in owed if target != "wallet:outside"} == {ALICE}
    assert market.state.balance(ALICE) == 0
    assert market.state.balance("wallet:alice") == 900
