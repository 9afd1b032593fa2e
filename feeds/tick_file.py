"""One tick file: its rows as ticks, in order, with a report of what was left out."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence

from engine.config.settings import Feed as FeedSettings
from engine.core.command import (
    BookTick,
    FundingTick,
    IndexTick,
    MarkTick,
    QuoteTick,
    Tick,
    TradeTick,
)
from engine.core.instrument import Contract
from feeds.errors import FeedError
from feeds.files import Source
from feeds.formats.column_map import row_reader
from feeds.formats.detect import Layout, cells_of
from feeds.formats.format import Cells, RowReader
from feeds.order import in_order, in_place
from feeds.parquet import ParquetSource
from feeds.report import FileReport, RowSkipped, Skip

JUDGED_AFTER = 10_000
"""Rows after which a file with too many late rows is given up while it is still being read."""


_NOT_BAD = frozenset(
    skip.value
    for skip in (
        Skip.EMPTY,
        Skip.BEFORE_SNAPSHOT,
        Skip.UNKNOWN_CONTRACT,
        Skip.DUPLICATE,
        Skip.OUT_OF_ORDER,
    )
)
_REMEDIES = {
    Skip.BAD_ROW: "check the file, or name its format with --format",
    Skip.BAD_TIME: "check which column is the time and its unit",
    Skip.BAD_PRICE: "check which column is the price, and the contract's largest price",
    Skip.OFF_GRID: "check that the file is this contract's, and the contract's tick",
    Skip.BAD_QUANTITY: "check which column is the size and how the side is written",
    Skip.BAD_SIDE: "check which words mean buy and sell",
    Skip.BAD_RATE: "check which column is the rate; 0.0001 is 0.01 %",
    Skip.CROSSED_QUOTE: "check which columns are bid and ask",
    Skip.EMPTY: "check that the file is this contract's",
    Skip.BEFORE_SNAPSHOT: "begin with the file of the day that holds the snapshot",
    Skip.FUNDING_SOURCE: "set the contract's funding.source to file in the lab",
    Skip.UNKNOWN_CONTRACT: "check the symbols, or name the file as SYMBOL=FILE",
    Skip.DUPLICATE: "check which column is the id",
    Skip.OUT_OF_ORDER: "sort the file by time",
}
"""What to look at when a file is refused because most of its rows were left out."""


class TickFile:
    """A file that was looked at and can be read once.

    All its rows are those of `contract`, or, where that is None, each row's column says whose.
    """

    def __init__(
        self,
        source: Source | ParquetSource,
        layout: Layout,
        contract: Contract | None,
        contracts: Mapping[str, Contract],
        settings: FeedSettings,
    ) -> None:
        self._source = source
        self._layout = layout
        self.kind = layout.format.columns.kind
        self._settings = settings
        self._line = 0
        column = layout.format.id
        self._id_at = None if column is None else layout.format.place(column)
        self._last_id: str | None = None
        self._last_text = ""
        self._reader = _reader(layout, contract, contracts, lambda: f"{source.path}:{self._line}")
        self.report = FileReport(
            path=source.path,
            format=layout.format.name,
            contract=contract.symbol if contract else "",
            sha256=source.sha256,
        )

    def ticks(self) -> Iterator[Tick]:
        """Read the file; yields its ticks by time, ties by place.

        Raises `FeedError` where the file cannot go on being read, or too little of it can be used.
        """
        report = self.report
        priced = report.contract != ""
        for tick in self.placed(self.rows()):
            report.ticks += 1
            if report.first_us is None:
                report.first_us = tick.at_us
            report.last_us = tick.at_us
            if priced:
                _widen(report, tick)
            yield tick
        self._judge_order()
        self._judge_use()

    def placed(self, rows: Iterator[Tick]) -> Iterator[Tick]:
        """Put the file's rows into the order in which they are applied; counts what is too late."""
        order = in_place if self._layout.format.in_place else in_order
        return order(rows, self._settings.hold_back_us, self._late)

    def rows(self) -> Iterator[Tick]:
        """Read the file; yields its ticks as they come, whatever their time."""
        report, read, cells_in = self.report, self._reader.read, self._cells
        for line, text in self._data_lines():
            self._line = line
            report.rows += 1
            try:
                ticks = read(cells_in(text))
            except RowSkipped as skipped:
                self._skip(skipped)
            else:
                yield from ticks
        try:
            ticks = self._reader.flush()
        except RowSkipped as skipped:
            self._skip(skipped)
        else:
            yield from ticks

    def _cells(self, text: str) -> Cells:
        """Split a row; raises `RowSkipped` if it has not its columns or repeats an id."""
        try:
            cells = cells_of(text, self._layout.format.columns.delimiter)
        except csv.Error as error:
            raise RowSkipped(Skip.BAD_ROW, text) from error
        if len(cells) != self._layout.width:
            raise RowSkipped(Skip.BAD_ROW, text)
        if self._id_at is not None:
            last_id, self._last_id = self._last_id, cells[self._id_at]
            if self._last_id == last_id:
                raise RowSkipped(Skip.DUPLICATE, last_id)
        elif text == self._last_text:
            self.report.repeated += 1
        self._last_text = text
        return cells

    def _skip(self, skipped: RowSkipped) -> None:
        self.report.skip(skipped.reason, self._line, skipped.found, skipped.rows)
        if skipped.reason is Skip.OUT_OF_ORDER and self.report.rows >= JUDGED_AFTER:
            self._judge_order()

    def _data_lines(self) -> Iterator[tuple[int, str]]:
        header_left = self._layout.has_header
        for first, lines in self._source.blocks():
            for line, text in enumerate(lines, first):
                if not text or text.isspace():
                    continue
                if header_left:
                    header_left = False
                    continue
                yield line, text

    def _late(self, tick: Tick) -> None:
        rows = len(tick.bids) + len(tick.asks) if isinstance(tick, BookTick) else 1
        self._skip(RowSkipped(Skip.OUT_OF_ORDER, str(tick.at_us), rows))

    def _judge_order(self) -> None:
        report = self.report
        late = report.skipped.get(Skip.OUT_OF_ORDER.value, 0)
        allowed = self._settings.dropped_max_ppm
        if late * 1_000_000 > report.rows * allowed:
            first = report.first_skips[Skip.OUT_OF_ORDER.value]
            raise FeedError(
                f"{report.path}:{first.line}: {late} of {report.rows} rows come more than "
                f"{self._settings.hold_back_us / 1_000_000:g} s after a newer one; expected at "
                f"most {allowed / 10_000:g} %; sort the file by time, or raise the lab's hold-back"
            )

    def _judge_use(self) -> None:
        report = self.report
        if report.rows == 0:
            raise FeedError(f"{report.path}: has a header and no rows; expected rows of ticks")
        bad = {name: count for name, count in report.skipped.items() if name not in _NOT_BAD}
        not_bad = report.dropped - sum(bad.values())
        if 2 * sum(bad.values()) <= report.rows - not_bad and report.dropped < report.rows:
            return
        worst = max(report.skipped, key=lambda name: report.skipped[name])
        first = report.first_skips[worst]
        raise FeedError(
            f"{report.path}:{first.line}: {report.dropped} of {report.rows} rows cannot be used, "
            f"first {worst}: found {first.found!r}; {_REMEDIES[Skip(worst)]}"
        )


