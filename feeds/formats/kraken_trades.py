"""Kraken's time and sales, `PAIR.csv`: seconds, price, volume, and no header.

Nothing says who the aggressor was, so the price does: a trade above the last one is a buy, one
below it a sell, one at the same price is what the last one was. Seconds are whole, so many rows
share one; they keep their order.
"""

from engine.config.settings import Columns
from feeds.formats.format import Format

_SECONDS = r"(?:[6-9][0-9]{8}|[1-9][0-9]{9})(?:\.[0-9]+)?"
_UNSIGNED = r"[0-9]+(?:\.[0-9]+)?"

FORMAT = Format(
    columns=Columns(
        name="kraken_trades",
        kind="trades",
        header=("time", "price", "volume"),
        time="time",
        time_unit="s",
        price="price",
        size="volume",
    ),
    shape=(_SECONDS, _UNSIGNED, _UNSIGNED),
)
