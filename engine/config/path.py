"""From the tables of a lab's own market to a `StoryPath`."""

import msgspec

from engine.config import read
from engine.config.read import Number, Place
from engine.config.settings import PathLeg, PathMarket, StoryPath
from engine.core.instrument import Contract, Venue
from engine.core.money import PPM

_MS_US = 1_000
_SIZE_BITS_MAX = 40
_SHARE_MAX = 1_000


class MarketTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A contract whose trades are made; prices in quote, `size` in base currency."""

    start: Number
    noise: Number = 0
    size: Number
    size_bits: int


class LegTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A stretch of time; `to` are the prices at its end as shares of each market's first one."""

    lasts: str
    trades: int
    per: str = "1s"
    to: dict[str, Number] = {}


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
        legs.append(_leg(table, tuple(shares.values()), here))
    return tuple(legs)


def _leg(table: LegTable, to_ppm: tuple[int, ...], here: Place) -> PathLeg:
    lasts_us = read.duration_us(table.lasts, here.at("lasts"))
    per_us = read.duration_us(table.per, here.at("per"), least=_MS_US)
    if per_us % _MS_US:
        raise here.at("per").error(f"found {table.per!r}, expected whole milliseconds")
    if lasts_us % per_us:
        raise here.at("lasts").error(
            f"found {table.lasts!r}, expected a whole multiple of per, {table.per!r}"
        )
    return PathLeg(
        lasts_ms=lasts_us // _MS_US,
        per_ms=per_us // _MS_US,
        trades=read.at_least(table.trades, 0, here.at("trades")),
        to_ppm=to_ppm,
    )
