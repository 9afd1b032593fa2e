"""How far liquidation is from the entry at each leverage, venue by venue."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Literal

import msgspec
from rich.table import Table

from engine.cli.liq_answer import of_venue
from engine.cli.liq_venue import Market, leverage_allowed, position_of
from engine.cli.run import write_whole
from engine.report.console import ruled
from engine.report.leverage_picture import Line, picture

LEVERAGES = range(1, 126)
SHOWN = (1, 2, 3, 5, 10, 20, 25, 50, 75, 100, 125)


class Way(msgspec.Struct, frozen=True):
    """How far it is at a leverage, in per cent of the entry.

    `outcome` says why there is no distance: it is never liquidated, the venue does not allow the
    leverage for so large a position (but at most `allowed`), or the money buys less than a lot.
    """

    leverage: int
    distance: float | None
    outcome: Literal["liquidated", "never", "not allowed", "less than a lot"]
    allowed: int | None = None


class Curve(msgspec.Struct, frozen=True):
    """The ways of one venue's contract."""

    venue: str
    symbol: str
    side: Literal["long", "short"]
    ways: tuple[Way, ...]


def curves_of(
    markets: Sequence[Market], side: Literal["long", "short"], entry: Fraction, money: Fraction
) -> list[Curve]:
    """Work out the way at every leverage: the same money buys the more, the higher it is."""
    return [
        Curve(
            market.rules.name,
            market.contract.symbol,
            side,
            tuple(_way(market, side, entry, money, leverage) for leverage in LEVERAGES),
        )
        for market in markets
    ]


def _way(market: Market, side: str, entry: Fraction, money: Fraction, leverage: int) -> Way:
    contract = market.contract
    lots = (money * leverage / entry / Fraction(contract.lot)).__floor__()
    if lots < 1:
        return Way(leverage, None, "less than a lot")
    allowed = leverage_allowed(market, lots, entry)
    if leverage > allowed:
        return Way(leverage, None, "not allowed", allowed)
    position, margin = position_of(contract, side, lots, entry, leverage)
    exact = of_venue(contract, market.rules, position, margin).exact
    if exact is None:
        return Way(leverage, None, "never")
    return Way(leverage, float(abs(exact / entry - 1) * 100), "liquidated")


def table(curves: Sequence[Curve]) -> Table:
    """The usual leverages, a row each, and the venues beside each other."""
    shown = ruled("The way from entry to liquidation")
    shown.add_column("leverage", justify="right")
    for curve in curves:
        shown.add_column(f"{curve.venue} {curve.symbol}", justify="right")
    for leverage in SHOWN:
        ways = [curve.ways[leverage - 1] for curve in curves]
        shown.add_row(f"{leverage}x", *(_cell(way) for way in ways))
    return shown


def _cell(way: Way) -> str:
    if way.allowed is not None:
        return f"not allowed: max {way.allowed}x"
    return way.outcome if way.distance is None else f"{way.distance:.4f} %"


def written(curves: Sequence[Curve], path: Path) -> None:
    """Write the picture. Raises `OSError` where the disk does."""
    lines = [
        Line(
            f"{curve.venue} {curve.symbol}",
            tuple((way.leverage, way.distance) for way in curve.ways if way.distance is not None),
        )
        for curve in curves
    ]
    write_whole(path, picture(lines, f"From entry to liquidation, {curves[0].side}").encode())
