"""What a run came to, gathered from its events in whole units.

A row for each liquidation order and the running sums of the waterfall; nothing grows with the
number of ticks.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from engine.core.event import (
    ClosedOutside,
    DeficitCovered,
    Deleveraged,
    Event,
    LiquidationFeePaid,
    LiquidationFilled,
    LiquidationStarted,
    LossSocialized,
    ResidueTaken,
)


class Sums(msgspec.Struct):
    """The waterfall so far, signed, in micros; `residue` stands beside it."""

    loss: int = 0
    own_margin: int = 0
    insurance_fund: int = 0
    adl: int = 0
    socialized: int = 0
    uncovered: int = 0
    residue: int = 0

    @property
    def gap(self) -> int:
        """Loss less everybody who paid for it; 0, or a rule of the waterfall was broken."""
        paid = self.own_margin + self.insurance_fund + self.adl + self.socialized + self.uncovered
        return self.loss - paid


class Order(msgspec.Struct):
    """A liquidation order: how it began, why, and its quantities in lots by where they went.

    `cause` is the event that its `LiquidationStarted` names.
    """

    began: LiquidationStarted
    cause: Event
    book: int = 0
    book_value: int = 0
    fund: int = 0
    adl: int = 0
    outside: int = 0
    fee: int = 0
    loss: int = 0
    covered: int = 0
    """Micros that the fund paid."""
    socialized: int = 0
    winners: int = 0
    """Accounts that were deleveraged or cut."""


class Facts:
    """Takes in every event; `orders` are the liquidation orders by seq, in their order."""

    def __init__(self, fund: int) -> None:
        self.sums = Sums()
        self.orders: dict[int, Order] = {}
        self.fund_low = fund
        self._handlers: dict[type[Event], Callable[[Any], None]] = {
            LiquidationFilled: self._filled,
            LiquidationFeePaid: self._charged,
            Deleveraged: self._deleveraged,
            ClosedOutside: self._closed_outside,
            DeficitCovered: self._covered,
            LossSocialized: self._cut,
            ResidueTaken: self._residue,
        }

    def heard(self, events: tuple[Event, ...]) -> None:
        """Take in a batch, in which the events of a command are together."""
        for event in events:
            if isinstance(event, LiquidationStarted):
                cause = events[event.cause - events[0].seq]
                self.orders[event.seq] = Order(event, cause)
            handler = self._handlers.get(type(event))
            if handler is not None:
                handler(event)

    def _filled(self, event: LiquidationFilled) -> None:
        order = self.orders[event.liquidation]
        if event.stage == "book":
            order.book += event.quantity
        else:
            order.fund += event.quantity
        order.book_value += event.price * event.quantity
        order.loss += event.loss
        order.covered += event.insurance_fund
        self.sums.loss += event.loss
        self.sums.own_margin += event.own_margin
        self.sums.insurance_fund += event.insurance_fund
        self.fund_low = min(self.fund_low, event.fund)

    def _charged(self, event: LiquidationFeePaid) -> None:
        self.orders[event.liquidation].fee += event.taker_fee + event.liquidation_fee

    def _deleveraged(self, event: Deleveraged) -> None:
        order = self.orders[event.liquidation]
        order.adl += event.quantity
        order.loss += event.loss
        order.winners += 1
        self.sums.loss += event.loss
        self.sums.own_margin += event.own_margin
        self.sums.adl += event.adl

    def _closed_outside(self, event: ClosedOutside) -> None:
        """Settled at the mark: what it lost is the margin's until a deficit is covered."""
        order = self.orders[event.liquidation]
        order.outside += event.quantity
        order.loss += event.loss
        self.sums.loss += event.loss
        self.sums.own_margin += event.loss

    def _covered(self, event: DeficitCovered) -> None:
        order = self.orders[event.liquidation]
        order.covered += event.insurance_fund
        order.socialized += event.socialized
        self.sums.own_margin -= event.deficit
        self.sums.insurance_fund += event.insurance_fund
        self.sums.socialized += event.socialized
        self.sums.uncovered += event.uncovered
        self.fund_low = min(self.fund_low, event.fund)

    def _cut(self, event: LossSocialized) -> None:
        self.orders[event.liquidation].winners += 1

    def _residue(self, event: ResidueTaken) -> None:
        if event.to == "fund":
            self.sums.residue += event.amount
