"""A lab's own market: files of trades as Binance Vision would publish them, from a path of legs.

A seeded generator in whole numbers, so the files are the same bytes on every Python. Prices
follow straight lines between the ends of the legs and stray around them; `synthetic` draws the
legs of a way that has a shape only. The days are ones to
come, so that nobody takes the files for a record.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from random import Random

from engine.config.settings import PathLeg, PathMarket, StoryPath
from engine.core.money import PPM, div_to_zero
from feeds.dice import below, happens
from feeds.errors import FeedError
from feeds.formats import binance_trades
from feeds.synthetic import expanded

DAY = "2030-01-01"
_START_MS = 1_893_456_000_000
"""`DAY`, 00:00 UTC."""


def write_ticks(folder: Path, path: StoryPath) -> list[Path]:
    """Write a path's tick files into a folder that is there, one a market; returns their paths.

    Raises `FeedError` if the folder cannot be written to or a price falls to zero.
    """
    path = expanded(path)
    written = []
    for number, market in enumerate(path.markets):
        target = folder / f"{market.symbol}-trades-{DAY}.csv"
        dice = Random(path.seed * len(path.markets) + number)
        try:
            with target.open("w", encoding="ascii", newline="\n") as file:
                file.writelines(_lines(dice, market, number, path.legs))
        except OSError as error:
            raise FeedError(f"{target}: cannot be written: {error.strerror}") from error
        written.append(target)
    return written


def _lines(
    dice: Random, market: PathMarket, number: int, legs: tuple[PathLeg, ...]
) -> Iterator[str]:
    yield ",".join(binance_trades.FORMAT.columns.header or ()) + "\n"
    tick, price_places = _step(market.tick)
    size, size_places = _step(market.size)
    trades = _prices(dice, market, number, legs)
    for count, ((_, before), (at_ms, price)) in enumerate(pairwise(trades)):
        if price <= 0:
            raise FeedError(f"the path of {market.symbol} falls to zero; let its legs end higher")
        # The aggressor's side is the way the price went; where it stayed, nobody can tell.
        sold = price < before or (price == before and happens(dice, PPM // 2))
        sizes = 1 + below(dice, 1 << below(dice, market.size_bits))
        cells = (
            str(1_000_000_000 * (number + 1) + count),
            _decimal(price * tick, price_places),
            _decimal(sizes * size, size_places),
            _decimal(price * tick * sizes * size, price_places + size_places),
            str(at_ms),
            "true" if sold else "false",
        )
        yield ",".join(cells) + "\n"


def _prices(
    dice: Random, market: PathMarket, number: int, legs: tuple[PathLeg, ...]
) -> Iterator[tuple[int, int]]:
    """Time in milliseconds and price in ticks of each trade; the first is the price before."""
    begin_ms, begin = _START_MS, market.start
    noise = 0
    yield begin_ms, begin
    for leg in legs:
        end = market.start * leg.to_ppm[number] // PPM
        for period in range(0, leg.lasts_ms, leg.per_ms):
            count = below(dice, 2 * leg.trades + 1)
            for ms in sorted(period + below(dice, leg.per_ms) for _ in range(count)):
                noise -= div_to_zero(noise, 16)  # what is far from the line is drawn back to it
                noise += below(dice, 2 * market.noise + 1) - market.noise
                line = begin + div_to_zero((end - begin) * ms, leg.lasts_ms)
                yield begin_ms + ms, line + noise
        begin_ms, begin = begin_ms + leg.lasts_ms, end


def _step(text: str) -> tuple[int, int]:
    """A decimal text as a whole number and its places."""
    places = len(text.partition(".")[2])
    return int(Fraction(text) * 10**places), places


def _decimal(number: int, places: int) -> str:
    whole, part = divmod(number, 10**places)
    return f"{whole}.{part:0{places}}" if places else str(whole)
