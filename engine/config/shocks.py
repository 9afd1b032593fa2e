"""From the tables of what bends a feed to its settings, each kind with its own keys."""

from typing import Literal

import msgspec

from engine.config import read
from engine.config.read import Number, Place, Table
from engine.config.settings import Shock
from engine.core.money import PPM

_FALL_MAX = -999_999
_RISE_MAX = 1_000 * PPM


class GapTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """From then on all prices are `move` away; "-0.08" is 8 % lower."""

    kind: Literal["gap"]
    contract: str = ""
    after: str
    move: Number
    index: bool = True


class WickTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Prices go `move` away and come back, within `lasts`."""

    kind: Literal["wick"]
    contract: str = ""
    after: str
    lasts: str
    move: Number
    index: bool = False


class ThinTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """For `lasts`, quotes and books show `scale` of what they showed."""

    kind: Literal["thin"]
    contract: str = ""
    after: str
    lasts: str
    scale: Number


class StopTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """For `lasts`, nothing comes."""

    kind: Literal["stop"]
    contract: str = ""
    after: str
    lasts: str


_KINDS = ("gap", "wick", "thin", "stop")


def shock(raw: Table, place: Place) -> Shock:
    """Check one shock and convert it; raises `ConfigError`."""
    match raw.get("kind"):
        case "gap":
            gap = read.shaped(GapTable, raw, place)
            return Shock(
                kind="gap",
                contract=gap.contract,
                after_us=read.duration_us(gap.after, place.at("after")),
                move_ppm=_move(gap.move, place),
                moves_index=gap.index,
            )
        case "wick":
            wick = read.shaped(WickTable, raw, place)
            return Shock(
                kind="wick",
                contract=wick.contract,
                after_us=read.duration_us(wick.after, place.at("after")),
                lasts_us=read.duration_us(wick.lasts, place.at("lasts"), least=1),
                move_ppm=_move(wick.move, place),
                moves_index=wick.index,
            )
        case "thin":
            thin = read.shaped(ThinTable, raw, place)
            return Shock(
                kind="thin",
                contract=thin.contract,
                after_us=read.duration_us(thin.after, place.at("after")),
                lasts_us=read.duration_us(thin.lasts, place.at("lasts"), least=1),
                scale_ppm=read.ppm(thin.scale, place.at("scale")),
            )
        case "stop":
            stop = read.shaped(StopTable, raw, place)
            return Shock(
                kind="stop",
                contract=stop.contract,
                after_us=read.duration_us(stop.after, place.at("after")),
                lasts_us=read.duration_us(stop.lasts, place.at("lasts"), least=1),
            )
        case other:
            raise place.at("kind").error(f"found {other!r}, expected one of {', '.join(_KINDS)}")


def _move(value: Number, place: Place) -> int:
    return read.ppm(value, place.at("move"), least=_FALL_MAX, most=_RISE_MAX)
