"""Readers of single cells: a text in, a whole number of the contract's units out.

Prices are exact or refused, quantities are rounded down to the lot, rates to the nearest 10^-8.
Texts of prices and sizes repeat, so the last of them are remembered; what is refused is not.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

from engine.config.settings import SizeUnit
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


def index_reader(contract: Contract) -> Callable[[str], Price]:
    """Read an index price as price units, halves to the even one; it needs not be on the grid.

    What it returns raises `RowSkipped`.
    """
    scaled = scaler(1 / fraction(contract.price_unit))

    def read(text: str) -> Price:
        try:
            price = div_half_even(*scaled(text))
        except NotPlain as error:
            raise RowSkipped(Skip.BAD_PRICE, text) from error
        if not 0 < price <= contract.price_max:
            raise RowSkipped(Skip.BAD_PRICE, text)
        return Price(price)

    return read


def lots_max(contract: Contract) -> Callable[[Price], int]:
    """The most lots that are worth no more than money can be, at a price."""
    unit_value = contract.unit_value

    def most(price: Price) -> int:
        return AMOUNT_MAX // (price * unit_value) if unit_value else AMOUNT_MAX

    return most


def volume_reader(contract: Contract) -> Callable[[str], int | None]:
    """Read a volume in base currency as lots, rounded down; None where it is zero.

    What it returns raises `RowSkipped`.
    """
    scaled = scaler(1 / fraction(contract.lot))

    def read(text: str) -> int | None:
        try:
            numerator, denominator = scaled(text)
        except NotPlain as error:
            raise RowSkipped(Skip.BAD_QUANTITY, text) from error
        if numerator < 0:
            raise RowSkipped(Skip.BAD_QUANTITY, text)
        return numerator // denominator if numerator else None

    return read


def size_reader(
    contract: Contract, unit: SizeUnit, contract_size: str | None = None, *, zero: bool = False
) -> Callable[[str, Price], int]:
    """Read a signed size as lots at a price, rounded towards zero; the text may be zero if `zero`.

    A size in quote currency is divided by the price; one in contracts is times `contract_size`
    of base currency, or in lots where that is None. What it returns raises `RowSkipped`, also
    where the lots are worth more than money can be.
    """
    lot = fraction(contract.lot)
    by_price = unit == "quote"
    factor = 1 / (lot * fraction(contract.price_unit)) if by_price else 1 / lot
    if unit == "contract":
        factor *= lot if contract_size is None else fraction(contract_size)
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
        if (numerator == 0 and not zero) or lots * price * unit_value > AMOUNT_MAX:
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
