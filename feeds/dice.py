"""Draws that come out the same on every Python and every machine.

Only `getrandbits` of a seeded `random.Random` is used, and whole numbers after it: what
`random.gauss` or `math.exp` give may change with the version or the C library.
"""

from random import Random

import msgspec

from engine.core.money import PPM
from feeds.powers import SCALE, exp, ln, quantile_ppm

_TAIL_BITS = 32


class Wealth(msgspec.Struct, frozen=True):
    """How unequal amounts are: log-normal around a median, with a Pareto tail.

    `sigma_ppm` is the standard deviation of the logarithm. The richest `tail_ppm` of the draws, at
    most half, follow the tail, which begins where the log-normal has that share above it, and of
    which a share of (start / x) ^ `index_ppm` is above x. No amount is above `largest`.
    """

    median: int
    largest: int
    sigma_ppm: int
    tail_ppm: int = 20_000
    index_ppm: int = PPM


def below(dice: Random, limit: int) -> int:
    """A whole number from 0 to `limit` - 1, each as likely as the other (to 2^-64)."""
    return dice.getrandbits(64) * limit >> 64


def happens(dice: Random, share_ppm: int) -> bool:
    """True in `share_ppm` of a million draws."""
    return below(dice, PPM) < share_ppm


def wealth(dice: Random, shape: Wealth) -> int:
    """An amount as unequal as traders' equities are, from 1 to the largest."""
    if happens(dice, shape.tail_ppm):
        rarity = (SCALE << _TAIL_BITS) // (dice.getrandbits(_TAIL_BITS) + 1)
        start = shape.sigma_ppm * quantile_ppm(shape.tail_ppm) * (SCALE // PPM**2)
        power = start + ln(rarity) * PPM // shape.index_ppm
    else:
        power = shape.sigma_ppm * _normal_ppm(dice) * (SCALE // PPM**2)
    return max(1, min(shape.largest, shape.median * exp(power) // SCALE))


def _normal_ppm(dice: Random) -> int:
    """A normal draw in parts per million: the sum of twelve uniform ones, less six."""
    return (sum(dice.getrandbits(32) for _ in range(12)) * PPM >> 32) - 6 * PPM
