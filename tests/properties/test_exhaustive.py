"""Every sequence of a few commands in a small world, engine against slow exchange.

Three accounts, two contracts, five prices. Each world starts on the edge: leveraged positions of
both modes and sides, a thin book and a small fund, so that two or three of the commands are
enough for a breach, a liquidation in the book, the fund, ADL, a socialised and an uncovered loss.
Common beginnings are played once: the engine goes on from a snapshot, the slow exchange from a
pickle. Sequences have 4 commands in CI.
"""

import pickle
from collections import Counter
from typing import NamedTuple

import msgspec
import pytest

from engine.core import invariants, snapshot
from engine.core.command import (
    AddMargin,
    AnyCommand,
    CancelOrder,
    Deposit,
    FundingTick,
    PlaceOrder,
    SetLeverage,
    SetMarginMode,
    Side,
    TradeTick,
    Withdraw,
)
from engine.core.event import DeficitCovered, LiquidationFilled
from engine.core.exchange import Exchange
from engine.core.instrument import Funding, Rules, Venue
from engine.core.money import Lots, Micros, Price
from tests.properties.counts import EXHAUSTIVE_DEPTH
from tests.support.naive import NaiveExchange
from tests.support.worlds import QUOTE, contract, depth

BTC, ETH = "BTCUSDT", "ETHUSDT"
CRASH, LOW, DOWN, START, UP = 8_000, 9_000, 9_350, 10_000, 11_000
THIN = depth([(0, 30), (20_000, 60)], levels_per_band=1)
THICK = depth([(0, 200), (20_000, 300)], levels_per_band=1)


def tick(symbol: str, price: int) -> AnyCommand:
    return TradeTick(at_us=0, contract=symbol, price=Price(price), quantity=Lots(1), side="sell")


def order(account: str, symbol: str, side: Side, lots: int, price: int | None = None) -> AnyCommand:
    return PlaceOrder(
        at_us=0,
        account=account,
        order="rest" if price else "now",
        contract=symbol,
        side=side,
        quantity=Lots(lots),
        price=None if price is None else Price(price),
    )


def mode(account: str, symbol: str, *, isolated: bool) -> AnyCommand:
    return SetMarginMode(
        at_us=0, account=account, contract=symbol, mode="isolated" if isolated else "cross"
    )


def money(account: str, quote: int) -> AnyCommand:
    return Deposit(at_us=0, account=account, amount=Micros(quote * QUOTE))


def leverage(account: str, symbol: str, times: int) -> AnyCommand:
    return SetLeverage(at_us=0, account=account, contract=symbol, leverage=times)


OPENING: tuple[AnyCommand, ...] = (
    tick(BTC, START),
    tick(ETH, START),
    money("alice", 30),
    money("bob", 60),
    money("carol", 90),
    mode("alice", BTC, isolated=True),
    mode("bob", ETH, isolated=True),
    *(leverage("alice", symbol, 15) for symbol in (BTC, ETH)),
    *(leverage("bob", symbol, 15) for symbol in (BTC, ETH)),
    *(leverage("carol", symbol, 5) for symbol in (BTC, ETH)),
    # carol's shorts stand against alice's longs and bob's, bob's short against the outside market
    order("carol", BTC, "sell", 300, START),
    order("alice", BTC, "buy", 250, START),
    order("alice", ETH, "buy", 150),
    order("bob", BTC, "buy", 50, START),
    order("bob", ETH, "sell", 29),
    order("carol", ETH, "buy", 40, LOW),
)
ALPHABET: tuple[AnyCommand, ...] = (
    tick(BTC, CRASH),
    tick(BTC, LOW),
    tick(BTC, DOWN),
    tick(BTC, UP),
    tick(ETH, LOW),
    tick(ETH, UP),
    order("alice", BTC, "sell", 200),
    order("bob", BTC, "buy", 400, DOWN),
    order("carol", BTC, "buy", 200),
    order("bob", ETH, "buy", 60, LOW),
    mode("alice", BTC, isolated=False),
    Withdraw(at_us=0, account="carol", amount=Micros(20 * QUOTE)),
    AddMargin(at_us=0, account="alice", contract=BTC, amount=Micros(1_500_000)),
    FundingTick(at_us=0, contract=BTC, rate_e8=2_000_000),
    CancelOrder(at_us=0, account="carol", order="rest"),
)
REACHED = {
    "Rejected",
    "MarginCalled",
    "PoolDrawn",
    "LiquidationFilled fund",
    "LiquidationFilled book",
    "Deleveraged",
    "ClosedOutside",
    "LossSocialized",
    "DeficitCovered",
    "DeficitCovered uncovered",
    "ResidueTaken",
}
"""What the worlds must reach within two commands."""


