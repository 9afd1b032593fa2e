"""Whole units as the decimal texts that a reader sees: exact, without exponent or trailing zeros.

Statistics for plots may become floats here; they are read, never posted.
"""

from datetime import UTC, datetime
from fractions import Fraction

from engine.core.instrument import Contract
from engine.core.money import div_half_even


def scaled(value: int, decimals: int) -> str:
    """An integer number of 10^-decimals as a decimal text.

    >>> scaled(-1_500_000, 6), scaled(3, 0), scaled(0, 6)
    ('-1.5', '3', '0')
    """
    digits = str(abs(value)).rjust(decimals + 1, "0")
    whole, part = digits[: len(digits) - decimals], digits[len(digits) - decimals :].rstrip("0")
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}.{part}" if part else f"{sign}{whole}"


def money(micros: int) -> str:
    """Micros as quote currency.

    >>> money(58_500_000_000)
    '58500'
    """
    return scaled(micros, 6)


def grouped(text: str, decimals: int | None = None) -> str:
    """A decimal text for people: thousands apart, cut to `decimals` places towards zero.

    >>> grouped("-1234567.891", 2), grouped("12")
    ('-1,234,567.89', '12')
    """
    whole, _, part = text.partition(".")
    sign = "-" if whole.startswith("-") else ""
    number = f"{sign}{int(whole.removeprefix('-')):,}"
    if decimals is not None:
        part = part[:decimals].ljust(decimals, "0")
    return f"{number}.{part}" if part else number


def named(account: str, mode: str) -> str:
    """An account with its margin mode, said once where it is called so.

    >>> named("alice", "cross"), named("cross", "cross")
    ('alice (cross)', 'cross')
    """
    return account if account == mode else f"{account} ({mode})"


class Units:
    """Price units and lots of a contract, whose sizes are decimal texts, as decimal texts.

    >>> units = Units("0.5", "0.001")
    >>> units.price(130_001), units.quantity(-1500), units.average(130_001 * 3 + 130_003, 4)
    ('65000.5', '-1.5', '65001')
    """

    def __init__(self, price_unit: str, lot: str) -> None:
        self._unit, self._price_decimals = _step(price_unit)
        self._lot, self._quantity_decimals = _step(lot)

    @classmethod
    def of(cls, contract: Contract) -> "Units":
        """The units of a contract."""
        return cls(contract.price_unit, contract.lot)

    def price(self, units: int) -> str:
        """A price in quote currency."""
        return scaled(units * self._unit, self._price_decimals)

    def quantity(self, lots: int) -> str:
        """A quantity in base currency."""
        return scaled(lots * self._lot, self._quantity_decimals)

    def average(self, value: int, lots: int) -> str | None:
        """Σ price x quantity over Σ quantity, half-even to the price unit; None without any."""
        return self.price(div_half_even(value, lots)) if lots else None

    def number(self, units: int) -> float:
        """A price for a plot."""
        return float(Fraction(units * self._unit, 10**self._price_decimals))


def _step(text: str) -> tuple[int, int]:
    whole, _, part = text.partition(".")
    return int(whole + part), len(part)


NO_UNITS = Units("1", "1")
"""Of a balance made good that never held a contract: every number in it is 0."""


def moment(at_us: int) -> str:
    """A time of the log as text in UTC.

    >>> moment(1_514_764_802_610_000)
    '2018-01-01 00:00:02.610'
    """
    stamp = datetime.fromtimestamp(at_us // 1_000_000, UTC)
    return f"{stamp:%Y-%m-%d %H:%M:%S}.{at_us % 1_000_000 // 1000:03d}"
