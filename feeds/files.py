"""Files as streams of text lines: plain, gzip, or a zip that holds one CSV.

What a file is, its first bytes say, not its name. Memory does not grow with the file: it is read
in blocks, a line has a largest length, and what unpacks to far more than tick data ever does is
refused.
"""

import codecs
import gzip
import hashlib
import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import msgspec

from feeds.errors import FeedError

LINE_MAX = 4_096
"""Longest line, in characters; a row of ticks has about a hundred."""
UNPACKED_RATIO_MAX = 200
"""Most bytes that one packed byte may become. Tick files: 5 to 12; the worst deflate: 1032."""
UNPACKED_FREE = 16 * 2**20
"""Bytes below which the ratio is not looked at."""
_BLOCK = 128 * 1024
_BROKEN = (EOFError, OSError, zlib.error, zipfile.BadZipFile)
_BROKEN_ZIP = (*_BROKEN, struct.error, ValueError, OverflowError, NotImplementedError)
"""What opening a zip raises where a byte of its tables was changed."""
AGAIN = "download it again, or compare it with its published checksum"


class _Stream(Protocol):
    def read1(self, size: int, /) -> bytes: ...


class Source(msgspec.Struct, frozen=True):
    """A file as it was when it was opened: `sha256` of its bytes as they are on disk."""

    path: str
    sha256: str
    size: int
    modified_ns: int

    def blocks(self) -> Iterator[tuple[int, list[str]]]:
        """Read the file once, in blocks: the number of a block's first line (from 1), its lines.

        Line ends of any system are taken, a byte-order mark is dropped, bytes that are not UTF-8
        become replacement characters. Raises `FeedError` for a file that is cut off, damaged,
        unpacks to too much, or was changed since it was opened.
        """
        first = 1
        try:
            for lines in self._unpacked():
                yield first, lines
                first += len(lines)
        except _BROKEN as error:
            raise FeedError(
                f"{self.path}: cut off or damaged ({error}); last good line {first - 1}; {AGAIN}"
            ) from error
        if facts_of(self.path) != (self.size, self.modified_ns):
            raise FeedError(
                f"{self.path}: was changed while it was read; let its writer finish, then replay"
            )

    def head(self, count: int) -> list[str]:
        """The first lines, at most `count`."""
        lines: list[str] = []
        for _, block in self.blocks():
            lines += block
            if len(lines) >= count:
                break
        return lines[:count]

    def _unpacked(self) -> Iterator[list[str]]:
        limit = max(UNPACKED_FREE, self.size * UNPACKED_RATIO_MAX)
        decoder = io.IncrementalNewlineDecoder(
            codecs.getincrementaldecoder("utf-8-sig")("replace"), translate=True
        )
        rest = ""
        line = 0
        with _opened(self.path) as stream:
            while block := stream.read1(_BLOCK):
                limit -= len(block)
                if limit < 0:
                    raise FeedError(
                        f"{self.path}:{line}: unpacks to more than {UNPACKED_RATIO_MAX} times its "
                        f"size, which no tick file does; unpack and look at it before using it"
                    )
                lines = (rest + decoder.decode(block)).split("\n")
                rest = lines.pop()
                line += len(lines)
                if len(rest) > LINE_MAX:
                    raise FeedError(
                        f"{self.path}:{line + 1}: a line of more than {LINE_MAX} characters; "
                        f"expected a CSV file with a row a line"
                    )
                yield lines
        rest += decoder.decode(b"", final=True)
        if rest:
            yield rest.removesuffix("\n").split("\n")


def open_source(path: str) -> Source:
    """Look at a file and hash it; costs one reading of it.

    Raises `FeedError` if it is missing, not readable or not a file.
    """
    size, modified_ns = facts_of(path)
    if size == 0:
        raise FeedError(f"{path}: is empty; expected a CSV file; {AGAIN}")
    try:
        with Path(path).open("rb") as raw:
            digest = hashlib.file_digest(raw, "sha256")
    except OSError as error:
        raise FeedError(f"{path}: cannot be read: {error.strerror}") from error
    with _opened(path):
        pass  # what is wrong with an archive is said before anything runs
    return Source(path, digest.hexdigest(), size, modified_ns)


def facts_of(path: str) -> tuple[int, int]:
    """Size and time of the last change of a file; raises `FeedError` where there is none."""
    if not path:
        raise FeedError("a file was named by an empty text; name a tick file")
    try:
        facts = Path(path).stat()
    except (OSError, ValueError) as error:
        raise FeedError(f"{path}: there is no such file; check the path") from error
    if stat.S_ISDIR(facts.st_mode):
        raise FeedError(f"{path}: is a folder; name the files in it")
    return facts.st_size, facts.st_mtime_ns


@contextmanager
def _opened(path: str) -> Iterator[_Stream]:
    """The bytes of a file, unpacked if it is packed."""
    with Path(path).open("rb") as raw:
        magic = raw.peek(4)[:4]
        if magic.startswith(b"\x1f\x8b"):
            with gzip.GzipFile(fileobj=raw, mode="rb") as unpacked:
                yield unpacked
        elif magic in (b"PK\x03\x04", b"PK\x05\x06"):
            with _member(path, raw) as member:
                yield member
        else:
            yield raw


def _member(path: str, raw: io.BufferedReader) -> zipfile.ZipExtFile:
    try:
        archive = zipfile.ZipFile(raw)
        member = archive.open(_only_csv(path, archive))
    except _BROKEN_ZIP as error:
        raise FeedError(
            f"{path}: cut off or damaged zip ({error}); last good line 0; {AGAIN}"
        ) from error
    assert isinstance(member, zipfile.ZipExtFile)
    return member


def _only_csv(path: str, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = archive.infolist()
    names = ", ".join(member.filename for member in members[:3])
    if len(members) != 1:
        raise FeedError(
            f"{path}: holds {len(members)} files ({names}); expected one CSV file; unpack it and "
            f"name the CSV files"
        )
    member = members[0]
    name = member.filename
    parts = name.replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or ":" in name:
        raise FeedError(f"{path}: its member {name!r} points out of the archive; do not use it")
    if member.is_dir() or not name.lower().endswith(".csv"):
        raise FeedError(f"{path}: holds {name!r}; expected one CSV file")
    if member.flag_bits & 1:
        raise FeedError(f"{path}: {name!r} is encrypted; unpack it first")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FeedError(f"{path}: {name!r} is packed by a rare method; unpack it first")
    if member.file_size > max(UNPACKED_FREE, member.compress_size * UNPACKED_RATIO_MAX):
        raise FeedError(
            f"{path}: {name!r} unpacks from {member.compress_size} to {member.file_size} bytes, "
            f"more than {UNPACKED_RATIO_MAX} times, which no tick file does"
        )
    return member
