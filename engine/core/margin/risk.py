"""Equity, initial margin and maintenance of a position at a mark, and the trigger.

Sources: RULES of the trade as in Binance's and Bybit's public formulas; comparisons never divide.
"""

import msgspec

from engine.core.account.position import Position
from engine.core.instrument import Contract
from engine.core.margin.brackets import initial_of, maintenance_of
from engine.core.money import PPM, Micros, div_up


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


def maintenance(contract: Contract, position: Position, mark: int, margin: int) -> Micros:
    """Return what the position must keep, 0 without one.

    `margin` is the balance of an isolated position's own margin; of a cross one it is not asked.
    """
    if not position.quantity:
        return Micros(0)
    kept = maintenance_of(contract, abs(position.quantity), mark)
    return Micros(kept + fee_to_close(contract, position, margin))


def fee_to_close(contract: Contract, position: Position, margin: int) -> int:
    """Return the closing fee at the bankruptcy price, rounded up; 0 where it does not count there.

    With C the cost, M the margin, s the sign and c the rate, the price that uses up the margin
    and pays the fee as well is worth V = (C - s·M) / (1 - s·c) (isolated), at entry with the
    position's leverage C - s·C / leverage (cross). Source: Bybit, "UTA Trading Rules"; Phemex.
    """
    fee, sign = contract.closing_fee, position.sign
    if fee is None or fee.on != "bankruptcy":
        return 0
    cost = abs(position.cost)
    if position.mode == "isolated":
        return div_up(max(0, cost - sign * margin) * fee.rate_ppm, PPM - sign * fee.rate_ppm)
    left = cost * (position.leverage - sign)
    return div_up(left * fee.rate_ppm, position.leverage * PPM)


def opening_margin(contract: Contract, value: int, leverage: int, sign: int) -> Micros:
    """Return what opening so much value needs at a leverage, the fee to close it included.

    Both parts round down, so that what was set aside for an order pays for all of its fills (A7).
    """
    return Micros(value // leverage + opening_fee(contract, value, leverage, sign))


def opening_fee(contract: Contract, value: int, leverage: int, sign: int) -> int:
    """Return the part of the initial margin that pays for closing at the bankruptcy price."""
    fee = contract.closing_fee
    if fee is None or fee.on != "bankruptcy":
        return 0
    return value * (leverage - sign) * fee.rate_ppm // (leverage * PPM)


def initial(contract: Contract, position: Position, mark: int) -> Micros:
    """Return the initial margin: on entry if isolated, on the mark if cross; rounded down."""
    sign, leverage = position.sign, position.leverage
    if position.mode == "isolated":
        return opening_margin(contract, abs(position.cost), leverage, sign)
    value = notional(contract, position, mark)
    asked = initial_of(contract, abs(position.quantity), mark)
    return Micros(max(value // leverage, asked) + opening_fee(contract, value, leverage, sign))


def draw(contract: Contract, position: Position, mark: int) -> int:
    """Return what an isolated twin of a cross position would lack, signed (Decision W3)."""
    kept = initial(contract, position, mark) - maintenance(contract, position, mark, 0)
    return -unrealized(contract, position, mark) - kept
