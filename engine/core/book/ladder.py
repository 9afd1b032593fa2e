"""Resting orders by price, then time.

Prices that exist are kept in one `SortedList` a side, touched only when a level is born or dies;
a level maps arrival to order, and its insertion order is time priority (an `OrderedDict`:
the first entry of a plain dict is slow to find once many before it were deleted). Keys are
signed (asks positive, bids negative), so that the best price is the smallest key on both sides.
"""

from collections import OrderedDict
from collections.abc import Iterator

from sortedcontainers import SortedList

from engine.core.book.order import Order
from engine.core.command import Side
from engine.core.money import Price


class Ladder:
    """The resting orders of one contract.

    >>> ladder = Ladder()
    >>> ladder.add(Order("alice", "1", "BTC", "buy", 99, 5, arrival=1))
    >>> ladder.add(Order("bob", "1", "BTC", "buy", 100, 5, arrival=2))
    >>> ladder.best("buy").account, ladder.best("sell")
    ('bob', None)

    `add` and `remove` cost O(log levels) when a level is born or dies, else O(1).
    """

    def __init__(self) -> None:
        self._levels: dict[Side, dict[int, OrderedDict[int, Order]]] = {"buy": {}, "sell": {}}
        self._keys: dict[Side, SortedList[int]] = {"buy": SortedList(), "sell": SortedList()}

    def add(self, order: Order) -> None:
        """Put an order behind the others of its price."""
        key = order.price if order.side == "sell" else -order.price
        levels = self._levels[order.side]
        if key not in levels:
            levels[key] = OrderedDict()
            self._keys[order.side].add(key)
        levels[key][order.arrival] = order

    def remove(self, order: Order) -> None:
        """Take an order out."""
        key = order.price if order.side == "sell" else -order.price
        level = self._levels[order.side][key]
        del level[order.arrival]
        if not level:
            del self._levels[order.side][key]
            self._keys[order.side].remove(key)

    def best_price(self, side: Side) -> Price | None:
        """Return the best price of a side, None where it is empty. O(1)."""
        keys = self._keys[side]
        return Price(abs(keys[0])) if keys else None

    def best(self, side: Side) -> Order | None:
        """Return the first order in priority. O(1)."""
        keys = self._keys[side]
        if not keys:
            return None
        return next(iter(self._levels[side][keys[0]].values()))

    def at(self, side: Side, price: int) -> list[Order]:
        """Return the orders of one price by arrival."""
        key = price if side == "sell" else -price
        return list(self._levels[side].get(key, {}).values())

    def __iter__(self) -> Iterator[Order]:
        for side in ("buy", "sell"):
            yield from self.of(side)

    def of(self, side: Side) -> Iterator[Order]:
        """Yield the orders of a side in priority."""
        for key in self._keys[side]:
            yield from self._levels[side][key].values()

    def check(self) -> None:
        """Assert that levels and keys agree, that no level is empty and that time is kept."""
        for side in ("buy", "sell"):
            assert list(self._keys[side]) == sorted(self._levels[side]), "keys are the levels"
            for key, level in self._levels[side].items():
                assert level, "an empty level must be gone"
                assert list(level) == sorted(level), "a level keeps the order of arrival"
                for order in level.values():
                    assert order.quantity > 0, "a filled order must be gone"
                    assert abs(key) == order.price, "an order stands at its price"
        bid, ask = self.best_price("buy"), self.best_price("sell")
        assert bid is None or ask is None or bid < ask, "the book is never crossed"
