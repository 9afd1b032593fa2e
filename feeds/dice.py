"""Draws that come out the same on every Python and every machine.

Only `getrandbits` of a seeded `random.Random` is used, and whole numbers after it: what
`random.gauss` or `math.exp` give may change with the version or the C library.
"""

from random import Random

from engine.core.money import PPM

_SCALE = 10**12
_LN2 = 693_147_180_560
"""ln 2, times `_SCALE`."""
_TAIL_BITS = 32
_TAIL_PPM = 20_000
"""The share of log-normal draws that is replaced by the tail."""
_TAIL_SIGMAS_PPM = 2_053_749
"""Where the tail begins: the normal quantile of 1 - `_TAIL_PPM`."""


def below(dice: Random, limit: int) -> int:
    """A whole number from 0 to `limit` - 1, each as likely as the other (to 2^-64)."""
    return dice.getrandbits(64) * limit >> 64


def happens(dice: Random, share_ppm: int) -> bool:
    """True in `share_ppm` of a million draws."""
    return below(dice, PPM) < share_ppm


def wealth(dice: Random, median: int, sigma_ppm: int, largest: int) -> int:
    """An amount as unequal as traders' equities are, from 1 to `largest`.

    98 % are log-normal around the median, `sigma_ppm` being the standard deviation of the
    logarithm; the richest 2 % follow a Pareto tail of index 1 from there on, as on the day of
    2025-10-10, when the richest hundredth held four fifths of all equity.
    """
    if happens(dice, _TAIL_PPM):
        start = _exp(sigma_ppm * _TAIL_SIGMAS_PPM)
        scaled = (start << _TAIL_BITS) // (dice.getrandbits(_TAIL_BITS) + 1)
    else:
        scaled = _exp(sigma_ppm * _normal_ppm(dice))
    return max(1, min(largest, median * scaled // _SCALE))


def _normal_ppm(dice: Random) -> int:
    """A normal draw in parts per million: the sum of twelve uniform ones, less six."""
    return (sum(dice.getrandbits(32) for _ in range(12)) * PPM >> 32) - 6 * PPM


def _exp(power: int) -> int:
    """e to the power, both times 10^12; exact to about 10^-11 of the result."""
    doublings, rest = divmod(power, _LN2)
    term = total = _SCALE
    for step in range(1, 20):
        term = term * rest // (step * _SCALE)
        total += term
    return total << doublings if doublings >= 0 else total >> -doublings
