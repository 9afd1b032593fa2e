"""What a format is: how its columns are called, what they hold, and how a file of it looks."""

import re
from collections.abc import Sequence

import msgspec

from engine.config.settings import Columns

DECIMAL = r"-?[0-9]+(?:\.[0-9]*)?"
INTEGER = r"[0-9]+"
FLAG = r"(?:true|false)"


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """Columns and, for formats that are built in, what is not in a lab's map.

    `shape` are patterns of the cells of a row, by which a file without a header is recognised;
    `id` is the column whose text must not be the one of the row before.
    """

    columns: Columns
    shape: tuple[str, ...] = ()
    id: str | None = None

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

    def has_shape(self, cells: Sequence[str]) -> bool:
        """Whether a row without a header looks like one of this format."""
        if not self.shape:
            return False
        return len(cells) == len(self.shape) and all(
            re.fullmatch(pattern, cell) for pattern, cell in zip(self.shape, cells, strict=True)
        )
