"""First, lowest and highest price of every contract, own fills included."""

import msgspec

from engine.core.event import Event, LiquidationFilled, OrderFilled


class Range(msgspec.Struct):
    """Prices in price units."""

    first: int
    low: int
    high: int


class Prices:
    """Knows the range of prices of each contract that has traded."""

    def __init__(self) -> None:
        self.ranges: dict[str, Range] = {}

    def saw(self, contract: str, price: int) -> None:
        """Take in a price at which the replayed market or the venue traded."""
        known = self.ranges.get(contract)
        if known is None:
            self.ranges[contract] = Range(price, price, price)
        elif price < known.low:
            known.low = price
        elif price > known.high:
            known.high = price

    def heard(self, events: tuple[Event, ...]) -> None:
        """Take in the fills of arriving orders; a maker's is the same fill, or the tick's."""
        for event in events:
            if isinstance(event, LiquidationFilled) or (
                isinstance(event, OrderFilled) and event.role == "taker"
            ):
                self.saw(event.contract, event.price)
