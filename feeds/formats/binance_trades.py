"""Binance Vision `trades` of USDT-margined futures: every trade, stamps in milliseconds.

`data.binance.vision/?prefix=data/futures/um/daily/trades/`; files of before about 2022 have no
header. `is_buyer_maker` true: the buyer's order rested, so a seller was the aggressor.
"""

from engine.config.settings import Columns
from feeds.formats.format import DECIMAL, FLAG, INTEGER, Format

FORMAT = Format(
    columns=Columns(
        name="binance_trades",
        kind="trades",
        header=("id", "price", "qty", "quote_qty", "time", "is_buyer_maker"),
        time="time",
        time_unit="ms",
        price="price",
        size="qty",
        side="is_buyer_maker",
        buy="false",
        sell="true",
    ),
    shape=(INTEGER, DECIMAL, DECIMAL, DECIMAL, INTEGER, FLAG),
    id="id",
)
