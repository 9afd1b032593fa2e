"""How the command `margincall` ends as a process."""

from contextlib import AbstractContextManager
from typing import Any

import click

from engine.services.signals import Program, program

_PROCESS = object()
"""What click hands on to the commands where the process ends with them."""


class Whole(click.Group):
    """A group of commands that is the whole program where it is called as a function."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Run a command and end the process; `main` runs one within a process that goes on."""
        return super().__call__(*arguments, obj=_PROCESS, **options)


def until_signalled() -> AbstractContextManager[Program]:
    """The program of a command that serves until a signal comes; to be entered first of all."""
    return program(is_last=click.get_current_context().obj is _PROCESS)
