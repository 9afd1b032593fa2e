"""How far prices may move before a margin account has to be looked at again.

The answer is conservative, never wrong: inside the distance no warning level, re-arming level,
trigger or pool draw can change its state. It rests on bounds of the slopes: per price unit,
equity moves by at most |q|·uv and maintenance by at most the highest rate of the table times that.
Where a table jumps at an edge (family 3 of the trade), the band ends there.
"""

import itertools

import msgspec

from engine.core.account.position import Position
from engine.core.instrument import Contract, Rules
from engine.core.margin.brackets import jumps, mark_fee_e12
from engine.core.margin.risk import Risk, draw
from engine.core.money import E12, PPM, div_up


class Exposure(msgspec.Struct, frozen=True):
    """A position with its contract and the mark it was looked at."""

    contract: Contract
    position: Position
    mark: int

    @property
    def equity_slope(self) -> int:
        """Money per price unit."""
        return abs(self.position.quantity) * self.contract.unit_value

    @property
    def maintenance_slope(self) -> int:
        """An upper bound of how fast maintenance can grow, money per price unit."""
        contract, lots = self.contract, abs(self.position.quantity)
        rate = max(row.rate_ppm * PPM + row.growth_e12 * lots for row in contract.brackets)
        return div_up(self.equity_slope * (rate + mark_fee_e12(contract)), E12)

    def within_jumps(self, low: int, high: int) -> tuple[int, int]:
        """Cut a band at the edges of the bracket where maintenance or initial margin jumps."""
        if self.contract.brackets_by == "lots":
            return low, high
        size = self.equity_slope
        for table in (self.contract.brackets, self.contract.initial):
            for before, row in itertools.pairwise(table):
                if not jumps(before, row):
                    continue
                edge = div_up(row.floor, size)  # the first mark of the row
                if edge <= self.mark:
                    low = max(low, edge)
                else:
                    high = min(high, edge - 1)
        return low, high


def is_near(risk: Risk, warned: int, rules: Rules, drift: int) -> bool:
    """Say whether time alone can change something: funding that accrues, at most `drift` (F5)."""
    return any(slack <= (percent + 100) * drift for percent, slack in _slacks(risk, warned, rules))


def safe_band(
    exposures: list[Exposure],
    one: Exposure,
    risk: Risk,
    warned: int,
    rules: Rules,
    *,
    drift: int = 0,
) -> tuple[int, int]:
    """Return the lowest and highest mark of one contract, if the others move as safely.

    `drift` is the most that funding may take or give before the account is looked at again.
    """
    distance = _distance(exposures, one, risk, warned, rules, drift=drift)
    return one.within_jumps(one.mark - distance, one.mark + distance)


def _distance(
    exposures: list[Exposure], one: Exposure, risk: Risk, warned: int, rules: Rules, *, drift: int
) -> int:
    count = len(exposures)
    distance: int | None = None
    for percent, slack in _slacks(risk, warned, rules):
        slope = percent * one.equity_slope + 100 * one.maintenance_slope
        # every maintenance is rounded up once: 100 units of slack a position
        # funding moves the equity, and where a closing fee counts the maintenance, by less
        reach = (slack - 100 * count - 1 - (percent + 100) * drift) // (count * slope)
        distance = reach if distance is None else min(distance, reach)
    assert distance is not None
    if one.position.mode == "cross":
        lacking = draw(one.contract, one.position, one.mark)
        # initial margin moves with the notional, and a little more where it pays for a closing
        times = 2 if one.contract.closing_fee is None else 3
        slope = times * one.equity_slope + one.maintenance_slope
        distance = min(distance, (abs(lacking) - 3) // slope)
    return max(0, distance)


def _slacks(risk: Risk, warned: int, rules: Rules) -> list[tuple[int, int]]:
    """Return (percent, distance in 100ths of money) for the trigger and the levels around."""
    slacks = [(100, 100 * (risk.equity - risk.maintenance))]
    for level in rules.warning_levels:
        if level > warned:
            slacks.append((level, level * risk.equity - 100 * risk.maintenance))
            break
    if warned:
        rearm = warned - rules.rearm_points
        slacks.append((rearm, 100 * risk.maintenance - rearm * risk.equity))
    return slacks
