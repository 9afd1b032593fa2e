"""From the tables of a lab's own market to a `StoryPath`."""

from typing import Literal

import msgspec

from engine.config import read
from engine.config.read import Number, Place
from engine.config.settings import PathLeg, PathMarket, PathShape, StoryPath
from engine.core.instrument import Contract, Venue
from engine.core.money import PPM

_MS_US = 1_000
_SIZE_BITS_MAX = 40
_SHARE_MAX = 1_000
_BETA_MAX = 10 * PPM
_TURNS = {
    "trend": (0, 10_000),
    "range": (1, 10_000),
    "swing": (0, 0),
    "jumps": (1, 10_000),
    "gap": (0, 0),
}
"""The fewest and the most turns of each shape."""
ShapeKind = Literal["trend", "range", "swing", "jumps", "gap"]


class MarketTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A contract whose trades are made; prices in quote, `size` in base currency."""

    start: Number
    noise: Number = 0
    size: Number
    size_bits: int
    beta: Number = 1
    own: Number = 0


class LegTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A stretch of time; `to` are the prices at its end as shares of each market's first one.

    With a `shape` the way is drawn instead: `by` is its size, or the bounds of its size, as a
    share of the price at its beginning.
    """

    lasts: str
    trades: int
    per: str = "1s"
    to: dict[str, Number] = {}
    shape: ShapeKind | None = None
    by: Number | tuple[Number, Number] | None = None
    turns: int | None = None
    either_way: bool = False


class PathTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A lab's own market; see `engine.config.settings.StoryPath`."""

    seed: int = 1
    markets: dict[str, MarketTable]
    legs: tuple[LegTable, ...]


def path(table: PathTable, venue: Venue, place: Place) -> StoryPath:
    """Check a lab's own market against its venue and convert it.

    Raises `ConfigError`, also where a price would leave the contract's range.
    """
    if not table.markets:
        raise place.at("markets").error("is empty; a path needs a market")
    if not table.legs:
        raise place.at("legs").error("is empty; a path needs a leg")
    contracts = {contract.symbol: contract for contract in venue.contracts}
    markets = tuple(
        _market(symbol, market, contracts, place.at("markets").at(symbol))
        for symbol, market in table.markets.items()
    )
    return StoryPath(
        seed=read.at_least(table.seed, 0, place.at("seed")),
        markets=markets,
        legs=_legs(table.legs, _shares_max(markets, contracts), place.at("legs")),
    )


def _market(
    symbol: str, table: MarketTable, contracts: dict[str, Contract], here: Place
) -> PathMarket:
    contract = contracts.get(symbol)
    if contract is None:
        known = ", ".join(contracts)
        raise here.error(f"there is no contract {symbol!r} in this lab; there are: {known}")
    tick = contract.tick * read.exact(contract.price_unit, here)
    start = read.whole(read.positive(table.start, here.at("start")), tick, here.at("start"), "tick")
    noise = read.whole(read.exact(table.noise, here.at("noise")), tick, here.at("noise"), "tick")
    read.at_least(noise, 0, here.at("noise"))
    if start * contract.tick > contract.price_max:
        most = read.decimal_text(contract.price_max * read.exact(contract.price_unit, here))
        raise here.at("start").error(f"found {table.start}, expected up to {most}")
    lot = read.exact(contract.lot, here)
    read.whole(read.positive(table.size, here.at("size")), lot, here.at("size"), "the lot")
    if not 0 < table.size_bits <= _SIZE_BITS_MAX:
        raise here.at("size_bits").error(
            f"found {table.size_bits}, expected from 1 to {_SIZE_BITS_MAX}"
        )
    return PathMarket(
        symbol=symbol,
        tick=read.decimal_text(tick),
        start=start,
        noise=noise,
        size=read.decimal_text(read.exact(table.size, here)),
        size_bits=table.size_bits,
        beta_ppm=read.ppm(table.beta, here.at("beta"), least=-_BETA_MAX, most=_BETA_MAX),
        own_ppm=read.ppm(table.own, here.at("own"), most=_BETA_MAX),
    )


def _shares_max(markets: tuple[PathMarket, ...], contracts: dict[str, Contract]) -> dict[str, int]:
    """How far each price may go, in parts per million of its start, its noise left out."""
    result: dict[str, int] = {}
    for market in markets:
        contract = contracts[market.symbol]
        result[market.symbol] = contract.price_max * PPM // (market.start * contract.tick)
    return result


def _legs(
    tables: tuple[LegTable, ...], shares_max: dict[str, int], place: Place
) -> tuple[PathLeg, ...]:
    shares = dict.fromkeys(shares_max, PPM)
    legs: list[PathLeg] = []
    for number, table in enumerate(tables, 1):
        here = place.at(number)
        for symbol, share in table.to.items():
            at = here.at("to").at(symbol)
            if symbol not in shares:
                raise at.error(f"this path has no such market; there are: {', '.join(shares)}")
            shares[symbol] = read.ppm(share, at, least=1, most=_SHARE_MAX * PPM)
            if shares[symbol] > shares_max[symbol]:
                raise at.error(f"found {share}, which is above the contract's largest price")
        shape = _shape(table, here)
        if shape is not None:
            shares = dict.fromkeys(shares, 0)
        legs.append(_leg(table, tuple(shares.values()), shape, here))
    return tuple(legs)


def _shape(table: LegTable, here: Place) -> PathShape | None:
    if table.shape is None:
        for key in ("by", "turns"):
            if getattr(table, key) is not None:
                raise here.at(key).error("belongs to a shape; add shape, or take this out")
        return None
    if table.to:
        raise here.at("to").error("a shape says itself where prices go; take one of them out")
    if table.by is None:
        raise here.at("by").error("a shape needs its size; add this key")
    bounds = table.by if isinstance(table.by, tuple) else (table.by, table.by)
    low, high = (read.ppm(bound, here.at("by"), least=1 - PPM, most=PPM) for bound in bounds)
    if low > high or low == 0 or high == 0 or (low < 0) != (high < 0):
        raise here.at("by").error("expected two sizes of one sign, the lower one first, none of 0")
    turns = read.at_least(table.turns or 0, _TURNS[table.shape][0], here.at("turns"))
    if turns > _TURNS[table.shape][1]:
        raise here.at("turns").error(f"found {turns}, expected up to {_TURNS[table.shape][1]}")
    if table.shape == "gap" and table.trades:
        raise here.at("trades").error("before a gap nothing is traded; expected 0")
    return PathShape(table.shape, low, high, turns, table.either_way)


def _leg(table: LegTable, to_ppm: tuple[int, ...], shape: PathShape | None, here: Place) -> PathLeg:
    lasts_us = read.duration_us(table.lasts, here.at("lasts"))
    per_us = read.duration_us(table.per, here.at("per"), least=_MS_US)
    if per_us % _MS_US:
        raise here.at("per").error(f"found {table.per!r}, expected whole milliseconds")
    if lasts_us % per_us:
        raise here.at("lasts").error(
            f"found {table.lasts!r}, expected a whole multiple of per, {table.per!r}"
        )
    periods = lasts_us // per_us
    if shape is not None and periods < shape.turns + 2:
        raise here.at("lasts").error(
            f"is {periods} times per; a shape of {shape.turns} turns needs {shape.turns + 2}"
        )
    return PathLeg(
        lasts_ms=lasts_us // _MS_US,
        per_ms=per_us // _MS_US,
        trades=read.at_least(table.trades, 0, here.at("trades")),
        to_ppm=to_ppm,
        shape=shape,
    )
