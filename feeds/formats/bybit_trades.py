"""Bybit's public trades of USDT-margined contracts.

`public.bybit.com/trading/SYMBOL/SYMBOLYYYY-MM-DD.csv.gz`; stamps in seconds with up to four
decimals, `side` the aggressor's, `size` in base currency. Files of 2026 have a column more. Old
files go from the newest row to the oldest: they are refused and have to be sorted first.
"""

from engine.config.settings import Columns
from feeds.formats.format import Format

FORMAT = Format(
    columns=Columns(
        name="bybit_trades",
        kind="trades",
        header=(
            "timestamp",
            "symbol",
            "side",
            "size",
            "price",
            "tickDirection",
            "trdMatchID",
            "grossValue",
            "homeNotional",
            "foreignNotional",
        ),
        contract="symbol",
        time="timestamp",
        time_unit="s",
        price="price",
        size="size",
        side="side",
        buy="buy",
        sell="sell",
    ),
    id="trdMatchID",
    later=("RPI",),
)
