"""At which price, not rounded, both legs of a contract end their account: for showing only.

With E the equity at the mark M, n the net size, K what is kept whatever the price, and of each leg
the size q, and rate r and deduction D of the bracket that it is in, the price P solves
E + n x (P - M) - K = sum of (q x r x P - D), each part of the sum at least 0.
"""

import itertools
from fractions import Fraction

from engine.core.margin.hedged_price import Pair
from engine.core.margin.liquidation_price import rows_for


def exact(pair: Pair, limit: int) -> Fraction | None:
    """Return the first price, not rounded, from the mark to a limit at which unrounded maintenance
    is not below equity; at an edge where it jumps, the edge.

    None where there is no such price above 0.
    """
    if _left(pair, Fraction(pair.mark), Fraction(pair.mark)) <= 0:
        return Fraction(pair.mark)
    tables = [rows_for(pair.contract, lots) for lots in pair.lots]
    sizes = [Fraction(lots * pair.contract.unit_value) for lots in pair.lots]
    low, high = sorted((pair.mark, limit))
    found = [Fraction(pair.mark), Fraction(limit)]
    for rows, size in zip(tables, sizes, strict=True):
        starts = [Fraction(row.floor, size) for row in rows]
        starts += [Fraction(row.deduction, size * row.rate) for row in rows if row.rate]
        found += [price for price in starts if low < price < high]
    points = sorted(dict.fromkeys(found), reverse=limit < pair.mark)
    for start, end in itertools.pairwise(points):
        first, last = (_left(pair, price, Fraction(start + end, 2)) for price in (start, end))
        if first <= 0 or last <= 0:
            met = start if first <= 0 else start + Fraction((end - start) * first, first - last)
            return met if met > 0 else None
    return None


def _left(pair: Pair, price: Fraction, within: Fraction) -> Fraction:
    """Return equity less unrounded maintenance at a price, by the rows at another one near it."""
    left = pair.risk.equity + pair.slope * (price - pair.mark) - pair.fixed
    for lots in pair.lots:
        size = lots * pair.contract.unit_value
        row = [row for row in rows_for(pair.contract, lots) if row.floor <= within * size][-1]
        if row.rate * within * size > row.deduction:
            left -= row.rate * price * size - row.deduction
    return left
