"""From the cells of a row to a tick, by a map of the columns.

Most formats are such a map: those of a lab, and those built in whose rows are ticks. A reader is
put together once per file and contract; what it does with a row is a few look-ups.
"""

from collections.abc import Callable, Sequence

from engine.core.command import FundingTick, IndexTick, MarkTick, QuoteTick, Side, Tick, TradeTick
from engine.core.instrument import Contract
from engine.core.money import Lots, Price
from feeds.formats.cell import (
    index_reader,
    positive,
    price_reader,
    rate_reader,
    side_reader,
    size_reader,
)
from feeds.formats.format import Cells, Format, RowReader
from feeds.report import RowSkipped, Skip
from feeds.stamp import BadStamp, stamp_reader

_Read = Callable[[Cells], Sequence[Tick]]


def row_reader(form: Format, contract: Contract) -> RowReader:
    """Put a reader together for the rows of one contract."""
    if form.reader is not None:
        return form.reader(form, contract)
    match form.columns.kind:
        case "trades":
            return RowReader(_trades(form, contract))
        case "quotes":
            return RowReader(_quotes(form, contract))
        case "index":
            return RowReader(_index(form, contract))
        case "mark":
            return RowReader(_mark(form, contract))
        case "funding":
            return RowReader(_funding(form, contract))


def _trades(form: Format, contract: Contract) -> _Read:
    at_us = time_reader(form)
    price_at, size_at = _place(form, form.columns.price), _place(form, form.columns.size)
    price_of = price_reader(contract)
    side_and_lots = _side_and_lots(form, contract, size_at)
    symbol = contract.symbol

    def read(cells: Cells) -> tuple[Tick]:
        at = at_us(cells)
        price = price_of(cells[price_at])
        side, lots = side_and_lots(cells, price)
        # A trade below one lot still moved the price.
        return (
            TradeTick(at_us=at, contract=symbol, price=price, quantity=lots or Lots(1), side=side),
        )

    return read


_SideAndLots = Callable[[Cells, Price], tuple[Side, Lots]]


def _side_and_lots(form: Format, contract: Contract, size_at: int) -> _SideAndLots:
    named = form.columns
    signed = size_reader(contract, named.size_unit, named.contract_size)
    if named.side == "sign":

        def by_sign(cells: Cells, price: Price) -> tuple[Side, Lots]:
            text = cells[size_at]
            return "sell" if text.startswith("-") else "buy", Lots(abs(signed(text, price)))

        return by_sign
    unsigned = positive(signed)
    tick_rule = TickRule()
    if named.side is None:

        def by_move(cells: Cells, price: Price) -> tuple[Side, Lots]:
            lots = unsigned(cells[size_at], price)
            return tick_rule.side(price), lots

        return by_move
    side_at = form.place(named.side)
    side_of = side_reader(named.buy, named.sell)

    def by_word(cells: Cells, price: Price) -> tuple[Side, Lots]:
        return side_of(cells[side_at]), unsigned(cells[size_at], price)

    def by_word_or_move(cells: Cells, price: Price) -> tuple[Side, Lots]:
        lots = unsigned(cells[size_at], price)
        moved = tick_rule.side(price)
        return (moved if cells[side_at] == unknown else side_of(cells[side_at])), lots

    unknown = form.unknown_side
    return by_word if unknown is None else by_word_or_move


class TickRule:
    """The aggressor's side where a file does not say it.

    Up is a buy, down a sell, level is what was before, and the first is a buy.
    """

    def __init__(self) -> None:
        self._last: Price | None = None
        self._side: Side = "buy"

    def side(self, price: Price) -> Side:
        """The side of the next trade, by its price."""
        if self._last is not None and price != self._last:
            self._side = "buy" if price > self._last else "sell"
        self._last = price
        return self._side


def _quotes(form: Format, contract: Contract) -> _Read:
    at_us = time_reader(form)
    named = form.columns
    bid_at, bid_size_at = _place(form, named.bid), _place(form, named.bid_size)
    ask_at, ask_size_at = _place(form, named.ask), _place(form, named.ask_size)
    price_of = price_reader(contract, grid=contract.tick)
    lots_of = positive(size_reader(contract, named.size_unit, named.contract_size))
    symbol = contract.symbol
    blank_at = [form.place(column) for column in form.blank]

    def read(cells: Cells) -> tuple[Tick]:
        at = at_us(cells)
        for place in blank_at:
            if not cells[place]:
                raise RowSkipped(Skip.EMPTY, "")
        bid, ask = price_of(cells[bid_at]), price_of(cells[ask_at])
        if bid >= ask:
            raise RowSkipped(Skip.CROSSED_QUOTE, f"{cells[bid_at]} / {cells[ask_at]}")
        return (
            QuoteTick(
                at_us=at,
                contract=symbol,
                bid=bid,
                bid_quantity=lots_of(cells[bid_size_at], bid),
                ask=ask,
                ask_quantity=lots_of(cells[ask_size_at], ask),
            ),
        )

    return read


def _index(form: Format, contract: Contract) -> _Read:
    at_us = time_reader(form)
    price_at = _place(form, form.columns.price)
    price_of = index_reader(contract)
    symbol, source = contract.symbol, form.columns.source

    def read(cells: Cells) -> tuple[Tick]:
        price = price_of(cells[price_at])
        return (IndexTick(at_us=at_us(cells), contract=symbol, price=price, source=source),)

    return read


def _mark(form: Format, contract: Contract) -> _Read:
    at_us = time_reader(form)
    price_at = _place(form, form.columns.price)
    price_of = index_reader(contract)
    symbol = contract.symbol

    def read(cells: Cells) -> tuple[Tick]:
        return (MarkTick(at_us=at_us(cells), contract=symbol, price=price_of(cells[price_at])),)

    return read


def _funding(form: Format, contract: Contract) -> _Read:
    at_us = time_reader(form)
    rate_at = _place(form, form.columns.rate)
    rate_of = rate_reader()
    symbol, from_file = contract.symbol, contract.funding.source == "file"

    def read(cells: Cells) -> tuple[Tick]:
        at, rate = at_us(cells), rate_of(cells[rate_at])
        if not from_file:
            raise RowSkipped(Skip.FUNDING_SOURCE, cells[rate_at])
        return (FundingTick(at_us=at, contract=symbol, rate_e8=rate),)

    return read


def time_reader(form: Format, column: str | None = None) -> Callable[[Cells], int]:
    """Read the time of a row, or another column in the same unit; raises `RowSkipped`."""
    time_at = form.place(column or form.columns.time)
    stamp = stamp_reader(form.columns.time_unit)

    def at_us(cells: Cells) -> int:
        try:
            return stamp(cells[time_at])
        except BadStamp as error:
            raise RowSkipped(Skip.BAD_TIME, cells[time_at]) from error

    return at_us


def _place(form: Format, column: str | None) -> int:
    assert column is not None, f"{form.name}: a map lacks a column that its kind needs"
    return form.place(column)
