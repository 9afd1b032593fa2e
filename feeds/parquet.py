"""Parquet files as the lines of a CSV, so that every format is read in one way.

The column names are the first line, each row is one more. Row groups are read one after the
other, a few thousand rows at a time. What a cell says is kept as it is: whole numbers, decimals
and texts exactly, a double to 15 digits (it holds no more for sure, and what was written as
39432.48 comes back as that), a stamp with a type in UTC microseconds. Columns of other types,
32-bit floats among them, are empty, and their name says the type, so that none of them is taken
for a price.

Needs `pyarrow`, which only those install who have such files: `pip install margincall[parquet]`.
"""

import importlib
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from feeds.errors import FeedError
from feeds.files import AGAIN, LINE_MAX, UNPACKED_FREE, UNPACKED_RATIO_MAX, Source, facts_of

MAGIC = b"PAR1"
BATCH = 4_096
"""Rows read at once."""
_BUFFER = 256 * 1024
_ROW_MIN = 8
"""Bytes that a row of ticks has at least as text."""

_Texts = Callable[[Any], list[str]]


class ParquetSource(msgspec.Struct, frozen=True):
    """A Parquet file as it was when it was opened; `stamps` are its columns of times with a type.

    Has the methods of `Source`.
    """

    path: str
    sha256: str
    size: int
    modified_ns: int
    names: tuple[str, ...]
    stamps: frozenset[str]

    def blocks(self) -> Iterator[tuple[int, list[str]]]:
        """Read the file once, as `Source.blocks` does: the first line holds the column names.

        Raises `FeedError`.
        """
        line = 1
        arrow = _arrow()
        try:
            yield 1, [_line(self.names)]
            line = 2
            with _file(self.path) as file:
                texts = [_texts(arrow, field.type) for field in file.schema_arrow]
                for batch in file.iter_batches(BATCH, use_threads=False):
                    columns = [
                        text(column) for text, column in zip(texts, batch.columns, strict=True)
                    ]
                    yield line, [_line(row) for row in zip(*columns, strict=True)]
                    line += batch.num_rows
        except _broken(arrow) as error:
            raise FeedError(
                f"{self.path}: cut off or damaged Parquet ({error}); last good line {line - 1}; "
                f"{AGAIN}"
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


def recognised(source: Source) -> Source | ParquetSource:
    """The same file as Parquet if it is that.

    Raises `FeedError` if it is damaged, unpacks to too much, or cannot be read without `pyarrow`.
    """
    with Path(source.path).open("rb") as raw:
        if raw.read(len(MAGIC)) != MAGIC:
            return source
    arrow = _arrow_for(source.path)
    try:
        with _file(source.path) as file:
            _check_size(source, file.metadata)
            fields = list(file.schema_arrow)
    except _broken(arrow) as error:
        raise FeedError(
            f"{source.path}: cut off or damaged Parquet ({error}); last good line 0; {AGAIN}"
        ) from error
    return ParquetSource(
        path=source.path,
        sha256=source.sha256,
        size=source.size,
        modified_ns=source.modified_ns,
        names=tuple(
            field.name if _is_known(arrow, field.type) else f"{field.name}:{field.type}"
            for field in fields
        ),
        stamps=frozenset(field.name for field in fields if arrow.types.is_timestamp(field.type)),
    )


def _arrow() -> ModuleType:
    return importlib.import_module("pyarrow")


def _arrow_for(path: str) -> ModuleType:
    try:
        importlib.import_module("pyarrow.parquet")
        return _arrow()
    except ImportError as error:
        raise FeedError(
            f"{path}: is a Parquet file, and pyarrow, which reads them, is not installed; "
            f"pip install 'margincall[parquet]', or convert the file to CSV"
        ) from error


def _file(path: str) -> Any:
    parquet = importlib.import_module("pyarrow.parquet")
    return parquet.ParquetFile(
        path, buffer_size=_BUFFER, pre_buffer=False, page_checksum_verification=True
    )


def _broken(arrow: ModuleType) -> tuple[type[BaseException], ...]:
    """What reading a damaged file raises."""
    return (arrow.ArrowException, OSError, ValueError, OverflowError, TypeError, MemoryError)


def _check_size(source: Source, metadata: Any) -> None:
    groups = (metadata.row_group(number) for number in range(metadata.num_row_groups))
    unpacked = sum(group.total_byte_size for group in groups)
    if max(unpacked, metadata.num_rows * _ROW_MIN) > max(
        UNPACKED_FREE, source.size * UNPACKED_RATIO_MAX
    ):
        raise FeedError(
            f"{source.path}: {metadata.num_rows} rows unpack to more than {UNPACKED_RATIO_MAX} "
            f"times its size, which no tick file does; look at it before using it"
        )


def _is_known(arrow: ModuleType, kind: Any) -> bool:
    return _texts(arrow, kind) is not _unread


def _texts(arrow: ModuleType, kind: Any) -> _Texts:
    """How the cells of a type become texts."""
    types = arrow.types
    if types.is_dictionary(kind):
        return _texts(arrow, kind.value_type)
    if types.is_integer(kind) or types.is_string(kind) or types.is_large_string(kind):
        return _plain
    if types.is_boolean(kind):
        return _flags
    if types.is_float64(kind):
        return _doubles
    if types.is_decimal(kind):
        return _decimals
    if types.is_timestamp(kind):
        micros = arrow.timestamp("us", kind.tz)
        return lambda column: _plain(column.cast(micros, safe=False).cast(arrow.int64()))
    return _unread


def _plain(column: Any) -> list[str]:
    return ["" if value is None else str(value) for value in column.to_pylist()]


def _flags(column: Any) -> list[str]:
    return ["" if value is None else str(value).lower() for value in column.to_pylist()]


def _doubles(column: Any) -> list[str]:
    return ["" if value is None else double_text(value) for value in column.to_pylist()]


def _decimals(column: Any) -> list[str]:
    return ["" if value is None else f"{value:f}" for value in column.to_pylist()]


def _unread(column: Any) -> list[str]:
    return [""] * len(column)


def double_text(value: float) -> str:
    """A double as the plain decimal number of 15 digits that it stands for.

    >>> double_text(39432.48), double_text(0.00031099999999999997), double_text(1e-07)
    ('39432.48', '0.000311', '0.0000001')
    """
    text = f"{value:.15g}"
    return f"{Decimal(text):f}" if "e" in text else text


def _line(cells: tuple[str, ...]) -> str:
    """The cells as a line of CSV; raises `ValueError` for one that no row of ticks has."""
    line = ",".join(
        '"' + cell.replace('"', '""') + '"' if '"' in cell or "," in cell else cell
        for cell in cells
    )
    if len(line) > LINE_MAX:
        raise ValueError(f"a row of more than {LINE_MAX} characters")
    return line
