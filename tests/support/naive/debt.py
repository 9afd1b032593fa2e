"""What a liquidation owes until it ends (L16)."""

from dataclasses import dataclass


@dataclass
class Debt:
    """The fees that one step's fills owe (L16)."""

    seq: int
    contract: str
    taker_fee: int = 0
    liquidation_fee: int = 0
