"""What was read from a file and what was left out, by reason."""

from enum import Enum

import msgspec


class Skip(Enum):
    """Why a row was not applied: a closed list."""

    BAD_ROW = "bad_row"
    """Not as many columns as the format has, or an unclosed quote."""
    BAD_TIME = "bad_time"
    """Not a time in the format's unit, or one before 1990 or after 2255."""
    BAD_PRICE = "bad_price"
    """Not a plain decimal number, not positive, or above the contract's largest price."""
    OFF_GRID = "off_grid"
    """A price between two of the contract's price units (a quote's: between two ticks)."""
    BAD_QUANTITY = "bad_quantity"
    """Not a plain decimal number, not positive, or worth more than 2^53 - 1 money units."""
    BAD_SIDE = "bad_side"
    """Neither of the two words that mean buy and sell."""
    BAD_RATE = "bad_rate"
    """Not a plain decimal number, or a funding rate beyond 100 % of the notional."""
    CROSSED_QUOTE = "crossed_quote"
    """A bid at or above the ask."""
    EMPTY = "empty"
    """The cell that would have been replayed is empty, or a bar in which nothing was traded."""
    BEFORE_SNAPSHOT = "before_snapshot"
    """A change of a book whose snapshot is still to come."""
    FUNDING_SOURCE = "funding_source"
    """A funding rate of a contract whose funding the lab does not take from a file."""
    UNKNOWN_CONTRACT = "unknown_contract"
    """The row's contract is not one of the lab's."""
    DUPLICATE = "duplicate"
    """The trade or update id of the row before, once more."""
    OUT_OF_ORDER = "out_of_order"
    """Older than the newest row before it by more than rows are held back."""


class RowSkipped(Exception):
    """Leave a row out, or `rows` that waited for it.

    Raised by the readers of columns, counted by the reader of the file.
    """

    def __init__(self, reason: Skip, found: str, rows: int = 1) -> None:
        super().__init__(reason, found, rows)
        self.reason = reason
        self.found = found[:40]
        self.rows = rows


class FirstSkip(msgspec.Struct, frozen=True):
    """Where a reason was met first: line number (from 1, the header counted) and the text."""

    line: int
    found: str


class FileReport(msgspec.Struct, kw_only=True):
    """What one file gave; it grows while the file is read and is final at its end.

    `rows` are the data rows read, `skipped` those not applied, `ticks` what came out: one for
    each row applied, but for books, whose rows of one message are one tick, and for bars, which
    are four. `repeated` are those applied that have no id and are the row before, letter by
    letter. `contract` is empty where the rows name their contracts. `low` and `high` are prices
    in the price units of `contract`, over trades, quotes and index prices, not over the levels of
    books; they are None where there were none or where there is not one contract.
    """

    path: str
    format: str
    contract: str
    sha256: str
    rows: int = 0
    ticks: int = 0
    repeated: int = 0
    skipped: dict[str, int] = {}
    first_skips: dict[str, FirstSkip] = {}
    first_us: int | None = None
    last_us: int | None = None
    low: int | None = None
    high: int | None = None

    @property
    def dropped(self) -> int:
        """The number of rows left out."""
        return sum(self.skipped.values())

    def skip(self, reason: Skip, line: int, found: str, rows: int = 1) -> None:
        """Count rows left out and remember the first of their reason."""
        name = reason.value
        if name not in self.skipped:
            self.first_skips[name] = FirstSkip(line, found)
        self.skipped[name] = self.skipped.get(name, 0) + rows

    def lines(self) -> list[str]:
        """Say what was left out, a line a reason, for people.

        >>> report = FileReport(path="a.csv", format="x", contract="X", sha256="")
        >>> report.skip(Skip.BAD_PRICE, 17, "NaN")
        >>> report.lines()
        ["a.csv: 1 row skipped as bad_price, first in line 17: found 'NaN'"]
        """
        return [
            f"{self.path}: {count} row{'' if count == 1 else 's'} skipped as {name}, first in "
            f"line {self.first_skips[name].line}: found {self.first_skips[name].found!r}"
            for name, count in self.skipped.items()
        ]
