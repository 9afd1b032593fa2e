"""Any commands in any order, engine against slow exchange: Hypothesis finds the shortest story.

The seeded fuzz goes far; this one shrinks. A failure prints the few steps that lead to it.
"""

from typing import Any, Literal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from engine.core.command import (
    AddMargin,
    AmendOrder,
    AnyCommand,
    CancelOrder,
    Deposit,
    FundingTick,
    IndexTick,
    Mode,
    PlaceOrder,
    QuoteTick,
    RemoveMargin,
    SetLeverage,
    SetMarginMode,
    Side,
    TradeTick,
    Withdraw,
)
from engine.core.money import Lots, Micros, Price
from tests.properties.counts import STATEFUL_EXAMPLES
from tests.properties.test_exhaustive import OPENING, WORLDS
from tests.support.naive import NaiveExchange
from tests.support.oracle import Oracle
from tests.support.worlds import QUOTE, binance, textbook

VENUES = [*WORLDS.values(), textbook(), binance()]
ACCOUNTS = st.sampled_from(("alice", "bob", "carol", "dave"))
CONTRACTS = st.sampled_from(("BTCUSDT", "ETHUSDT"))
SIDES: st.SearchStrategy[Side] = st.sampled_from(("buy", "sell"))
MODES: st.SearchStrategy[Mode] = st.sampled_from(("isolated", "cross"))
PRICES = st.sampled_from((10_000, 9_950, 10_050, 9_700, 10_300, 9_000, 11_000, 7_500, 13_000))
LOTS = st.sampled_from((1, 7, 40, 150, 400))
AMOUNTS = st.sampled_from((1, QUOTE, 7 * QUOTE + 1, 40 * QUOTE))
ORDERS = st.sampled_from(("1", "2", "3"))
Force = Literal["gtc", "ioc", "fok"]


