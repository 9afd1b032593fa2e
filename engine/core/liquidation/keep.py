"""The fund takes over what the book left and keeps it, up to what it may hold (I1).

Source: Binance, support article 360033525371: the fund takes positions over at their bankruptcy
price and offloads them slowly; it holds no more notional than its own size.
"""

import msgspec

from engine.core.account.position import Position
from engine.core.event import TakenOver
from engine.core.liquidation.capacity import Capacity, of_fund
from engine.core.liquidation.case import Case
from engine.core.margin.bankruptcy import Settlement
from engine.core.margin.risk import notional
from engine.core.money import PPM, Lots, Micros
from engine.core.state.venue import State
from engine.core.trading import inventory
from engine.core.trading.fill import realize


class _Takeover(msgspec.Struct):
    """A position that the fund takes over, and how many of its lots are done."""

    case: Case
    loser: Position
    lots: Settlement
    done: int
    capacity: Capacity

    @property
    def left(self) -> int:
        """Lots that nobody has taken."""
        return self.lots.quantity - self.done


def in_inventory(state: State, case: Case, position: Position, lots: Settlement, done: int) -> int:
    """Take lots after the first `done` over into the fund's inventory; return how many are done.

    First those that close what it holds on the other side, then as many as it may hold.
    """
    takeover = _Takeover(case, position, lots, done, of_fund(state, case, position.contract))
    against = max(0, -position.sign * inventory.held(state, position.contract))
    if _take_up_to(state, takeover, against, closes=True):
        _take_up_to(state, takeover, _room(state, position), closes=False)
    return takeover.done


def _room(state: State, position: Position) -> int:
    """Return how many lots more the fund may hold by their notional at mark."""
    part_ppm = state.rules.fund.inventory_ppm
    if not part_ppm:
        return abs(position.quantity)
    pool = state.fund_key(position.contract)
    holds = sum(
        notional(state.markets[one.contract].contract, one, state.markets[one.contract].mark)
        for one in state.inventory.values()
        if one.account == pool
    )
    market = state.markets[position.contract]
    may_hold = state.balance(pool) * part_ppm // PPM
    return max(0, may_hold - holds) // (market.mark * market.contract.unit_value)


def _take_up_to(state: State, takeover: _Takeover, room: int, *, closes: bool) -> bool:
    """Take as many lots as there is room for and the fund can pay; say whether it could all."""
    wanted = min(takeover.left, room)
    low, high = 0, wanted
    while low < high:
        middle = (low + high + 1) // 2
        if _can_pay(state, takeover, middle, closes=closes):
            low = middle
        else:
            high = middle - 1
    if low < wanted:
        takeover.capacity.ran_out()
        if state.rules.fund.fills == "whole":
            return False
    if low:
        _take(state, takeover, low, closes=closes)
    return low == wanted


def _can_pay(state: State, takeover: _Takeover, count: int, *, closes: bool) -> bool:
    """Say whether the fund can pay what lots lack to the mark, and what it loses by closing."""
    part = takeover.lots.part(takeover.done, takeover.done + count)
    lost = 0
    if closes:
        own = msgspec.structs.replace(state.inventory[takeover.loser.contract])
        sign = own.sign
        lost = own.shrink(count) - sign * part.at_mark
    cash = state.fund_of(takeover.loser.contract)
    return takeover.capacity.bears(-part.given) and max(0, -part.given) + max(0, lost) <= cash


def _take(state: State, takeover: _Takeover, count: int, *, closes: bool) -> None:
    loser, case = takeover.loser, takeover.case
    contract, sign = loser.contract, loser.sign
    part = takeover.lots.part(takeover.done, takeover.done + count)
    lost = realize(state, loser, count, part.value)
    state.post(state.fund_key(contract), f"open_cost:{contract}", -part.given)
    realized = 0
    if closes:
        realized, _ = inventory.shrink(state, contract, count, part.at_mark)
    else:
        inventory.grow(state, contract, count, part.at_mark, sign=sign)
    takeover.done += count
    takeover.capacity.spend(-part.given)
    case.paid_by_fund += max(0, -part.given)
    state.emit(
        TakenOver(
            **state.stamp(),
            liquidation=case.liquidation,
            account=loser.account,
            contract=contract,
            side="buy" if sign > 0 else "sell",
            quantity=Lots(count),
            value=Micros(part.value),
            loss=Micros(lost.cost - sign * part.at_mark),
            own_margin=Micros(lost.cost - sign * part.value),
            insurance_fund=Micros(-part.given),
            realized=Micros(realized),
            held=Lots(inventory.held(state, contract)),
            fund=state.fund_of(contract),
            leg=loser.leg,
        )
    )
