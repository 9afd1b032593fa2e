"""What an error comes to: a message for its reader and an exit code, never a traceback.

0 done, 1 disagreement, 2 the user's mistake, 70 an invariant breach, a log that contradicts its
events, or a bug, 75 brokers that do not do what they must: start again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from errno import EPIPE
from traceback import extract_tb

import click

from engine.bus.interface import BusError
from engine.bus.login import LoginRefused
from engine.config.error import ConfigError
from engine.journal.error import JournalError
from engine.services.breach import Breach
from engine.services.engine import VersionDiffers
from engine.services.entries import LogError
from engine.services.look import RightsMissing, TopicsMissing
from engine.services.snapshots import DataInUse
from feeds.errors import FeedError

DISAGREEMENT = 1
MISTAKE = 2
BREACH = 70
UNAVAILABLE = 75
MISTAKES = (
    *(ConfigError, DataInUse, FeedError, JournalError, OSError),
    *(LoginRefused, RightsMissing, TopicsMissing, VersionDiffers),
)
"""Errors that their user can mend."""
KNOWN = (Breach, BusError, LogError, *MISTAKES)


class Mistake(click.ClickException):
    """Something that the user can mend."""

    exit_code = MISTAKE


class Stopped(click.ClickException):
    """The venue stopped rather than go on with a wrong ledger, or there is a bug."""

    exit_code = BREACH


class Unavailable(click.ClickException):
    """The brokers are not there or have lost something; started again, a service goes on."""

    exit_code = UNAVAILABLE


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
        known = [each for each in errors if isinstance(each, KNOWN)]
        error = (known or errors)[0]
    return error


def _told(error: Exception) -> Exception:
    if isinstance(error, BusError):
        return Unavailable(str(error))
    if isinstance(error, LogError):
        return Stopped(f"stopped: {error}")
    if isinstance(error, MISTAKES) and not isinstance(error, OSError):
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
