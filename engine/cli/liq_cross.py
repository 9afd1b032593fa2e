"""Where the positions of a cross account are liquidated, each with the others at their marks."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import msgspec

from engine.cli.liq_answer import (
    MICRO,
    bankruptcy_of,
    of_exposure,
    plain,
    steps,
    told_bankruptcy,
)
from engine.cli.liq_hedged import Hedged, Held, hedged_lines, hedged_of, with_marks
from engine.cli.liq_venue import Market, position_of
from engine.cli.numbers import decimals, rounded
from engine.config.error import ConfigError
from engine.config.read import Place
from engine.core.margin.band import Exposure
from engine.core.margin.bankruptcy import share_of
from engine.core.margin.brackets import bracket_of
from engine.core.margin.risk import Risk, maintenance, unrealized
from engine.core.money import PPM


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
    """A cross account: `ratio` is maintenance / equity in per cent, None where it is bankrupt.

    Two legs of a contract stand in `hedged`, all other positions in `positions`.
    """

    equity: str
    maintenance: str
    ratio: str | None
    is_liquidated: bool
    positions: tuple[Line, ...]
    hedged: tuple[Hedged, ...] = ()


def cross_of(path: Path, markets: Mapping[str, Market], *, explain: bool = False) -> Pool:
    """Read an account and work out where it is liquidated.

    Raises `ConfigError` with the key that is wrong, and `OSError`.
    """
    account, place = _read(path), Place(str(path))
    exposures = [
        _exposure(held, markets, place.at("positions").at(number))
        for number, held in enumerate(with_marks(account.positions, markets, place), 1)
    ]
    rules = next(iter(markets.values())).rules
    risk = Risk(
        int(Fraction(account.wallet) * PPM)
        + sum(unrealized(one.contract, one.position, one.mark) for one in exposures),
        sum(maintenance(one.contract, one.position, one.mark, 0) for one in exposures),
        has_position=bool(exposures),
    )
    ratio = Fraction(100 * risk.maintenance, risk.equity) if risk.equity > 0 else None
    by_symbol: dict[str, list[Exposure]] = {}
    for one in exposures:
        by_symbol.setdefault(one.contract.symbol, []).append(one)
    return Pool(
        equity=plain(risk.equity * MICRO),
        maintenance=plain(risk.maintenance * MICRO),
        ratio=None if ratio is None else rounded(ratio, 2),
        is_liquidated=risk.is_breach(rules.strict_trigger),
        positions=tuple(
            _line(legs[0], risk, alone=len(exposures) == 1, strict=rules.strict_trigger,
                  explain=explain)
            for legs in by_symbol.values() if len(legs) == 1
        ),
        hedged=tuple(
            hedged_of((legs[0], legs[1]), risk, rules, place.at("positions"), explain=explain)
            for legs in by_symbol.values() if len(legs) > 1
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
    bankruptcy = bankruptcy_of(one, share)
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
        steps=(*steps(asked), told_bankruptcy(share, bankruptcy)) if explain else (),
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
    for pair in pool.hedged:
        yield ""
        yield from hedged_lines(pair)