def _widen(report: FileReport, tick: Tick) -> None:
    """Stretch the report's price range over a tick."""
    match tick:
        case TradeTick(price=low) | IndexTick(price=low) | MarkTick(price=low):
            high = low
        case QuoteTick(bid=low, ask=high):
            pass
        case FundingTick() | BookTick():
            return
    if report.low is None or low < report.low:
        report.low = low
    if report.high is None or high > report.high:
        report.high = high


def _reader(
    layout: Layout,
    contract: Contract | None,
    contracts: Mapping[str, Contract],
    where: Callable[[], str],
) -> RowReader:
    column = layout.format.columns.contract
    if contract is None:
        assert column is not None, "without a column, a file is assigned to a contract"
        return _by_column(layout, layout.format.place(column), contracts)
    read = row_reader(layout.format, contract)
    if column is None:
        return read
    return _all_of_one(read, layout.format.place(column), contract.symbol, where)


def _by_column(layout: Layout, symbol_at: int, contracts: Mapping[str, Contract]) -> RowReader:
    """Rows of several contracts; each has its own reader, which may remember its last rows.

    What waits for more rows waits no longer once those of another contract begin.
    """
    readers: dict[str, RowReader] = {}
    last: RowReader | None = None
    done: list[Tick] = []

    def read(cells: Cells) -> Sequence[Tick]:
        nonlocal last
        symbol = cells[symbol_at]
        reader = readers.get(symbol)
        if reader is None:
            contract = contracts.get(symbol)
            if contract is None:
                raise RowSkipped(Skip.UNKNOWN_CONTRACT, symbol)
            reader = readers[symbol] = row_reader(layout.format, contract)
        if reader is last:
            return reader.read(cells)
        if last is not None:
            done.extend(last.flush())
        last = reader
        ticks = [*done, *reader.read(cells)]  # what is done stays where this row is left out
        done.clear()
        return ticks

    def flush() -> Sequence[Tick]:
        return [*done, *(last.flush() if last is not None else ())]

    return RowReader(read, flush)


def _all_of_one(
    reader: RowReader, symbol_at: int, contract: str, where: Callable[[], str]
) -> RowReader:
    """Rows of one symbol, which the user says is the lab's `contract`."""
    only: str | None = None

    def read(cells: Cells) -> Sequence[Tick]:
        nonlocal only
        symbol = cells[symbol_at]
        if only is None:
            only = symbol
        if symbol != only:
            raise FeedError(
                f"{where()}: found a row of {symbol} after rows of {only}; expected one symbol, "
                f"because the file was named as {contract}=FILE; name it as FILE alone"
            )
        return reader.read(cells)

    return RowReader(read, reader.flush)
