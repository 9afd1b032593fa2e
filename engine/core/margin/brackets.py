"""Maintenance tables: rate of the notional less a deduction (families 1 and 2 of the trade).

A marginal table (family 2) is the same thing by algebra; `engine.config` converts it.
"""

from engine.core.instrument import Bracket
from engine.core.money import PPM, Micros, div_up


def bracket_of(brackets: tuple[Bracket, ...], notional: int) -> int:
    """Return the number (from 0) of the bracket that a notional is in; floors are inclusive."""
    number = 0
    for i, bracket in enumerate(brackets):
        if bracket.floor <= notional:
            number = i
    return number


def maintenance_of(brackets: tuple[Bracket, ...], notional: int) -> Micros:
    """Return the maintenance of a notional, rounded up to the unit.

    >>> table = (Bracket(0, 4_000, 0, 125), Bracket(50_000, 5_000, 50, 100))
    >>> maintenance_of(table, 10_001), maintenance_of(table, 50_000)
    (41, 200)
    """
    bracket = brackets[bracket_of(brackets, notional)]
    return Micros(max(0, div_up(notional * bracket.rate_ppm, PPM) - bracket.deduction))
