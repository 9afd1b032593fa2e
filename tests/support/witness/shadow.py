"""Orders and positions as whoever reads only the events must believe them to be."""

from dataclasses import dataclass

from engine.core.command import Side
from engine.core.money import div_to_zero


@dataclass(slots=True)
class Resting:
    """An order that was accepted and has not ended; `arrival` is its place in time."""

    account: str
    order: str
    contract: str
    side: Side
    price: int
    left: int
    arrival: int
    reduce_only: bool

    def is_before(self, other: "Resting") -> bool:
        """Say whether it has priority over another order of its side."""
        sign = -1 if self.side == "buy" else 1
        return (sign * self.price, self.arrival) < (sign * other.price, other.arrival)


class Holding:
    """One position: signed lots and signed cost."""

    __slots__ = ("cost", "lots")

    def __init__(self) -> None:
        self.lots = 0
        self.cost = 0

    @property
    def sign(self) -> int:
        """+1 long, -1 short, 0 flat."""
        return (self.lots > 0) - (self.lots < 0)

    def close(self, lots: int, value: int) -> tuple[int, int]:
        """Close lots at a value; return what was realised and the signed cost that left."""
        held, sign = abs(self.lots), self.sign
        assert 0 < lots <= held, f"{lots} lots closed of a position of {self.lots}"
        cost = div_to_zero(self.cost * lots, held)
        self.lots -= sign * lots
        self.cost -= cost
        return sign * value - cost, cost

    def trade(self, sign: int, lots: int, unit: int) -> int:
        """Buy or sell lots worth `unit` each; return what was realised."""
        realized = 0
        closing = min(lots, abs(self.lots)) if self.sign == -sign else 0
        if closing:
            realized, _ = self.close(closing, closing * unit)
        self.lots += sign * (lots - closing)
        self.cost += sign * (lots - closing) * unit
        return realized
