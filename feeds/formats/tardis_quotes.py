"""Tardis `quotes`: every change of the best bid and ask; stamps as in `tardis_trades`.

Cells of a side that was empty are empty; such a row is left out.
"""

from engine.config.settings import Columns
from feeds.formats.format import Format

FORMAT = Format(
    columns=Columns(
        name="tardis_quotes",
        kind="quotes",
        header=(
            "exchange",
            "symbol",
            "timestamp",
            "local_timestamp",
            "ask_amount",
            "ask_price",
            "bid_price",
            "bid_amount",
        ),
        contract="symbol",
        time="timestamp",
        time_unit="us",
        bid="bid_price",
        bid_size="bid_amount",
        ask="ask_price",
        ask_size="ask_amount",
    ),
    blank=("ask_amount", "ask_price", "bid_price", "bid_amount"),
)
