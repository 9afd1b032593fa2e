"""Binance Vision `bookTicker` of USDT-margined futures: every change of the best bid and ask.

`data.binance.vision/?prefix=data/futures/um/daily/bookTicker/`; stamps in milliseconds. The time
of a row is its `transaction_time`, when the matching engine made the change; `event_time`, when
it was sent, is often a millisecond later. Published rows may interleave.
"""

from engine.config.settings import Columns
from feeds.formats.format import DECIMAL, INTEGER, Format

FORMAT = Format(
    columns=Columns(
        name="binance_book_ticker",
        kind="quotes",
        header=(
            "update_id",
            "best_bid_price",
            "best_bid_qty",
            "best_ask_price",
            "best_ask_qty",
            "transaction_time",
            "event_time",
        ),
        time="transaction_time",
        time_unit="ms",
        bid="best_bid_price",
        bid_size="best_bid_qty",
        ask="best_ask_price",
        ask_size="best_ask_qty",
    ),
    shape=(INTEGER, DECIMAL, DECIMAL, DECIMAL, DECIMAL, INTEGER, INTEGER),
    id="update_id",
)
