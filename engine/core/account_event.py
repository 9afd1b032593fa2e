"""What happens to an account's money and settings at its own wish, and what it is warned of."""

from typing import Literal

import msgspec

from engine.core.command import LegOrNone, Mode, PositionMode
from engine.core.event_head import Event
from engine.core.money import Lots, Micros


class Deposited(Event, frozen=True):
    """The wallet grew from outside."""

    account: str
    amount: Micros
    wallet: Micros


class Withdrawn(Event, frozen=True):
    """The wallet shrank to outside."""

    account: str
    amount: Micros
    wallet: Micros


class LeverageSet(Event, frozen=True):
    """The leverage for new margin in a contract."""

    account: str
    contract: str
    leverage: int


class MarginModeSet(Event, frozen=True):
    """The margin mode of a contract; `margin` is the isolated margin now, of both legs."""

    account: str
    contract: str
    mode: Mode
    margin: Micros


class AutoMarginSet(Event, frozen=True):
    """Whether an isolated contract's positions are topped up before they are liquidated."""

    account: str
    contract: str
    is_on: bool


class PositionModeSet(Event, frozen=True):
    """One position a contract from now on, or two legs."""

    account: str
    mode: PositionMode


class MarginAdded(Event, frozen=True, omit_defaults=True):
    """Wallet to isolated position; `margin` is what it has now.

    `why`: the client asked, or it is `auto` margin, or a lower `leverage` needs more.
    """

    account: str
    contract: str
    amount: Micros
    margin: Micros
    why: Literal["asked", "auto", "leverage"] = "asked"
    leg: LegOrNone = msgspec.UNSET


class MarginRemoved(Event, frozen=True, omit_defaults=True):
    """Isolated position to wallet; `margin` is what it has now.

    `why`: the client asked, or a higher `leverage` needs less.
    """

    account: str
    contract: str
    amount: Micros
    margin: Micros
    why: Literal["asked", "leverage"] = "asked"
    leg: LegOrNone = msgspec.UNSET


class AssignmentOffered(Event, frozen=True):
    """An account stands ready to take over liquidated positions, up to a position so large."""

    account: str
    contract: str
    quantity: Lots


class MarginCalled(Event, frozen=True):
    """The margin ratio crossed a warning level upwards.

    `contract` is the position nearest to liquidation, `restore` the money that would bring the
    ratio back to the level.
    """

    account: str
    contract: str
    mode: Mode
    level: int
    equity: Micros
    maintenance: Micros
    restore: Micros
    leg: LegOrNone = msgspec.UNSET


class PoolDrawn(Event, frozen=True):
    """A cross position lives on its account's pool: its isolated twin would lack `draw`."""

    account: str
    contract: str
    draw: Micros
    leg: LegOrNone = msgspec.UNSET


class LiquidationAverted(Event, frozen=True):
    """Cancelling the account's orders was enough."""

    account: str
    equity: Micros
    maintenance: Micros
