"""OKX's trades, `trades` and `aggtrades` alike, in milliseconds.

`static.okx.com/cdn/okex/traderecords/`. Until about 2024 the header is in English and Chinese
(bytes in GBK, of which only the part before each slash is read) and the file's name tells the
instrument; later a column does. Sizes of spot are in base currency, those of swaps and futures
in contracts: a contract counts as one lot of the lab's contract, or as `contract_size` where the
lab has a map of its own. Rows are not sorted by time: what comes later than the hold-back of the
lab is dropped, and a file with much of it is refused. Files of before 2022 have no header and are
read through a map.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import PurePath

import msgspec

from engine.config.settings import Columns
from engine.core.command import Tick
from engine.core.instrument import Contract
from feeds.formats.column_map import row_reader
from feeds.formats.format import Cells, Format, RowReader, Rows

_CONTRACTS = re.compile(r"-(?:SWAP|[0-9]{6})(?![0-9])")


@lru_cache(maxsize=1_024)
def _is_of_contracts(instrument: str) -> bool:
    return _CONTRACTS.search(instrument.upper()) is not None


def _named_as_contracts(path: str, rows: Rows) -> bool:
    return _is_of_contracts(PurePath(path).name)


def _in_contracts(columns: Columns) -> Columns:
    return msgspec.structs.replace(columns, size_unit="contract")


def _by_instrument(form: Format, contract: Contract) -> RowReader:
    """The unit of a row's size depends on the row's instrument."""
    place = form.place("instrument_name")
    spot = row_reader(Format(columns=form.columns), contract).read
    contracts = row_reader(Format(columns=_in_contracts(form.columns)), contract).read

    def read(cells: Cells) -> Sequence[Tick]:
        return contracts(cells) if _is_of_contracts(cells[place]) else spot(cells)

    return RowReader(read)


_OLD = Columns(
    name="okx_old_trades",
    kind="trades",
    header=("trade_id", "side", "size", "price", "created_time"),
    time="created_time",
    time_unit="ms",
    price="price",
    size="size",
    side="side",
)
_NEW = Columns(
    name="okx_trades",
    kind="trades",
    header=("instrument_name", "trade_id", "side", "price", "size", "created_time"),
    contract="instrument_name",
    time="created_time",
    time_unit="ms",
    price="price",
    size="size",
    side="side",
)

FORMATS = (
    Format(columns=_NEW, id="trade_id", reader=_by_instrument),
    Format(
        columns=msgspec.structs.replace(_in_contracts(_OLD), name="okx_old_contract_trades"),
        id="trade_id",
        translated=True,
        fits=_named_as_contracts,
    ),
    Format(columns=_OLD, id="trade_id", translated=True),
)
