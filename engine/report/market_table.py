"""How far prices went, as rows of a table: beside every comparison and every scene."""

from collections.abc import Mapping

from engine.report.compare import MarketRow
from engine.report.text import grouped

HEAD = ("", "first", "last", "low", "high", "bars of", "ATR", "volatility")
NOTE = (
    "ATR is the average true range: the simple mean over all bars, each in per cent of the close "
    "before it. Volatility is the realised one of a year: the root of the sum of the squared "
    "returns of those bars, scaled to 365 days."
)


def market_rows(markets: Mapping[str, MarketRow]) -> list[tuple[str, ...]]:
    """The cells below `HEAD`; where there were not two bars nothing is said of how it moved."""
    return [(symbol, *_cells(row)) for symbol, row in markets.items()]


def _cells(row: MarketRow) -> tuple[str, ...]:
    prices = tuple(grouped(price) for price in (row.first, row.last, row.low, row.high))
    if row.bar is None or row.average_range is None or row.volatility is None:
        return (*prices, "-", "-", "-")
    return (*prices, row.bar, f"{float(row.average_range):.2%}", f"{float(row.volatility):.0%}")
