"""Where a lab in memory stops at a breach and no longer has its log: what to run instead."""

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from engine.cli.limits import Limits
from engine.cli.mistake import Stopped, behind
from engine.journal.write import COMMANDS
from engine.services.breach import Breach
from engine.services.engine import repro_of


@contextmanager
def replay_instead(folder: Path, lab: str, files: Sequence[str], asked: Limits) -> Iterator[None]:
    """Name the replay that stops at the same breach, if the log up to it was not written.

    Nobody but the lab itself sends commands in memory, so a replay applies the same ones.
    Raises `Stopped`.
    """
    try:
        yield
    except Exception as error:
        breach = behind(error)
        if not isinstance(breach, Breach) or (repro_of(folder, breach) / COMMANDS).exists():
            raise
        words = ["margincall", "replay", *files, "--lab", lab, "--pace", "max"]
        replay = shlex.join([*words, "--out", str(folder / "replay")])
        limits = " with these limits in the lab's file" if asked != Limits() else ""
        raise Stopped(
            f"stopped at an invariant breach: {breach}; the log up to it is not kept in memory. A "
            f"replay stops at the same breach and keeps its whole log{limits}: {replay}"
        ) from error
