"""A resting order."""

import msgspec

from engine.core.command import LegOrNone, Side
from engine.core.money import Lots, Price


class Order(msgspec.Struct):
    """What rests in the book; `quantity` is what is left, `arrival` its place in time.

    `ahead` is what the replayed market showed at its price and is served before it. `expires_us`
    is absent where it is good till cancelled.
    """

    account: str
    order: str
    contract: str
    side: Side
    price: Price
    quantity: Lots
    arrival: int
    reduce_only: bool = False
    post_only: bool = False
    ahead: int = 0
    expires_us: int | msgspec.UnsetType = msgspec.UNSET
    leg: LegOrNone = msgspec.UNSET
