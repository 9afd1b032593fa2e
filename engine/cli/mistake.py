"""What an error comes to: a message for its reader and an exit code, never a traceback.

0 done, 1 disagreement, 2 the user's mistake, 70 an invariant breach or a bug.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from errno import EPIPE
from traceback import extract_tb

import click

from engine.config.error import ConfigError
from engine.journal.error import JournalError
from engine.services.breach import Breach
from feeds.errors import FeedError

DISAGREEMENT = 1
MISTAKE = 2
BREACH = 70
MISTAKES = (ConfigError, FeedError, JournalError, OSError)
"""Errors that their user can mend."""


class Mistake(click.ClickException):
    """Something that the user can mend."""

    exit_code = MISTAKE


class Stopped(click.ClickException):
    """The venue stopped rather than go on with a wrong ledger, or there is a bug."""

    exit_code = BREACH


@contextmanager
def told() -> Iterator[None]:
    """Turn what happens inside into an error that click prints."""
    try:
        yield
    except (click.exceptions.Exit, click.Abort, click.ClickException):
        raise
    except Exception as error:
        raise _told(behind(error)) from error


def behind(error: Exception) -> Exception:
    """The error behind a group of tasks that failed together: a known one if there is any."""
    while isinstance(error, ExceptionGroup):
        errors: list[Exception] = list(error.exceptions)
        known = [each for each in errors if isinstance(each, (Breach, *MISTAKES))]
        error = (known or errors)[0]
    return error


def _told(error: Exception) -> Exception:
    if isinstance(error, (ConfigError, FeedError, JournalError)):
        return Mistake(str(error))
    if isinstance(error, OSError):
        if error.errno == EPIPE:
            return error
        where = f"{error.filename}: " if error.filename else ""
        return Mistake(
            f"{where}{error.strerror or error}; check that the place exists, can be written to "
            f"and has room, and run again"
        )
    if isinstance(error, Breach):
        return Stopped(f"stopped at an invariant breach: {error}")
    frame = extract_tb(error.__traceback__)[-1]
    return Stopped(
        f"a bug in margincall: {type(error).__name__}: {error} "
        f"({frame.name}, line {frame.lineno} of {frame.filename}); please report it"
    )
