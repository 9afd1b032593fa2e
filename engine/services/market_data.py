"""Prices for everybody: what the book and the mark are now, whenever they changed.

These are states, not a history: who missed one has the next one. They are told once a batch at
most and only while the engine is up to date, so they are no part of the events.
"""

from collections.abc import Iterator

import msgspec

from engine.bus.interface import Headers, Message
from engine.bus.names import Topics
from engine.core.exchange import Exchange
from engine.core.state.market import Market


class BookTop(msgspec.Struct, frozen=True):
    """The best prices of the merged book; a side that is empty has none."""

    at_us: int
    contract: str
    bid: int | None
    ask: int | None


class Mark(msgspec.Struct, frozen=True):
    """The prices by which accounts are judged."""

    at_us: int
    contract: str
    last: int
    index: int
    mark: int


_encode = msgspec.json.Encoder().encode


class MarketData:
    """Remembers what was told of each contract."""

    def __init__(self, topics: Topics) -> None:
        self._topics = topics
        self._told: dict[str, tuple[int | None, ...]] = {}

    def changed(self, exchange: Exchange, standing: Headers) -> Iterator[tuple[str, list[Message]]]:
        """Messages by topic for all contracts whose prices have changed. O(contracts).

        Marks say in their headers how far the engine is, which is `standing`.
        """
        now_us = exchange.state.now_us
        books, marks = [], []
        for symbol, market in exchange.state.markets.items():
            if market.has_price:
                key = symbol.encode()
                if self._is_new(f"book {symbol}", book := _book(market, now_us)):
                    books.append(Message(_encode(BookTop(now_us, symbol, *book)), key))
                mark = (market.last, market.index, market.mark)
                if self._is_new(f"mark {symbol}", mark):
                    marks.append(Message(_encode(Mark(now_us, symbol, *mark)), key, standing))
        if books:
            yield self._topics.book, books
        if marks:
            yield self._topics.mark, marks

    def _is_new(self, what: str, prices: tuple[int | None, ...]) -> bool:
        if self._told.get(what) == prices:
            return False
        self._told[what] = prices
        return True


def _book(market: Market, now_us: int) -> tuple[int | None, int | None]:
    return market.best("buy", now_us), market.best("sell", now_us)
