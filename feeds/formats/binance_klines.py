"""Binance Vision `klines`, also of index and mark, of USDT-margined futures: bars as four ticks.

`data.binance.vision/?prefix=data/futures/um/daily/klines/`; stamps in milliseconds, files of 2020
without a header.

A bar says where the price was, not when. Its four ticks stand a third of the bar apart: the open,
the two extremes, the close at `close_time`. The extremes come in the order that makes the way
shorter: the low first where the bar closes at or above its open, the high first where below. A
bar of trades becomes four `TradeTick`s with a quarter of the volume each (the rest of the division
with the close; one lot at least); who was the aggressor, the price tells (up: a buyer). Between
the ticks of a bar nothing happens, so a stop or a liquidation can be late by a third of a bar; a
bar in which nothing was traded is left out.

`indexPriceKlines` become `IndexTick`s in the same way, and `markPriceKlines` `MarkTick`s where the
venue's mark is that of the files. `premiumIndexKlines` have the same columns and are not replayed.
The three look alike (no volume) and are told apart by the folder that Binance publishes them
under, or by `--format`: who wants a mark series as index names it `binance_index_klines`.
"""

from collections.abc import Callable, Sequence

import msgspec

from engine.config.settings import Columns
from engine.core.command import IndexTick, MarkTick, Tick, TradeTick
from engine.core.instrument import Contract
from engine.core.money import Lots, Price
from feeds.formats.cell import index_reader, lots_max, price_reader, volume_reader
from feeds.formats.column_map import TickRule, time_reader
from feeds.formats.format import DECIMAL, INTEGER, MILLISECONDS, Cells, Format, RowReader, Rows
from feeds.report import RowSkipped, Skip

_PATH = ("open", "high", "low", "close")


class _Bars:
    """Times and prices of a bar's four ticks; bars must follow each other."""

    def __init__(self, form: Format, price_of: Callable[[str], Price]) -> None:
        self._opened, self._closed = time_reader(form), time_reader(form, "close_time")
        self._price_at = [form.place(name) for name in _PATH]
        self._price_of = price_of
        self._end_us = 0

    def path(self, cells: Cells) -> list[tuple[int, Price]]:
        """The four points of a bar by time; raises `RowSkipped`."""
        begin, end = self._opened(cells), self._closed(cells)
        if end <= begin:
            raise RowSkipped(Skip.BAD_TIME, f"{begin} .. {end}")
        opened, high, low, closed = (self._price_of(cells[place]) for place in self._price_at)
        if not low <= min(opened, closed) or not max(opened, closed) <= high:
            raise RowSkipped(Skip.BAD_PRICE, f"high {high}, low {low}")
        if begin <= self._end_us:
            raise RowSkipped(Skip.OUT_OF_ORDER, str(begin))
        self._end_us = end
        extremes = (low, high) if opened <= closed else (high, low)
        times = (begin + (end - begin) * third // 3 for third in range(4))
        return list(zip(times, (opened, *extremes, closed), strict=True))


def _trades(form: Format, contract: Contract) -> RowReader:
    bars = _Bars(form, price_reader(contract))
    volume_at = form.place("volume")
    volume_of = volume_reader(contract)
    largest = lots_max(contract)
    tick_rule = TickRule()
    symbol = contract.symbol

    def read(cells: Cells) -> Sequence[Tick]:
        volume = volume_of(cells[volume_at])
        if volume is None:
            raise RowSkipped(Skip.EMPTY, cells[volume_at])
        quarter, rest = divmod(volume, 4)
        lots = [quarter] * 3 + [quarter + rest]
        return [
            TradeTick(
                at_us=at_us,
                contract=symbol,
                price=price,
                quantity=Lots(min(max(1, part), largest(price))),
                side=tick_rule.side(price),
            )
            for part, (at_us, price) in zip(lots, bars.path(cells), strict=True)
        ]

    return RowReader(read)


def _index(form: Format, contract: Contract) -> RowReader:
    return _prices(form, contract, IndexTick)


def _mark(form: Format, contract: Contract) -> RowReader:
    return _prices(form, contract, MarkTick)


def _prices(form: Format, contract: Contract, kind: type[IndexTick] | type[MarkTick]) -> RowReader:
    bars = _Bars(form, index_reader(contract))
    symbol = contract.symbol

    def read(cells: Cells) -> Sequence[Tick]:
        return [
            kind(at_us=at_us, contract=symbol, price=price) for at_us, price in bars.path(cells)
        ]

    return RowReader(read)


def _is_sampled(rows: Rows) -> bool:
    """Whether the first bars count samples and have no volume: prices of another kind."""
    volume, count = _HEADER.index("volume"), _HEADER.index("count")
    bars = [cells for cells in rows if len(cells) == len(_HEADER)]
    return bool(bars) and all(
        not cells[volume].strip("0.") and cells[count].strip("0.") for cells in bars
    )


def _published_as(folder: str) -> Callable[[str, Rows], bool]:
    return lambda path, rows: folder.lower() in path.lower() and _is_sampled(rows)


_HEADER = (
    "open_time",
    "open",
    "high",
    "low",
    "close",
    "volume",
    "close_time",
    "quote_volume",
    "count",
    "taker_buy_volume",
    "taker_buy_quote_volume",
    "ignore",
)
_SHAPE = (
    MILLISECONDS,
    *(DECIMAL,) * 5,
    MILLISECONDS,
    DECIMAL,
    INTEGER,
    *(DECIMAL,) * 3,
)
_KLINES = Columns(
    name="binance_klines",
    kind="trades",
    header=_HEADER,
    time="open_time",
    time_unit="ms",
    price="close",
    size="volume",
)
_INDEX = msgspec.structs.replace(_KLINES, name="binance_index_klines", kind="index", size=None)

FORMATS = (
    Format(
        columns=_KLINES,
        shape=_SHAPE,
        id="open_time",
        made=("size",),
        fits=lambda path, rows: not _is_sampled(rows),
        reader=_trades,
    ),
    Format(
        columns=_INDEX,
        shape=_SHAPE,
        id="open_time",
        fits=_published_as("indexPriceKlines"),
        reader=_index,
    ),
    Format(
        columns=msgspec.structs.replace(_INDEX, name="binance_mark_klines", kind="mark"),
        shape=_SHAPE,
        id="open_time",
        fits=_published_as("markPriceKlines"),
        reader=_mark,
    ),
    Format(
        columns=msgspec.structs.replace(_INDEX, name="binance_price_klines"),
        shape=_SHAPE,
        id="open_time",
        fits=lambda path, rows: _is_sampled(rows),
        reader=_index,
        refused="bars without volume are of index, mark or premium, and nothing in the file says "
        "of which; of an index: use --format binance_index_klines",
    ),
)
