"""Liquidations that wait, and go on."""

from typing import Literal

import msgspec

from engine.core.command import LegOrNone, Mode
from engine.core.event_head import Event
from engine.core.money import Micros
from engine.core.reason import Reason


class LiquidationWaits(Event, frozen=True):
    """A margin account is in breach and is not liquidated yet; `contract` is why."""

    account: str
    contract: str
    mode: Mode
    reason: Reason
    leg: LegOrNone = msgspec.UNSET


class LiquidationPaused(Event, frozen=True):
    """A margin account in breach waits, and why: the venue's delay, or a cooldown between orders.

    `contract` names an isolated position, absent for the cross side.
    """

    account: str
    contract: str | None
    why: Literal["delay", "cooldown"]
    until_us: int
    equity: Micros
    maintenance: Micros
    leg: LegOrNone = msgspec.UNSET


class LiquidationResumed(Event, frozen=True):
    """The wait of a margin account is over; it is looked at again."""

    account: str
    contract: str | None
    leg: LegOrNone = msgspec.UNSET
