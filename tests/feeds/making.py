"""Contracts and tick files for the tests of the feeds, made on the spot."""

import gzip
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from engine.config.settings import Columns
from engine.config.settings import Feed as FeedSettings
from engine.core.command import Tick
from engine.core.instrument import Band, Bracket, Contract, Depth, Funding
from engine.core.money import Lots, Micros, Price
from feeds.replay import FileArg, open_feed
from feeds.report import FileReport

NOON_MS = 1_721_304_000_000
"""2024-07-18, 12:00 UTC."""
NOON_US = NOON_MS * 1_000
TRADES_HEADER = "id,price,qty,quote_qty,time,is_buyer_maker"
AGG_HEADER = "agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker"
QUOTES_HEADER = (
    "update_id,best_bid_price,best_bid_qty,best_ask_price,best_ask_qty,transaction_time,event_time"
)


def contract(
    symbol: str,
    price_unit: str,
    lot: str,
    unit_value: int,
    tick: int = 1,
    funding: Literal["none", "file", "premium"] = "none",
) -> Contract:
    """A contract with the usual bounds; `unit_value` must fit the price unit and the lot."""
    return Contract(
        symbol=symbol,
        price_unit=price_unit,
        lot=lot,
        tick=tick,
        unit_value=Micros(unit_value),
        price_max=Price(10_000_000),
        quantity_max=Lots(100_000),
        brackets=(
            Bracket(Micros(0), 4_000, Micros(0), 100),
            Bracket(Micros(1_000_000_000_000), 10_000, Micros(6_000_000_000), 20),
        ),
        funding=Funding(source=funding),
        depth=Depth(100, (Band(0, Micros(10**12)), Band(50_000, Micros(10**13))), 10, 10_000_000),
    )


BTC = contract("BTCUSDT", "0.1", "0.001", 100)
ETH = contract("ETHUSDT", "0.01", "0.001", 10)
CONTRACTS = {"BTCUSDT": BTC, "ETHUSDT": ETH}
FUNDED = {"BTCUSDT": contract("BTCUSDT", "0.1", "0.001", 100, funding="file"), "ETHUSDT": ETH}
"""The same, with the funding of BTCUSDT from a file."""


def trade_row(
    number: int, price: str = "65000.0", size: str = "0.010", ms: int = 0, maker: str = "false"
) -> str:
    """One row of Vision trades, `ms` after noon."""
    return f"{number},{price},{size},650.0,{NOON_MS + ms},{maker}"


def trade_rows(count: int) -> list[str]:
    """Good rows, a hundredth of a second apart."""
    return [trade_row(number, ms=10 * number) for number in range(count)]


def write(path: Path, lines: Sequence[str]) -> Path:
    """Write lines plain, as gzip or as a zip with one member, by the path's ending."""
    data = "".join(f"{line}\n" for line in lines).encode()
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(data))
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(path.with_suffix(".csv").name, data)
    else:
        path.write_bytes(data)
    return path


def read(
    path: Path | str,
    *maps: Columns,
    named: str | None = None,
    hold_back_us: int = 1_000_000,
    contracts: Mapping[str, Contract] = CONTRACTS,
    marks: bool = False,
) -> tuple[list[Tick], FileReport]:
    """Read one file to its end, with the lab of this module."""
    settings = FeedSettings(columns=maps, hold_back_us=hold_back_us, marks=marks)
    feed = open_feed([FileArg.parse(str(path), named)], contracts, settings)
    ticks = list(feed.ticks())
    return ticks, feed.reports[0]
