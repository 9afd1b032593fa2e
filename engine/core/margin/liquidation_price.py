"""At which price an isolated position is liquidated: for showing, never for deciding.

What liquidates is the comparison of maintenance and equity at the mark; these prices tell a
trader where that will be. With s = +1 long or -1 short, E the entry price, q the quantity,
M the margin, m and D the rate and deduction of the bracket that the notional at P is in, and f
a closing fee that the venue counts into maintenance:

    exact        P = (s·E·q - M - D) / (q·(s - m - f))      maintenance on the notional at mark
    approximate  P = E·(1 - s·M/(E·q) + s·m) - s·D/q        maintenance on the notional at entry
    bankruptcy   P = E - s·M/q                              equity is 0

Sources: Binance, "How to calculate liquidation price" (support article b3c689c1); the
approximate one is the formula of the article "Crypto Isolated Margin vs Cross Margin". Brackets
are continuous, so equity less maintenance is monotone in P and there is one solution.
"""

from fractions import Fraction
from typing import Literal

import msgspec

from engine.core.instrument import Bracket
from engine.core.money import PPM


class Holding(msgspec.Struct, frozen=True):
    """An isolated position as these formulas see it.

    `size` is the money that one price unit is worth (quantity x unit value), `cost` the value at
    entry; `cost` and `margin` in the same money, `size` and `cost` positive.
    """

    side: Literal["long", "short"]
    size: int
    cost: int
    margin: int

    @property
    def sign(self) -> int:
        """+1 long, -1 short."""
        return 1 if self.side == "long" else -1


def exact(holding: Holding, brackets: tuple[Bracket, ...], fee_ppm: int = 0) -> Fraction | None:
    """The price in price units at which maintenance on the notional at mark equals equity.

    None where a long is never liquidated, because the price would not be positive. Costs
    O(brackets).

    >>> flat = (Bracket(0, 5_000, 0, 100),)
    >>> round(exact(Holding("long", 10_000, 650_000_000, 65_000_000), flat), 4)
    Fraction(293969849, 5000)
    """
    solved = [_solved(holding, bracket, fee_ppm) for bracket in brackets]
    within = [
        price
        for price, after in zip(solved, brackets[1:], strict=False)
        if price * holding.size < after.floor
    ]
    price = within[0] if within else solved[-1]
    return price if price > 0 else None


def _solved(holding: Holding, bracket: Bracket, fee_ppm: int) -> Fraction:
    sign = holding.sign
    money = sign * holding.cost - holding.margin - bracket.deduction
    return Fraction(money * PPM, holding.size * (sign * PPM - bracket.rate_ppm - fee_ppm))


def approximate(holding: Holding, brackets: tuple[Bracket, ...]) -> Fraction:
    """The price in price units at which maintenance on the notional at entry equals equity."""
    sign, cost = holding.sign, holding.cost
    bracket = max((row for row in brackets if row.floor <= cost), key=lambda row: row.floor)
    maintenance = Fraction(cost * bracket.rate_ppm, PPM) - bracket.deduction
    return (cost - sign * (holding.margin - maintenance)) * Fraction(1, holding.size)


def bankruptcy(holding: Holding) -> Fraction:
    """The price in price units at which equity is 0; not positive where there is none."""
    return Fraction(holding.cost - holding.sign * holding.margin, holding.size)


def to_tick(price: Fraction, tick: int, side: Literal["long", "short"]) -> int:
    """Round to the tick grid against the trader's delay: a long's up, a short's down.

    >>> to_tick(Fraction(587_939_698, 1_000), 1, "long"), to_tick(Fraction(7, 2), 1, "short")
    (587940, 3)
    """
    ticks = price * Fraction(1, tick)
    if side == "long":
        return -(-ticks.numerator // ticks.denominator) * tick
    return ticks.numerator // ticks.denominator * tick
