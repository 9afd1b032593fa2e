"""What a report knows of a run before its first event."""

import msgspec

from engine.core.command import Mode
from engine.core.instrument import Contract, Venue
from engine.report.text import Units


class Setting(msgspec.Struct, frozen=True):
    """A run's lab, by what the report tells of it; `modes` are those of the watched accounts."""

    lab: str
    seed: int
    version: str
    venue: Venue
    modes: dict[str, Mode]
    samples: int
    """Points that a curve may have."""

    @property
    def unit_values(self) -> dict[str, int]:
        """What a lot gains by one price unit, in micros, by contract."""
        return {contract.symbol: contract.unit_value for contract in self.venue.contracts}

    @property
    def watch(self) -> tuple[str, ...]:
        """The accounts whose equity is drawn."""
        return tuple(self.modes)

    @property
    def contracts(self) -> dict[str, Contract]:
        """The venue's contracts by symbol."""
        return {contract.symbol: contract for contract in self.venue.contracts}

    @property
    def units(self) -> dict[str, Units]:
        """How to tell prices and quantities, by contract."""
        return {contract.symbol: Units.of(contract) for contract in self.venue.contracts}
