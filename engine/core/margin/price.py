"""Index, basis and mark from prices that are known (P8, P9, P17). All in price units."""

from collections.abc import Iterable

from engine.core.money import E8, PPM, div_half_even, div_up

E6 = 1_000_000


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
    return max(1, sorted((with_funding, mean_mark(index, samples), last))[1])


def mean_mark(index: int, samples: list[int]) -> int:
    """Return index and average basis, source: OKX, "mark price".

    >>> mean_mark(100, [-10, -6]), mean_mark(100, [])
    (96, 100)
    """
    if not samples:
        return index
    return max(1, index + div_half_even(sum(samples), 2 * len(samples)))


def impact_mark(index: int, average_e6: int) -> int:
    """Return index and the running average of twice the impact basis, source: Kraken.

    >>> impact_mark(100, -7_500_000)
    96
    """
    return max(1, index + div_half_even(average_e6, 2 * E6))


def impact_price_x2(
    offers: Iterable[tuple[int, int]], notional: int, unit_value: int
) -> int | None:
    """Return twice the average price at which offers (price, lots) trade so much money.

    The last one is taken only as far as it is needed, up to a whole lot; where all together have
    less, all are. None without offers.

    >>> impact_price_x2([(100, 5), (110, 50)], 1_000, 1)
    210
    >>> impact_price_x2([(100, 5), (110, 50)], 0, 1)
    200
    """
    lots = worth = 0
    for price, quantity in offers:
        needed = div_up(notional - worth * unit_value, price * unit_value)
        taken = min(quantity, max(1, needed))
        lots += taken
        worth += taken * price
        if worth * unit_value >= notional:
            break
    return div_half_even(2 * worth, lots) if lots else None


def running_average_e6(average_e6: int | None, sample: int, times: int, count: int) -> int:
    """Return an exponential moving average over `count` samples after some equal ones, in 10^-6.

    The first sample starts it; each later one moves it by 2 / (count + 1) of the difference.

    >>> running_average_e6(None, 10, 1, 30), running_average_e6(0, 31, 2, 30)
    (10000000, 3870968)
    """
    if average_e6 is None:
        return sample * E6
    for _ in range(times):
        move = div_half_even(2 * (sample * E6 - average_e6), count + 1)
        if not move:
            break
        average_e6 += move
    return average_e6
