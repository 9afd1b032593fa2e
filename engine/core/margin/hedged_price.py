"""Where a cross account that holds both legs of a contract is liquidated (Decisions M17, L1).

Both legs share one price, and both directions may end the account: equity moves by the net lots,
maintenance by those of both legs. What decides is the trigger itself, with each leg's maintenance
rounded up. Between two edges of the legs' tables what is left above unrounded maintenance is
linear, and with two roundings true surplus is less than two units below it: so the first mark at
which the trigger may hold is bisected for there, and from it on every mark is asked.
"""

from collections.abc import Iterator

import msgspec

from engine.core.account.position import Position
from engine.core.instrument import Contract
from engine.core.margin.brackets import bracket_of, maintenance_of, mark_fee_e12, rate_e12
from engine.core.margin.liquidation_price import between
from engine.core.margin.risk import Risk
from engine.core.money import E12, PPM, div_up

WALK_MAX = 100_000
"""So many marks are asked one by one."""
NEAR_E12 = 2 * E12
"""Below this the trigger may hold: less than one unit for the rounding of each leg."""


class TooFlatError(Exception):
    """Surplus stays within two units of zero for more marks than are asked one by one."""


class Pair(msgspec.Struct, frozen=True):
    """Both legs of a contract in a cross account that stands so (`risk`) at the present mark.

    The account's other positions stay at their marks; `strict` is the venue's trigger.
    """

    contract: Contract
    legs: tuple[Position, Position]
    mark: int
    risk: Risk
    strict: bool

    @property
    def lots(self) -> tuple[int, int]:
        """The lots of each leg."""
        return abs(self.legs[0].quantity), abs(self.legs[1].quantity)

    @property
    def slope(self) -> int:
        """By how much equity grows with each price unit: the value of the signed net lots."""
        return sum(leg.quantity for leg in self.legs) * self.contract.unit_value

    @property
    def fixed(self) -> int:
        """What is kept whatever the price: for others, and closing fees at bankruptcy prices."""
        return self.risk.maintenance - self._kept(self.mark)

    def risk_at(self, mark: int) -> Risk:
        """Return how the account stands with the contract at another mark."""
        equity = self.risk.equity + self.slope * (mark - self.mark)
        return Risk(equity, self.fixed + self._kept(mark))

    def _kept(self, mark: int) -> int:
        return sum(maintenance_of(self.contract, lots, mark) for lots in self.lots)

    def surplus_e12(self, mark: int) -> int:
        """Return equity less unrounded maintenance, in 10^-12 units."""
        left = (self.risk_at(mark).equity - self.fixed) * E12
        for lots in self.lots:
            row = self.contract.brackets[bracket_of(self.contract, lots, mark)]
            value = lots * mark * self.contract.unit_value
            left -= max(0, value * rate_e12(self.contract, lots, mark) - row.deduction * E12)
        return left


def first_below(pair: Pair) -> int | None:
    """Return the first mark, from the present one down to 1, at which the trigger holds.

    None where it never does. Raises `TooFlatError`. Costs O(brackets x log(mark)) and a short walk.
    """
    ends = [edge for edge in reversed(_edges(pair)) if 1 < edge <= pair.mark]
    starts = [pair.mark, *(end - 1 for end in ends)]
    return _first(pair, zip(starts, [*ends, 1], strict=True))


def first_above(pair: Pair) -> int | None:
    """Return the same for the way up to the contract's largest price."""
    top = max(pair.mark, pair.contract.price_max)
    starts = [edge for edge in _edges(pair) if pair.mark < edge <= top]
    ends = [*(start - 1 for start in starts), top]
    return _first(pair, zip([pair.mark, *starts], ends, strict=True))


def _edges(pair: Pair) -> list[int]:
    """Return the first mark of each row of each leg, and the first at which a row asks anything."""
    contract, found = pair.contract, list[int]()
    for lots in pair.lots:
        size = lots * contract.unit_value
        for row in contract.brackets:
            if contract.brackets_by == "notional":
                found.append(div_up(row.floor, size))
            rate = row.rate_ppm * PPM + row.growth_e12 * lots + mark_fee_e12(contract)
            found.append(row.deduction * E12 // (size * max(1, rate)) + 1)
    return sorted(dict.fromkeys(found))


def _first(pair: Pair, pieces: Iterator[tuple[int, int]]) -> int | None:
    """Return the first mark of these pieces, each (first, last), at which the trigger holds."""
    asked = 0
    for start, end in pieces:
        mark, step = start, 1 if start <= end else -1
        if not _is_near(pair, start):
            if not _is_near(pair, end):
                continue
            mark = between(start, end, lambda mark: _is_near(pair, mark))
        while step * (end - mark) >= 0 and _is_near(pair, mark):
            if pair.risk_at(mark).is_breach(pair.strict):
                return mark
            mark, asked = mark + step, asked + 1
            if asked > WALK_MAX:
                raise TooFlatError
    return None


def _is_near(pair: Pair, mark: int) -> bool:
    return pair.surplus_e12(mark) < NEAR_E12
