"""From the table of a contract to the core's `Contract`."""

from fractions import Fraction
from pathlib import Path
from typing import Literal

import msgspec

from engine.config import read
from engine.config.brackets import BracketTable, tables
from engine.config.find import find_at
from engine.config.read import Number, Place, Table
from engine.core.instrument import (
    Band,
    ClosingFee,
    Contract,
    Depth,
    Funding,
    IndexSource,
    IndexTerms,
    Regime,
)
from engine.core.money import AMOUNT_MAX, PPM, Lots, Micros, Price

SAMPLES_MAX = 1_000_000
"""Samples in an average, beyond which it would fill the memory."""
_MICRO = Fraction(1, 1_000_000)


class BandRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`notional` is shown within a distance of the best price; the distance is a share of it."""

    within: Number
    notional: Number


class RegimeRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the depth scales from a realised volatility on: moves per interval, as a share."""

    above: Number
    scale: Number


class BookTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The shape of a market's book."""

    half_spread: Number
    bands: tuple[BandRow, ...]
    levels_per_band: int
    half_life: str
    regimes: tuple[RegimeRow, ...] = ()
    volatility_interval: str = "1s"
    volatility_count: int = 60


class FundingTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where funding rates come from."""

    source: Literal["none", "file", "premium"] = "none"
    interval: str = "8h"
    interest: Number = "0.0001"
    clamp: Number = "0.0005"
    cap: Number = "0.0075"
    average: Literal["even", "late"] = "even"
    divisor: int = 1
    at_cap: Literal["stays", "shortest", "halves"] = "stays"
    interval_least: str = "1h"
    calm_count: int = 0
    accrues: bool = False
    borrow: Number = 0
    borrow_interval: str = "8h"


class IndexTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The sources of the index by name, each with its weight, and when one does not count."""

    sources: dict[str, int] = {}
    outlier: Number = "0.05"
    stale: str = "0s"


class ContractTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is written about a contract; prices in quote, sizes in base currency."""

    tick: Number
    mark_tick: Number | None = None
    lot: Number
    multiplier: Number = 1
    price_max: Number
    quantity_max: Number
    brackets: BracketTable
    depth: str
    depth_scale: Number = 1
    funding: FundingTable = FundingTable()
    group: str = ""
    impact: Number = 0
    notional_min: Number = 0
    index: IndexTable = IndexTable()
    order_max: Number | None = None
    """The largest order with a limit; without it only positions are limited."""
    market_order_max: Number | None = None


def contract(
    symbol: str, table: Table, place: Place, closing: ClosingFee | None = None
) -> Contract:
    """Check one contract and convert it to whole units.

    `closing` is the fee that the venue counts into what must be kept.

    Raises `ConfigError`; where an amount could leave the range of 2^53 it says what to change.
    """
    shape = read.shaped(ContractTable, table, place)
    if not symbol or any(letter in symbol for letter in ": \t\n"):
        raise place.error("a symbol must not be empty and holds no space and no colon")
    tick_size = read.positive(shape.tick, place.at("tick"))
    unit = tick_size
    if shape.mark_tick is not None:
        unit = read.positive(shape.mark_tick, place.at("mark_tick"))
    tick = read.whole(tick_size, unit, place.at("tick"), "the mark_tick")
    base = read.positive(shape.lot, place.at("lot"))
    multiplier = read.positive(shape.multiplier, place.at("multiplier"))
    price_max = read.positive(shape.price_max, place.at("price_max"))
    quantity_max = read.positive(shape.quantity_max, place.at("quantity_max"))
    margin = tables(shape.brackets, place.at("brackets"), lot=base, closing=closing)
    result = Contract(
        symbol=symbol,
        price_unit=read.decimal_text(unit),
        lot=read.decimal_text(base * multiplier),
        tick=tick,
        unit_value=_unit_value(unit * base * multiplier, place),
        price_max=Price(read.whole(price_max, unit, place.at("price_max"), "the mark_tick")),
        quantity_max=Lots(read.whole(quantity_max, base, place.at("quantity_max"), "the lot")),
        brackets=margin.maintenance,
        depth=_depth(shape, place),
        funding=_funding(shape.funding, place.at("funding")),
        group=shape.group,
        brackets_by=margin.by,
        initial=margin.initial,
        closing_fee=closing,
        impact=read.micros(shape.impact, place.at("impact")),
        notional_min=read.micros(shape.notional_min, place.at("notional_min")),
        index=_index(shape.index, place.at("index")),
        order_max=_largest(shape.order_max, base, place.at("order_max")),
        market_order_max=_largest(shape.market_order_max, base, place.at("market_order_max")),
    )
    _check_amounts(result, place)
    return result


def _largest(size: Number | None, lot: Fraction, place: Place) -> Lots | msgspec.UnsetType:
    if size is None:
        return msgspec.UNSET
    return Lots(read.whole(read.positive(size, place), lot, place, "the lot"))


def _unit_value(value: Fraction, place: Place) -> Micros:
    count = value / _MICRO
    if count.denominator != 1:
        raise place.error(
            f"one price unit x one lot is worth {read.decimal_text(value)} of the quote "
            f"currency, expected a whole number of {read.decimal_text(_MICRO)}; "
            f"make mark_tick (or tick), lot or multiplier larger"
        )
    return Micros(count.numerator)


def _check_amounts(contract: Contract, place: Place) -> None:
    largest = contract.price_max * contract.quantity_max * contract.unit_value
    if largest > AMOUNT_MAX:
        raise place.error(
            f"price_max x quantity_max is worth {read.decimal_text(largest * _MICRO)}, expected "
            f"at most {read.decimal_text(AMOUNT_MAX * _MICRO)}; make one of them smaller"
        )
    if contract.price_max < contract.tick:
        raise place.at("price_max").error("is below one tick")


def _depth(shape: ContractTable, place: Place) -> Depth:
    path = find_at("books", shape.depth, place.at("depth"), Path(place.file).parent)
    table = read.shaped(BookTable, read.load_toml(path), Place(str(path)))
    book = Place(str(path))
    rows = book.at("bands")
    if not table.bands:
        raise rows.error("is empty; a book needs a row with within 0")
    bands: list[Band] = []
    for number, row in enumerate(table.bands, 1):
        here = rows.at(number)
        band = Band(
            read.ppm(row.within, here.at("within"), most=PPM - 1),
            read.micros(row.notional, here.at("notional")),
        )
        _check_band(band, bands[-1] if bands else None, here)
        bands.append(band)
    return Depth(
        half_spread_ppm=read.ppm(table.half_spread, book.at("half_spread")),
        bands=tuple(bands),
        levels_per_band=read.at_least(table.levels_per_band, 1, book.at("levels_per_band")),
        half_life_us=read.duration_us(table.half_life, book.at("half_life"), least=1),
        scale_ppm=read.ppm(shape.depth_scale, place.at("depth_scale"), most=1_000 * PPM),
        regimes=_regimes(table, book.at("regimes")),
        volatility_interval_us=read.interval_us(
            table.volatility_interval, book.at("volatility_interval")
        ),
        volatility_count=read.within(
            table.volatility_count, 1, SAMPLES_MAX, book.at("volatility_count")
        ),
    )


def _regimes(table: BookTable, place: Place) -> tuple[Regime, ...]:
    """Read the depth regimes; each must begin at a higher volatility than the one before."""
    regimes: list[Regime] = []
    for number, row in enumerate(table.regimes, 1):
        here = place.at(number)
        above = read.ppm(row.above, here.at("above"), least=1)
        if regimes and above <= regimes[-1].above_ppm:
            raise here.at("above").error("must be above that of the row before")
        scale = read.ppm(row.scale, here.at("scale"), most=1_000 * PPM)
        regimes.append(Regime(above, scale))
    return tuple(regimes)


def _check_band(band: Band, before: Band | None, here: Place) -> None:
    if before is None:
        if band.distance_ppm != 0:
            raise here.at("within").error("the first row is the best price: expected 0")
        return
    if band.distance_ppm <= before.distance_ppm:
        raise here.at("within").error("must be above the distance of the row before")
    if band.notional < before.notional:
        raise here.at("notional").error("is cumulative: must not be below the row before")


def _index(table: IndexTable, place: Place) -> IndexTerms:
    sources = place.at("sources")
    return IndexTerms(
        sources=tuple(
            IndexSource(name, read.at_least(weight, 1, sources.at(name)))
            for name, weight in sorted(table.sources.items())
        ),
        outlier_ppm=read.ppm(table.outlier, place.at("outlier")),
        stale_us=read.duration_us(table.stale, place.at("stale")),
    )


def _funding(table: FundingTable, place: Place) -> Funding:
    interval_us = read.interval_us(table.interval, place.at("interval"))
    least_us = read.interval_us(table.interval_least, place.at("interval_least"))
    for name, found in (("at_cap", table.at_cap != "stays"), ("accrues", table.accrues)):
        if found and table.source != "premium":
            raise place.at(name).error(
                f"found it with source = {table.source!r}, expected it left out: only a rate that "
                "is computed from the premium has intervals of its own"
            )
    if table.at_cap != "stays" and least_us > interval_us:
        raise place.at("interval_least").error(
            f"found {table.interval_least}, expected at most the interval, {table.interval}"
        )
    return Funding(
        source=table.source,
        interval_us=interval_us,
        average=table.average,
        divisor=read.at_least(table.divisor, 1, place.at("divisor")),
        at_cap=table.at_cap,
        interval_least_us=least_us,
        calm_count=read.at_least(table.calm_count, 0, place.at("calm_count")),
        accrues=table.accrues,
        borrow_e8=_borrow_e8(table.borrow, place.at("borrow")),
        borrow_interval_us=read.interval_us(table.borrow_interval, place.at("borrow_interval")),
        interest_e8=read.rate_e8(table.interest, place.at("interest")),
        clamp_e8=_width_e8(table.clamp, place.at("clamp")),
        cap_e8=_width_e8(table.cap, place.at("cap")),
    )


def _borrow_e8(value: Number, place: Place) -> int:
    rate_e8 = read.rate_e8(value, place)
    if rate_e8 < 0:
        raise place.error(f"found {value}, expected 0 or more: nobody is paid for a loan")
    return rate_e8


def _width_e8(value: Number, place: Place) -> int:
    rate_e8 = read.rate_e8(value, place)
    if rate_e8 < 0:
        raise place.error(f"found {value}, expected 0 or more: it bounds rates of both signs")
    return rate_e8
