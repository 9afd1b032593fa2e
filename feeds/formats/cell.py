"""Readers of single cells: a text in, a whole number of the contract's units out.

Prices are exact or refused, quantities are rounded down to the lot, rates to the nearest 10^-8.
Texts of prices and sizes repeat, so the last of them are remembered; what is refused is not.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

from engine.core.command import Side
from engine.core.instrument import Contract
from engine.core.money import AMOUNT_MAX, E8, Lots, Price, div_half_even
from feeds.number import NotPlain, fraction, scaler
from feeds.report import RowSkipped, Skip

_REMEMBERED = 16_384


def price_reader(contract: Contract, grid: int = 1) -> Callable[[str], Price]:
    """Read a price in quote currency as price units, a multiple of `grid` of them.

    What it returns raises `RowSkipped`.
    """
    scaled = scaler(1 / fraction(contract.price_unit))

    @lru_cache(maxsize=_REMEMBERED)
    def read(text: str) -> Price:
        try:
            numerator, denominator = scaled(text)
        except NotPlain as error:
            raise RowSkipped(Skip.BAD_PRICE, text) from error
        if numerator <= 0 or numerator > contract.price_max * denominator:
            raise RowSkipped(Skip.BAD_PRICE, text)
        price, rest = divmod(numerator, denominator)
        if rest or price % grid:
            raise RowSkipped(Skip.OFF_GRID, text)
        return Price(price)

    return read


def size_reader(contract: Contract, unit: str) -> Callable[[str, Price], int]:
    """Read a signed size as lots at a price, rounded towards zero; the text must not be zero.

    `unit` is `base` or `quote`: a size in quote currency is divided by the price. What it
    returns raises `RowSkipped`, also where the lots are worth more than money can be.
    """
    lot = fraction(contract.lot)
    by_price = unit == "quote"
    factor = 1 / (lot * fraction(contract.price_unit)) if by_price else 1 / lot
    scaled = lru_cache(maxsize=_REMEMBERED)(scaler(factor))
    unit_value = contract.unit_value

    def read(text: str, price: Price) -> int:
        try:
            numerator, denominator = scaled(text)
        except NotPlain as error:
            raise RowSkipped(Skip.BAD_QUANTITY, text) from error
        if by_price:
            denominator *= price
        lots = abs(numerator) // denominator
        if numerator == 0 or lots * price * unit_value > AMOUNT_MAX:
            raise RowSkipped(Skip.BAD_QUANTITY, text)
        return lots if numerator > 0 else -lots

    return read


def positive(read: Callable[[str, Price], int]) -> Callable[[str, Price], Lots]:
    """Refuse negative sizes: the side has a column of its own, or there is none."""

    def unsigned(text: str, price: Price) -> Lots:
        if text.startswith("-"):
            raise RowSkipped(Skip.BAD_QUANTITY, text)
        return Lots(read(text, price))

    return unsigned


def side_reader(buy: str, sell: str) -> Callable[[str], Side]:
    """Read one of two words, in any case; what it returns raises `RowSkipped`."""
    sides: dict[str, Side] = {}
    for word, side in ((buy, "buy"), (sell, "sell")):
        for form in (word, word.lower(), word.upper(), word.capitalize()):
            sides[form] = "buy" if side == "buy" else "sell"

    def read(text: str) -> Side:
        try:
            return sides[text]
        except KeyError as error:
            raise RowSkipped(Skip.BAD_SIDE, text) from error

    return read


def rate_reader() -> Callable[[str], int]:
    """Read a funding rate (0.0001 is 0.01 %) in 10^-8, halves to the even one.

    What it returns raises `RowSkipped`, also beyond 100 % of the notional.
    """
    scaled = scaler(Fraction(E8))

    def read(text: str) -> int:
        try:
            numerator, denominator = scaled(text)
        except NotPlain as error:
            raise RowSkipped(Skip.BAD_RATE, text) from error
        if abs(numerator) > E8 * denominator:
            raise RowSkipped(Skip.BAD_RATE, text)
        return div_half_even(numerator, denominator)

    return read
