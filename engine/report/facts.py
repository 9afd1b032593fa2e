"""What a run came to, gathered from its events in whole units.

A record of each liquidation order and the running sums of the waterfall; nothing grows with the
number of ticks.
"""

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from engine.core.command import Mode
from engine.core.event import (
    Assigned,
    ClosedOutside,
    DeficitCovered,
    Deleveraged,
    Event,
    InventoryFunded,
    InventorySold,
    LiquidationEnded,
    LiquidationFeePaid,
    LiquidationFilled,
    LiquidationStarted,
    LossSocialized,
    PairsNetted,
    PeriodSettled,
    ResidueTaken,
    TakenOver,
)
from engine.report.calls import Before, Calls
from engine.report.inventory import Inventory

FILLS_MAX = 8
"""Fills of a liquidation that are kept one by one; they are added up in any case."""
PAYERS_MAX = 6
"""Winners of a liquidation that are kept by name, those with the largest amounts."""


class Sums(msgspec.Struct):
    """A waterfall so far, signed, in micros; `residue` went to the fund and stands beside it.

    `pending` waits for the end of a period, of a liquidation order: for ever, as its share in what
    is paid then is not told.
    """

    loss: int = 0
    own_margin: int = 0
    insurance_fund: int = 0
    assignment: int = 0
    adl: int = 0
    socialized: int = 0
    uncovered: int = 0
    pending: int = 0
    residue: int = 0

    @property
    def gap(self) -> int:
        """Loss less everybody who paid for it; 0, or a rule of the waterfall was broken."""
        paid = self.own_margin + self.insurance_fund + self.assignment + self.adl
        return self.loss - paid - self.socialized - self.uncovered - self.pending


class Fill(msgspec.Struct):
    """A forced fill, or several in a row at one price: price units, lots."""

    stage: Literal["book", "fund"]
    against: Literal["book", "outside"]
    price: int
    quantity: int


class Payer(msgspec.Struct, frozen=True):
    """A winner who was deleveraged (`quantity` in lots) or cut (0); `amount` is what he bore."""

    account: str
    contract: str | None
    quantity: int
    amount: int


class Order(msgspec.Struct):
    """A liquidation order: how it began, why, and its quantities in lots by where they went.

    `cause` is the event that its `LiquidationStarted` names. `sums` are the order's own part of
    the waterfall, `refunded` is the residue that went back to the client. `ended` is None as
    long as it goes on.
    """

    began: LiquidationStarted
    cause: Event
    before: Before
    sums: Sums
    book: int = 0
    book_value: int = 0
    fund: int = 0
    assigned: int = 0
    kept: int = 0
    adl: int = 0
    outside: int = 0
    outside_price: int = 0
    netted: int = 0
    taker_fee: int = 0
    liquidation_fee: int = 0
    refunded: int = 0
    fills: list[Fill] = []
    fill_count: int = 0
    """Fills at different prices or stages, those not kept included."""
    deleveraged: list[Payer] = []
    deleveraged_count: int = 0
    cut: list[Payer] = []
    cut_count: int = 0
    ended: LiquidationEnded | None = None

    @property
    def closed(self) -> int:
        """Lots that were closed, wherever they went."""
        closed = self.book + self.fund + self.kept + self.assigned + self.adl
        return closed + self.outside + self.netted

    @property
    def fee(self) -> int:
        """What was charged for the liquidation."""
        return self.taker_fee + self.liquidation_fee


