"""Who is in breach, in the order of the venue's queue, and what set it off (L2, L3)."""

from collections.abc import Callable

import msgspec

from engine.core.account.position import Position
from engine.core.liquidation.case import Breach
from engine.core.margin.risk import notional
from engine.core.state.standing import profit
from engine.core.state.venue import State


def queued(
    state: State, margin_ids: list[str], moves: dict[str, int], forced: dict[str, int]
) -> list[Breach]:
    """Return isolated positions, then cross accounts, each by the venue's queue, then id.

    `moves` are the marks' moves at the end of the wave before, `forced` its last forced fills.
    """
    place = _QUEUES[state.rules.closing.queue]
    isolated: list[tuple[int, str, Breach]] = []
    cross: list[tuple[int, str, Breach]] = []
    for margin_id in margin_ids:
        breach = of(state, margin_id, 0)
        held = breach.held()
        breach = msgspec.structs.replace(breach, cause=_cause(state, held, moves, forced))
        kind = cross if breach.position is None else isolated
        kind.append((place(state, held), margin_id, breach))
    return [breach for kind in (isolated, cross) for _, _, breach in sorted(kind, key=_by_place)]


def of(state: State, margin_id: str, cause: int) -> Breach:
    """Return a margin account by its id."""
    name, _, slot = margin_id.partition(":")
    account = state.accounts[name]
    return Breach(margin_id, account, account.positions[slot] if slot else None, cause)


def _by_place(queued: tuple[int, str, Breach]) -> tuple[int, str]:
    return queued[:2]


def _largest_loss(state: State, held: list[Position]) -> int:
    return sum(profit(state, position) for position in held)


def _largest_notional(state: State, held: list[Position]) -> int:
    markets = state.markets
    return -sum(
        notional(markets[position.contract].contract, position, markets[position.contract].mark)
        for position in held
    )


def _oldest(_: State, held: list[Position]) -> int:
    return min((position.opened for position in held), default=0)


_QUEUES: dict[str, Callable[[State, list[Position]], int]] = {
    "largest_loss": _largest_loss,
    "largest_notional": _largest_notional,
    "oldest": _oldest,
}
"""The smallest number goes first."""


def _cause(
    state: State, positions: list[Position], moves: dict[str, int], forced: dict[str, int]
) -> int:
    """Return the liquidation whose fill moved the costliest mark, else the command's event."""
    gains: dict[str, int] = {}
    for position in positions:
        unit, contract = state.markets[position.contract].contract.unit_value, position.contract
        gain = position.quantity * unit * moves.get(contract, 0)
        gains[contract] = gains.get(contract, 0) + gain
    costs = [(gain, contract) for contract, gain in gains.items() if gain < 0]
    if costs:
        return forced.get(min(costs)[1]) or state.first_seq()
    return state.first_seq()
