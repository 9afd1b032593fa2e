"""Funding that fell due, and what each position paid or got."""

import msgspec

from engine.core.command import LegOrNone
from engine.core.event_head import Event
from engine.core.money import Micros, Price


class FundingSettled(Event, frozen=True):
    """Funding fell due; a positive rate is paid by longs to shorts."""

    contract: str
    rate_e8: int
    mark: Price


class FundingPaid(Event, frozen=True):
    """One position's share; positive: it paid."""

    account: str
    contract: str
    amount: Micros
    leg: LegOrNone = msgspec.UNSET
