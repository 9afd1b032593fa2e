"""How many rows tick files will give, before they are read: for the time that is left, only.

A packed file says how large it is unpacked, and its first rows say how long a row is. That is a
guess, and a file of which it cannot be made has none; nothing but the progress depends on it.
"""

import gzip
import struct
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

SAMPLE = 256 * 1024
"""Unpacked bytes of a file that are looked at."""
_BROKEN = (OSError, EOFError, zlib.error, zipfile.BadZipFile, struct.error, ValueError)


def rows_expected(paths: Iterable[str]) -> int | None:
    """About how many rows all files have together; None if one of them does not say."""
    counts = [_rows(Path(path)) for path in paths]
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def _rows(path: Path) -> int | None:
    try:
        with path.open("rb") as raw:
            head, size = _looked_at(raw, path.stat().st_size)
    except _BROKEN:
        return None
    lines = head.count(b"\n")
    if not lines or b"\0" in head:
        return None
    whole = head[: head.rindex(b"\n") + 1]
    return max(1, size * lines // len(whole))


def _looked_at(raw: BinaryIO, packed: int) -> tuple[bytes, int]:
    """The first bytes of a file, unpacked, and how many there are about."""
    magic = raw.read(4)
    raw.seek(0)
    if magic.startswith(b"\x1f\x8b"):
        with gzip.GzipFile(fileobj=raw, mode="rb") as unpacked:
            return unpacked.read(SAMPLE), _gzip_size(raw, packed)
    if magic.startswith(b"PK"):
        with zipfile.ZipFile(raw) as archive:
            member = archive.infolist()[0]
            with archive.open(member) as unpacked:
                return unpacked.read(SAMPLE), member.file_size
    return raw.read(SAMPLE), packed


def _gzip_size(raw: BinaryIO, packed: int) -> int:
    """The size that stands in a gzip's last bytes, which know it modulo 2^32."""
    at = raw.tell()
    raw.seek(-4, 2)
    (size,) = struct.unpack("<I", raw.read(4))
    raw.seek(at)
    while size < packed:
        size += 1 << 32
    return int(size)
