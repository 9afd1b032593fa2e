"""What happens to an index and its sources, to stops, and to many orders at once."""

from typing import Literal

import msgspec

from engine.core.command import LegOrNone, Side
from engine.core.event_head import Event
from engine.core.money import Lots, Micros, Price


class IndexSourceChanged(Event, frozen=True):
    """A source of the index counts from now on, or does not: `price` is what it says."""

    contract: str
    source: str
    standing: Literal["live", "outlier", "stale"]
    price: Price


class IndexFeedChanged(Event, frozen=True):
    """No source of the index speaks any more, and liquidations wait; or one does again."""

    contract: str
    is_stale: bool


class FundingIntervalSet(Event, frozen=True):
    """Funding is settled at multiples of another interval from now on."""

    contract: str
    interval_us: int


class FundingRateFixed(Event, frozen=True):
    """At this rate of the value at `mark` funding accrues until the interval ends."""

    contract: str
    rate_e8: int
    mark: Price


class BorrowPaid(Event, frozen=True):
    """One position's interest on `loan`, its value less its margin."""

    account: str
    contract: str
    amount: Micros
    loan: Micros
    leg: LegOrNone = msgspec.UNSET


class StopAccepted(Event, frozen=True, omit_defaults=True):
    """A stop waits for a price; a trailing one has no `trigger` but follows by `callback_ppm`."""

    account: str
    order: str
    contract: str
    side: Side
    quantity: Lots
    kind: Literal["stop", "take_profit", "trailing"]
    watches: Literal["last", "mark", "index"]
    trigger: Price | None = None
    callback_ppm: int | None = None
    leg: LegOrNone = msgspec.UNSET


class StopAmended(Event, frozen=True, omit_defaults=True):
    """A stop waits for another price, with another quantity or limit."""

    account: str
    order: str
    contract: str
    quantity: Lots
    trigger: Price | None = None
    callback_ppm: int | None = None
    price: Price | None = None


class StopTriggered(Event, frozen=True):
    """The price that a stop watches is there; its order is placed or refused right after."""

    account: str
    order: str
    contract: str
    price: Price


class CancelTimerSet(Event, frozen=True):
    """Orders and stops go at `until_us`, or do not any more, as the client asked."""

    account: str
    contract: str | None
    until_us: int | None


class CancelTimerFired(Event, frozen=True):
    """A client was silent for too long: so many of his orders and stops were taken away."""

    account: str
    contract: str | None
    count: int


class ContractSettled(Event, frozen=True):
    """A contract trades no more; all of its positions are closed at `price`."""

    contract: str
    price: Price


class PositionSettled(Event, frozen=True):
    """A position was closed because its contract trades no more; there is no fee."""

    account: str
    contract: str
    side: Literal["long", "short"]
    quantity: Lots
    price: Price
    realized: Micros
    leg: LegOrNone = msgspec.UNSET


class OrdersCancelled(Event, frozen=True):
    """All orders and stops were taken away, as the client asked: so many."""

    account: str
    contract: str | None
    count: int
