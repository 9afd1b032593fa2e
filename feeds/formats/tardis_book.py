"""Tardis `incremental_book_L2`: every change of every level, as one `BookTick` a message.

The rows of one message share `timestamp` and `local_timestamp`. An amount is what stands there
now, 0 takes the level away (and so does less than a lot). Rows before the first snapshot are
left out; where `is_snapshot` turns from false to true, the book before it is void. The order of
the file is the order of the book: a message whose stamp is a little behind (up to the hold-back
of the lab) is applied at the time of the one before.

A message that crosses itself is applied side by side, the side of its last row last, so that
the newer side stands.
"""

from collections.abc import Sequence

from engine.config.settings import Columns
from engine.core.command import BookTick, Tick
from engine.core.instrument import Contract
from engine.core.money import Lots, Price
from feeds.formats.cell import positive, price_reader, side_reader, size_reader
from feeds.formats.column_map import time_reader
from feeds.formats.format import Cells, Format, RowReader
from feeds.report import RowSkipped, Skip

_Levels = tuple[tuple[Price, Lots], ...]
_FLAGS = {"true": True, "false": False}


class _Book:
    """The rows of one contract; holds those of the message that is being read."""

    def __init__(self, form: Format, contract: Contract) -> None:
        self._symbol = contract.symbol
        self._at_us = time_reader(form)
        self._key_at = [form.place(name) for name in ("timestamp", "local_timestamp")]
        self._snapshot_at, self._side_at, self._price_at, self._amount_at = (
            form.place(name) for name in ("is_snapshot", "side", "price", "amount")
        )
        self._price_of = price_reader(contract, grid=contract.tick)
        self._lots_of = positive(size_reader(contract, form.columns.size_unit, zero=True))
        self._side_of = side_reader("bid", "ask")
        self._was_snapshot = False
        self._has_begun = False
        self._key: tuple[str, ...] = ()
        self._message_us = 0
        self._is_reset = False
        self._last_side = "buy"
        self._levels: dict[str, dict[Price, Lots]] = {"buy": {}, "sell": {}}

    def read(self, cells: Cells) -> Sequence[Tick]:
        """Take a row; gives the message before it once it belongs to another one."""
        is_snapshot = _FLAGS.get(cells[self._snapshot_at])
        if is_snapshot is None:
            raise RowSkipped(Skip.BAD_ROW, cells[self._snapshot_at])
        if not is_snapshot and not self._has_begun:
            raise RowSkipped(Skip.BEFORE_SNAPSHOT, cells[self._snapshot_at])
        price = self._price_of(cells[self._price_at])
        side = self._side_of(cells[self._side_at])
        lots = self._lots_of(cells[self._amount_at], price)
        first, second = self._key_at
        key = (cells[first], cells[second], cells[self._snapshot_at])
        done: Sequence[Tick] = ()
        if key != self._key:
            at_us = self._at_us(cells)
            done = self.flush()
            self._key, self._message_us = key, at_us
            self._is_reset = is_snapshot and not self._was_snapshot
            self._was_snapshot = is_snapshot
            self._has_begun = True
        self._levels[side][price] = lots
        self._last_side = side
        return done

    def flush(self) -> Sequence[Tick]:
        """The message that was being read, as a tick or, where it crosses itself, two."""
        bids, asks = tuple(self._levels["buy"].items()), tuple(self._levels["sell"].items())
        self._levels = {"buy": {}, "sell": {}}
        self._key = ()
        if not bids and not asks:
            return ()
        highest = max((price for price, lots in bids if lots), default=0)
        if any(lots and price <= highest for price, lots in asks):
            sides: list[tuple[_Levels, _Levels]] = [(bids, ()), ((), asks)]
            if self._last_side == "buy":
                sides.reverse()
        else:
            sides = [(bids, asks)]
        return [
            BookTick(
                at_us=self._message_us,
                contract=self._symbol,
                bids=bids,
                asks=asks,
                reset=self._is_reset and number == 0,
            )
            for number, (bids, asks) in enumerate(sides)
        ]


def _reader(form: Format, contract: Contract) -> RowReader:
    book = _Book(form, contract)
    return RowReader(book.read, book.flush)


FORMAT = Format(
    columns=Columns(
        name="tardis_book",
        kind="quotes",
        header=(
            "exchange",
            "symbol",
            "timestamp",
            "local_timestamp",
            "is_snapshot",
            "side",
            "price",
            "amount",
        ),
        contract="symbol",
        time="timestamp",
        time_unit="us",
    ),
    in_place=True,
    reader=_reader,
)
