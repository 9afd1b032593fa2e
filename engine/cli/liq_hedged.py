"""Two legs of a contract in a cross account: one price, and a way to liquidation on both sides."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import msgspec

from engine.cli.liq_answer import MICRO, bankruptcy_of, plain, told_bankruptcy
from engine.cli.liq_venue import Market
from engine.cli.numbers import decimals, rounded
from engine.config.read import Place
from engine.core.instrument import Rules
from engine.core.margin.band import Exposure
from engine.core.margin.bankruptcy import share_of
from engine.core.margin.brackets import bracket_of
from engine.core.margin.hedged_exact import exact
from engine.core.margin.hedged_price import Pair, TooFlatError, first_above, first_below
from engine.core.margin.risk import Risk, maintenance, unrealized


class Held(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A position as its file says; `size` in base currency, `mark` the entry if it is not said."""

    symbol: str
    side: Literal["long", "short"]
    size: Decimal
    entry: Decimal
    mark: Decimal | None = None
    leverage: int | None = None


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """How a leg stands at the mark; `bankruptcy` as of any other position."""

    side: str
    size: str
    unrealized: str
    maintenance: str
    bracket: int
    bankruptcy: str | None


class Way(msgspec.Struct, frozen=True):
    """Where the account ends on one side of the mark: not rounded, and the first mark.

    None where it does not, above 0 or up to the contract's largest price. Where it already does at
    the mark, that is the first on both sides.
    """

    exact: str | None
    first_mark: str | None


class Hedged(msgspec.Struct, frozen=True, kw_only=True):
    """Both legs of a contract and their ways to liquidation, the long one first."""

    symbol: str
    mark: str
    legs: tuple[Leg, Leg]
    below: Way
    above: Way
    steps: tuple[str, ...] = ()


def with_marks(
    positions: Sequence[Held], markets: Mapping[str, Market], place: Place
) -> list[Held]:
    """Return the positions, both legs of a contract with their one mark.

    Raises `ConfigError` where two positions of a contract cannot be legs.
    """
    by_symbol: dict[str, list[Held]] = {}
    for held in positions:
        by_symbol.setdefault(held.symbol, []).append(held)
    marks = {
        symbol: _mark_of(legs, markets[symbol].rules, place.at("positions"))
        for symbol, legs in by_symbol.items()
        if len(legs) > 1 and symbol in markets
    }
    return [
        msgspec.structs.replace(held, mark=marks.get(held.symbol, held.mark)) for held in positions
    ]


def _mark_of(legs: list[Held], rules: Rules, place: Place) -> Decimal:
    symbol = legs[0].symbol
    if "hedge" not in rules.position_modes:
        raise place.error(
            f"{symbol} stands there twice, and {rules.name} has no hedge mode; expected one "
            f"position each"
        )
    if sorted(held.side for held in legs) != ["long", "short"]:
        raise place.error(
            f"{symbol} stands there {len(legs)} times; expected one position each, or one long and "
            f"one short"
        )
    marks = {held.mark for held in legs if held.mark is not None} or {held.entry for held in legs}
    if len(marks) == 1:
        return marks.pop()
    if any(held.mark is not None for held in legs):
        told = " and ".join(sorted(map(str, marks)))
        raise place.error(f"both legs of {symbol} have one mark; found {told}")
    raise place.error(f"the legs of {symbol} have two entries and no mark; give one of them a mark")


