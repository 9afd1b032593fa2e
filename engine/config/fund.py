"""What an insurance fund may lose: from a venue's profile to the core's `FundTerms`."""

from typing import Literal

import msgspec

from engine.config import read
from engine.config.read import Number, Place
from engine.core.instrument import FundTerms


class FundTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an insurance fund may lose; see `engine.core.instrument.FundTerms`."""

    fills: Literal["lots", "whole"] = "lots"
    account_loss_max: Number = 0
    day_loss: Number = 0
    drawdown: Number = 0
    drawdown_stop: Number = 0
    drawdown_window: str = "8h"


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
    )
