"""What a fund had in the last hours, where the profile limits what it may lose (Decision L23)."""

import msgspec

from engine.core.instrument import FundTerms

DAY_US = 86_400_000_000


class FundTrack(msgspec.Struct):
    """A fund's cash before each command or timer that changed it, and until when it had that.

    `stopped` says that a draw-down has stopped it from paying.
    """

    held: list[tuple[int, int]] = []
    stopped: bool = False

    def note(self, now_us: int, cash: int, terms: FundTerms) -> None:
        """Note what it had before the first change of a command; forget what no limit looks at."""
        since_us = now_us - max(DAY_US, terms.drawdown_window_us)
        self.held = [(until_us, had) for until_us, had in self.held if until_us >= since_us]
        self.held.append((now_us, cash))

    def peak(self, since_us: int, cash: int) -> int:
        """Return the most that it had since an instant, with the cash that it has now."""
        return max([cash, *(had for until_us, had in self.held if until_us >= since_us)])

    def cash_at(self, at_us: int, cash: int) -> int:
        """Return what it had at an instant of the last day.

        >>> FundTrack([(5, 10), (8, 7)]).cash_at(6, 3), FundTrack([(5, 10)]).cash_at(6, 3)
        (7, 3)
        """
        return next((had for until_us, had in self.held if until_us >= at_us), cash)
