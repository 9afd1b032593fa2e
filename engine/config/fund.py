"""What an insurance fund may lose and hold: from a venue's profile to the core's `FundTerms`."""

from typing import Literal

import msgspec

from engine.config import read
from engine.config.read import Number, Place
from engine.core.instrument import FundTerms
from engine.core.money import PPM

_INVENTORY_PPM_MAX = 1_000 * PPM
_OFFLOAD_INTERVAL_LEAST_US = 1_000_000


class FundTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an insurance fund may lose and hold; see `engine.core.instrument.FundTerms`."""

    fills: Literal["lots", "whole"] = "lots"
    account_loss_max: Number = 0
    day_loss: Number = 0
    drawdown: Number = 0
    drawdown_stop: Number = 0
    drawdown_window: str = "8h"
    band: Number = 0
    inventory: Number = 1
    offload_interval: str = "0s"
    offload_slice: Number = 0
    offload_band: Number = 0


def fund(table: FundTable, place: Place) -> FundTerms:
    """Check the limits and convert them to whole units."""
    drawdown = read.ppm(table.drawdown, place.at("drawdown"))
    stop = read.ppm(table.drawdown_stop, place.at("drawdown_stop"))
    if stop > drawdown:
        raise place.at("drawdown_stop").error(
            f"found {table.drawdown_stop}, expected at most the drawdown, {table.drawdown}: a fund "
            "that has stopped pays again when it has got something back"
        )
    return FundTerms(
        fills=table.fills,
        account_loss_max=read.micros(table.account_loss_max, place.at("account_loss_max")),
        day_loss_ppm=read.ppm(table.day_loss, place.at("day_loss")),
        drawdown_ppm=drawdown,
        drawdown_stop_ppm=stop,
        drawdown_window_us=read.duration_us(
            table.drawdown_window, place.at("drawdown_window"), least=1
        ),
        band_ppm=read.ppm(table.band, place.at("band"), most=PPM - 1),
        inventory_ppm=read.ppm(table.inventory, place.at("inventory"), most=_INVENTORY_PPM_MAX),
        offload_interval_us=_offload_interval_us(table, place.at("offload_interval")),
        offload_slice=read.micros(table.offload_slice, place.at("offload_slice")),
        offload_band_ppm=read.ppm(table.offload_band, place.at("offload_band"), most=PPM - 1),
    )


def _offload_interval_us(table: FundTable, place: Place) -> int:
    # Every multiple is a timer of its own while a fund holds something (I2): of the microseconds
    # of a quiet hour a run would see no end.
    interval_us = read.duration_us(table.offload_interval, place)
    if 0 < interval_us < _OFFLOAD_INTERVAL_LEAST_US:
        raise place.error(
            f"found {table.offload_interval!r}, expected at least 1s between two slices, or 0s "
            "for a fund that offloads nothing"
        )
    return interval_us
