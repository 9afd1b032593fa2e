"""What a margin account's liquidation has come to (L16, C1, C3, C5)."""

from dataclasses import dataclass, field

from tests.support.naive.debt import Debt
from tests.support.naive.place import Pocket


@dataclass
class Job:
    """One margin account's liquidation; `filled` is the wave's last seller by contract (L3).

    `orders` are the lots held and then the sizes of its partial orders, by contract (C1).
    """

    pocket: Pocket
    cause: int
    filled: dict[str, int]
    set_aside: int = 0
    paid_by_fund: int = 0
    owed: list[Debt] = field(default_factory=list)
    orders: dict[str, list[int]] = field(default_factory=dict)
    until: int = 0
    """When its wait ends (C3)."""
    is_over: bool = False
    """Whether the timer at that time has fired."""
    idle: int = 0
    """Rounds in a row that closed nothing (C5)."""
    freezes: bool = False
    """Whether what it waits for is a cooldown of a venue that freezes (C8)."""
