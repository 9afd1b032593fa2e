"""Snapshots in a folder: whole or not at all, the newest few, each vouched for by its own hash.

A file is a mark, the BLAKE2b-256 of all that follows, and the snapshot as JSON. It is written
beside its name, synced, and renamed, so that a crash leaves either the old files or one more.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import IO

import msgspec

MARK = b"margincall snapshot 1\n"
KEPT = 3
_DIGEST = 32
_encode = msgspec.json.Encoder().encode


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """The venue after the log's records before `offset`.

    `seq` and `hash` are those of its newest event, `commands` the number applied, `marks` the
    places of its sources, `reactions` what those who answer margin calls keep in mind. `run` and
    `version` say to which log and program it belongs.
    """

    run: str
    version: str
    offset: int
    seq: int
    hash: str
    commands: int
    marks: dict[str, int]
    state: msgspec.Raw
    reactions: msgspec.Raw = msgspec.Raw(b"null")


class DataInUse(Exception):
    """Another process works in the folder."""


class Snapshots:
    """The snapshots of a folder; `rejected` says which files were none, and why."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rejected: list[str] = []

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder, so that a second engine is not started on it by mistake.

        A folder that is read-only or full is held as far as it can be: no snapshot will be written
        there, so nobody is in another's way. Raises `DataInUse`, and `OSError` if there is no such
        folder and none can be made.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._lock() as lock:
            try:
                if lock is not None:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise DataInUse(
                    f"{self.folder}: another engine works in this folder; stop it, or name "
                    f"another folder with --data"
                ) from error
            yield

    @contextmanager
    def _lock(self) -> Iterator[IO[str] | None]:
        """The file that is locked; None where there is none and none can be made."""
        path = self.folder / "lock"
        with ExitStack() as open_files:
            try:
                lock: IO[str] | None = open_files.enter_context(path.open("a"))
            except OSError:
                if not os.access(self.folder, os.R_OK | os.X_OK):
                    raise
                lock = open_files.enter_context(path.open()) if path.exists() else None
            yield lock

    def write(self, snapshot: Snapshot) -> None:
        """Write a snapshot and let go of all but the newest. Raises `OSError`."""
        body = _encode(snapshot)
        path = self.folder / f"{snapshot.offset:020}.snapshot"
        draft = path.with_suffix(".draft")
        try:
            with draft.open("wb") as file:
                file.write(MARK + blake2b(body, digest_size=_DIGEST).digest() + body)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except OSError:
            draft.unlink(missing_ok=True)
            raise
        _sync(self.folder)
        for old in self._written_before(path)[KEPT - 1 :]:
            old.unlink(missing_ok=True)

    def newest_first(self) -> Iterator[Snapshot]:
        """Every snapshot that is whole; files that are none are passed over and noted."""
        for path in self._paths():
            try:
                yield parse(path.read_bytes())
            except (OSError, ValueError) as error:
                self.rejected.append(f"{path.name}: {error}")

    def _written_before(self, path: Path) -> list[Path]:
        """The others, the newest first: those of another run may stand at greater offsets."""
        others = [other for other in self._paths() if other != path]
        return sorted(others, key=lambda other: other.stat().st_mtime_ns, reverse=True)

    def _paths(self) -> list[Path]:
        return sorted(self.folder.glob("*.snapshot"), reverse=True)


def parse(data: bytes) -> Snapshot:
    """Read a snapshot. Raises `ValueError` for anything that is not whole."""
    start = len(MARK) + _DIGEST
    if data[: len(MARK)] != MARK:
        raise ValueError("does not begin as a snapshot does")
    body = data[start:]
    if blake2b(body, digest_size=_DIGEST).digest() != data[len(MARK) : start]:
        raise ValueError("its hash is not that of its content")
    try:
        return msgspec.json.decode(body, type=Snapshot)
    except msgspec.MsgspecError as error:
        raise ValueError(f"is a snapshot of another version: {error}") from error


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
