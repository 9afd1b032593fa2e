"""How much of its rate an account has used, in log time and without a fraction lost (O19)."""

import msgspec

from engine.core.money import div_up

EACH = 1_000_000
"""What one command uses; a rate of n a second gives back n in a microsecond."""


class Meter(msgspec.Struct):
    """What was used at `at_us`; a token bucket, told by what is missing in it."""

    used: int
    at_us: int

    def wait_us(self, rate: int, limit: int, now_us: int) -> int:
        """Give back what time has brought; return how long to wait until one more fits, or 0.

        `rate` is in commands a second, `limit` how many may be used at once.

        >>> meter = Meter(2 * EACH, at_us=0)
        >>> [meter.wait_us(3, 2, now_us) for now_us in (0, 100_000, 333_334)]
        [333334, 233334, 0]
        """
        self.used = max(0, self.used - rate * (now_us - self.at_us))
        self.at_us = now_us
        return div_up(max(0, self.used + EACH - limit * EACH), rate)
