"""A venue's contracts, and a position opened there as the venue would open it."""

from fractions import Fraction

import click
import msgspec

from engine.config.venue import load_profile
from engine.core.account.position import Position
from engine.core.instrument import Contract, Rules
from engine.core.margin.brackets import leverage_max
from engine.core.margin.risk import opening_margin
from engine.core.money import PPM, div_half_even


class Market(msgspec.Struct, frozen=True):
    """A contract and the rules of its venue."""

    rules: Rules
    contract: Contract


def markets_of(venue: str) -> dict[str, Market]:
    """Read the contracts of a venue, by name or path."""
    rules, contracts = load_profile(venue)
    return {contract.symbol: Market(rules, contract) for contract in contracts}


def market_of(venue: str, symbol: str | None) -> Market:
    """Read one contract of a venue, the first where none is named. Raises a usage error."""
    markets = markets_of(venue)
    if not markets:
        raise click.UsageError(f"the venue {venue} has no contract")
    chosen = symbol or next(iter(markets))
    if chosen not in markets:
        known = ", ".join(markets)
        raise click.UsageError(f"--symbol: {venue} has no {chosen!r}; there are: {known}")
    return markets[chosen]


def opened(
    market: Market, side: str, entry: Fraction, leverage: Fraction, money: Fraction
) -> tuple[Position, int]:
    """Open as many lots as the money pays for at a leverage; return them and their margin.

    Raises a usage error if that is less than one lot, or more leverage than the venue allows.
    """
    contract = market.contract
    if leverage.denominator != 1:
        raise click.UsageError(f"--leverage: {float(leverage):g} is not whole, as a venue has it")
    lots = (money * leverage / entry / Fraction(contract.lot)).__floor__()
    if lots < 1:
        raise click.UsageError(
            f"--margin x --leverage buys less than the lot, {contract.lot} of {contract.symbol}"
        )
    allowed = leverage_allowed(market, lots, entry)
    if leverage > allowed:
        raise click.UsageError(
            f"--leverage: {market.rules.name} allows {allowed}x for so large a position"
        )
    return position_of(contract, side, lots, entry, int(leverage))


def leverage_allowed(market: Market, lots: int, entry: Fraction) -> int:
    """Return the largest leverage of so many lots at a price."""
    mark = max(1, (entry / Fraction(market.contract.price_unit)).__floor__())
    return leverage_max(market.contract, lots, mark)


def position_of(
    contract: Contract, side: str, lots: int, entry: Fraction, leverage: int
) -> tuple[Position, int]:
    """Return an isolated position and the margin that its venue takes for it, in micros."""
    position = Position("", contract.symbol, "isolated", leverage)
    sign = 1 if side == "long" else -1
    cost = lots * Fraction(contract.lot) * entry * PPM
    position.grow(lots, div_half_even(cost.numerator, cost.denominator), sign)
    return position, opening_margin(contract, abs(position.cost), leverage, sign)
