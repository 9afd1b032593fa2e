"""Accounts that stand ready take the position over at its bankruptcy price, or better (C4).

Source: Kraken Futures, support 360022835671: what book and fund leave is assigned to liquidity
providers who have registered for it, shared equally, with a small profit guaranteed.
"""

from msgspec import UNSET

from engine.core.account.position import Position
from engine.core.command import LegOrNone
from engine.core.event import Assigned
from engine.core.liquidation.case import Case
from engine.core.margin.bankruptcy import Part, Settlement
from engine.core.margin.brackets import leverage_max
from engine.core.margin.risk import opening_margin
from engine.core.money import PPM, Lots, Micros, div_up
from engine.core.reason import Reason
from engine.core.state.standing import risk_of, withdrawable
from engine.core.state.venue import State
from engine.core.trading.fill import open_part, realize, release_rest
from engine.core.trading.reserve import cancel_all


def to_willing(state: State, case: Case, position: Position, lots: Settlement, done: int) -> int:
    """Share what is left over those who stand ready; return how many lots are done then."""
    if lots.bankruptcy_value <= 0:
        return done
    offers = state.offers.get(position.contract, {})
    wanted = lots.quantity - done
    room = sorted(
        (_room(state, position, lots, name, most=most, wanted=wanted), name)
        for name, most in offers.items()
    )
    for number, (most, name) in enumerate(room):
        count = min(most, div_up(lots.quantity - done, len(room) - number))
        if count and _assign(state, case, position, name, lots.part(done, done + count)):
            done += count
    return done


def _leg_for(state: State, loser: Position, name: str) -> LegOrNone:
    """Return the leg into which somebody takes lots over: that of the loser's side."""
    if state.accounts[name].position_mode == "one_way":
        return UNSET
    return "long" if loser.sign > 0 else "short"


def _room(
    state: State, loser: Position, lots: Settlement, name: str, *, most: int, wanted: int
) -> int:
    """Return how many of the lots somebody can take: what he offers, and his margin carries."""
    market = state.markets[loser.contract]
    own = state.position(name, loser.contract, _leg_for(state, loser, name))
    if name == loser.account or risk_of(state, own).is_breach(state.rules.strict_trigger):
        return 0
    held = loser.sign * own.quantity
    room, closing = min(wanted, max(0, most - held)), max(0, -held)
    if room <= closing:
        return room
    opening = _carried(state, own, lots, room - closing)
    after = max(0, held) + opening
    if opening and own.leverage > leverage_max(market.contract, after, market.mark):
        return closing
    return closing + opening


def _carried(state: State, own: Position, lots: Settlement, most: int) -> int:
    """Return how many lots somebody's free money can open, at what they may cost him at most."""
    contract = state.markets[own.contract].contract
    free = withdrawable(state, state.accounts[own.account])
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        value = middle * lots.mark_value
        value += lots.most_above_mark(middle, state.rules.closing.assignment_profit_ppm)
        if opening_margin(contract, value, own.leverage, lots.sign) <= free:
            low = middle
        else:
            high = middle - 1
    return low


def _assign(state: State, case: Case, loser: Position, name: str, part: Part) -> bool:
    """Hand lots over; say whether the fund could pay the profit that is guaranteed."""
    sign, contract = loser.sign, loser.contract
    profit = div_up(part.at_mark * state.rules.closing.assignment_profit_ppm, PPM)
    paid = max(0, profit - part.given)
    value = part.value - sign * paid
    if paid > state.fund_of(contract) or value <= 0:
        return False
    own = state.hold(name, contract, _leg_for(state, loser, name))
    cancel_all(state, state.accounts[name].orders_on(own), Reason.ASSIGNED)
    lost = realize(state, loser, part.count, part.value)
    state.post(state.fund_key(contract), f"open_cost:{contract}", paid)
    realized = _take(state, own, part.count, value, sign)
    state.emit(
        Assigned(
            **state.stamp(),
            liquidation=case.liquidation,
            account=name,
            contract=contract,
            side="buy" if sign > 0 else "sell",
            quantity=Lots(part.count),
            value=Micros(value),
            realized=Micros(realized),
            loss=Micros(lost.cost - sign * part.at_mark),
            own_margin=Micros(lost.cost - sign * part.value),
            insurance_fund=Micros(paid),
            assignment=Micros(-part.given - paid),
            fund=state.fund_of(contract),
            leg=own.leg,
        )
    )
    return True


def _take(state: State, own: Position, lots: int, value: int, sign: int) -> int:
    """Close what stands against the lots, open the rest; return what was realised."""
    closing = min(lots, max(0, -sign * own.quantity))
    closed_value = value * closing // lots
    realized = 0
    if closing:
        realized = realize(state, own, closing, closed_value).realized
        if not own.quantity:
            release_rest(state, own)
    if lots > closing:
        open_part(state, own, lots - closing, value - closed_value, sign=sign, fee_ppm=0)
    return realized
