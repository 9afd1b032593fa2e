"""What insurance funds hold themselves, by contract, and what that has brought (I1 to I3)."""

import msgspec

from engine.core.event import InventoryFunded, InventorySold, TakenOver


class Kept(msgspec.Struct):
    """Lots and micros of one contract; what a takeover cost is the waterfall's, not of these.

    `taken` lots were taken over, `sold` worked off; `held` is signed, `most` the largest that it
    was. `result` is what closing has brought, `funding` what was received; of both the fund's cash
    lacked `uncovered`.
    """

    taken: int = 0
    sold: int = 0
    held: int = 0
    most: int = 0
    result: int = 0
    funding: int = 0
    uncovered: int = 0


class Inventory:
    """Follows what funds hold, by contract."""

    def __init__(self) -> None:
        self.kept: dict[str, Kept] = {}

    @property
    def pnl(self) -> int:
        """What all of it has brought, in micros."""
        return sum(one.result + one.funding for one in self.kept.values())

    @property
    def cash(self) -> int:
        """What came of it into the funds' cash, in micros."""
        return self.pnl + sum(one.uncovered for one in self.kept.values())

    def taken_over(self, event: TakenOver) -> None:
        """Take in that lots came, or closed some that were held on the other side."""
        kept = self.kept.setdefault(event.contract, Kept())
        kept.taken += event.quantity
        kept.held = event.held
        kept.most = max(kept.most, abs(event.held))
        kept.result += event.realized

    def sold(self, event: InventorySold) -> None:
        """Take in that lots went."""
        kept = self.kept[event.contract]
        kept.sold += event.quantity
        kept.held = event.held
        kept.result += event.realized
        kept.uncovered += event.uncovered

    def funded(self, event: InventoryFunded) -> None:
        """Take in that funding was settled."""
        kept = self.kept[event.contract]
        kept.funding -= event.amount
        kept.uncovered += event.uncovered
