"""SIGINT and SIGTERM end a program well, from the first moment of its command to its last.

Handlers are Python's own and are only ever replaced by the next one: asyncio puts the deadly
default back when a handler or a loop of it goes, and Python does so with every handler that is a
function while it shuts down. What is ignored stays ignored.
"""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stopping(stop: asyncio.Event) -> Iterator[None]:
    """Let SIGINT and SIGTERM set `stop` meanwhile.

    Afterwards they are what they were before; in a `Program` they are ignored, because it is
    ending by itself. A loop that waits is woken by the signal, which comes to the main thread
    wherever that can take it.
    """
    loop = asyncio.get_running_loop()

    def heard(_number: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stop.set)

    before = [(number, signal.signal(number, heard)) for number in _SIGNALS]
    try:
        yield
    finally:
        for number, old in before:
            signal.signal(number, signal.SIG_IGN if isinstance(old, Program) else old)


class Program:
    """What a signal does where nobody drains yet: it ends the program at once, and well.

    Only the first one counts.
    """

    def __init__(self) -> None:
        self._came = self._in_loop = False
        self._end: Callable[[], object] | None = None

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        """Hear of a signal. Raises `SystemExit` outside `run`."""
        if self._came:
            return
        self._came = True
        if not self._in_loop:
            raise SystemExit(0)
        if self._end is not None:
            self._end()

    def run(self, main: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a coroutine as `asyncio.run` does.

        Raises `SystemExit` if a signal comes before `stopping` is entered or the coroutine ends.
        """
        self._in_loop = True
        try:
            return asyncio.run(self._watched(main))
        except asyncio.CancelledError:
            raise SystemExit(0) from None

    async def _watched(self, main: Callable[[], Coroutine[Any, Any, T]]) -> T:
        loop, task = asyncio.get_running_loop(), asyncio.ensure_future(main())
        self._end = lambda: loop.call_soon_threadsafe(task.cancel)
        try:
            if self._came:
                task.cancel()
            return await task
        finally:
            self._end = None


@contextmanager
def program(*, is_last: bool) -> Iterator[Program]:
    """A program that hears of signals from now on.

    Where it `is_last` the process ends after it, and they are ignored until then; else they are
    again what they were before.
    """
    begun = Program()
    before = [(number, signal.signal(number, begun)) for number in _SIGNALS]
    try:
        yield begun
    finally:
        for number, old in before:
            signal.signal(number, signal.SIG_IGN if is_last else old)
