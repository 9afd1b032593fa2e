"""A position keeps its cost, not an average price, so that growing it rounds nothing."""

import msgspec

from engine.core.command import LegOrNone, Mode
from engine.core.money import Lots, Micros, div_to_zero


def slot_of(contract: str, leg: LegOrNone) -> str:
    """Return the name of a place for a position in an account: its contract, and its leg.

    >>> slot_of("BTC", msgspec.UNSET), slot_of("BTC", "short")
    ('BTC', 'BTC:short')
    """
    return contract if leg is msgspec.UNSET else f"{contract}:{leg}"


class Position(msgspec.Struct):
    """One account's holding in one contract, with the settings that belong to it.

    An account in hedge mode has two of them, a `leg` each, of the same settings; in one-way mode
    `leg` is absent.
    `quantity` and `cost` (Σ price × quantity × unit value) are signed, long positive. `result`, in
    micros, is what an isolated position has made since it opened (Decision M11). `opened` orders
    positions by age. `warned` is the highest warning level crossed, `drawing` whether a pool draw
    was reported.
    """

    account: str
    contract: str
    mode: Mode
    leverage: int
    quantity: Lots = Lots(0)
    cost: Micros = Micros(0)
    result: int = 0
    opened: int = 0
    warned: int = 0
    drawing: bool = False
    leg: LegOrNone = msgspec.UNSET

    @property
    def slot(self) -> str:
        """The name of its place in the account."""
        return slot_of(self.contract, self.leg)

    @property
    def sign(self) -> int:
        """+1 long, -1 short, 0 flat."""
        return (self.quantity > 0) - (self.quantity < 0)

    @property
    def margin_id(self) -> str:
        """The margin account that carries the position."""
        return f"{self.account}:{self.slot}" if self.mode == "isolated" else self.account

    @property
    def margin_key(self) -> str:
        """The ledger account that its results post to."""
        return self.isolated_key if self.mode == "isolated" else f"wallet:{self.account}"

    @property
    def isolated_key(self) -> str:
        """The ledger account of the margin of its own that it has where it is isolated."""
        return f"isolated:{self.account}:{self.slot}"

    @property
    def orders_key(self) -> str:
        """The ledger account of margin set aside for isolated orders, of both legs together."""
        return f"orders:{self.account}:{self.contract}"

    def grow(self, lots: int, value: int, sign: int) -> None:
        """Open or add: the cost grows by the value, nothing is realised."""
        self.quantity = Lots(self.quantity + sign * lots)
        self.cost = Micros(self.cost + sign * value)

    def shrink(self, lots: int) -> int:
        """Close some lots and return the signed cost that leaves with them (rounded to zero).

        >>> position = Position("alice", "BTC", "cross", 10, Lots(3), Micros(100))
        >>> position.shrink(1), position.cost, position.shrink(2), position.cost
        (33, 67, 67, 0)
        """
        held = abs(self.quantity)
        assert 0 < lots <= held, "a position cannot be closed beyond zero"
        cost = div_to_zero(self.cost * lots, held)
        self.quantity = Lots(self.quantity - self.sign * lots)
        self.cost = Micros(self.cost - cost)
        return cost
