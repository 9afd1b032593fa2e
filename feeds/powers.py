"""Exponential, logarithm and normal quantile in whole numbers, the same on every machine.

What `math` gives may change with the C library, and a drawn crowd must not. Numbers are scaled by
`SCALE`; results are true to about 10^-22 of it.
"""

from functools import lru_cache

from engine.core.money import PPM

SCALE = 10**24
_LN2 = 693_147_180_559_945_309_417_232
"""ln 2."""
_ROOT_TAU = 2_506_628_274_631_000_502_415_765
"""The square root of 2 pi."""
_FARTHEST_PPM = 6 * PPM


def exp(power: int) -> int:
    """e to the power.

    >>> exp(SCALE) // 10**12
    2718281828459
    """
    doublings, rest = divmod(power, _LN2)
    term = total = SCALE
    step = 0
    while term:
        step += 1
        term = term * rest // (step * SCALE)
        total += term
    return total << doublings if doublings >= 0 else total >> -doublings


def ln(number: int) -> int:
    """The natural logarithm of a positive number.

    >>> ln(10 * SCALE) // 10**12
    2302585092994
    """
    doublings = number.bit_length() - SCALE.bit_length()
    near = number >> doublings if doublings >= 0 else number << -doublings
    ratio = (near - SCALE) * SCALE // (near + SCALE)
    square = ratio * ratio // SCALE
    power, total, odd = ratio, 0, 1
    while power not in (0, -1):
        total += power // odd
        power = power * square // SCALE
        odd += 2
    return doublings * _LN2 + 2 * total


@lru_cache
def quantile_ppm(above_ppm: int) -> int:
    """Where a normal distribution has a share of up to one half above it, in millionths of sigma.

    >>> quantile_ppm(500_000), quantile_ppm(20_000)
    (0, 2053749)
    """
    low, high = 0, 2 * _FARTHEST_PPM
    while high - low > 1:
        middle = (low + high) // 2
        if _above(middle) < above_ppm * (SCALE // PPM):
            high = middle
        else:
            low = middle
    return (low + 1) // 2


def _above(halves: int) -> int:
    """The share of a normal distribution above so many halves of a millionth of sigma.

    That is 1/2 - density * (x + x^3 / 3 + x^5 / (3 * 5) + ...).
    """
    x = halves * (SCALE // (2 * PPM))
    square = x * x // SCALE
    term = total = x
    odd = 1
    while term:
        odd += 2
        term = term * square // (odd * SCALE)
        total += term
    return SCALE // 2 - exp(-square // 2) * total // _ROOT_TAU
