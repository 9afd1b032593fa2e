"""Who was warned, and what came of it: margin calls, pool draws, orders cancelled by force.

Two readers: the account of a liquidation tells what came before it, and the picture of the
watched accounts marks everything that happened to them.
"""

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from engine.core.account.position import slot_of
from engine.core.event import (
    Deleveraged,
    Event,
    LiquidationAverted,
    LiquidationStarted,
    LossSocialized,
    MarginCalled,
    OrderCancelled,
    PoolDrawn,
)
from engine.core.reason import Reason

CALLS_MAX = 6
"""Margin calls before a liquidation that are kept; the newest ones."""


class Before(msgspec.Struct, frozen=True):
    """What came before a liquidation order, since the margin account was liquidated last.

    `called` are margin calls, `drawn` the newest pool draw of each contract, both by time;
    `cancelled` counts orders that were cancelled for this one.
    """

    called: tuple[MarginCalled, ...]
    drawn: tuple[PoolDrawn, ...]
    cancelled: int


class Mark(msgspec.Struct, frozen=True):
    """Something that happened to a watched account; `amount` is money in micros or a level.

    `contract` is one leg of it where the account has two.
    """

    what: Literal["call", "draw", "top_up", "liquidation", "deleveraged", "cut"]
    at_us: int
    account: str
    contract: str | None
    amount: int


class Calls:
    """Takes in every event; `marks` are those of the watched accounts, by time."""

    def __init__(self, watch: tuple[str, ...]) -> None:
        self.marks: list[Mark] = []
        self._watch = frozenset(watch)
        self._called: dict[str, list[MarginCalled]] = {}
        self._drawn: dict[str, dict[str, PoolDrawn]] = {}
        self._cancelled: dict[str, int] = {}
        self._told: dict[str, tuple[int, Before]] = {}
        self._handlers: dict[type[Event], Callable[[Any], None]] = {
            MarginCalled: self._call,
            PoolDrawn: self._draw,
            OrderCancelled: self._cancel,
            LiquidationAverted: self._averted,
            Deleveraged: self._deleveraged,
            LossSocialized: self._cut,
        }

    def heard(self, event: Event) -> None:
        """Take in an event that is not the start of a liquidation."""
        handler = self._handlers.get(type(event))
        if handler is not None:
            handler(event)

    def before(self, event: LiquidationStarted) -> Before:
        """What came before it; the steps of one liquidation have the same calls and draws."""
        margin = _margin(event)
        self._mark("liquidation", event, event.equity)
        cancelled = self._cancelled.pop(event.account, 0)
        known = self._told.get(margin)
        if known is not None and known[0] == event.at_us:
            return msgspec.structs.replace(known[1], cancelled=cancelled)
        drawn = self._drawn.pop(event.account, {}) if event.mode == "cross" else {}
        by_time = tuple(sorted(drawn.values(), key=lambda draw: draw.seq))
        before = Before(tuple(self._called.pop(margin, ())), by_time, cancelled)
        self._told[margin] = event.at_us, before
        return before

    def _mark(self, what: Any, event: Any, amount: int) -> None:
        if event.account in self._watch:
            place = event.contract and slot_of(event.contract, event.leg)
            self.marks.append(Mark(what, event.at_us, event.account, place, amount))

    def _call(self, event: MarginCalled) -> None:
        self._mark("call", event, event.level)
        called = self._called.setdefault(_margin(event), [])
        called.append(event)
        del called[:-CALLS_MAX]

    def _draw(self, event: PoolDrawn) -> None:
        self._mark("draw", event, event.draw)
        place = slot_of(event.contract, event.leg)
        self._drawn.setdefault(event.account, {})[place] = event

    def _cancel(self, event: OrderCancelled) -> None:
        if event.reason is Reason.LIQUIDATION:
            self._cancelled[event.account] = self._cancelled.get(event.account, 0) + 1

    def _averted(self, event: LiquidationAverted) -> None:
        self._cancelled.pop(event.account, None)

    def _deleveraged(self, event: Deleveraged) -> None:
        self._mark("deleveraged", event, event.realized)

    def _cut(self, event: LossSocialized) -> None:
        self._mark("cut", event, event.amount)


def _margin(event: MarginCalled | LiquidationStarted) -> str:
    if event.mode == "cross":
        return event.account
    return f"{event.account}:{slot_of(event.contract, event.leg)}"