def world(rules: Rules, fund: int) -> Venue:
    contracts = (
        contract(BTC, depth=THIN, funding=Funding(source="file")),
        contract(ETH, depth=THICK, tick=1),
    )
    return Venue(rules, contracts, Micros(fund * QUOTE))


WORLDS = {
    "textbook": world(Rules(name="textbook", residue_to="client"), 2),
    "fees": world(
        Rules(
            name="fees",
            mark="median",
            index_feedback_ppm=500_000,
            strict_trigger=True,
            taker_fee_ppm=500,
            maker_fee_ppm=200,
            liquidation_fee_ppm=12_500,
        ),
        2,
    ),
}


class Node(NamedTuple):
    """Both exchanges after the same commands: a snapshot of the engine, the slow one pickled."""

    data: bytes
    slow: bytes


class Tree:
    """Walks all sequences; `seen` counts what happened on them."""

    def __init__(self, venue: Venue) -> None:
        self.venue = venue
        self.seen: Counter[str] = Counter()
        exchange, slow = Exchange(venue), NaiveExchange(venue)
        for command in OPENING:
            self._apply(exchange, slow, command, ())
        self.seen.clear()
        self.root = Node(snapshot.take(exchange), pickle.dumps(slow))

    def walk(self, node: Node, path: tuple[int, ...], depth: int) -> None:
        """Try every command after a node, and every one after that, so deep."""
        for number in range(len(ALPHABET)):
            self.go(node, (*path, number), depth)

    def go(self, node: Node, path: tuple[int, ...], depth: int) -> None:
        """Apply the last command of a path to its node and go on from there."""
        exchange = snapshot.restore(self.venue, node.data)
        slow: NaiveExchange = pickle.loads(node.slow)
        command = msgspec.structs.replace(ALPHABET[path[-1]], at_us=len(path) * 1_000_000)
        self._apply(exchange, slow, command, path)
        if depth > 1:
            self.walk(Node(snapshot.take(exchange), pickle.dumps(slow)), path, depth - 1)

    def _apply(
        self, exchange: Exchange, slow: NaiveExchange, command: AnyCommand, path: tuple[int, ...]
    ) -> None:
        events, others = exchange.apply(command), slow.apply(command)
        where = f"after {[ALPHABET[number] for number in path]}"
        assert events == others, where
        invariants.check(exchange.state)
        ours = {key: amount for key, amount in exchange.state.ledger.balances.items() if amount}
        theirs = {key: amount for key, amount in slow.state.ledger.items() if amount}
        assert ours == theirs, where
        for event in events:
            name = type(event).__name__
            self.seen[name] += 1
            if isinstance(event, LiquidationFilled):
                self.seen[f"{name} {event.stage}"] += 1
            elif isinstance(event, DeficitCovered) and event.uncovered:
                self.seen[f"{name} uncovered"] += 1


@pytest.mark.parametrize("first", range(len(ALPHABET)))
@pytest.mark.parametrize("name", WORLDS)
def test_every_sequence_of_commands_gives_equal_events(name: str, first: int) -> None:
    tree = Tree(WORLDS[name])
    tree.go(tree.root, (first,), EXHAUSTIVE_DEPTH)


def test_two_commands_reach_every_stage() -> None:
    seen: set[str] = set()
    for venue in WORLDS.values():
        tree = Tree(venue)
        tree.walk(tree.root, (), 2)
        seen.update(tree.seen)
    assert seen >= REACHED
