"""Who is in breach, the largest loss first, and what set it off (L2, L3)."""

from engine.core.account.position import Position
from engine.core.liquidation.case import Breach
from engine.core.state.standing import profit
from engine.core.state.venue import State


def worst_first(
    state: State, margin_ids: list[str], moves: dict[str, int], forced: dict[str, int]
) -> list[Breach]:
    """Return isolated positions, then cross accounts, each by largest unrealised loss, then id.

    `moves` are the marks' moves at the end of the wave before, `forced` its last forced fills.
    """
    isolated: list[Breach] = []
    cross: list[Breach] = []
    for margin_id in margin_ids:
        name, _, contract = margin_id.partition(":")
        account = state.accounts[name]
        position = account.positions[contract] if contract else None
        positions = account.cross_positions() if position is None else [position]
        held = [one for one in positions if one.quantity]
        loss = -sum(profit(state, one) for one in held)
        breach = Breach(margin_id, account, position, loss, _cause(state, held, moves, forced))
        (cross if position is None else isolated).append(breach)
    return sorted(isolated, key=_by_loss) + sorted(cross, key=_by_loss)


def _by_loss(breach: Breach) -> tuple[int, str]:
    return -breach.loss, breach.margin_id


def _cause(
    state: State, positions: list[Position], moves: dict[str, int], forced: dict[str, int]
) -> int:
    """Return the liquidation whose fill moved the costliest mark, else the command's event."""
    costs = []
    for position in positions:
        unit = state.markets[position.contract].contract.unit_value
        cost = -position.quantity * unit * moves.get(position.contract, 0)
        if cost > 0:
            costs.append((-cost, position.contract))
    if costs:
        return forced.get(min(costs)[1]) or state.first_seq()
    return state.first_seq()
