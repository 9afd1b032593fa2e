"""The demo's own market: three files of trades as Binance Vision would publish them.

A seeded generator in whole numbers, so the files are the same bytes on every Python. A quarter
of an hour in which leveraged accounts of every kind get into trouble: bitcoin and solana crash
while ether holds, they recover, and then ether is squeezed upwards. The day is one to come, so
that nobody takes the files for a record.
"""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from random import Random

import msgspec

from engine.core.money import PPM, div_to_zero
from feeds.dice import below, happens
from feeds.errors import FeedError
from feeds.formats import binance_trades

DAY = "2030-01-01"
_START_MS = 1_893_456_000_000
"""`DAY`, 00:00 UTC."""


class Leg(msgspec.Struct, frozen=True):
    """A stretch of the day: how long, how busy, and where each price goes.

    `trades` is the mean number per second and market; `to_ppm` are the prices at its end, in
    parts per million of the market's first price, in the order of the markets.
    """

    seconds: int
    trades: int
    to_ppm: tuple[int, ...]


class Market(msgspec.Struct, frozen=True):
    """A contract of the demo: `start` in ticks of 10^-`price_places`, lots of 10^-`size_places`.

    A trade has up to 2^`size_bits` lots, small ones more often; `noise` is the largest step, in
    ticks, by which a trade's price leaves the leg's line.
    """

    symbol: str
    start: int
    price_places: int
    size_places: int
    size_bits: int
    noise: int


class Demo(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the files are made from."""

    seed: int = 1
    markets: tuple[Market, ...] = (
        Market("BTCUSDT", 650_000, 1, 3, 11, 20),
        Market("ETHUSDT", 340_000, 2, 3, 15, 12),
        Market("SOLUSDT", 18_500, 2, 2, 14, 2),
    )
    legs: tuple[Leg, ...] = (
        Leg(90, 10, (1_000_000, 1_000_000, 1_000_000)),
        Leg(150, 12, (970_000, 985_000, 950_000)),
        Leg(90, 60, (875_000, 965_000, 780_000)),
        Leg(150, 20, (925_000, 1_010_000, 860_000)),
        Leg(90, 45, (935_000, 1_140_000, 880_000)),
        Leg(150, 10, (930_000, 1_115_000, 870_000)),
    )


def write_ticks(folder: Path, demo: Demo | None = None) -> list[Path]:
    """Write the demo's tick files into a folder that is there; returns their paths.

    Raises `FeedError` if the folder cannot be written to.
    """
    demo = demo or Demo()
    paths = []
    for number, market in enumerate(demo.markets):
        path = folder / f"{market.symbol}-trades-{DAY}.csv"
        dice = Random(demo.seed * len(demo.markets) + number)
        try:
            with path.open("w", encoding="ascii", newline="\n") as file:
                file.writelines(_lines(dice, market, number, demo.legs))
        except OSError as error:
            raise FeedError(f"{path}: cannot be written: {error.strerror}") from error
        paths.append(path)
    return paths


def _lines(dice: Random, market: Market, number: int, legs: tuple[Leg, ...]) -> Iterator[str]:
    yield ",".join(binance_trades.FORMAT.columns.header or ()) + "\n"
    trades = _prices(dice, market, number, legs)
    for count, ((_, before), (at_ms, price)) in enumerate(pairwise(trades)):
        # The aggressor's side is the way the price went; where it stayed, nobody can tell.
        sold = price < before or (price == before and happens(dice, PPM // 2))
        lots = 1 + below(dice, 1 << below(dice, market.size_bits))
        places = market.price_places + market.size_places
        cells = (
            str(1_000_000_000 * (number + 1) + count),
            _decimal(price, market.price_places),
            _decimal(lots, market.size_places),
            _decimal(price * lots, places),
            str(at_ms),
            "true" if sold else "false",
        )
        yield ",".join(cells) + "\n"


def _prices(
    dice: Random, market: Market, number: int, legs: tuple[Leg, ...]
) -> Iterator[tuple[int, int]]:
    """Time in milliseconds and price in ticks of each trade; the first is the price before."""
    begin_ms, begin = _START_MS, market.start
    noise = 0
    yield begin_ms, begin
    for leg in legs:
        length_ms = leg.seconds * 1_000
        end = market.start * leg.to_ppm[number] // PPM
        for second in range(0, length_ms, 1_000):
            count = below(dice, 2 * leg.trades + 1)
            for ms in sorted(second + below(dice, 1_000) for _ in range(count)):
                noise -= div_to_zero(noise, 16)  # what is far from the line is drawn back to it
                noise += below(dice, 2 * market.noise + 1) - market.noise
                line = begin + div_to_zero((end - begin) * ms, length_ms)
                yield begin_ms + ms, line + noise
        begin_ms, begin = begin_ms + length_ms, end


def _decimal(number: int, places: int) -> str:
    whole, part = divmod(number, 10**places)
    return f"{whole}.{part:0{places}}"