def hedged_of(
    legs: tuple[Exposure, Exposure], risk: Risk, rules: Rules, place: Place, *, explain: bool
) -> Hedged:
    """Work out where a cross account with these legs, which stands so, ends.

    Raises `ConfigError` where that would need too many marks to be asked.
    """
    one, other = sorted(legs, key=lambda leg: -leg.position.sign)
    contract, unit = one.contract, Fraction(one.contract.price_unit)
    pair = Pair(contract, (one.position, other.position), one.mark, risk, rules.strict_trigger)
    try:
        below, above = first_below(pair), first_above(pair)
    except TooFlatError as error:
        raise place.error(
            f"the equity of the account hardly differs from its maintenance, whatever the price of "
            f"{contract.symbol}: no first mark was found; change the wallet by 0.00001"
        ) from error
    top = max(pair.mark, contract.price_max)
    return Hedged(
        symbol=contract.symbol,
        mark=rounded(one.mark * unit, decimals(unit)),
        legs=(_leg(one, risk), _leg(other, risk)),
        below=_way(exact(pair, 0), below, unit),
        above=_way(exact(pair, top), above, unit),
        steps=tuple(_steps(pair, (one, other), (below, above), rules)) if explain else (),
    )


def _way(price: Fraction | None, first: int | None, unit: Fraction) -> Way:
    return Way(
        None if price is None else rounded(price * unit, 4),
        None if first is None else rounded(first * unit, decimals(unit)),
    )


def _leg(one: Exposure, risk: Risk) -> Leg:
    contract, position, lots = one.contract, one.position, abs(one.position.quantity)
    bankruptcy = bankruptcy_of(one, _share(one, risk))
    return Leg(
        side="long" if position.sign > 0 else "short",
        size=plain(lots * Fraction(contract.lot)),
        unrealized=plain(unrealized(contract, position, one.mark) * MICRO),
        maintenance=plain(maintenance(contract, position, one.mark, 0) * MICRO),
        bracket=bracket_of(contract, lots, one.mark) + 1,
        bankruptcy=None if bankruptcy is None else rounded(bankruptcy, 4),
    )


def _share(one: Exposure, risk: Risk) -> int:
    kept = maintenance(one.contract, one.position, one.mark, 0)
    return share_of(risk.equity, kept, risk.maintenance)


def _steps(
    pair: Pair,
    legs: tuple[Exposure, Exposure],
    firsts: tuple[int | None, int | None],
    rules: Rules,
) -> Iterator[str]:
    unit = Fraction(pair.contract.price_unit)
    net = sum(leg.quantity for leg in pair.legs) * Fraction(pair.contract.lot)
    yield (
        f"both legs share one price: equity moves with the net size {plain(net)}, maintenance with "
        f"both sizes; kept whatever the price: {plain(pair.fixed * MICRO)}"
    )
    for way, first in zip(("below", "above"), firsts, strict=True):
        if first is None:
            yield f"{way} the mark the trigger holds at no price that the contract may have"
            continue
        there = pair.risk_at(first)
        yield (
            f"{way}, first mark {rounded(first * unit, decimals(unit))}: maintenance "
            f"{plain(there.maintenance * MICRO)} {'>' if pair.strict else '>='} equity "
            f"{plain(there.equity * MICRO)}"
        )
    if rules.closing.pair_netting:
        yield "before anything else the size that both legs have is closed at the mark"
    for name, leg in zip(("long", "short"), legs, strict=True):
        share = _share(leg, pair.risk)
        yield f"{name}: {told_bankruptcy(share, bankruptcy_of(leg, share))}"


def hedged_lines(pair: Hedged) -> Iterator[str]:
    """Tell how both legs stand, and where they end the account."""
    sizes = " and ".join(f"{leg.side} {leg.size}" for leg in pair.legs)
    yield f"{pair.symbol} {sizes} at mark {pair.mark}"
    for leg in pair.legs:
        yield (
            f"  {leg.side:<13} unrealised {leg.unrealized}, maintenance {leg.maintenance}, "
            f"bankruptcy {leg.bankruptcy or 'none above 0'}"
        )
    for name, way in (("below", pair.below), ("above", pair.above)):
        yield f"  exact {name:<7} {way.exact or 'never'}"
        yield f"  first {name:<7} {way.first_mark or 'never'}"
    for number, step in enumerate(pair.steps, 1):
        yield f"  {number}. {step}"
