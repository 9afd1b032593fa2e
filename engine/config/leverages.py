"""How a crowd's leverage is spread: rows in the lab, or a measured mix by its name."""

from fractions import Fraction
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Literal

import msgspec

from engine.config import read
from engine.config.find import find_at
from engine.config.read import Number, Place
from engine.config.settings import LeverageShare
from engine.core.money import PPM

MEASURED = "hyperliquid-2025"
"""The mix of a crowd that says nothing about its leverage."""


class LeverageRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`share` of the crowd trades at a leverage from `low` to `high`, each as often."""

    low: int
    high: int
    share: Number


class MixTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of `configs/leverages`: shares of the accounts, or of the notional that they hold."""

    of: Literal["accounts", "notional"]
    rows: tuple[LeverageRow, ...]


def leverages(found: str | tuple[LeverageRow, ...], place: Place) -> tuple[LeverageShare, ...]:
    """Check rows, or read those of a file, and convert them to shares of the accounts."""
    if not isinstance(found, str):
        return _shares(found, place)
    path = find_at("leverages", found, place, Path(place.file).parent)
    file = Place(str(path))
    table = read.shaped(MixTable, read.load_toml(path), file)
    rows = _shares(table.rows, file.at("rows"))
    return rows if table.of == "accounts" else _of_accounts(rows)


def _shares(rows: tuple[LeverageRow, ...], place: Place) -> tuple[LeverageShare, ...]:
    result: list[LeverageShare] = []
    for number, row in enumerate(rows, 1):
        here = place.at(number)
        read.at_least(row.low, 1, here.at("low"))
        read.at_least(row.high, row.low, here.at("high"))
        result.append(LeverageShare(row.low, row.high, read.ppm(row.share, here.at("share"))))
    total = sum(row.share_ppm for row in result)
    if total != PPM:
        raise place.error(f"the shares add up to {total} parts per million, expected 1000000")
    return tuple(result)


def _of_accounts(rows: tuple[LeverageShare, ...]) -> tuple[LeverageShare, ...]:
    """Of equally rich accounts, so many hold these shares of the notional.

    Bounds between rows are rounded, so that the shares add up.
    """
    weights = [Fraction(row.share_ppm, row.low + row.high) for row in rows]
    bounds = [round(PPM * part / sum(weights)) for part in accumulate(weights, initial=Fraction())]
    return tuple(
        LeverageShare(row.low, row.high, above - below)
        for row, (below, above) in zip(rows, pairwise(bounds), strict=True)
    )
