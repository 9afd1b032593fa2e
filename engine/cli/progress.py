"""How far a run is, on stderr: a bar in a terminal, else a plain line every 5 s."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import click
from rich import progress as bars
from rich.console import Console

from engine.report.text import lasted, moment
from engine.services.counters import Counters

PLAIN_EVERY_S = 5.0
LIVE_EVERY_S = 0.1
TOLD_AFTER_S = 2.0
"""Nothing is said of the time that is left before: there is too little to go by."""


class Progress:
    """Shows counters; as a context manager it ends its line whatever happens.

    `total` is about how many rows there are, where that is known, `read` counts those that were
    read; without it the ticks that were applied stand for them.
    """

    def __init__(
        self,
        counters: Counters,
        *,
        total: int | None,
        quiet: bool,
        read: Callable[[], int] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._counters = counters
        console = Console(stderr=True)
        self._is_live = console.is_terminal and not quiet
        self._is_quiet = quiet
        self._clock = clock
        self._total = total
        self._read = read or (lambda: counters.ticks)
        self._began = self._shown = clock()
        self._bar = bars.Progress(
            bars.BarColumn(bar_width=12),
            bars.TextColumn("{task.description}"),
            console=console,
            transient=True,
        )
        self._task = self._bar.add_task("starting", total=total)

    def __enter__(self) -> Self:
        if self._is_live:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._is_live:
            self._bar.stop()

    @property
    def elapsed_s(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._began

    def update(self) -> None:
        """Show the counters if it is time to."""
        if self._is_quiet:
            return
        now = self._clock()
        if now - self._shown < (LIVE_EVERY_S if self._is_live else PLAIN_EVERY_S):
            return
        self._shown = now
        if self._is_live:
            self._bar.update(self._task, completed=self._read(), description=self._line())
        else:
            click.echo(self._line(), err=True)

    def _line(self) -> str:
        seen = self._counters
        rate = int(seen.ticks / max(self.elapsed_s, 0.001))
        at = moment(seen.at_us)
        when, events = (at[11:19], "") if self._is_live else (at, f"{seen.events:,} events  ")
        return (
            f"{when}  {seen.ticks:,} ticks  {events}{seen.liquidations:,} liquidations  "
            f"{rate:,}/s{self._left()}"
        )

    def _left(self) -> str:
        """How much is done and how long the rest takes at the rate so far."""
        read, total = self._read(), self._total
        if total is None or not 0 < read <= total:
            return ""
        done = f"  {read * 100 // total} %"
        if self.elapsed_s < TOLD_AFTER_S:
            return done
        return f"{done}  {lasted(self.elapsed_s * (total - read) / read)} left"
