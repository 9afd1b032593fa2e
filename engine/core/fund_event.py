"""What an insurance fund is left with: residues, and what it takes over (L12, I1 to I3)."""

from typing import Literal

import msgspec

from engine.core.command import LegOrNone, Side
from engine.core.event_head import Event
from engine.core.money import Lots, Micros, Price


class TakenOver(Event, frozen=True):
    """The insurance fund took lots of `account` over as its own and keeps them.

    `side` is the fund's, `value` the money at which the account was settled; the fund pays what
    that lacks to the mark (`insurance_fund`; gets it where below 0) and holds at the mark.
    `realized` is its result where it held the other side, `held` its signed position now.
    """

    liquidation: int
    account: str
    contract: str
    side: Side
    quantity: Lots
    value: Micros
    loss: Micros
    own_margin: Micros
    insurance_fund: Micros
    realized: Micros
    held: Lots
    fund: Micros
    leg: LegOrNone = msgspec.UNSET


class InventorySold(Event, frozen=True):
    """The insurance fund worked off some of its inventory; the identity has no part in it.

    `against` the book's orders, the outside market in the book, winners who were deleveraged
    (their `Deleveraged` comes first, with liquidation 0), or the outside market off the book, at
    the `mark`; or in the `settlement` that ends the contract. `value` is the money of the trade
    (without a `price` where it is shared out of what the fund has left), `realized` the fund's
    result, of which `uncovered` was more than its cash. `held` is its signed position now.
    """

    contract: str
    side: Side
    quantity: Lots
    price: Price | None
    value: Micros
    against: Literal["book", "outside", "adl", "mark", "settlement"]
    realized: Micros
    uncovered: Micros
    held: Lots
    fund: Micros


class InventoryFunded(Event, frozen=True):
    """The fund's inventory paid funding (below 0: received it); `uncovered` is what it lacked."""

    contract: str
    amount: Micros
    uncovered: Micros
    fund: Micros


class ResidueTaken(Event, frozen=True):
    """Margin left after a full liquidation went to the fund or back to the client."""

    liquidation: int
    account: str
    contract: str
    amount: Micros
    to: Literal["fund", "client"]
    fund: Micros
    leg: LegOrNone = msgspec.UNSET
