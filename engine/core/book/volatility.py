"""Realised volatility of the reference, and the depth regime that it puts the market in (P15)."""

import msgspec

from engine.core.instrument import Depth
from engine.core.money import PPM, div_to_zero


class Volatility(msgspec.Struct):
    """Squares of the reference's moves in ppm, one for each of the newest intervals.

    `reference_x2` is twice the reference at the last instant; 0 before the first tick.
    """

    at_us: int = 0
    reference_x2: int = 0
    squares: list[int] = []

    def sample(self, depth: Depth, reference_x2: int, now_us: int) -> None:
        """Take the instants up to now, at the reference as it stands before a tick."""
        if not reference_x2:
            return
        if not self.reference_x2:
            self.at_us, self.reference_x2 = now_us, reference_x2
            return
        interval, keep = depth.volatility_interval_us, depth.volatility_count
        count = now_us // interval - self.at_us // interval
        self.at_us = now_us
        if not count:
            return
        move = div_to_zero((reference_x2 - self.reference_x2) * PPM, self.reference_x2)
        self.reference_x2 = reference_x2
        quiet = [0] * min(count - 1, keep)
        self.squares = [*self.squares, move * move, *quiet][-keep:]

    def regime_ppm(self, depth: Depth) -> int:
        """Return the scale of the last regime whose volatility is reached, else one."""
        scale, total = PPM, sum(self.squares)
        for regime in depth.regimes:
            if self.squares and total >= regime.above_ppm**2 * len(self.squares):
                scale = regime.scale_ppm
        return scale