class Facts:
    """Takes in every event; `orders` are the liquidation orders by seq, in their order.

    `cuts` are micros by mode and margin account, `liquidation_fees` all that were charged.
    """

    def __init__(self, calls: Calls) -> None:
        self.sums = Sums()
        self.orders: dict[int, Order] = {}
        self.cuts: dict[Mode, dict[str, int]] = {}
        self.inventory = Inventory()
        self.liquidation_fees = 0
        self._calls = calls
        self._handlers: dict[type[Event], Callable[[Any], None]] = {
            LiquidationFilled: self._filled,
            LiquidationFeePaid: self._charged,
            Deleveraged: self._deleveraged,
            Assigned: self._assigned,
            TakenOver: self._taken_over,
            InventorySold: self.inventory.sold,
            InventoryFunded: self.inventory.funded,
            ClosedOutside: self._closed_outside,
            PairsNetted: self._netted,
            DeficitCovered: self._covered,
            PeriodSettled: self._settled,
            LossSocialized: self._cut,
            ResidueTaken: self._residue,
            LiquidationEnded: self._ended,
        }

    def heard(self, events: tuple[Event, ...]) -> None:
        """Take in a batch, in which the events of a command are together."""
        for event in events:
            if isinstance(event, LiquidationStarted):
                cause = events[event.cause - events[0].seq]
                self.orders[event.seq] = Order(event, cause, self._calls.before(event), Sums())
            else:
                self._calls.heard(event)
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
        _note_fill(order, event)
        for sums in (self.sums, order.sums):
            sums.loss += event.loss
            sums.own_margin += event.own_margin
            sums.insurance_fund += event.insurance_fund

    def _charged(self, event: LiquidationFeePaid) -> None:
        order = self.orders[event.liquidation]
        order.taker_fee += event.taker_fee
        order.liquidation_fee += event.liquidation_fee
        self.liquidation_fees += event.liquidation_fee

    def _deleveraged(self, event: Deleveraged) -> None:
        if not event.liquidation:
            return
        order = self.orders[event.liquidation]
        order.adl += event.quantity
        order.deleveraged_count += 1
        payer = Payer(event.account, event.contract, event.quantity, event.adl)
        order.deleveraged = _most(order.deleveraged, payer)
        for sums in (self.sums, order.sums):
            sums.loss += event.loss
            sums.own_margin += event.own_margin
            sums.adl += event.adl

    def _assigned(self, event: Assigned) -> None:
        order = self.orders[event.liquidation]
        order.assigned += event.quantity
        for sums in (self.sums, order.sums):
            sums.loss += event.loss
            sums.own_margin += event.own_margin
            sums.insurance_fund += event.insurance_fund
            sums.assignment += event.assignment

    def _netted(self, event: PairsNetted) -> None:
        """Both legs closed at the mark: what they lost is the margin's."""
        order = self.orders[event.liquidation]
        order.netted += event.quantity
        for sums in (self.sums, order.sums):
            sums.loss += event.loss
            sums.own_margin += event.own_margin

    def _taken_over(self, event: TakenOver) -> None:
        order = self.orders[event.liquidation]
        order.kept += event.quantity
        self.inventory.taken_over(event)
        for sums in (self.sums, order.sums):
            sums.loss += event.loss
            sums.own_margin += event.own_margin
            sums.insurance_fund += event.insurance_fund

    def _closed_outside(self, event: ClosedOutside) -> None:
        """Settled at the mark: what it lost is the margin's until a deficit is covered."""
        order = self.orders[event.liquidation]
        order.outside += event.quantity
        order.outside_price = event.price
        for sums in (self.sums, order.sums):
            sums.loss += event.loss
            sums.own_margin += event.loss

    def _covered(self, event: DeficitCovered) -> None:
        for sums in (self.sums, self.orders[event.liquidation].sums):
            sums.own_margin -= event.deficit
            sums.insurance_fund += event.insurance_fund
            sums.socialized += event.socialized
            sums.uncovered += event.uncovered
            sums.pending += event.pending

    def _settled(self, event: PeriodSettled) -> None:
        self.sums.pending -= event.pending
        self.sums.insurance_fund += event.insurance_fund
        self.sums.socialized += event.socialized
        self.sums.uncovered += event.uncovered

    def _cut(self, event: LossSocialized) -> None:
        isolated = event.contract is not None
        cuts = self.cuts.setdefault("isolated" if isolated else "cross", {})
        margin = f"{event.account}:{event.contract}" if isolated else event.account
        cuts[margin] = cuts.get(margin, 0) + event.amount
        if not event.liquidation:
            return
        order = self.orders[event.liquidation]
        order.cut_count += 1
        order.cut = _most(order.cut, Payer(event.account, event.contract, 0, event.amount))

    def _residue(self, event: ResidueTaken) -> None:
        order = self.orders[event.liquidation]
        if event.to == "client":
            order.refunded += event.amount
            return
        for sums in (self.sums, order.sums):
            sums.residue += event.amount

    def _ended(self, event: LiquidationEnded) -> None:
        self.orders[event.liquidation].ended = event


def _note_fill(order: Order, event: LiquidationFilled) -> None:
    fill = Fill(event.stage, event.against, event.price, event.quantity)
    newest = order.fills[-1] if order.fills else None
    is_more = (
        newest is not None
        and order.fill_count == len(order.fills)
        and ((newest.stage, newest.against, newest.price) == (fill.stage, fill.against, fill.price))
    )
    if newest is not None and is_more:
        newest.quantity += fill.quantity
        return
    order.fill_count += 1
    if len(order.fills) < FILLS_MAX:
        order.fills.append(fill)


def _most(payers: list[Payer], payer: Payer) -> list[Payer]:
    """Those for whom it was most, in their order, with one more looked at.

    At a bankruptcy price on the other side of the mark, a winner who is deleveraged gains by it.
    """
    ranked = sorted([*payers, payer], key=lambda each: -abs(each.amount))
    return ranked[:PAYERS_MAX]
