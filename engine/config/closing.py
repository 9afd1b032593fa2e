"""How a venue closes positions: from its profile to the core's `Closing`."""

from typing import Literal

import msgspec

from engine.core.instrument import Closing


class ClosingTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How positions are closed; see `engine.core.instrument.Closing`."""

    cancel_isolated: Literal["contract", "account"] = "contract"
    cancel_cross: Literal["contract", "account"] = "account"
    queue: Literal["largest_loss", "largest_notional", "oldest"] = "largest_loss"
    order: Literal[
        "largest_loss",
        "largest_maintenance",
        "largest_notional",
        "pro_rata",
        "all_at_once",
        "random",
    ] = "largest_loss"


def closing(table: ClosingTable) -> Closing:
    """Convert the settings to whole units."""
    return Closing(
        cancel_isolated=table.cancel_isolated,
        cancel_cross=table.cancel_cross,
        queue=table.queue,
        order=table.order,
    )
