"""First, lowest and highest price of every contract, own fills included; and curves over time.

A curve has at most a set number of points whatever the run's length: the log's time is cut into
steps, and whenever there are too many points the steps become twice as long, a point each.
"""

import msgspec

from engine.core.command import Tick, TradeTick
from engine.core.event import Event, LiquidationFilled, OrderFilled
from engine.core.instrument import Venue
from engine.report.view import ExchangeView


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


class Point(msgspec.Struct, frozen=True):
    """Everything that is drawn, at one time of the log."""

    at_us: int
    last: tuple[int, ...]
    equity: tuple[int, ...]
    fund: int


class Curves:
    """Samples prices, watched equities and the fund; keeps at most `limit` points."""

    def __init__(self, venue: Venue, watch: tuple[str, ...], limit: int) -> None:
        assert limit >= 2, "a curve has two ends"
        self.contracts = tuple(contract.symbol for contract in venue.contracts)
        self.watch = watch
        self.points: list[Point] = []
        self._limit = limit
        self._step_us = 1_000
        self.due_us = 0

    def sample(self, at_us: int, view: ExchangeView) -> None:
        """Take a point, however close to the one before; `due_us` is when the next one is due."""
        self.points.append(
            Point(
                at_us,
                tuple(view.last(contract) for contract in self.contracts),
                tuple(view.equity(account) for account in self.watch),
                view.fund(),
            )
        )
        while len(self.points) >= self._limit:
            self._step_us *= 2
            self.points = self._thinned()
        self.due_us = (at_us // self._step_us + 1) * self._step_us

    def _thinned(self) -> list[Point]:
        """The first point of every step, and the newest."""
        steps: dict[int, Point] = {}
        for point in self.points[:-1]:
            steps.setdefault(point.at_us // self._step_us, point)
        return [*steps.values(), self.points[-1]]


class Witness:
    """Sees every tick that was applied, right after it; costs O(1) between two samples."""

    def __init__(self, view: ExchangeView, prices: Prices, curves: Curves) -> None:
        self._view = view
        self._prices = prices
        self._curves = curves

    def saw(self, tick: Tick) -> None:
        """Take in the price of a trade; of quotes, the first, from which the last price starts."""
        if isinstance(tick, TradeTick):
            self._prices.saw(tick.contract, tick.price)
        elif tick.contract not in self._prices.ranges and (last := self._view.last(tick.contract)):
            self._prices.saw(tick.contract, last)
        if tick.at_us >= self._curves.due_us:
            self._curves.sample(tick.at_us, self._view)
