"""What a format is: how its columns are called, what they hold, and how a file of it looks."""

import re
from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from engine.config.settings import Columns
from engine.core.command import Tick
from engine.core.instrument import Contract

DECIMAL = r"-?[0-9]+(?:\.[0-9]*)?"
INTEGER = r"[0-9]+"
MILLISECONDS = r"[0-9]{12,13}"
FLAG = r"(?:true|false)"

Cells = Sequence[str]
Rows = Sequence[Cells]


def _nothing() -> tuple[Tick, ...]:
    return ()


class RowReader(msgspec.Struct, frozen=True):
    """Makes ticks of the rows of one contract, in the order of the file.

    `read` takes a row and gives the ticks that are ready; it raises `RowSkipped` for a row that
    has to be left out, or for rows before it whose tick is not to be had. `flush` gives the ticks
    that were waiting for more rows, or raises for those rows: it is called where another
    contract's rows begin, and at the end.
    """

    read: Callable[[Cells], Sequence[Tick]]
    flush: Callable[[], Sequence[Tick]] = _nothing


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """Columns and, for formats that are built in, what is not in a lab's map.

    `shape` are patterns of the cells of a row, by which a file without a header is recognised;
    `id` is the column whose text must not be the one of the row before; `later` are columns that
    newer files have behind the others; `blank` are those that may be empty, which leaves the row
    out without being a mistake. `translated` says that a header's names end at a slash, behind
    which they stand in another language. `unknown_side` is the word of a side that is not known,
    which leaves it to the price. `in_place` says that the order of the file is the order of its
    rows, whatever their stamps. `made` says which numbers of its ticks do not stand in the file.
    `fits` decides between formats that look alike, by the path and
    the first rows. `reader` makes rows into ticks where a map of columns is not enough.
    `refused` is why a file that was recognised is not replayed. `marks`: rows that hold a mark
    beside other prices give it too; see `engine.config.settings.Feed`.
    """

    columns: Columns
    shape: tuple[str, ...] = ()
    id: str | None = None
    later: tuple[str, ...] = ()
    blank: tuple[str, ...] = ()
    translated: bool = False
    unknown_side: str | None = None
    in_place: bool = False
    made: tuple[Literal["price", "size"], ...] = ()
    fits: Callable[[str, Rows], bool] | None = None
    reader: Callable[["Format", Contract], RowReader] | None = None
    refused: str | None = None
    marks: bool = False

    @property
    def name(self) -> str:
        """What `--format` calls it."""
        return self.columns.name

    def place(self, column: str) -> int:
        """The position of a column in a row, from 0.

        Columns of a map without a header are called `1`, `2`, ...
        """
        if self.columns.header is None:
            return int(column) - 1
        return self.columns.header.index(column)

    def used(self) -> list[int]:
        """The positions of the columns that are read."""
        named = self.columns
        side = None if named.side == "sign" else named.side
        trades = (named.price, named.size, side, self.id)
        quotes = (named.bid, named.bid_size, named.ask, named.ask_size)
        columns = (named.contract, named.time, *trades, *quotes, named.rate)
        return [self.place(column) for column in columns if column is not None]

    def has_header(self, cells: Sequence[str]) -> bool:
        """Whether the first row of a file is this format's header."""
        header = self.columns.header
        if header is None:
            return False
        found = tuple(cell.strip() for cell in cells)
        if self.translated:
            found = tuple(cell.partition("/")[0] for cell in found)
        return found in (header, header + self.later)

    def has_shape(self, cells: Sequence[str]) -> bool:
        """Whether a row without a header looks like one of this format."""
        if not self.shape:
            return False
        return len(cells) == len(self.shape) and all(
            re.fullmatch(pattern, cell) for pattern, cell in zip(self.shape, cells, strict=True)
        )
