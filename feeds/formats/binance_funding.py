"""Binance Vision `fundingRate` of USDT-margined futures: each settlement and its rate.

`data.binance.vision/?prefix=data/futures/um/monthly/fundingRate/`; `calc_time` in milliseconds, a
few after the full hour. Contracts take their funding from it where the lab says
`funding.source = "file"`.
"""

from engine.config.settings import Columns
from feeds.formats.format import Format

FORMAT = Format(
    columns=Columns(
        name="binance_funding",
        kind="funding",
        header=("calc_time", "funding_interval_hours", "last_funding_rate"),
        time="calc_time",
        time_unit="ms",
        rate="last_funding_rate",
    ),
    id="calc_time",
)
