"""How far a run is, on stderr: a live line in a terminal, else a plain one every 5 s."""

import time
from types import TracebackType
from typing import Self

import click
from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner

from engine.report.text import moment
from engine.services.counters import Counters

PLAIN_EVERY_S = 5.0
LIVE_EVERY_S = 0.1


class Progress:
    """Shows counters; as a context manager it ends its line whatever happens."""

    def __init__(self, counters: Counters, *, quiet: bool) -> None:
        self._counters = counters
        self._console = Console(stderr=True)
        self._is_live = self._console.is_terminal and not quiet
        self._is_quiet = quiet
        self._began = self._shown = time.monotonic()
        self._spinner = Spinner("dots", "starting")
        self._live = Live(self._spinner, console=self._console, transient=True)

    def __enter__(self) -> Self:
        if self._is_live:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._is_live:
            self._live.stop()

    @property
    def elapsed_s(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._began

    def update(self) -> None:
        """Show the counters if it is time to."""
        if self._is_quiet:
            return
        now = time.monotonic()
        if now - self._shown < (LIVE_EVERY_S if self._is_live else PLAIN_EVERY_S):
            return
        self._shown = now
        if self._is_live:
            self._spinner.update(text=self._line())
        else:
            click.echo(self._line(), err=True)

    def _line(self) -> str:
        seen = self._counters
        rate = int(seen.ticks / max(self.elapsed_s, 0.001))
        return (
            f"{moment(seen.at_us)}  {seen.ticks:,} ticks  {seen.events:,} events  "
            f"{seen.liquidations:,} liquidations  {rate:,} ticks/s"
        )
