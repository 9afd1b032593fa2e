"""Binance Vision `aggTrades` of USDT-margined futures: one order's fills at one price as one row.

`data.binance.vision/?prefix=data/futures/um/daily/aggTrades/`; stamps in milliseconds, files of
before about 2022 without a header. Spot files have an eighth column and are not meant here.
"""

from engine.config.settings import Columns
from feeds.formats.format import DECIMAL, FLAG, INTEGER, Format

FORMAT = Format(
    columns=Columns(
        name="binance_agg_trades",
        kind="trades",
        header=(
            "agg_trade_id",
            "price",
            "quantity",
            "first_trade_id",
            "last_trade_id",
            "transact_time",
            "is_buyer_maker",
        ),
        time="transact_time",
        time_unit="ms",
        price="price",
        size="quantity",
        side="is_buyer_maker",
        buy="false",
        sell="true",
    ),
    shape=(INTEGER, DECIMAL, DECIMAL, INTEGER, INTEGER, INTEGER, FLAG),
    id="agg_trade_id",
)
