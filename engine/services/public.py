"""What everybody may know of the events: trades, forced orders and the fund, naming nobody."""

from collections.abc import Iterator
from typing import Literal

import msgspec

from engine.bus.names import Topics
from engine.core.book.merged import opposite
from engine.core.command import Side
from engine.core.event import (
    Assigned,
    DeficitCovered,
    Event,
    InventoryFunded,
    InventorySold,
    LiquidationFeePaid,
    LiquidationFilled,
    LiquidationStarted,
    OrderFilled,
    ResidueTaken,
    TakenOver,
)

_TELL_FUND = (
    LiquidationFilled,
    LiquidationFeePaid,
    DeficitCovered,
    ResidueTaken,
    Assigned,
    TakenOver,
    InventorySold,
    InventoryFunded,
)


class Trade(msgspec.Struct, frozen=True):
    """A trade on the venue; `side` is the aggressor's, `against` what stood on the other side.

    In `liquidation` the aggressor was a forced order, or the insurance fund's; `replay` is a trade
    of the file that met a resting order.
    """

    seq: int
    at_us: int
    contract: str
    side: Side
    price: int
    quantity: int
    kind: Literal["order", "liquidation", "replay"]


class Liquidation(msgspec.Struct, frozen=True):
    """A position is being closed by force; `side` is the position's."""

    seq: int
    at_us: int
    contract: str
    side: Literal["long", "short"]
    quantity: int
    mark: int
    bankruptcy_price: int | None


class FundMoved(msgspec.Struct, frozen=True):
    """The insurance fund's cash after an event."""

    seq: int
    at_us: int
    fund: int


Public = Trade | Liquidation | FundMoved


def told(event: Event, topics: Topics) -> Iterator[tuple[str, bytes | None, Public]]:
    """Topic, key and message for everything that everybody may know of an event."""
    head = (event.seq, event.at_us)
    if isinstance(event, OrderFilled):
        trade = _trade(event)
        if trade is not None:
            yield topics.trades, trade.contract.encode(), trade
    elif isinstance(event, LiquidationFilled):
        filled = Trade(
            *head, event.contract, event.side, event.price, event.quantity, "liquidation"
        )
        yield topics.trades, event.contract.encode(), filled
    elif isinstance(event, InventorySold) and event.against in ("book", "outside"):
        assert event.price is not None, "what is sold in the book has a price"
        sold = Trade(*head, event.contract, event.side, event.price, event.quantity, "liquidation")
        yield topics.trades, event.contract.encode(), sold
    elif isinstance(event, LiquidationStarted) and event.quantity:
        started = Liquidation(
            *head, event.contract, event.side, event.quantity, event.mark, event.bankruptcy_price
        )
        yield topics.liquidations, event.contract.encode(), started
    if isinstance(event, _TELL_FUND):
        yield topics.fund, None, FundMoved(*head, event.fund)


def _trade(event: OrderFilled) -> Trade | None:
    """The trade that a fill tells of; a maker's fill tells of one that its taker tells too.

    A maker that met the outside market has no taker beside it.
    """
    side: Side = event.side
    kind: Literal["order", "replay"] = "order"
    if event.role == "maker":
        if event.against != "outside":
            return None
        side, kind = opposite(event.side), "replay"
    return Trade(event.seq, event.at_us, event.contract, side, event.price, event.quantity, kind)
