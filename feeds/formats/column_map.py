"""From the cells of a row to a tick, by a map of the columns.

Every format is such a map: those that are built in and those that a lab describes. A reader is
put together once per file and contract; what it does with a row is a few look-ups.
"""

from collections.abc import Callable, Sequence

from engine.core.command import FundingTick, IndexTick, QuoteTick, Side, Tick, TradeTick
from engine.core.instrument import Contract
from engine.core.money import Lots, Price
from feeds.formats.cell import positive, price_reader, rate_reader, side_reader, size_reader
from feeds.formats.format import Format
from feeds.report import RowSkipped, Skip
from feeds.stamp import BadStamp, stamp_reader

Cells = Sequence[str]
RowReader = Callable[[Cells], Tick]
"""A row in, a tick out; raises `RowSkipped` for a row that has to be left out."""


def row_reader(form: Format, contract: Contract) -> RowReader:
    """Put a reader together for the rows of one contract."""
    match form.columns.kind:
        case "trades":
            return _trades(form, contract)
        case "quotes":
            return _quotes(form, contract)
        case "index":
            return _index(form, contract)
        case "funding":
            return _funding(form, contract)


def _trades(form: Format, contract: Contract) -> RowReader:
    at_us = _time(form)
    price_at, size_at = _place(form, form.columns.price), _place(form, form.columns.size)
    price_of = price_reader(contract)
    side_and_lots = _side_and_lots(form, contract, size_at)
    symbol = contract.symbol

    def read(cells: Cells) -> TradeTick:
        at = at_us(cells)
        price = price_of(cells[price_at])
        side, lots = side_and_lots(cells, price)
        # A trade below one lot still moved the price.
        return TradeTick(
            at_us=at, contract=symbol, price=price, quantity=lots or Lots(1), side=side
        )

    return read


def _side_and_lots(
    form: Format, contract: Contract, size_at: int
) -> Callable[[Cells, Price], tuple[Side, Lots]]:
    signed = size_reader(contract, form.columns.size_unit)
    if form.columns.side == "sign":

        def by_sign(cells: Cells, price: Price) -> tuple[Side, Lots]:
            text = cells[size_at]
            return "sell" if text.startswith("-") else "buy", Lots(abs(signed(text, price)))

        return by_sign
    unsigned = positive(signed)
    if form.columns.side is None:
        return _by_tick_rule(unsigned, size_at)
    side_at = form.place(form.columns.side)
    side_of = side_reader(form.columns.buy, form.columns.sell)

    def by_word(cells: Cells, price: Price) -> tuple[Side, Lots]:
        return side_of(cells[side_at]), unsigned(cells[size_at], price)

    return by_word


def _by_tick_rule(
    unsigned: Callable[[str, Price], Lots], size_at: int
) -> Callable[[Cells, Price], tuple[Side, Lots]]:
    """Where a file does not say: up is a buy, down a sell, level is what was before."""
    last: tuple[Price, Side] | None = None

    def by_move(cells: Cells, price: Price) -> tuple[Side, Lots]:
        nonlocal last
        lots = unsigned(cells[size_at], price)
        side: Side = "buy"
        if last is not None and price <= last[0]:
            side = last[1] if price == last[0] else "sell"
        last = price, side
        return side, lots

    return by_move


def _quotes(form: Format, contract: Contract) -> RowReader:
    at_us = _time(form)
    named = form.columns
    bid_at, bid_size_at = _place(form, named.bid), _place(form, named.bid_size)
    ask_at, ask_size_at = _place(form, named.ask), _place(form, named.ask_size)
    price_of = price_reader(contract, grid=contract.tick)
    lots_of = positive(size_reader(contract, named.size_unit))
    symbol = contract.symbol

    def read(cells: Cells) -> QuoteTick:
        at = at_us(cells)
        bid, ask = price_of(cells[bid_at]), price_of(cells[ask_at])
        if bid >= ask:
            raise RowSkipped(Skip.CROSSED_QUOTE, f"{cells[bid_at]} / {cells[ask_at]}")
        return QuoteTick(
            at_us=at,
            contract=symbol,
            bid=bid,
            bid_quantity=lots_of(cells[bid_size_at], bid),
            ask=ask,
            ask_quantity=lots_of(cells[ask_size_at], ask),
        )

    return read


def _index(form: Format, contract: Contract) -> RowReader:
    at_us = _time(form)
    price_at = _place(form, form.columns.price)
    price_of = price_reader(contract)
    symbol = contract.symbol

    def read(cells: Cells) -> IndexTick:
        return IndexTick(at_us=at_us(cells), contract=symbol, price=price_of(cells[price_at]))

    return read


def _funding(form: Format, contract: Contract) -> RowReader:
    at_us = _time(form)
    rate_at = _place(form, form.columns.rate)
    rate_of = rate_reader()
    symbol = contract.symbol

    def read(cells: Cells) -> FundingTick:
        return FundingTick(at_us=at_us(cells), contract=symbol, rate_e8=rate_of(cells[rate_at]))

    return read


def _time(form: Format) -> Callable[[Cells], int]:
    time_at = form.place(form.columns.time)
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
