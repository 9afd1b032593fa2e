"""Tardis `derivative_ticker`: index prices, and marks and funding where the lab takes them.

Last price, open interest and the predicted rate are not replayed: the venue makes its own last,
and its own mark unless the lab's `rules.mark` is `file`. `funding_timestamp` is when funding falls
due next and `funding_rate` the rate that will be paid then. Once a row's `funding_timestamp` is
another and the one before is past,
funding has been settled, at the rate that stood beside it last: that is one `FundingTick`, at its
due time, for contracts of the lab with `funding.source = "file"`; for others the rates are not
used. A due time that was past already when the file began was settled before it. Where the
contract's index has sources, the row's exchange is one.
"""

from collections.abc import Sequence

from engine.config.settings import Columns
from engine.core.command import FundingTick, IndexTick, MarkTick, Tick
from engine.core.instrument import Contract
from feeds.formats.cell import index_reader, rate_reader
from feeds.formats.column_map import time_reader
from feeds.formats.format import Cells, Format, RowReader
from feeds.report import RowSkipped, Skip


class _Ticker:
    """The rows of one contract; remembers which funding is due next."""

    def __init__(self, form: Format, contract: Contract) -> None:
        self._symbol = contract.symbol
        self._at_us = time_reader(form)
        self._due_us = time_reader(form, "funding_timestamp")
        self._due_at, self._rate_at = map(form.place, ("funding_timestamp", "funding_rate"))
        self._index_at = form.place("index_price")
        self._source_at = form.place("exchange") if contract.index.sources else None
        self._mark_at = form.place("mark_price") if form.marks else None
        self._price_of = index_reader(contract)
        self._rate_of = rate_reader()
        self._from_file = contract.funding.source == "file"
        self._due: tuple[int, int] | None = None  # when, at which rate
        self._last_us = 0

    def read(self, cells: Cells) -> Sequence[Tick]:
        at_us = self._at_us(cells)
        prices = self._prices(cells, at_us)
        funding = self._funding(cells, at_us) if self._from_file else ()
        self._last_us = at_us
        if not prices and not funding:
            raise RowSkipped(Skip.EMPTY, "")
        return (*funding, *prices)

    def _prices(self, cells: Cells, at_us: int) -> list[Tick]:
        """The row's index, and its mark where the venue goes by it."""
        prices: list[Tick] = []
        index = cells[self._index_at]
        if index:
            price = self._price_of(index)
            source = "" if self._source_at is None else cells[self._source_at]
            tick = IndexTick(at_us=at_us, contract=self._symbol, price=price, source=source)
            prices.append(tick)
        mark = "" if self._mark_at is None else cells[self._mark_at]
        if mark:
            price = self._price_of(mark)
            prices.append(MarkTick(at_us=at_us, contract=self._symbol, price=price))
        return prices

    def _funding(self, cells: Cells, at_us: int) -> Sequence[Tick]:
        if not cells[self._due_at] or not cells[self._rate_at]:
            return ()
        due_us, rate = self._due_us(cells), self._rate_of(cells[self._rate_at])
        settled: Sequence[Tick] = ()
        if self._due is not None and due_us != self._due[0] <= at_us:
            when = max(self._due[0], self._last_us)
            settled = (FundingTick(at_us=when, contract=self._symbol, rate_e8=self._due[1]),)
        is_known = self._due is not None and due_us == self._due[0]
        self._due = (due_us, rate) if is_known or due_us > at_us else None
        return settled


def _reader(form: Format, contract: Contract) -> RowReader:
    return RowReader(_Ticker(form, contract).read)


FORMAT = Format(
    columns=Columns(
        name="tardis_ticker",
        kind="index",
        header=(
            "exchange",
            "symbol",
            "timestamp",
            "local_timestamp",
            "funding_timestamp",
            "funding_rate",
            "predicted_funding_rate",
            "open_interest",
            "last_price",
            "index_price",
            "mark_price",
        ),
        contract="symbol",
        time="timestamp",
        time_unit="us",
        price="index_price",
    ),
    reader=_reader,
)
