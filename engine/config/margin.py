"""What clients may do to margin modes and leverage: from a profile to the core's `MarginTerms`."""

from typing import Literal

import msgspec

from engine.config.read import Place
from engine.core.instrument import MarginTerms


class MarginTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Modes, leverage and margin; see `engine.core.instrument.MarginTerms`."""

    mode_of: Literal["position", "account"] = "position"
    leverage_with_position: Literal["refused", "raised", "reset"] = "refused"
    leverage_isolates: bool = False
    auto_margin: bool = False


def margin(table: MarginTable, place: Place) -> MarginTerms:
    """Check that the settings make sense beside each other."""
    if table.leverage_isolates and table.mode_of == "account":
        raise place.at("leverage_isolates").error(
            "found true with mode_of = 'account', expected false: a leverage isolates one "
            "contract, which cannot have a mode of its own there"
        )
    return MarginTerms(
        mode_of=table.mode_of,
        leverage_with_position=table.leverage_with_position,
        leverage_isolates=table.leverage_isolates,
        auto_margin=table.auto_margin,
    )
