"""Waves, their order and cause, and the warnings at the start of each (L2, L3, W1 to W3)."""

from fractions import Fraction

from engine.core.event import LiquidationResumed, LiquidationWaits, MarginCalled, PoolDrawn
from engine.core.money import div_up
from engine.core.reason import Reason
from tests.support.naive import margin
from tests.support.naive.forced import pay_fees
from tests.support.naive.liquidation import liquidate
from tests.support.naive.modes import replenish
from tests.support.naive.order import account_place
from tests.support.naive.prices import update
from tests.support.naive.state import Job, Place, Pocket, State, pocket_id, symbol_of
from tests.support.naive.stops import place_triggered


def run_waves(state: State) -> None:
    """Liquidate until no breach is left (L2), then place triggered stops one by one (O15)."""
    _liquidate_all(state)
    while place_triggered(state):
        update(state)
        _liquidate_all(state)


def _liquidate_all(state: State) -> None:
    moved: dict[str, int] = {}
    filled_before: dict[str, int] = {}
    while True:
        replenish(state)
        _warn(state)
        breaches = _breaches(state)
        if not breaches:
            return
        causes = {p: _cause(state, p, moved, filled_before) for p in breaches}
        filled: dict[str, int] = {}
        for pocket in breaches:
            job = state.waiting.pop(pocket, None)
            is_resumed = job is not None
            job = job or Job(pocket, 0, {})
            job.cause, job.filled = causes[pocket], filled
            if margin.in_breach(state, pocket):
                liquidate(state, job, is_resumed=is_resumed)
            else:
                pay_fees(state, job)
        filled_before = filled
        moved = update(state)


def resume(state: State) -> None:
    """End the waits that are over (C3)."""
    for pocket in sorted(state.waiting, key=pocket_id):
        if state.waiting[pocket].until > state.now:
            continue
        state.waiting[pocket].is_over = True
        if pocket[1] is not None and state.mode(pocket[0], pocket[1]) == "cross":
            del state.waiting[pocket]
            continue
        state.emit(LiquidationResumed, account=pocket[0], contract=pocket[1])
        if not margin.in_breach(state, pocket):
            pay_fees(state, state.waiting.pop(pocket))
    run_waves(state)


def _breaches(state: State) -> list[Pocket]:
    """List the breaches: isolated ones first, each kind in the venue's queue (L2)."""
    found = [
        pocket
        for pocket in state.pockets()
        if margin.in_breach(state, pocket) and not state.waits(pocket) and not _stale(state, pocket)
    ]
    return sorted(found, key=lambda p: (p[1] is None, account_place(state, p), pocket_id(p)))


def _cause(
    state: State, pocket: Pocket, moved: dict[str, int], filled_before: dict[str, int]
) -> int:
    """Give the number of the event that set a liquidation off (L3)."""
    gains: dict[str, int] = {}
    for place in state.contracts_of(pocket):
        contract, unit_value = symbol_of(place), state.markets[place].contract.unit_value
        quantity = state.position(pocket[0], place).quantity
        gain = quantity * unit_value * moved.get(contract, 0)
        gains[contract] = gains.get(contract, 0) + gain
    if gains:
        gain, contract = min((gain, contract) for contract, gain in gains.items())
        if gain < 0 and contract in filled_before:
            return filled_before[contract]
    return state.first_event()


def _warn(state: State) -> None:
    """Look at every margin account that is not in breach (W1)."""
    # a position that was switched to cross has left its isolated margin account: levels armed
    for gone in set(state.crossed) - set(state.pockets()):
        del state.crossed[gone]
    state.stalled &= set(state.pockets())
    for pocket in state.pockets():
        if state.waits(pocket):
            continue
        if margin.in_breach(state, pocket):
            _wait(state, pocket)
            continue
        state.stalled.discard(pocket)
        called = _call(state, pocket)
        if pocket[1] is None:
            _draw(state, pocket[0], called=called)


def _stale(state: State, pocket: Pocket) -> list[str]:
    """List the contracts of a margin account whose index nobody speaks for (P19)."""
    if pocket in state.waiting:  # it has begun and goes on
        return []
    return [c for c in state.contracts_of(pocket) if state.markets[c].stale]


def _wait(state: State, pocket: Pocket) -> None:
    """Say once that a liquidation waits (P20)."""
    stale = _stale(state, pocket)
    if stale and pocket not in state.stalled:
        mode = "cross" if pocket[1] is None else "isolated"
        reason = Reason.STALE_INDEX
        where = {"account": pocket[0], "contract": stale[0], "mode": mode}
        state.emit(LiquidationWaits, **where, reason=reason)
    if stale:
        state.stalled.add(pocket)
    else:
        state.stalled.discard(pocket)


def _call(state: State, pocket: Pocket) -> bool:
    """Re-arm, then warn of the highest level newly crossed (W1, W2)."""
    contracts = state.contracts_of(pocket)
    owned, needed = margin.equity(state, pocket), margin.maintenance(state, pocket)
    rearm = state.rules.rearm_points
    crossed = {
        level
        for level in state.crossed.get(pocket, set())
        if contracts and not 100 * needed <= (level - rearm) * owned
    }
    newly = [
        level
        for level in state.rules.warning_levels
        if contracts and level not in crossed and 100 * needed >= level * owned
    ]
    state.crossed[pocket] = crossed
    if not newly:
        return False
    highest = max(newly)
    state.crossed[pocket] = crossed | {n for n in state.rules.warning_levels if n <= highest}
    state.emit(
        MarginCalled,
        account=pocket[0],
        contract=min(contracts, key=lambda c: _distance(state, pocket, c)),
        mode="cross" if pocket[1] is None else "isolated",
        level=highest,
        equity=owned,
        maintenance=needed,
        restore=max(0, div_up(100 * needed, highest) - owned),
    )
    return True


def _distance(state: State, pocket: Pocket, place: Place) -> tuple[Fraction, str, Place]:
    """Order the positions by the move that would use up the slack (W2).

    A move against one leg of a contract is one for the other, whose maintenance moves alike.
    """
    market, used = state.markets[place], Fraction(0)
    sign = 1 if state.position(pocket[0], place).quantity > 0 else -1
    for leg in state.contracts_of(pocket):
        if symbol_of(leg) == symbol_of(place):
            lots = state.position(pocket[0], leg).quantity
            each = market.mark * market.contract.unit_value
            rate = margin.rate_of(market.contract, abs(lots), market.mark)
            used += sign * lots * each - abs(lots) * each * rate * sign
    return (-used, symbol_of(place), place)


def _draw(state: State, account: str, *, called: bool) -> None:
    """Say which cross positions live on their account's pool (W3)."""
    for contract in state.places(account):
        draw = 0
        held = state.position(account, contract).quantity
        if held and state.mode(account, contract) == "cross":
            cushion = margin.initial(state, account, contract)
            cushion -= margin.position_maintenance(state, account, contract)
            draw = max(0, -margin.unrealized(state, account, contract) - cushion)
        if draw > 0 and (called or (account, contract) not in state.drawing):
            state.emit(PoolDrawn, account=account, contract=contract, draw=draw)
        if draw > 0:
            state.drawing.add((account, contract))
        else:
            state.drawing.discard((account, contract))
