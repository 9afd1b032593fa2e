"""From the tables of the feed and the crowd to their settings."""

from typing import Literal

import msgspec

from engine.config import read
from engine.config.leverages import MEASURED, LeverageRow, leverages
from engine.config.margin_call import MarginCallTable, at_margin_call
from engine.config.read import Number, Place, Table
from engine.config.settings import Columns, Crowd, Feed, SizeUnit, TimeUnit
from engine.config.shocks import shock
from engine.core.money import PPM

_COLUMNS_OF = {
    "trades": ("price", "size"),
    "quotes": ("bid", "bid_size", "ask", "ask_size"),
    "index": ("price",),
    "mark": ("price",),
    "funding": ("rate",),
}


class ColumnsTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The columns of a CSV; see `engine.config.settings.Columns`."""

    kind: Literal["trades", "quotes", "index", "mark", "funding"] = "trades"
    header: tuple[str, ...] | None = None
    delimiter: str = ","
    symbol: str | None = None
    contract: str | None = None
    time: str
    time_unit: TimeUnit
    price: str | None = None
    size: str | None = None
    size_unit: SizeUnit = "base"
    contract_size: Number | None = None
    side: str | None = None
    buy: str = "buy"
    sell: str = "sell"
    bid: str | None = None
    bid_size: str | None = None
    ask: str | None = None
    ask_size: str | None = None
    rate: str | None = None
    source: str = ""


class FeedTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How tick files are read."""

    columns: dict[str, Table] = {}
    pace: str = "max"
    hold_back: str = "1s"
    dropped_max: Number = "0.01"
    shocks: tuple[Table, ...] = ()


class CrowdTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The crowd; see `engine.config.settings.Crowd`."""

    accounts: int
    matched: Number = "0.5"
    long: Number = "0.5"
    isolated: Number = "0.5"
    equity_median: Number
    equity_max: Number
    equity_sigma: Number = "1.5"
    equity_tail: Number = "0.02"
    equity_tail_index: Number = 1
    leverages: str | tuple[LeverageRow, ...] = MEASURED
    enter: str
    prefix: str = "crowd"
    at_margin_call: MarginCallTable | None = None


def pace(text: str, place: Place) -> int | None:
    """The speed that `max`, `realtime` or `10x` asks for, in parts per million of real time.

    >>> pace("2.5x", Place("lab.toml"))
    2500000
    """
    if text == "max":
        return None
    if text == "realtime":
        return PPM
    if not text.endswith("x") or not text[:-1].replace(".", "", 1).isdigit():
        raise place.error(f'found {text!r}, expected "max", "realtime" or a factor such as "10x"')
    return read.ppm(text[:-1], place, least=1, most=1_000_000 * PPM)


def feed(table: FeedTable, place: Place, *, marks: bool = False) -> Feed:
    """Check how tick files are read and convert it."""
    columns = place.at("columns")
    return Feed(
        columns=tuple(_columns(name, row, columns.at(name)) for name, row in table.columns.items()),
        speed_ppm=pace(table.pace, place.at("pace")),
        hold_back_us=read.duration_us(table.hold_back, place.at("hold_back")),
        dropped_max_ppm=read.ppm(table.dropped_max, place.at("dropped_max")),
        shocks=tuple(
            shock(row, place.at("shocks").at(number)) for number, row in enumerate(table.shocks, 1)
        ),
        marks=marks,
    )


def _columns(name: str, raw: Table, place: Place) -> Columns:
    table = read.shaped(ColumnsTable, raw, place)
    if len(table.delimiter) != 1:
        raise place.at("delimiter").error("expected one character")
    for needed in _COLUMNS_OF[table.kind]:
        if getattr(table, needed) is None:
            raise place.at(needed).error(f"a file of {table.kind} needs this column")
    if table.header is not None:
        for key in ("contract", "time", *_COLUMNS_OF[table.kind], "side"):
            column = getattr(table, key)
            if column is not None and column not in table.header and (key, column) != _SIGN:
                raise place.at(key).error(f"the header has no column {column!r}")
    return msgspec.convert(
        {
            "name": name,
            **msgspec.to_builtins(table),
            "contract_size": _contract_size(table, place.at("contract_size")),
        },
        Columns,
    )


def _contract_size(table: ColumnsTable, place: Place) -> str | None:
    if table.contract_size is None:
        return None
    if table.size_unit != "contract":
        raise place.error('says how large a contract is; expected size_unit = "contract" with it')
    return read.decimal_text(read.positive(table.contract_size, place))


_SIGN = ("side", "sign")


def crowd(table: CrowdTable, place: Place) -> Crowd:
    """Check the crowd and convert it."""
    return Crowd(
        accounts=read.at_least(table.accounts, 0, place.at("accounts")),
        matched_ppm=read.ppm(table.matched, place.at("matched")),
        long_ppm=read.ppm(table.long, place.at("long")),
        isolated_ppm=read.ppm(table.isolated, place.at("isolated")),
        equity_median=read.micros(table.equity_median, place.at("equity_median"), least=1),
        equity_max=read.micros(table.equity_max, place.at("equity_max"), least=1),
        equity_sigma_ppm=read.ppm(table.equity_sigma, place.at("equity_sigma"), most=5 * PPM),
        equity_tail_ppm=read.ppm(table.equity_tail, place.at("equity_tail"), most=PPM // 2),
        equity_tail_index_ppm=read.ppm(
            table.equity_tail_index,
            place.at("equity_tail_index"),
            least=PPM // 10,
            most=100 * PPM,
        ),
        leverages=leverages(table.leverages, place.at("leverages")),
        enter_us=read.duration_us(table.enter, place.at("enter")),
        prefix=table.prefix,
        at_margin_call=at_margin_call(table.at_margin_call, place.at("at_margin_call")),
    )
