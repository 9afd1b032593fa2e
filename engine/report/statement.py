"""What every position of a watched account brought or cost: the account's own history.

deposits less withdrawals + Σ results + cuts = equity, to the unit; `Statement.check` says so. A
cut stands beside the results whatever it was taken from, so that twins of both modes compare.
Results are in micros, quantities in lots, prices in price units.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

from engine.core.account.position import slot_of
from engine.core.event import (
    Assigned,
    BorrowPaid,
    ClosedOutside,
    DeficitCovered,
    Deleveraged,
    Deposited,
    Event,
    FundingPaid,
    LiquidationFeePaid,
    LiquidationFilled,
    LiquidationStarted,
    LossSocialized,
    OrderFilled,
    PairsNetted,
    PositionSettled,
    ResidueTaken,
    TakenOver,
    Withdrawn,
)


class Line(msgspec.Struct):
    """One contract of one account, or one leg of it; `result` without open profit.

    `opened` and `closed` are lots, the values Σ price x lots of the fills that have a price.
    """

    contract: str
    side: Literal["long", "short"] = "long"
    opened: int = 0
    opened_value: int = 0
    closed: int = 0
    closed_value: int = 0
    result: int = 0
    ended: Literal["open", "closed", "liquidated", "deleveraged"] = "open"


class Statement:
    """Takes in every event and keeps those of the watched accounts."""

    def __init__(self, watch: tuple[str, ...], units: Mapping[str, int]) -> None:
        """Take the accounts to watch, and what a lot gains by one price unit, by contract."""
        self.lines: dict[str, dict[str, Line]] = {account: {} for account in watch}
        self.paid_in = dict.fromkeys(watch, 0)
        self.cuts = dict.fromkeys(watch, 0)
        self._units = units
        self._position: dict[tuple[str, str], int] = {}
        self._losers: dict[int, tuple[str, str]] = {}
        self._handlers: dict[type[Event], Callable[[Any], None]] = {
            LiquidationStarted: self._started,
            Deposited: self._deposited,
            Withdrawn: self._withdrawn,
            OrderFilled: self._filled,
            FundingPaid: self._funding,
            BorrowPaid: self._funding,
            LiquidationFilled: self._forced,
            LiquidationFeePaid: self._charged,
            Deleveraged: self._deleveraged,
            Assigned: self._assigned,
            TakenOver: self._taken_over,
            ClosedOutside: self._closed_outside,
            PairsNetted: self._netted,
            DeficitCovered: self._covered,
            LossSocialized: self._cut,
            ResidueTaken: self._residue,
            PositionSettled: self._over,
        }

    def heard(self, events: tuple[Event, ...]) -> None:
        """Take in a batch of events."""
        for event in events:
            handler = self._handlers.get(type(event))
            if handler is not None:
                handler(event)

    def brought(self, account: str) -> int:
        """What all positions of an account have brought, open profit not counted."""
        return sum(line.result for line in self.lines[account].values())

    def check(self, account: str, equity: int, open_profit: int) -> None:
        """Assert that the statement explains the account's equity to the unit."""
        explained = self.paid_in[account] + self.brought(account) + self.cuts[account]
        assert explained + open_profit == equity, (
            f"the statement of {account} explains {explained + open_profit}, it has {equity}"
        )

    def _line(self, account: str, slot: str) -> Line | None:
        lines = self.lines.get(account)
        if lines is None:
            return None
        return lines.setdefault(slot, Line(slot))

    def _owing(self, event: LiquidationFeePaid | DeficitCovered | ResidueTaken) -> Line | None:
        """The line of the position whose closing led to a posting of its margin account."""
        _, slot = self._losers.get(event.liquidation, ("", event.contract))
        return self._line(event.account, slot)

    def _started(self, event: LiquidationStarted) -> None:
        if event.account in self.lines:
            self._losers[event.seq] = event.account, slot_of(event.contract, event.leg)

    def _deposited(self, event: Deposited) -> None:
        if event.account in self.lines:
            self.paid_in[event.account] += event.amount

    def _withdrawn(self, event: Withdrawn) -> None:
        if event.account in self.lines:
            self.paid_in[event.account] -= event.amount

    def _filled(self, event: OrderFilled) -> None:
        line = self._line(event.account, slot_of(event.contract, event.leg))
        if line is None:
            return
        key = (event.account, slot_of(event.contract, event.leg))
        before = self._position.get(key, 0)
        self._position[key] = event.position
        signed = event.quantity if event.side == "buy" else -event.quantity
        opposite = before * signed < 0
        closing = min(abs(before), event.quantity) if opposite else 0
        opening = event.quantity - closing
        if opening and (not before or opposite):
            line.side = "long" if signed > 0 else "short"
            line.opened = line.opened_value = line.closed = line.closed_value = 0
        line.opened += opening
        line.opened_value += opening * event.price
        if not opening or not opposite:
            line.closed += closing
            line.closed_value += closing * event.price
        line.result += event.realized - event.fee
        line.ended = "open" if event.position else "closed"

    def _funding(self, event: FundingPaid | BorrowPaid) -> None:
        line = self._line(event.account, slot_of(event.contract, event.leg))
        if line is not None:
            line.result -= event.amount

    def _left(self, account: str, contract: str, quantity: int) -> None:
        key = (account, contract)
        before = self._position.get(key, 0)
        self._position[key] = before - quantity if before > 0 else before + quantity

    def _forced(self, event: LiquidationFilled) -> None:
        line = self._line(event.account, slot_of(event.contract, event.leg))
        if line is None:
            return
        self._left(event.account, slot_of(event.contract, event.leg), event.quantity)
        line.closed += event.quantity
        line.closed_value += event.quantity * event.price
        line.result -= event.own_margin
        line.ended = self._end_of(event.account, slot_of(event.contract, event.leg))

    def _charged(self, event: LiquidationFeePaid) -> None:
        line = self._owing(event)
        if line is not None:
            line.result -= event.taker_fee + event.liquidation_fee

    def _deleveraged(self, event: Deleveraged) -> None:
        line = self._line(event.account, slot_of(event.contract, event.leg))
        if line is not None:
            self._left(event.account, slot_of(event.contract, event.leg), event.quantity)
            line.result += event.realized
            line.ended = "deleveraged"
        loser = self._losers.get(event.liquidation)
        if loser is not None:
            self._forced_off_book(*loser, event.quantity, event.own_margin)

    def _assigned(self, event: Assigned) -> None:
        line = self._line(event.account, slot_of(event.contract, event.leg))
        if line is not None:
            self._takes(line, event)
        loser = self._losers.get(event.liquidation)
        if loser is not None:
            self._forced_off_book(*loser, event.quantity, event.own_margin)

    def _takes(self, line: Line, event: Assigned) -> None:
        """What somebody took over counts like a trade at its money."""
        key = (event.account, slot_of(event.contract, event.leg))
        before = self._position.get(key, 0)
        signed = event.quantity if event.side == "buy" else -event.quantity
        opposite = before * signed < 0
        closing = min(abs(before), event.quantity) if opposite else 0
        opening = event.quantity - closing
        self._position[key] = before + signed
        line.result += event.realized
        if opening and (not before or opposite):
            line.side = "long" if signed > 0 else "short"
            line.opened = line.opened_value = line.closed = line.closed_value = 0
        unit = event.value // (event.quantity * self._units[event.contract])
        line.opened += opening
        line.opened_value += opening * unit
        line.ended = "open" if self._position[key] else "closed"

    def _over(self, event: PositionSettled) -> None:
        """The contract has ended: a closing like any other, without a fee."""
        line = self._line(event.account, slot_of(event.contract, event.leg))
        if line is not None:
            self._left(event.account, slot_of(event.contract, event.leg), event.quantity)
            line.closed += event.quantity
            line.closed_value += event.quantity * event.price
            line.result += event.realized
            line.ended = "closed"

    def _taken_over(self, event: TakenOver) -> None:
        if event.account in self.lines:
            slot = slot_of(event.contract, event.leg)
            self._forced_off_book(event.account, slot, event.quantity, event.own_margin)

    def _netted(self, event: PairsNetted) -> None:
        """Both legs were closed against each other at the mark."""
        if event.account in self.lines:
            long, short = slot_of(event.contract, "long"), slot_of(event.contract, "short")
            for slot, made in ((long, event.long_realized), (short, event.short_realized)):
                self._forced_off_book(event.account, slot, event.quantity, -made)
                line = self.lines[event.account][slot]
                line.closed += event.quantity
                line.closed_value += event.quantity * event.price

    def _closed_outside(self, event: ClosedOutside) -> None:
        slot = slot_of(event.contract, event.leg)
        if event.account in self.lines:
            self._forced_off_book(event.account, slot, event.quantity, event.loss)
            line = self.lines[event.account][slot]
            line.closed += event.quantity
            line.closed_value += event.quantity * event.price

    def _forced_off_book(self, account: str, contract: str, quantity: int, loss: int) -> None:
        line = self.lines[account].setdefault(contract, Line(contract))
        self._left(account, contract, quantity)
        line.result -= loss
        line.ended = self._end_of(account, contract)

    def _end_of(self, account: str, contract: str) -> Literal["open", "liquidated"]:
        """A position that was liquidated in part is open still."""
        return "open" if self._position[account, contract] else "liquidated"

    def _covered(self, event: DeficitCovered) -> None:
        line = self._owing(event)
        if line is not None:
            line.result += event.deficit

    def _cut(self, event: LossSocialized) -> None:
        if event.account in self.lines:
            self.cuts[event.account] -= event.amount

    def _residue(self, event: ResidueTaken) -> None:
        line = self._owing(event)
        if line is not None and event.to == "fund":
            line.result -= event.amount