class Venues(RuleBasedStateMachine):
    """The two exchanges, given the same commands."""

    @initialize(venue=st.sampled_from(VENUES), on_the_edge=st.booleans())
    def open(self, venue: Any, *, on_the_edge: bool) -> None:
        """Open for trading: with money in four accounts, or with positions on the edge too."""
        self.now = 0
        self.oracle, self.slow = Oracle(venue, hash_every=1), NaiveExchange(venue)
        if on_the_edge:
            for command in OPENING:
                self.send(command)
        else:
            for symbol in ("BTCUSDT", "ETHUSDT"):
                self.trade(symbol, 10_000)
            for account, quote in (("alice", 30), ("bob", 60), ("carol", 90)):
                self.send(Deposit(at_us=0, account=account, amount=Micros(quote * QUOTE)))
        self.send(Deposit(at_us=0, account="dave", amount=Micros(2_000 * QUOTE)))

    def send(self, command: AnyCommand) -> None:
        """Give both the command and compare what they say."""
        events, others = self.oracle.apply(command), self.slow.apply(command)
        assert events == others, f"{command}: {events}, but the slow exchange says {others}"

    @rule(us=st.sampled_from((1, 1_000_000, 3_600_000_000, 28_800_000_000)))
    def wait(self, us: int) -> None:
        """Let time go by."""
        self.now += us

    @rule(symbol=CONTRACTS, price=PRICES)
    def trade(self, symbol: str, price: int) -> None:
        """A trade of the replayed market."""
        self.send(
            TradeTick(
                at_us=self.now, contract=symbol, price=Price(price), quantity=Lots(1), side="buy"
            )
        )

    @rule(symbol=CONTRACTS, price=PRICES, lots=LOTS)
    def quote(self, symbol: str, price: int, lots: int) -> None:
        """A quote of the replayed market."""
        self.send(
            QuoteTick(
                at_us=self.now,
                contract=symbol,
                bid=Price(price),
                bid_quantity=Lots(lots),
                ask=Price(price + 10),
                ask_quantity=Lots(lots),
            )
        )

    @rule(symbol=CONTRACTS, price=PRICES)
    def index(self, symbol: str, price: int) -> None:
        """An index price."""
        self.send(IndexTick(at_us=self.now, contract=symbol, price=Price(price)))

    @rule(symbol=CONTRACTS, rate=st.sampled_from((-3_000_000, 10_000, 5_000_000)))
    def funding(self, symbol: str, rate: int) -> None:
        """A funding rate from a file."""
        self.send(FundingTick(at_us=self.now, contract=symbol, rate_e8=rate))

    @rule(account=ACCOUNTS, amount=AMOUNTS, out=st.booleans())
    def cash(self, account: str, amount: int, *, out: bool) -> None:
        """A deposit or a withdrawal."""
        kind = Withdraw if out else Deposit
        self.send(kind(at_us=self.now, account=account, amount=Micros(amount)))

    @rule(account=ACCOUNTS, symbol=CONTRACTS, amount=AMOUNTS, out=st.booleans())
    def margin(self, account: str, symbol: str, amount: int, *, out: bool) -> None:
        """Margin to or from an isolated position."""
        kind = RemoveMargin if out else AddMargin
        self.send(kind(at_us=self.now, account=account, contract=symbol, amount=Micros(amount)))

    @rule(account=ACCOUNTS, symbol=CONTRACTS, times=st.sampled_from((1, 5, 20, 100)))
    def leverage(self, account: str, symbol: str, times: int) -> None:
        """Another leverage."""
        self.send(SetLeverage(at_us=self.now, account=account, contract=symbol, leverage=times))

    @rule(account=ACCOUNTS, symbol=CONTRACTS, mode=MODES)
    def mode(self, account: str, symbol: str, mode: Mode) -> None:
        """Another margin mode."""
        self.send(SetMarginMode(at_us=self.now, account=account, contract=symbol, mode=mode))

    @rule(
        account=ACCOUNTS,
        symbol=CONTRACTS,
        side=SIDES,
        lots=LOTS,
        reduce_only=st.sampled_from((False, False, False, True)),
    )
    def market(
        self, *, account: str, symbol: str, side: Side, lots: int, reduce_only: bool
    ) -> None:
        """A market order."""
        self.send(
            PlaceOrder(
                at_us=self.now,
                account=account,
                order="now",
                contract=symbol,
                side=side,
                quantity=Lots(lots),
                reduce_only=reduce_only,
            )
        )

    @rule(
        account=ACCOUNTS,
        order=ORDERS,
        symbol=CONTRACTS,
        side=SIDES,
        lots=LOTS,
        price=PRICES,
        kind=st.sampled_from(("gtc", "gtc", "gtc", "reduce_only", "post_only", "ioc", "fok")),
    )
    def limit(
        self,
        *,
        account: str,
        order: str,
        symbol: str,
        side: Side,
        lots: int,
        price: int,
        kind: str,
    ) -> None:
        """A limit order of some kind."""
        forces: dict[str, Force] = {"ioc": "ioc", "fok": "fok"}
        self.send(
            PlaceOrder(
                at_us=self.now,
                account=account,
                order=order,
                contract=symbol,
                side=side,
                quantity=Lots(lots),
                price=Price(price),
                time_in_force=forces.get(kind, "gtc"),
                post_only=kind == "post_only",
                reduce_only=kind == "reduce_only",
            )
        )

    @rule(account=ACCOUNTS, order=ORDERS, price=PRICES, lots=LOTS)
    def amend(self, account: str, order: str, price: int, lots: int) -> None:
        """Another price and quantity for an order."""
        self.send(
            AmendOrder(
                at_us=self.now,
                account=account,
                order=order,
                price=Price(price),
                quantity=Lots(lots),
            )
        )

    @rule(account=ACCOUNTS, order=ORDERS)
    def cancel(self, account: str, order: str) -> None:
        """An order taken back."""
        self.send(CancelOrder(at_us=self.now, account=account, order=order))


TestVenues = Venues.TestCase
TestVenues.settings = settings(
    max_examples=STATEFUL_EXAMPLES,
    stateful_step_count=30,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
