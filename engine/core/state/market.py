"""A contract as it trades here: its book, the outside market, its prices and who holds it."""

from collections.abc import Iterator
from typing import Literal

import msgspec

from engine.core.account.position import Position
from engine.core.book.ladder import Ladder
from engine.core.book.merged import Walk, better, shown_levels
from engine.core.book.outside import Level, Outside
from engine.core.book.stop import StopBook
from engine.core.book.volatility import Volatility
from engine.core.command import LegOrNone, Side
from engine.core.instrument import Contract
from engine.core.money import E8, Price, div_to_zero, div_up

NEVER_US = 2**53
"""Later than any time that a command can have."""
Standing = Literal["live", "outlier", "stale"]


class SourcePrice(msgspec.Struct):
    """What a source of the index said last, when, and whether it counts now."""

    price: Price
    at_us: int
    standing: Standing = "live"


class Market:
    """State of one contract; prices are 0 before the first tick.

    `printed` is the last trade since prices were updated, `dirty` says that they are out of date.
    `basis_x2`, its `samples` and the sums behind the funding rate are kept in whole units.
    `holders` are the open positions by account and leg. `mark_before` is the mark before its last
    move, 0 before the second one, kept only where deleveraging happens at it.
    `marked` is the file's mark; `fair` the venue's where margin is valued at another price, else 0.
    `sources` are the index's, `source_x2` what they come to; `is_stale`: none speaks any more.
    `is_settled`: it trades no more.
    `shortened_us`: the interval of funding while it is not the contract's; `calm` counts the
    settlements below the cap since. `accrual` is what a lot pays in an interval, in 10^-8, fixed at
    `accrual_mark` and due from `accrual_us` on, or from when a position last paid (`realized_us`).
    `impact_x2` is the last basis of the impact prices, `impact_e6` its average in millionths.
    """

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.ladder = Ladder()
        self.stops = StopBook()
        self.outside = Outside()
        self.holders: dict[tuple[str, LegOrNone], Position] = {}
        self.last = Price(0)
        self.index = Price(0)
        self.mark = Price(0)
        self.mark_before = Price(0)
        self.source = Price(0)
        self.sources: dict[str, SourcePrice] = {}
        self.source_x2 = 0
        self.is_stale = False
        self.weights = {one.name: one.weight for one in contract.index.sources} or {"": 1}
        self.marked = Price(0)
        self.fair = Price(0)
        self.impact_x2 = 0
        self.impact_e6: int | None = None
        self.printed = Price(0)
        self.dirty = False
        self.basis_x2 = 0
        self.samples: list[int] = []
        self.premium_sum = 0
        self.premium_count = 0
        self.sample_due_us = 0
        self.funding_due_us = 0
        self.borrow_due_us = 0
        self.shortened_us = 0
        self.calm = 0
        self.accrual = 0
        self.accrual_mark = Price(0)
        self.accrual_us = 0
        self.realized_us: dict[str, int] = {}
        self.rate_e8 = 0
        self.volatility = Volatility()
        self.is_settled = False

    @property
    def has_price(self) -> bool:
        """Say whether the contract has had its first tick."""
        return self.outside.bid > 0 and self.outside.ask > 0

    @property
    def venue_mark(self) -> Price:
        """The venue's mark, whatever margin is valued at (Decision P18)."""
        return self.fair or self.mark

    def held(self) -> list[Position]:
        """Return the open positions by account, then leg."""
        return sorted(self.holders.values(), key=lambda one: (one.account, one.slot))

    def stale_due_us(self) -> int:
        """Return when the next source of the index will have been silent for too long."""
        after_us = self.contract.index.stale_us
        if not after_us:
            return NEVER_US
        heard = (one.at_us for one in self.sources.values() if one.standing != "stale")
        return min((at_us + after_us for at_us in heard), default=NEVER_US)

    @property
    def interval_us(self) -> int:
        """The interval of funding now: the contract's, or a shorter one since rates were capped."""
        return self.shortened_us or self.contract.funding.interval_us

    def accrued(self, position: Position, now_us: int) -> int:
        """Return the funding that a position owes for its time and has not paid yet, signed."""
        if not self.accrual or not position.quantity:
            return 0
        since_us = self.realized_us.get(f"{position.account}:{position.slot}", self.accrual_us)
        owed = position.quantity * self.accrual * (now_us - since_us)
        return div_to_zero(owed, E8 * self.interval_us)

    def drift(self, position: Position, now_us: int) -> int:
        """Return the most by which what a position owes can change until the interval ends."""
        left_us = self.funding_due_us - now_us
        owed = abs(position.quantity * self.accrual) * left_us
        return div_up(owed, E8 * self.interval_us) + 1 if owed else 0

    def settlement_due_us(self) -> int:
        """Return when the venue settles funding next."""
        if self.has_price and self.contract.funding.source == "premium":
            return self.funding_due_us
        return NEVER_US

    def interest_due_us(self) -> int:
        """Return when interest on what positions borrow is due next."""
        return self.borrow_due_us or NEVER_US

    def next_timer_us(self) -> int:
        """Return when the next sample, funding, interest or judgement of the index is due."""
        sample_us = self.sample_due_us if self.has_price else NEVER_US
        others = self.settlement_due_us(), self.interest_due_us(), self.stale_due_us()
        return min(sample_us, *others)

    def best(self, side: Side, now_us: int) -> Price | None:
        """Return the best price of the merged book."""
        level = next(self.levels(side, now_us), None)
        return better(side, self.ladder.best_price(side), level.price if level else None)

    def levels(self, side: Side, now_us: int) -> Iterator[Level]:
        """Yield the outside levels of a side that show now."""
        return shown_levels(self.contract, self.ladder, self.outside, side, now_us)

    def walk(self, taker: Side, now_us: int) -> Walk:
        """Begin an arriving order's way through the merged book."""
        return Walk(self.contract, self.ladder, self.outside, taker, now_us)
