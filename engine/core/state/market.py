"""A contract as it trades here: its book, the outside market, its prices and who holds it."""

from collections.abc import Iterator

from engine.core.account.position import Position
from engine.core.book.ladder import Ladder
from engine.core.book.merged import Walk, better, shown_levels
from engine.core.book.outside import Level, Outside
from engine.core.book.volatility import Volatility
from engine.core.command import Side
from engine.core.instrument import Contract
from engine.core.money import Price


class Market:
    """State of one contract; prices are 0 before the first tick.

    `printed` is the last trade since prices were updated, `dirty` says that they are out of date.
    `basis_x2`, its `samples` and the sums behind the funding rate are kept in whole units.
    `holders` are the open positions by account. `mark_before` is the mark before its last move,
    0 before the second one, kept only where deleveraging happens at it.
    """

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.ladder = Ladder()
        self.outside = Outside()
        self.holders: dict[str, Position] = {}
        self.last = Price(0)
        self.index = Price(0)
        self.mark = Price(0)
        self.mark_before = Price(0)
        self.source = Price(0)
        self.printed = Price(0)
        self.dirty = False
        self.basis_x2 = 0
        self.samples: list[int] = []
        self.premium_sum = 0
        self.premium_count = 0
        self.sample_due_us = 0
        self.funding_due_us = 0
        self.rate_e8 = 0
        self.volatility = Volatility()

    @property
    def has_price(self) -> bool:
        """Say whether the contract has had its first tick."""
        return self.outside.bid > 0 and self.outside.ask > 0

    def next_timer_us(self) -> int:
        """Return when the next sample or funding is due."""
        if self.contract.funding.source == "premium":
            return min(self.sample_due_us, self.funding_due_us)
        return self.sample_due_us

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
