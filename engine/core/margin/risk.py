"""Equity, initial margin and maintenance of a position at a mark, and the trigger.

Sources: RULES of the trade as in Binance's and Bybit's public formulas; comparisons never divide.
"""

import msgspec

from engine.core.account.position import Position
from engine.core.instrument import Contract
from engine.core.margin.brackets import maintenance_of
from engine.core.money import Micros


class Risk(msgspec.Struct, frozen=True):
    """A margin account in two numbers: what it is worth and what it must keep."""

    equity: int
    maintenance: int
    has_position: bool = True

    def is_breach(self, strict: bool) -> bool:
        """Say whether it must be liquidated (Decision L1).

        >>> Risk(100, 100).is_breach(strict=False), Risk(100, 100).is_breach(strict=True)
        (True, False)
        """
        if not self.has_position:
            return self.equity < 0
        if self.equity <= 0:
            return True
        return self.maintenance > self.equity or (self.maintenance == self.equity and not strict)

    def reaches(self, percent: int) -> bool:
        """Say whether maintenance / equity is at least so many percent."""
        return 100 * self.maintenance >= percent * self.equity


def notional(contract: Contract, position: Position, mark: int) -> int:
    """Return the unsigned value of a position at the mark."""
    return abs(position.quantity) * mark * contract.unit_value


def unrealized(contract: Contract, position: Position, mark: int) -> int:
    """Return the signed result of a position at the mark."""
    return position.quantity * mark * contract.unit_value - position.cost


def maintenance(contract: Contract, position: Position, mark: int) -> Micros:
    """Return what the position must keep, 0 without one."""
    if not position.quantity:
        return Micros(0)
    return maintenance_of(contract.brackets, notional(contract, position, mark))


def initial(contract: Contract, position: Position, mark: int) -> Micros:
    """Return the initial margin: on entry if isolated, on the mark if cross; rounded down."""
    if position.mode == "isolated":
        return Micros(abs(position.cost) // position.leverage)
    return Micros(notional(contract, position, mark) // position.leverage)


def draw(contract: Contract, position: Position, mark: int) -> int:
    """Return what an isolated twin of a cross position would lack, signed (Decision W3)."""
    kept = initial(contract, position, mark) - maintenance(contract, position, mark)
    return -unrealized(contract, position, mark) - kept
