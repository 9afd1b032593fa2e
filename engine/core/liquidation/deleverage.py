"""Winners are closed against the loser at its bankruptcy price, ranked (L10).

Rank: unrealised profit over cost, times notional over equity. Source: Binance and BitMEX,
"auto-deleveraging": profit percentage times effective leverage.
"""

from collections.abc import Iterator
from heapq import heapify, heappop

import msgspec

from engine.core.account.account import OUTSIDE
from engine.core.account.position import Position
from engine.core.event import Deleveraged
from engine.core.liquidation.case import Case
from engine.core.margin.bankruptcy import Part, Settlement
from engine.core.margin.risk import notional
from engine.core.money import Lots, Micros
from engine.core.reason import Reason
from engine.core.state.standing import profit, risk_of
from engine.core.state.venue import State
from engine.core.trading.execute import other_side
from engine.core.trading.fill import realize, release_rest
from engine.core.trading.reserve import cancel_all


def against_winners(
    state: State, case: Case, position: Position, lots: Settlement, done: int
) -> int:
    """Close lots after the first `done` against ranked winners; return how many are done then."""
    for winner in _ranked(state, position):
        if done == lots.quantity:
            break
        count = min(abs(winner.quantity), lots.quantity - done)
        risk = risk_of(state, winner)
        if risk.is_breach(state.rules.strict_trigger):
            continue
        part = lots.part(done, done + count)
        if risk.equity + part.given < 0:
            continue
        _close(state, case, position, winner, part)
        done += count
    return done


class _Rank(msgspec.Struct, frozen=True):
    """A winner's place in the queue: an exact fraction, compared without dividing."""

    numerator: int
    denominator: int
    position: Position

    def __lt__(self, other: "_Rank") -> bool:
        mine, theirs = self.numerator * other.denominator, other.numerator * self.denominator
        if mine != theirs:
            return mine > theirs
        return self.position.account < other.position.account


def _ranked(state: State, loser: Position) -> Iterator[Position]:
    """Yield winners on the other side by rank; sorted only as far as they are asked for."""
    market = state.markets[loser.contract]
    ranks = []
    for name, position in market.holders.items():
        if name in (OUTSIDE, loser.account) or position.sign != -loser.sign:
            continue
        gain = profit(state, position)
        if gain <= 0:
            continue
        equity = risk_of(state, position).equity
        if equity > 0:
            size = notional(market.contract, position, market.mark)
            ranks.append(_Rank(gain * size, abs(position.cost) * equity, position))
    heapify(ranks)
    while ranks:
        yield heappop(ranks).position


def _close(state: State, case: Case, loser: Position, winner: Position, part: Part) -> None:
    account = state.accounts[winner.account]
    cancel_all(state, account.orders_in(winner.contract), Reason.DELEVERAGED)
    side, sign = other_side(winner), loser.sign
    lost = realize(state, loser, part.count, part.value)
    won = realize(state, winner, part.count, part.value)
    if not winner.quantity:
        release_rest(state, winner)
    state.emit(
        Deleveraged(
            **state.stamp(),
            liquidation=case.liquidation,
            account=winner.account,
            contract=winner.contract,
            side=side,
            quantity=Lots(part.count),
            value=Micros(part.value),
            realized=Micros(won.realized),
            loss=Micros(lost.cost - sign * part.at_mark),
            own_margin=Micros(lost.cost - sign * part.value),
            adl=Micros(sign * (part.value - part.at_mark)),
        )
    )
