"""Tardis `trades`, every venue's in one form, and its `liquidations`, which look the same.

`docs.tardis.dev/downloadable-csv-files`; stamps in microseconds: `timestamp` is the venue's (or
the arrival's, where the venue gave none), `local_timestamp`, by which a file is sorted, that of
the capture. `side` is the aggressor's; where it is `unknown`, the price tells it. Amounts are read
as base currency; for inverse contracts, whose amounts are dollars, a lab's map says so.
"""

from pathlib import PurePath

import msgspec

from engine.config.settings import Columns
from feeds.formats.format import Format, Rows


def _named_as_liquidations(path: str, rows: Rows) -> bool:
    return "liquidations" in PurePath(path).name.lower()


_TRADES = Columns(
    name="tardis_trades",
    kind="trades",
    header=("exchange", "symbol", "timestamp", "local_timestamp", "id", "side", "price", "amount"),
    contract="symbol",
    time="timestamp",
    time_unit="us",
    price="price",
    size="amount",
    side="side",
)

FORMATS = (
    Format(
        columns=msgspec.structs.replace(_TRADES, name="tardis_liquidations"),
        fits=_named_as_liquidations,
        refused="liquidations of the venue are among its trades; replay its trades file",
    ),
    Format(columns=_TRADES, unknown_side="unknown"),
)
