"""Which format a file is written in: by name, by its header, or by the shape of its rows.

A header (in Parquet: the names of the columns) decides where there is one; a lab's own maps go
before what is built in. Without a header the first rows do, so a wrong header is never taken for
a bad first row. Formats that look alike are told apart by more of the rows, or by the path that
their venue publishes them under.
"""

import csv
from collections.abc import Collection, Sequence

import msgspec

from feeds.errors import FeedError
from feeds.formats import (
    binance_agg_trades,
    binance_book_depth,
    binance_book_ticker,
    binance_funding,
    binance_klines,
    binance_trades,
    bybit_trades,
    kraken_trades,
    okx_trades,
    parquet_ticks,
    tardis_book,
    tardis_quotes,
    tardis_ticker,
    tardis_trades,
)
from feeds.formats.format import Format
from feeds.number import NotPlain, plain
from feeds.stamp import BadStamp, stamp_reader

BUILT_IN = (
    binance_trades.FORMAT,
    binance_agg_trades.FORMAT,
    binance_book_ticker.FORMAT,
    binance_book_depth.FORMAT,
    *binance_klines.FORMATS,
    binance_funding.FORMAT,
    bybit_trades.FORMAT,
    kraken_trades.FORMAT,
    *okx_trades.FORMATS,
    *tardis_trades.FORMATS,
    tardis_quotes.FORMAT,
    tardis_book.FORMAT,
    tardis_ticker.FORMAT,
)
_NUMBER_STARTS = tuple("+-.0123456789")
HEAD_LINES = 20
"""How many lines a format is recognised by."""


class Layout(msgspec.Struct, frozen=True):
    """A format as a certain file has it; `width` is the number of columns of every row."""

    format: Format
    has_header: bool
    width: int


def cells_of(line: str, delimiter: str) -> list[str]:
    """Split a line into cells.

    Raises `csv.Error` for a quote that is not closed.
    """
    if '"' not in line:
        return line.split(delimiter)
    return next(csv.reader([line], delimiter=delimiter, strict=True))


def detect(
    path: str,
    head: Sequence[str],
    maps: Sequence[Format],
    named: str | None,
    *,
    stamps: Collection[str] | None = None,
) -> Layout:
    """Say which format the first lines of a file are in, also one that is not replayed.

    `stamps` are, for a Parquet file, the columns of times with a type. Raises `FeedError` if
    there is no such name, or if the lines do not look like that format, or like any.
    """
    lines = [line for line in head if line.strip()]
    if not lines:
        raise FeedError(f"{path}: has no lines; expected a CSV file with rows of ticks")
    formats = [*maps, *BUILT_IN]
    if stamps is not None:
        names, *rows = [cells_of(line, ",") for line in lines]
        formats += parquet_ticks.formats_of(path, names, rows, named)
        formats = [_in_micros(form, stamps) for form in formats]
    if named is not None:
        formats = [_by_name(named, formats)]
    for form in formats:
        layout = _layout(form, path, lines, is_named=named is not None)
        if layout is not None:
            return layout
    found = f"{path}:1: found {lines[0][:120]!r}"
    if named is not None:
        raise FeedError(f"{found}; expected {_looks(formats[0])}; name another --format")
    known = ", ".join(form.name for form in formats)
    raise FeedError(
        f"{found}; expected one of the formats {known}; {_nearest(lines[0], formats)}name one "
        f"with --format, or describe the file's columns in the lab"
    )


def _in_micros(form: Format, stamps: Collection[str]) -> Format:
    """The format, where its time has a type and therefore no unit of its own."""
    if form.columns.time not in stamps:
        return form
    columns = msgspec.structs.replace(form.columns, time_unit="us")
    return msgspec.structs.replace(form, columns=columns)


def _by_name(name: str, formats: Sequence[Format]) -> Format:
    for form in formats:
        if form.name == name:
            return form
    known = ", ".join(form.name for form in formats)
    raise FeedError(f"--format {name}: there is no such format; there are: {known}")


def _layout(form: Format, path: str, lines: Sequence[str], *, is_named: bool) -> Layout | None:
    rows = [_cells_or_empty(line, form.columns.delimiter) for line in lines]
    has_header = form.has_header(rows[0])
    if not has_header and _is_header(rows[0]):
        return None
    fits = _can_be_read if form.columns.header is None else Format.has_shape
    row = rows[0] if has_header else next((row for row in rows if fits(form, row)), None)
    if row is None:
        return None
    if form.fits is not None and not is_named and not form.fits(path, rows[has_header:]):
        return None
    return Layout(form, has_header=has_header, width=len(row))


def _cells_or_empty(line: str, delimiter: str) -> list[str]:
    try:
        return cells_of(line, delimiter)
    except csv.Error:
        return []


def _is_header(cells: Sequence[str]) -> bool:
    """Whether no cell begins like a number."""
    return not any(cell.startswith(_NUMBER_STARTS) for cell in cells)


def _can_be_read(form: Format, cells: Sequence[str]) -> bool:
    """Whether a row can be one of a map that names its columns by number."""
    if len(cells) <= max(form.used()):
        return False
    named = form.columns
    try:
        stamp_reader(named.time_unit)(cells[form.place(named.time)])
        for column in (named.price, named.size, named.bid, named.ask, named.rate):
            if column is not None:
                plain(cells[form.place(column)])
    except (BadStamp, NotPlain):
        return False
    return True


def _nearest(line: str, formats: Sequence[Format]) -> str:
    """The format that shares most columns with a header, for people."""

    def shared(form: Format) -> int:
        columns = _cells_or_empty(line, form.columns.delimiter)
        return len({column.strip() for column in columns} & set(form.columns.header or ()))

    near = max(formats, key=shared)
    return f"the most alike is {near.name} ({_looks(near)}); " if shared(near) else ""


def _looks(form: Format) -> str:
    header = form.columns.header
    if header is not None:
        return f"header {form.columns.delimiter.join(header)}"
    return f"no header, {max(form.used()) + 1} or more columns"
