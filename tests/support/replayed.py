"""One contract of round numbers, with short words for what its file shows.

A lot gains one quote per price unit, the tick is one unit, maintenance is 1 % of the notional,
nobody pays fees. Every command is followed by a recount of everything.
"""

from collections.abc import Sequence

import msgspec

from engine.core import invariants
from engine.core.command import (
    AnyCommand,
    BookTick,
    Deposit,
    PlaceOrder,
    QuoteTick,
    Side,
    TradeTick,
)
from engine.core.event import Event, OrderFilled
from engine.core.exchange import Exchange
from engine.core.instrument import Depth, Rules, Venue
from engine.core.money import Lots, Micros, Price
from engine.core.reason import Reason
from engine.core.state.market import Market
from tests.support import worlds
from tests.support.worlds import QUOTE

SYMBOL = "BTCUSDT"
START_US = 1_700_000_000_000_000
SECOND_US = 1_000_000
PLAIN = worlds.depth([(0, 10_000), (10_000, 50_000)], half_spread_ppm=0)
"""About ten lots at the touch and forty more, on two levels, up to 1 % away from it."""
Rows = Sequence[tuple[int, int]]


class Replayed:
    """An exchange of one contract; `now` is the time of the next command."""

    def __init__(
        self,
        depth: Depth = PLAIN,
        *,
        tick: int = 1,
        unit_value: int = QUOTE,
        fund: int = 0,
        **rules: object,
    ) -> None:
        listed = worlds.contract(
            SYMBOL, tick=tick, unit_value=Micros(unit_value), brackets=worlds.FLAT, depth=depth
        )
        profile = msgspec.structs.replace(Rules(name="plain", market_band_ppm=500_000), **rules)
        self.exchange = Exchange(Venue(profile, (listed,), Micros(fund * QUOTE)))
        self.now = START_US
        self._orders = 0

    @property
    def market(self) -> Market:
        """The contract's market."""
        return self.exchange.state.markets[SYMBOL]

    @property
    def touch(self) -> tuple[int, int]:
        """The outside market's bid and ask."""
        return self.market.outside.bid, self.market.outside.ask

    def apply(self, command: AnyCommand) -> tuple[Event, ...]:
        """Apply a command and count everything again."""
        events = self.exchange.apply(command)
        invariants.check(self.exchange.state)
        return events

    def trade(self, price: int, lots: int = 1, side: Side = "sell") -> tuple[Event, ...]:
        """Replay a trade; `side` is the aggressor's."""
        return self.apply(
            TradeTick(
                at_us=self.now,
                contract=SYMBOL,
                price=Price(price),
                quantity=Lots(lots),
                side=side,
            )
        )

    def quote(self, bid: int, bid_lots: int, ask: int, ask_lots: int) -> tuple[Event, ...]:
        """Replay a quote."""
        return self.apply(
            QuoteTick(
                at_us=self.now,
                contract=SYMBOL,
                bid=Price(bid),
                bid_quantity=Lots(bid_lots),
                ask=Price(ask),
                ask_quantity=Lots(ask_lots),
            )
        )

    def book(self, bids: Rows, asks: Rows, *, reset: bool = False) -> tuple[Event, ...]:
        """Replay levels of a book."""
        return self.apply(
            BookTick(
                at_us=self.now, contract=SYMBOL, bids=_rows(bids), asks=_rows(asks), reset=reset
            )
        )

    def deposit(self, account: str, quote: int = 1_000_000) -> None:
        """Give an account money."""
        self.apply(Deposit(at_us=self.now, account=account, amount=Micros(quote * QUOTE)))

    def order(
        self,
        account: str,
        side: Side,
        lots: int,
        price: int | None = None,
        *,
        reduce_only: bool = False,
    ) -> tuple[Event, ...]:
        """Place a limit order, or a market order where no price is given."""
        self._orders += 1
        return self.apply(
            PlaceOrder(
                at_us=self.now,
                account=account,
                order=f"o{self._orders}",
                contract=SYMBOL,
                side=side,
                quantity=Lots(lots),
                price=None if price is None else Price(price),
                reduce_only=reduce_only,
            )
        )

    def levels(self, side: Side) -> list[tuple[int, int]]:
        """Return price and lots of what the outside market has to give."""
        shown = self.market.outside.levels(self.market.contract, side, self.now)
        return [(level.price, level.quantity) for level in shown]

    def ahead(self, side: Side, price: int) -> list[int]:
        """Return what stands before each of our orders at a price, by their arrival."""
        return [order.ahead for order in self.market.ladder.at(side, price)]


def _rows(rows: Rows) -> tuple[tuple[Price, Lots], ...]:
    return tuple((Price(price), Lots(lots)) for price, lots in rows)


def fills(events: Sequence[Event]) -> list[tuple[str, int, int]]:
    """Return who was filled, with how many lots and at what price.

    >>> fills([])
    []
    """
    return [
        (event.account, event.quantity, event.price)
        for event in events
        if isinstance(event, OrderFilled)
    ]


def refusals(events: Sequence[Event]) -> list[Reason]:
    """Return the reasons that events give for what was refused or cancelled."""
    return [event.reason for event in events if hasattr(event, "reason")]
