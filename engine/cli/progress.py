"""How far a run is, on stderr: a bar in a terminal, else a plain line every 5 s."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import click
from rich import progress as bars
from rich.console import Console

from engine.report.text import moment
from engine.services.counters import Counters

PLAIN_EVERY_S = 5.0
LIVE_EVERY_S = 0.1


class Progress:
    """Shows counters; as a context manager it ends its line whatever happens.

    `total` is the number of ticks to come, where it is known.
    """

    def __init__(
        self,
        counters: Counters,
        *,
        total: int | None,
        quiet: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._counters = counters
        console = Console(stderr=True)
        self._is_live = console.is_terminal and not quiet
        self._is_quiet = quiet
        self._clock = clock
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
            self._bar.update(self._task, completed=self._counters.ticks, description=self._line())
        else:
            click.echo(self._line(), err=True)

    def _line(self) -> str:
        seen = self._counters
        rate = int(seen.ticks / max(self.elapsed_s, 0.001))
        at = moment(seen.at_us)
        return (
            f"{at[11:19] if self._is_live else at}  {seen.ticks:,} ticks  {seen.events:,} events  "
            f"{seen.liquidations:,} liquidations  {rate:,}/s"
        )
