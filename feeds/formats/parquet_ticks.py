"""Trades and quotes in Parquet, by the names that their columns usually have.

There is no one layout of such files. A file whose columns have the names of another format, or of
a lab's map, is read as that. Otherwise each column is known by one of the names below, in any
case. Stamps with a type are UTC; of whole numbers the size tells the unit (seconds, milli-,
micro- or nanoseconds since 1970); texts are ISO. A side is a column of `buy` and `sell`, or a
flag that the buyer was the maker; without either the price tells it.
"""

from collections.abc import Mapping, Sequence

from engine.config.settings import Columns, TimeUnit
from feeds.errors import FeedError
from feeds.formats.format import Format
from feeds.stamp import BadStamp, stamp_reader

NAMES: Mapping[str, tuple[str, ...]] = {
    "time": (
        *("timestamp", "time", "ts", "datetime", "date_time", "ts_event", "event_time"),
        *("transact_time", "transaction_time", "trade_time", "origin_time", "exchange_time"),
    ),
    "contract": ("symbol", "instrument", "instrument_id", "instrument_name", "contract"),
    "id": ("trade_id", "id", "agg_trade_id", "tradeid"),
    "price": ("price", "px", "trade_price"),
    "size": ("quantity", "qty", "size", "amount", "sz", "volume"),
    "side": ("side", "aggressor_side", "taker_side"),
    "maker": ("is_buyer_maker", "buyer_maker", "isbuyermaker", "m"),
    "bid": ("bid", "bid_price", "best_bid", "best_bid_price", "bid_px", "bidprice"),
    "bid_size": (
        *("bid_size", "bid_qty", "bid_quantity", "bid_amount", "bid_sz", "bidsize"),
        *("best_bid_qty", "best_bid_size", "best_bid_quantity"),
    ),
    "ask": ("ask", "ask_price", "best_ask", "best_ask_price", "ask_px", "askprice"),
    "ask_size": (
        *("ask_size", "ask_qty", "ask_quantity", "ask_amount", "ask_sz", "asksize"),
        *("best_ask_qty", "best_ask_size", "best_ask_quantity"),
    ),
}
_NEEDED = {
    "parquet_trades": ("time", "price", "size"),
    "parquet_quotes": ("time", "bid", "bid_size", "ask", "ask_size"),
}
_UNITS: tuple[TimeUnit, ...] = ("s", "ms", "us", "ns", "iso")


def formats_of(
    path: str, names: Sequence[str], rows: Sequence[Sequence[str]], named: str | None
) -> list[Format]:
    """The formats that a Parquet file with these columns can be in.

    Raises `FeedError` if `named` is one of them and a column is missing.
    """
    found = {role: _column(names, role) for role in NAMES}
    formats = []
    for name, needed in _NEEDED.items():
        missing = [role for role in needed if found[role] is None]
        if not missing:
            formats.append(_format(name, names, found, _unit(names, found["time"], rows)))
        elif name == named:
            expected = "; ".join(f"{role}: {', '.join(NAMES[role])}" for role in missing)
            raise FeedError(
                f"{path}: has the columns {', '.join(names)}; expected a column for each of "
                f"{expected}; rename them, or describe them in the lab"
            )
    return formats


def _column(names: Sequence[str], role: str) -> str | None:
    by_case = {name.lower(): name for name in names}
    return next((by_case[name] for name in NAMES[role] if name in by_case), None)


def _format(
    name: str, names: Sequence[str], found: Mapping[str, str | None], unit: TimeUnit
) -> Format:
    time = found["time"]
    assert time is not None, "a format is made only of columns that were found"
    header, contract = tuple(names), found["contract"]
    if name == "parquet_quotes":
        columns = Columns(
            name=name,
            kind="quotes",
            header=header,
            contract=contract,
            time=time,
            time_unit=unit,
            bid=found["bid"],
            bid_size=found["bid_size"],
            ask=found["ask"],
            ask_size=found["ask_size"],
        )
        return Format(columns=columns)
    side, maker = found["side"], found["maker"]
    columns = Columns(
        name=name,
        kind="trades",
        header=header,
        contract=contract,
        time=time,
        time_unit=unit,
        price=found["price"],
        size=found["size"],
        side=side or maker,
        buy="buy" if side else "false",
        sell="sell" if side else "true",
    )
    return Format(columns=columns, id=found["id"])


def _unit(names: Sequence[str], time: str | None, rows: Sequence[Sequence[str]]) -> TimeUnit:
    """The unit in which the first stamp that is one can be read: they exclude each other."""
    place = names.index(time) if time is not None else 0
    for row in rows:
        for unit in _UNITS:
            try:
                stamp_reader(unit)(row[place])
            except BadStamp:
                continue
            return unit
    return "us"
