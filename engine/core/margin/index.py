"""One index out of several sources (Decision P19). All in price units, twice where halves arise."""

from collections.abc import Sequence

Weighed = tuple[int, int]
"""A price and its weight."""


def weighted_median_x2(prices: Sequence[Weighed]) -> int:
    """Return twice the price on either side of which lies at most half of the weight.

    Where half of it ends exactly at a price, the middle between that one and the next.

    >>> weighted_median_x2([(100, 1), (102, 1), (900, 1)])
    204
    >>> weighted_median_x2([(100, 1), (103, 1)])
    203
    """
    ordered = sorted(prices)
    half_x2 = sum(weight for _, weight in ordered)
    below = place = 0
    while 2 * (below + ordered[place][1]) < half_x2:
        below += ordered[place][1]
        place += 1
    price, weight = ordered[place]
    is_half = 2 * (below + weight) == half_x2
    return price + (ordered[place + 1][0] if is_half else price)


def is_outlier(price: int, median_x2: int, outlier_ppm: int) -> bool:
    """Say whether a source is too far off the median to count.

    >>> is_outlier(105, 200, 50_000), is_outlier(106, 200, 50_000)
    (False, True)
    """
    return abs(2 * price - median_x2) * 1_000_000 > outlier_ppm * median_x2
