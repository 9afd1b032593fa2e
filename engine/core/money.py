"""Units and the divisions that are allowed to touch them.

A price is an integer number of the contract's price units, a quantity an integer number of lots,
money an integer number of micros (10^-6 of the quote currency). No float comes near them.
Every division in the core is one of the four below, so that each place says which way it rounds.
"""

from collections.abc import Iterable
from typing import NewType

Price = NewType("Price", int)
Lots = NewType("Lots", int)
Micros = NewType("Micros", int)

PPM = 1_000_000
"""Parts per million: the scale of fee, maintenance and distance rates."""
QUOTE = Micros(1_000_000)
"""One of the quote currency."""
E12 = 1_000_000_000_000
"""The scale of rates that grow with size: a part per million is 1_000_000."""
E8 = 100_000_000
"""The scale of funding rates: 0.0001 per interval is 10_000."""
AMOUNT_MAX = Micros(2**53 - 1)
"""Largest amount that every reader of JSON keeps exactly (IEEE 754 doubles)."""


def div_up(numerator: int, denominator: int) -> int:
    """Divide, rounding towards plus infinity.

    >>> div_up(7, 2), div_up(-7, 2)
    (4, -3)
    """
    return -(-numerator // denominator)


def div_to_zero(numerator: int, denominator: int) -> int:
    """Divide by a positive number, rounding towards zero.

    >>> div_to_zero(7, 2), div_to_zero(-7, 2)
    (3, -3)
    """
    return numerator // denominator if numerator >= 0 else -(-numerator // denominator)


def div_half_even(numerator: int, denominator: int) -> int:
    """Divide by a positive number to the nearest integer, halves to the even one.

    >>> [div_half_even(n, 2) for n in (1, 3, 5, -1, -3)]
    [0, 2, 2, 0, -2]
    """
    quotient, rest = divmod(numerator, denominator)
    twice = 2 * rest
    if twice > denominator or (twice == denominator and quotient % 2 == 1):
        quotient += 1
    return quotient


def shares(amount: int, weights: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Split an amount in proportion to positive weights by the largest-remainder method.

    Ties go to the smaller id. The shares add up to the amount exactly, in the order of the ids,
    and no share exceeds its weight while the amount does not exceed their sum.

    >>> shares(10, [("bob", 1), ("alice", 1), ("carol", 1)])
    [('alice', 4), ('bob', 3), ('carol', 3)]
    """
    ordered = sorted(weights)
    total = sum(weight for _, weight in ordered)
    assert amount >= 0
    assert total > 0 or amount == 0
    if amount == 0:
        return [(owner, 0) for owner, _ in ordered]
    floors = {owner: amount * weight // total for owner, weight in ordered}
    by_remainder = sorted(ordered, key=lambda item: (-(amount * item[1] % total), item[0]))
    for owner, _ in by_remainder[: amount - sum(floors.values())]:
        floors[owner] += 1
    return [(owner, floors[owner]) for owner, _ in ordered]
