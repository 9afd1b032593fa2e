"""How much was liquidated, of which side, and how it bunched in time."""

from collections import deque
from collections.abc import Iterable, Mapping

import msgspec

from engine.core.instrument import Contract
from engine.report.facts import Order

MINUTES = (1, 10, 40)
"""Lengths of the worst stretches that are told."""
_MINUTE_US = 60_000_000


class Stretch(msgspec.Struct, frozen=True):
    """The stretch of a length in which most was liquidated; `worth` in micros."""

    minutes: int
    from_us: int
    worth: int


class Liquidated(msgspec.Struct, frozen=True):
    """What was closed by force, at the marks at which it began, in micros."""

    worth: int
    longs: int
    worst: tuple[Stretch, ...]


def liquidated(orders: Iterable[Order], contracts: Mapping[str, Contract]) -> Liquidated:
    """Add up the orders, which come by time. Costs O(orders)."""
    rows = [
        (order.began.at_us, order.began.side == "long", _worth(order, contracts))
        for order in orders
        if order.began.quantity
    ]
    times = [(at_us, worth) for at_us, _, worth in rows]
    return Liquidated(
        worth=sum(worth for _, _, worth in rows),
        longs=sum(worth for _, is_long, worth in rows if is_long),
        worst=tuple(_worst(times, minutes) for minutes in MINUTES) if rows else (),
    )


def _worth(order: Order, contracts: Mapping[str, Contract]) -> int:
    began = order.began
    return order.closed * began.mark * contracts[began.contract].unit_value


def _worst(times: list[tuple[int, int]], minutes: int) -> Stretch:
    """Slide a window over what was liquidated; of two alike, the first."""
    window: deque[tuple[int, int]] = deque()
    inside = 0
    worst = Stretch(minutes, times[0][0], 0)
    for at_us, worth in times:
        window.append((at_us, worth))
        inside += worth
        while window[0][0] <= at_us - minutes * _MINUTE_US:
            inside -= window.popleft()[1]
        if inside > worst.worth:
            worst = Stretch(minutes, window[0][0], inside)
    return worst
