"""Liquidations that wait: what they remember, and until when (Decisions L18)."""

from typing import Literal

import msgspec

from engine.core.money import Lots

Why = Literal["delay", "cooldown"]


class Owed(msgspec.Struct):
    """Fees of one step's fills, to be paid from what is left in the end (L16)."""

    liquidation: int
    contract: str
    taker: int = 0
    penalty: int = 0


class Progress(msgspec.Struct):
    """A position's lots when its liquidation began, and its partial orders since."""

    lots: Lots
    orders: int = 0


class Pause(msgspec.Struct):
    """A margin account in breach that waits, with what its liquidation has come to so far.

    It waits until its timer has fired, not only until the time: of the timers of one instant
    those before it still find it waiting. `idle` counts rounds in a row that closed nothing.
    """

    until_us: int
    why: Why
    set_aside: int
    owed: list[Owed]
    progress: dict[str, Progress]
    paid_by_fund: int = 0
    is_over: bool = False
    idle: int = 0
