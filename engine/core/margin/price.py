"""Index, basis and mark from prices that are known (Decisions P8, P9). All in price units."""

from engine.core.money import E8, PPM, div_half_even


def index_price(source_x2: int, displacement_x2: int, feedback_ppm: int) -> int:
    """Return the index: the source moved by our own displacement, as far as it is fed back.

    >>> index_price(200, -20, 500_000)
    95
    """
    return max(1, div_half_even(source_x2 * PPM + displacement_x2 * feedback_ppm, 2 * PPM))


def median_mark(
    index: int, last: int, samples: list[int], *, rate_e8: int, left_us: int, interval_us: int
) -> int:
    """Return the middle one of index with funding, index with average basis, and last.

    `samples` are twice the basis; source: Binance and Bybit, "mark price".

    >>> median_mark(100, 90, [-10, -6], rate_e8=0, left_us=0, interval_us=1)
    96
    """
    with_funding = index + div_half_even(index * rate_e8 * left_us, E8 * interval_us)
    with_basis = index
    if samples:
        with_basis += div_half_even(sum(samples), 2 * len(samples))
    return max(1, sorted((with_funding, with_basis, last))[1])
