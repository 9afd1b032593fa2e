"""Stops of one contract, by the price that they wait for (Decision O15)."""

from typing import Literal

import msgspec
from sortedcontainers import SortedKeyList

from engine.core.command import LegOrNone, Side
from engine.core.money import PPM, Lots, Price

Watched = Literal["last", "mark", "index"]
WATCHED: tuple[Watched, ...] = ("last", "mark", "index")


class Stop(msgspec.Struct, omit_defaults=True):
    """A stop that waits; `extreme` is the best price that a trailing one has seen."""

    account: str
    order: str
    contract: str
    side: Side
    quantity: Lots
    kind: Literal["stop", "take_profit", "trailing"]
    watches: Watched
    arrival: int
    trigger: Price | None = None
    callback_ppm: int | None = None
    extreme: int = 0
    price: Price | None = None
    time_in_force: Literal["gtc", "ioc", "fok"] = "gtc"
    reduce_only: bool = False
    close_on_trigger: bool = False
    leg: LegOrNone = msgspec.UNSET

    @property
    def waits_for_rise(self) -> bool:
        """Say whether it is triggered by a price at or above its own, or at or below."""
        return (self.side == "buy") == (self.kind != "take_profit")

    def is_reached(self, price: int) -> bool:
        """Say whether a price triggers it; a trailing one follows the price first.

        >>> stop = Stop("a", "1", "X", "sell", Lots(1), "trailing", "last", 1, callback_ppm=10_000)
        >>> [stop.is_reached(price) for price in (1_000, 1_100, 1_090, 1_089)]
        [False, False, False, True]
        """
        if self.callback_ppm is None:
            assert self.trigger is not None, "a stop has a trigger or follows"
            return price >= self.trigger if self.waits_for_rise else price <= self.trigger
        if self.waits_for_rise:
            self.extreme = min(self.extreme or price, price)
            return price * PPM >= self.extreme * (PPM + self.callback_ppm)
        self.extreme = max(self.extreme, price)
        return price * PPM <= self.extreme * (PPM - self.callback_ppm)


def _trigger(stop: Stop) -> tuple[int, int]:
    return stop.trigger or 0, stop.arrival


class StopBook:
    """The stops of a contract: those that wait, and those whose price was reached.

    `observe` costs O(1) where no price was reached, and O(1) for each trailing stop.
    """

    def __init__(self) -> None:
        self.triggered: list[tuple[Stop, Price]] = []
        self._trailing: list[Stop] = []
        self._rising: dict[Watched, SortedKeyList[Stop, tuple[int, int]]] = {
            watched: SortedKeyList(key=_trigger) for watched in WATCHED
        }
        self._falling: dict[Watched, SortedKeyList[Stop, tuple[int, int]]] = {
            watched: SortedKeyList(key=_trigger) for watched in WATCHED
        }
        self.count = 0

    def add(self, stop: Stop) -> None:
        """Let a stop wait."""
        self.count += 1
        if stop.callback_ppm is not None:
            self._trailing.append(stop)
        else:
            self._list_of(stop).add(stop)

    def remove(self, stop: Stop) -> None:
        """Forget a stop that waits or was triggered."""
        self.count -= 1
        if any(stop is one for one, _ in self.triggered):
            self.triggered = [pair for pair in self.triggered if pair[0] is not stop]
        elif stop.callback_ppm is not None:
            self._trailing = [one for one in self._trailing if one is not stop]
        else:
            self._list_of(stop).remove(stop)

    def observe(self, prices: dict[Watched, Price]) -> None:
        """Move the stops whose price is reached to the triggered ones."""
        if not self.count:
            return
        for watched, price in prices.items():
            rising, falling = self._rising[watched], self._falling[watched]
            while rising and rising[0].is_reached(price):
                self.triggered.append((rising.pop(0), price))
            while falling and falling[-1].is_reached(price):
                self.triggered.append((falling.pop(), price))
        followed = [
            (stop, prices[stop.watches])
            for stop in self._trailing
            if stop.is_reached(prices[stop.watches])
        ]
        self.triggered += followed
        reached = [stop.arrival for stop, _ in followed]
        self._trailing = [stop for stop in self._trailing if stop.arrival not in reached]

    def _list_of(self, stop: Stop) -> "SortedKeyList[Stop, tuple[int, int]]":
        return (self._rising if stop.waits_for_rise else self._falling)[stop.watches]
