"""One book out of two: resting orders and the outside market, by price, then time.

At one price the outside level stands first: it was displayed before (Decision P6).
"""

from collections.abc import Iterator

import msgspec

from engine.core.book.ladder import Ladder
from engine.core.book.order import Order
from engine.core.book.outside import Level, Outside
from engine.core.command import Side
from engine.core.instrument import Contract
from engine.core.money import Lots, Price


class Offer(msgspec.Struct, frozen=True):
    """The next thing to trade with; `order` is absent where it is the outside market."""

    price: Price
    quantity: Lots
    order: Order | None


def opposite(side: Side) -> Side:
    """Return the other side.

    >>> opposite("buy")
    'sell'
    """
    return "sell" if side == "buy" else "buy"


def is_worse(price: int, limit: int, side: Side) -> bool:
    """Say whether a price is beyond the limit of an order of that side."""
    return price > limit if side == "buy" else price < limit


def better(side: Side, one: Price | None, other: Price | None) -> Price | None:
    """Return the better of two best prices of a side, where there are any."""
    if one is None or other is None:
        return other if one is None else one
    return max(one, other) if side == "buy" else min(one, other)


def shown_levels(
    contract: Contract, ladder: Ladder, outside: Outside, side: Side, now_us: int
) -> Iterator[Level]:
    """Yield the outside levels that show: not those at or through a resting order they'd meet."""
    against = ladder.best_price(opposite(side))
    levels = outside.levels(contract, side, now_us)
    if against is None:
        return levels
    return (level for level in levels if is_worse(level.price, against, opposite(side)))


class Walk:
    """The way of one arriving order through the merged book, at one instant.

    The resting orders may change under way (fills, cancels); the outside market changes only
    through `took_outside`.
    """

    def __init__(
        self, contract: Contract, ladder: Ladder, outside: Outside, taker: Side, now_us: int
    ) -> None:
        self._contract, self._ladder, self._outside = contract, ladder, outside
        self.taker = taker
        self._side, self._now_us = opposite(taker), now_us
        self._levels = shown_levels(contract, ladder, outside, self._side, now_us)
        self._level: Level | None = next(self._levels, None)

    def next_offer(self) -> Offer | None:
        """Return the best offer now, None where both books are empty."""
        order, level = self._ladder.best(self._side), self._level
        if level is not None and (
            order is None or not is_worse(level.price, order.price, opposite(self._side))
        ):
            return Offer(level.price, level.quantity, None)
        if order is None:
            return None
        return Offer(order.price, order.quantity, order)

    def took_outside(self, lots: int) -> None:
        """Take lots from the outside level that was offered last."""
        level = self._level
        assert level is not None, "only an offered level can be taken"
        assert 0 < lots <= level.quantity, "a level gives at most what it has"
        self._outside.take(self._contract, self._side, level.number, lots, self._now_us)
        if lots == level.quantity:
            self._level = next(self._levels, None)
        else:
            self._level = Level(level.number, level.price, Lots(level.quantity - lots))
