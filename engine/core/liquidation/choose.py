"""Which positions of a margin account go next, before it is looked at again (L5)."""

from collections.abc import Callable

from engine.core.account.position import Position
from engine.core.chance import drawn
from engine.core.liquidation.case import Breach
from engine.core.margin.risk import notional
from engine.core.state.standing import kept, profit
from engine.core.state.venue import State

Rank = tuple[int, int, int, str]


def next_round(state: State, breach: Breach) -> list[Position]:
    """Return the positions to be worked off now, in their order; none where none is left."""
    in_order = ranked(state, breach)
    return in_order if state.rules.closing.order in _ALL else in_order[:1]


def ranked(state: State, breach: Breach) -> list[Position]:
    """Return all positions in the venue's order."""
    rank = _RANKS[state.rules.closing.order]
    return sorted(breach.held(), key=lambda one: rank(state, one))


def _largest_loss(state: State, position: Position) -> Rank:
    age, name = position.opened, position.slot
    return profit(state, position), -kept(state, position), age, name


def _largest_maintenance(state: State, position: Position) -> Rank:
    age, name = position.opened, position.slot
    return -kept(state, position), profit(state, position), age, name


def _largest_notional(state: State, position: Position) -> Rank:
    market = state.markets[position.contract]
    age, name = position.opened, position.slot
    value = notional(market.contract, position, market.mark)
    return -value, profit(state, position), age, name


def _random(state: State, position: Position) -> Rank:
    name = position.slot
    return drawn(state.rules.seed, state.now_us, position.account, name), 0, 0, name


_ALL = ("pro_rata", "all_at_once")
_RANKS: dict[str, Callable[[State, Position], Rank]] = {
    "largest_loss": _largest_loss,
    "largest_maintenance": _largest_maintenance,
    "largest_notional": _largest_notional,
    "random": _random,
    "pro_rata": _largest_loss,
    "all_at_once": _largest_loss,
}
"""The smallest goes first. Sources: dYdX v4 draws a position at random, Hyperliquid closes all."""
