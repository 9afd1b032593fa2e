"""Who stands where in the queue of deleveraging (L10), and the lights that show it.

Sources: BitMEX, "auto-deleveraging": profit percentage times effective leverage; Binance, support
article 360033525471: profit over wallet times margin ratio, both of the margin account;
Hyperliquid, "auto-deleveraging": mark over entry times notional over account value; dYdX v4,
x/clob/keeper/deleveraging.go: a pseudo-random order; BitMEX for the lights, by quintile of size.
"""

from collections.abc import Iterator
from heapq import heapify, heappop

import msgspec
from msgspec import UNSET

from engine.core.account.account import OUTSIDE
from engine.core.account.position import Position
from engine.core.chance import drawn
from engine.core.margin.risk import notional
from engine.core.money import QUOTE, div_up
from engine.core.state.standing import profit, profit_of, risk_of
from engine.core.state.venue import State

LIGHTS = 5


class _Rank(msgspec.Struct, frozen=True):
    """A place in the queue: an exact fraction, compared without dividing, the largest first."""

    numerator: int
    denominator: int
    position: Position

    def __lt__(self, other: "_Rank") -> bool:
        mine, theirs = self.numerator * other.denominator, other.numerator * self.denominator
        if mine != theirs:
            return mine > theirs
        return self.position.account < other.position.account


def queue(state: State, loser: Position, liquidation: int) -> Iterator[Position]:
    """Yield who may be deleveraged against a position, the first one first.

    By rank they are sorted only as far as they are asked for; `pro_rata` goes by account.
    """
    others = _opposite(state, loser)
    if state.rules.adl == "random":
        seed = state.rules.seed
        yield from sorted(others, key=lambda one: drawn(seed, liquidation, one.account))
    elif state.rules.adl == "pro_rata":
        yield from sorted(others, key=lambda one: one.account)
    else:
        ranks = list(_ranks(state, others))
        heapify(ranks)
        while ranks:
            yield heappop(ranks).position


def outside_of(state: State, loser: Position) -> list[Position]:
    """Return the replayed market's position where it can be deleveraged too, behind all others."""
    position = state.markets[loser.contract].holders.get((OUTSIDE, UNSET))
    is_last = state.rules.outside_in_waterfall == "last"
    if not is_last or position is None or position.sign != -loser.sign:
        return []
    return [position] if _is_asked(state, position) else []


def lights(state: State, position: Position) -> int:
    """Return how near a position is to being deleveraged: 5 is the first fifth, 0 no queue.

    The queue of its side is cut into fifths by size; a position has the fifth in which it ends.
    Costs O(holders of the contract), times their logarithm.
    """
    if state.rules.adl not in ("ranked", "margin_ratio", "hyperliquid") or not position.quantity:
        return 0
    holders = state.markets[position.contract].holders.values()
    side = [
        one
        for one in holders
        if one.account not in (OUTSIDE, state.fund_key(position.contract))
        and one.sign == position.sign
        and _is_asked(state, one)
    ]
    ranks = sorted(_ranks(state, side))
    total = sum(abs(rank.position.quantity) for rank in ranks)
    ahead = 0
    for rank in ranks:
        ahead += abs(rank.position.quantity)
        if rank.position is position:
            return LIGHTS + 1 - div_up(LIGHTS * ahead, total)
    return 0


def _opposite(state: State, loser: Position) -> list[Position]:
    return [
        position
        for position in state.markets[loser.contract].holders.values()
        if position.account not in (OUTSIDE, loser.account, state.fund_key(loser.contract))
        and position.sign == -loser.sign
        and _is_asked(state, position)
    ]


def _is_asked(state: State, position: Position) -> bool:
    return state.rules.adl_against == "anybody" or profit(state, position) > 0


def _ranks(state: State, positions: list[Position]) -> Iterator[_Rank]:
    """Work out the ranks; whoever has no equity has none, or one of 0 with `margin_ratio`."""
    for position in positions:
        if state.rules.adl == "margin_ratio":
            yield _by_margin_ratio(state, position)
            continue
        market = state.markets[position.contract]
        equity = risk_of(state, position).equity
        size = notional(market.contract, position, market.mark)
        # mark over entry is notional over cost: both rankings have the same denominator
        weight = size if state.rules.adl == "hyperliquid" else profit(state, position)
        if equity > 0:
            yield _Rank(weight * size, abs(position.cost) * equity, position)


def _by_margin_ratio(state: State, position: Position) -> _Rank:
    """Rank a position by its margin account; all positions of one account stand alike."""
    risk, gained = risk_of(state, position), profit_of(state, position)
    if risk.equity <= 0:
        return _Rank(0, 1, position)
    wallet = max(QUOTE, risk.equity - gained)
    return _Rank(max(0, gained) * risk.maintenance, wallet * risk.equity, position)
