"""Where the positions of a cross account are liquidated, each with the others at their marks."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Literal

import msgspec

from engine.cli.liq_answer import MICRO, Question, of_exposure, plain, steps
from engine.cli.liq_venue import Market, position_of
from engine.cli.numbers import decimals, rounded
from engine.config.error import ConfigError
from engine.config.read import Place
from engine.core.margin.band import Exposure
from engine.core.margin.bankruptcy import Settlement, share_of
from engine.core.margin.brackets import bracket_of
from engine.core.margin.risk import Risk, maintenance, unrealized
from engine.core.money import PPM


class Held(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A position as its file says; `size` in base currency, `mark` the entry if it is not said."""

    symbol: str
    side: Literal["long", "short"]
    size: Decimal
    entry: Decimal
    mark: Decimal | None = None
    leverage: int | None = None


class Account(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A cross account; `wallet` in quote currency, unrealised results left out."""

    wallet: Decimal
    positions: tuple[Held, ...]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """How a position stands. `exact` is unrounded, `first_mark` where the venue liquidates.

    `bankruptcy` is the price at which its share of the equity is gone. None: at no price above 0.
    """

    symbol: str
    side: str
    size: str
    mark: str
    unrealized: str
    maintenance: str
    bracket: int
    exact: str | None
    first_mark: str | None
    bankruptcy: str | None
    steps: tuple[str, ...] = ()


class Pool(msgspec.Struct, frozen=True):
    """A cross account: `ratio` is maintenance / equity in per cent, None where it is bankrupt."""

    equity: str
    maintenance: str
    ratio: str | None
    is_liquidated: bool
    positions: tuple[Line, ...]


def cross_of(path: Path, markets: Mapping[str, Market], *, explain: bool = False) -> Pool:
    """Read an account and work out where it is liquidated.

    Raises `ConfigError` with the key that is wrong, and `OSError`.
    """
    account, place = _read(path), Place(str(path))
    exposures = [
        _exposure(held, markets, place.at("positions").at(number))
        for number, held in enumerate(account.positions, 1)
    ]
    if len({one.contract.symbol for one in exposures}) < len(exposures):
        raise place.at("positions").error("a symbol stands there twice; expected one position each")
    rules = next(iter(markets.values())).rules
    risk = Risk(
        int(Fraction(account.wallet) * PPM)
        + sum(unrealized(one.contract, one.position, one.mark) for one in exposures),
        sum(maintenance(one.contract, one.position, one.mark, 0) for one in exposures),
        has_position=bool(exposures),
    )
    ratio = Fraction(100 * risk.maintenance, risk.equity) if risk.equity > 0 else None
    return Pool(
        equity=plain(risk.equity * MICRO),
        maintenance=plain(risk.maintenance * MICRO),
        ratio=None if ratio is None else rounded(ratio, 2),
        is_liquidated=risk.is_breach(rules.strict_trigger),
        positions=tuple(
            _line(one, risk, alone=len(exposures) == 1, strict=rules.strict_trigger,
                  explain=explain)
            for one in exposures
        ),
    )  # fmt: skip


def _read(path: Path) -> Account:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Account)
    except msgspec.ValidationError as error:
        problem, _, key = str(error).partition(" - at `$.")
        raise ConfigError(str(path), key.rstrip("`"), problem) from error
    except msgspec.DecodeError as error:
        raise ConfigError(str(path), "", f"is not valid JSON: {error}") from error


def _exposure(held: Held, markets: Mapping[str, Market], place: Place) -> Exposure:
    market = markets.get(held.symbol)
    if market is None:
        known = ", ".join(markets) or "none"
        raise place.at("symbol").error(f"the venue has no {held.symbol!r}; there are: {known}")
    contract = market.contract
    for name in ("size", "entry", "mark"):
        value = getattr(held, name)
        if value is not None and not 0 < value < PPM * PPM:
            raise place.at(name).error(f"found {value}, expected a number above 0")
    lots = Fraction(held.size) / Fraction(contract.lot)
    if lots.denominator != 1:
        raise place.at("size").error(f"found {held.size}, expected a multiple of {contract.lot}")
    mark = Fraction(held.mark or held.entry) / Fraction(contract.price_unit)
    if mark.denominator != 1:
        raise place.at("mark").error(f"expected a multiple of {contract.price_unit}")
    leverage = held.leverage or market.rules.default_leverage
    position, _ = position_of(contract, held.side, int(lots), Fraction(held.entry), leverage)
    position.mode = "cross"
    return Exposure(contract, position, int(mark))


def _line(one: Exposure, risk: Risk, *, alone: bool, strict: bool, explain: bool) -> Line:
    contract, position, lots = one.contract, one.position, abs(one.position.quantity)
    unit = Fraction(contract.price_unit)
    places = decimals(unit)
    asked = of_exposure(one, risk, 0, strict=strict)
    kept = maintenance(contract, position, one.mark, 0)
    share = share_of(risk.equity, kept, kept if alone else risk.maintenance)
    bankruptcy = _bankruptcy(one, share)
    return Line(
        symbol=contract.symbol,
        side=asked.holding.side,
        size=plain(lots * Fraction(contract.lot)),
        mark=rounded(one.mark * unit, places),
        unrealized=plain(unrealized(contract, position, one.mark) * MICRO),
        maintenance=plain(kept * MICRO),
        bracket=bracket_of(contract, lots, one.mark) + 1,
        exact=None if asked.exact is None else rounded(asked.exact, 4),
        first_mark=None if asked.first is None else rounded(asked.first, places),
        bankruptcy=None if bankruptcy is None else rounded(bankruptcy, 4),
        steps=tuple(_told(asked, share, bankruptcy)) if explain else (),
    )


def _bankruptcy(one: Exposure, share: int) -> Fraction | None:
    """The price, not rounded, at which a position has given up its share of the equity."""
    lots, sign = abs(one.position.quantity), one.position.sign
    sold = Settlement(sign, lots, one.mark * one.contract.unit_value, share)
    if sold.bankruptcy_value <= 0:
        return None
    return sold.bankruptcy_value * MICRO / (lots * Fraction(one.contract.lot))


def _told(asked: Question, share: int, bankruptcy: Fraction | None) -> Iterator[str]:
    yield from steps(asked)
    price = "none above 0" if bankruptcy is None else rounded(bankruptcy, 4)
    yield (
        f"a liquidation order for it is limited where its share of the equity by maintenance, "
        f"{plain(share * MICRO)}, is gone: {price}"
    )


def pool_lines(pool: Pool) -> Iterator[str]:
    """Tell how the account stands, and where each position ends it."""
    ratio = "bankrupt" if pool.ratio is None else f"{pool.ratio} %"
    yield f"equity {pool.equity}, maintenance {pool.maintenance}, margin ratio {ratio}"
    if pool.is_liquidated:
        yield "the account is liquidated at these marks"
    for line in pool.positions:
        yield ""
        yield f"{line.symbol} {line.side} {line.size} at mark {line.mark}"
        yield f"  unrealised {line.unrealized}, maintenance {line.maintenance}"
        yield f"  exact         {line.exact or 'never'}"
        yield f"  first mark    {line.first_mark or 'never'}"
        yield f"  bankruptcy    {line.bankruptcy or 'none above 0'}"
        for number, step in enumerate(line.steps, 1):
            yield f"  {number}. {step}"
