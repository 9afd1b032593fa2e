"""First, lowest and highest price of every contract, own fills included."""

import msgspec

from engine.core.event import Event, InventorySold, LiquidationFilled, OrderFilled
from engine.core.money import PPM


class Range(msgspec.Struct):
    """Prices in price units."""

    first: int
    low: int
    high: int


class Prices:
    """Knows the range of prices of each contract that has traded.

    `depth_low` is the least share of its depth that the outside market showed, in millionths.
    """

    def __init__(self) -> None:
        self.ranges: dict[str, Range] = {}
        self.depth_low: dict[str, int] = {}

    def saw(self, contract: str, price: int) -> None:
        """Take in a price at which the replayed market or the venue traded."""
        known = self.ranges.get(contract)
        if known is None:
            self.ranges[contract] = Range(price, price, price)
        elif price < known.low:
            known.low = price
        elif price > known.high:
            known.high = price

    def showed(self, contract: str, depth_ppm: int) -> None:
        """Take in how much of its depth the outside market shows now."""
        if depth_ppm < self.depth_low.get(contract, PPM):
            self.depth_low[contract] = depth_ppm

    def heard(self, events: tuple[Event, ...]) -> None:
        """Take in the fills of arriving orders; a maker's is the same fill, or the tick's."""
        for event in events:
            if isinstance(event, LiquidationFilled) or (
                isinstance(event, OrderFilled) and event.role == "taker"
            ):
                self.saw(event.contract, event.price)
            elif isinstance(event, InventorySold) and event.against in ("book", "outside"):
                assert event.price is not None, "what is sold in the book has a price"
                self.saw(event.contract, event.price)
