"""What a venue asks of orders: from a venue's profile to the core's `OrderTerms`."""

import msgspec

from engine.config import read
from engine.config.read import Place
from engine.core.instrument import OrderTerms

MOST = 1_000_000
"""Commands a second, or at once, beyond which a limit would limit nothing."""


class OrdersTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a venue asks of orders; see `engine.core.instrument.OrderTerms`."""

    rate: int = 0
    """Commands of an account a second; 0: as many as it likes."""
    burst: int | None = None
    """Commands of an account at once; without it as many as in a second."""
    ids_kept: int = 0
    """How many of an account's newest order ids are known again."""
    ids_kept_for: str | None = None
    """For how long; without it as long as they are among the newest."""
    open_max: int = 0
    """How many orders of an account rest in all contracts together; 0: as many as it likes."""


def orders(table: OrdersTable, place: Place) -> OrderTerms:
    """Check the terms and convert them to whole units."""
    rate = read.within(table.rate, 0, MOST, place.at("rate"))
    if table.burst is not None and not rate:
        raise place.at("burst").error(
            f"found {table.burst} without a rate, expected a rate of 1 or more: the burst is what "
            "it may be exceeded by"
        )
    burst = max(1, rate) if table.burst is None else table.burst
    if table.ids_kept_for is not None and not table.ids_kept:
        raise place.at("ids_kept_for").error(
            f"found {table.ids_kept_for!r} without ids_kept, expected how many ids are kept so long"
        )
    kept_for = table.ids_kept_for
    return OrderTerms(
        rate=rate,
        burst=read.within(burst, 1, MOST, place.at("burst")),
        open_max=read.within(table.open_max, 0, MOST, place.at("open_max")),
        ids_kept=read.within(table.ids_kept, 0, MOST, place.at("ids_kept")),
        ids_kept_us=read.duration_us(kept_for, place.at("ids_kept_for"), least=1)
        if kept_for is not None
        else 0,
    )
