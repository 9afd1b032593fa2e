"""The replayed market's liquidity: lazy levels around a reference, with a memory and an end.

The file knows nothing of us. A tick moves the touch and nothing else; levels are worked out when
an order walks them. What was taken from a level is missing there and comes back by half in each
half-life, so that ten liquidations in a second walk down the book and ten in an hour do not.
Where the file shows a book, its levels are taken as they are. Decisions P2 to P5, P14, P15.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from engine.core.command import Side
from engine.core.instrument import Band, Contract, Depth
from engine.core.money import PPM, Lots, Price, div_up

Shown = Sequence[tuple[int, int]]
"""Levels of a file's book: (price, quantity)."""


class Missing(msgspec.Struct):
    """Lots taken from a level, as they were at a time."""

    quantity: int
    at_us: int

    def at(self, now_us: int, half_life_us: int) -> int:
        """Return what is still missing: halved for every half-life, linear in between."""
        halvings, rest = divmod(now_us - self.at_us, half_life_us)
        left = self.quantity >> halvings
        return left - left * rest // (2 * half_life_us)


class Level(msgspec.Struct, frozen=True):
    """An outside level with something to take."""

    number: int
    price: Price
    quantity: Lots


class Outside(msgspec.Struct):
    """The touch that the file shows, and what we have taken around it.

    `bid` and `ask` are 0 before the first tick. Once the file has shown levels (`booked`), `bids`
    and `asks` are the book, and what is missing is kept by price; else by the level's number.
    `regime_ppm` scales the bands in a wild market.
    """

    bid: Price = Price(0)
    ask: Price = Price(0)
    bid_quantity: Lots = Lots(0)
    ask_quantity: Lots = Lots(0)
    quoted: bool = False
    booked: bool = False
    bids: dict[int, int] = {}
    asks: dict[int, int] = {}
    missing_bids: dict[int, Missing] = {}
    missing_asks: dict[int, Missing] = {}
    regime_ppm: int = PPM

    def trade(self, contract: Contract, price: int) -> None:
        """Move the touch around a replayed trade, unless the file shows more than trades."""
        if self.quoted or self.booked:
            return
        tick = contract.tick
        half = max(tick, div_up(price * contract.depth.half_spread_ppm, PPM))
        self.bid = Price(max(tick, (price - half) // tick * tick))
        self.ask = Price(div_up(price + half, tick) * tick)

    def quote(self, bid: Price, bid_quantity: Lots, ask: Price, ask_quantity: Lots) -> None:
        """Move the touch to a replayed quote, unless the file shows a whole book."""
        if self.booked:
            return
        self.quoted = True
        self.bid, self.bid_quantity = bid, bid_quantity
        self.ask, self.ask_quantity = ask, ask_quantity

    def book(self, contract: Contract, bids: Shown, asks: Shown, *, reset: bool) -> None:
        """Set levels of the replayed book; a new level drops those of the other side it crosses."""
        if not self.booked:
            self.booked = True
            self.missing_bids, self.missing_asks = {}, {}
        if reset:
            self.bids, self.asks = {}, {}
        for side, levels in ((self.bids, bids), (self.asks, asks)):
            for price, quantity in levels:
                if quantity:
                    side[price] = quantity
                else:
                    side.pop(price, None)
        highest = max((price for price, quantity in bids if quantity), default=None)
        lowest = min((price for price, quantity in asks if quantity), default=None)
        if highest is not None and self.asks and min(self.asks) <= highest:
            self.asks = {price: lots for price, lots in self.asks.items() if price > highest}
        if lowest is not None and self.bids and max(self.bids) >= lowest:
            self.bids = {price: lots for price, lots in self.bids.items() if price < lowest}
        self._find_touch(contract)

    def _find_touch(self, contract: Contract) -> None:
        """A side that is empty stands one tick beyond the other, with nothing to take."""
        if self.bids:
            self.bid = Price(max(self.bids))
        if self.asks:
            self.ask = Price(min(self.asks))
        if self.bids and not self.asks:
            self.ask = Price(self.bid + contract.tick)
        if self.asks and not self.bids:
            self.bid = Price(max(contract.tick, self.ask - contract.tick))

    def levels(self, contract: Contract, side: Side, now_us: int) -> Iterator[Level]:
        """Yield the levels of a side that have something left, from the touch outwards."""
        if not self.bid:
            return
        missing = self.missing_bids if side == "buy" else self.missing_asks
        for number, price, lots in self._shape(contract, side):
            if price > contract.price_max:
                return
            if number in missing:
                lots -= missing[number].at(now_us, contract.depth.half_life_us)
            if lots > 0:
                yield Level(number, Price(price), Lots(lots))

    def _shape(self, contract: Contract, side: Side) -> Iterator[tuple[int, int, int]]:
        """Yield (number, price, lots shown) of every level."""
        if not self.booked:
            yield from self._bands(contract, side)
            return
        shown = self.bids if side == "buy" else self.asks
        best = self.bid if side == "buy" else self.ask
        if best in shown:
            yield best, best, shown[best]  # most walks end here, and need no order of the rest
        for price in sorted(shown, reverse=side == "buy"):
            if price != best:
                yield price, price, shown[price]

    def _bands(
        self, contract: Contract, side: Side, only: int | None = None
    ) -> Iterator[tuple[int, int, int]]:
        """Yield the levels around the touch; with `only`, leave out bands that end before it."""
        depth, tick, unit = contract.depth, contract.tick, contract.unit_value
        touch, quantity = (
            (self.bid, self.bid_quantity) if side == "buy" else (self.ask, self.ask_quantity)
        )
        # most walks end at the touch, so that the bands behind it are worked out as they come
        shown = self._notional(depth, depth.bands[0])
        yield 0, touch, quantity if self.quoted else shown // (touch * unit)
        number = 0
        steps = depth.levels_per_band
        for inner, outer in pairwise(depth.bands):
            near, far = inner.distance_ppm, outer.distance_ppm
            if only is not None and _is_before(touch, side, far, only, tick):
                number += steps
                continue
            slice_notional = self._notional(depth, outer) - self._notional(depth, inner)
            slice_notional //= steps
            for k in range(1, steps + 1):
                number += 1
                distance = near + (far - near) * k // steps
                if side == "sell":
                    price = div_up(touch * (PPM + distance), PPM * tick) * tick
                else:
                    price = touch * (PPM - distance) // (PPM * tick) * tick
                if not tick <= price <= contract.price_max:
                    return
                yield number, price, slice_notional // (price * unit)

    def _notional(self, depth: Depth, band: Band) -> int:
        """Return what stands from the touch to a band's end as it is scaled now."""
        return band.notional * depth.scale_ppm // PPM * self.regime_ppm // PPM

    def shown_at(self, contract: Contract, side: Side, price: int, now_us: int) -> int:
        """Return the lots that stand at one price of a side. O(bands + levels of a band)."""
        missing = self.missing_bids if side == "buy" else self.missing_asks
        found = 0
        for number, at, lots in self._near(contract, side, price):
            if at == price:
                if number in missing:
                    lots -= missing[number].at(now_us, contract.depth.half_life_us)
                found += max(0, lots)
        return found

    def _near(self, contract: Contract, side: Side, price: int) -> Iterator[tuple[int, int, int]]:
        """Yield (number, price, lots shown) of all levels at a price, and of some around it."""
        if not self.booked:
            yield from self._bands(contract, side, price)
            return
        shown = self.bids if side == "buy" else self.asks
        if price in shown:
            yield price, price, shown[price]

    def take(self, contract: Contract, side: Side, number: int, lots: int, now_us: int) -> None:
        """Remember that lots were taken from a level."""
        missing = self.missing_bids if side == "buy" else self.missing_asks
        before = missing.get(number)
        left = before.at(now_us, contract.depth.half_life_us) if before else 0
        missing[number] = Missing(left + lots, now_us)


def _is_before(touch: int, side: Side, distance_ppm: int, price: int, tick: int) -> bool:
    """Say whether a band that ends so far from the touch has no level as far as a price."""
    if side == "sell":
        return div_up(touch * (PPM + distance_ppm), PPM * tick) * tick < price
    return touch * (PPM - distance_ppm) // (PPM * tick) * tick > price
