"""Binance Vision `bookDepth` of USDT-margined futures: what stands within bands, every half minute.

`data.binance.vision/?prefix=data/futures/um/daily/bookDepth/`. A row says how much there is
between the middle and a distance in percent (negative: bids), in base currency and in quote; the
rows of one time, text in UTC, are one picture.

It holds no prices. Between one band and the next there is so much more of both currencies, and
their quotient is the average price there: the book shown is one level a band, at that price
(bids rounded down to the tick, asks up) with that quantity. So whoever walks a whole band pays
what the file says, and whoever takes a little pays the average of the innermost band: the spread
of such a book is about that band's width. Contracts for which the touch matters are better off
with quotes, or with trades and a calibrated profile.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil, floor

from engine.config.settings import Columns
from engine.core.command import BookTick, Side, Tick
from engine.core.instrument import Contract
from engine.core.money import Lots, Price
from feeds.formats.column_map import time_reader
from feeds.formats.format import Cells, Format, RowReader
from feeds.number import NotPlain, fraction
from feeds.report import RowSkipped, Skip

_Worth = tuple[Fraction, Fraction]
"""An amount in base currency and in quote."""
_Level = tuple[Price, Lots]


class _Bands:
    """The rows of one contract; holds those of the picture that is being read."""

    def __init__(self, form: Format, contract: Contract) -> None:
        self._contract = contract
        self._at_us = time_reader(form)
        self._percentage_at, self._depth_at, self._notional_at = (
            form.place(name) for name in ("percentage", "depth", "notional")
        )
        self._lot, self._unit = fraction(contract.lot), fraction(contract.price_unit)
        self._now_us = 0
        self._bands: dict[Fraction, _Worth] = {}

    def read(self, cells: Cells) -> Sequence[Tick]:
        """Take a row; gives the picture before it once it belongs to another one."""
        at_us = self._at_us(cells)
        distance = _number(cells[self._percentage_at], Skip.BAD_ROW)
        depth = _number(cells[self._depth_at], Skip.BAD_QUANTITY)
        notional = _number(cells[self._notional_at], Skip.BAD_QUANTITY)
        if distance == 0:
            raise RowSkipped(Skip.BAD_ROW, cells[self._percentage_at])
        if depth < 0 or notional < 0 or (depth == 0) != (notional == 0):
            raise RowSkipped(Skip.BAD_QUANTITY, f"{depth} worth {notional}")
        whole: dict[Fraction, _Worth] = {}
        if at_us != self._now_us:
            whole, self._bands = self._bands, {}
        then_us, self._now_us = self._now_us, at_us
        self._bands[distance] = (depth, notional)
        return self._picture(then_us, whole) if whole else ()

    def flush(self) -> Sequence[Tick]:
        """The picture that was being read."""
        whole, self._bands = self._bands, {}
        return self._picture(self._now_us, whole) if whole else ()

    def _picture(self, at_us: int, bands: dict[Fraction, _Worth]) -> Sequence[Tick]:
        bids = tuple(self._levels([(-far, bands[far]) for far in bands if far < 0], "buy"))
        asks = tuple(self._levels([(far, bands[far]) for far in bands if far > 0], "sell"))
        if bids and asks and bids[0][0] >= asks[0][0]:
            raise RowSkipped(Skip.CROSSED_QUOTE, f"{bids[0][0]} / {asks[0][0]}", len(bands))
        return [
            BookTick(at_us=at_us, contract=self._contract.symbol, bids=bids, asks=asks, reset=True)
        ]

    def _levels(self, bands: list[tuple[Fraction, _Worth]], side: Side) -> Iterator[_Level]:
        """One level for what each band has more than the one within it."""
        tick = self._contract.tick
        inner_depth = inner_notional = Fraction(0)
        for _, (depth, notional) in sorted(bands):
            more, worth = depth - inner_depth, notional - inner_notional
            lots = more // self._lot
            if more <= 0 or worth <= 0 or lots == 0:
                continue
            average = worth / more / (self._unit * tick)
            price = tick * (floor(average) if side == "buy" else ceil(average))
            if tick <= price <= self._contract.price_max:
                yield Price(price), Lots(lots)
            inner_depth, inner_notional = depth, notional


def _number(text: str, reason: Skip) -> Fraction:
    try:
        return fraction(text)
    except NotPlain as error:
        raise RowSkipped(reason, text) from error


def _reader(form: Format, contract: Contract) -> RowReader:
    bands = _Bands(form, contract)
    return RowReader(bands.read, bands.flush)


FORMAT = Format(
    columns=Columns(
        name="binance_book_depth",
        kind="quotes",
        header=("timestamp", "percentage", "depth", "notional"),
        time="timestamp",
        time_unit="iso",
    ),
    made=("price",),
    reader=_reader,
)
