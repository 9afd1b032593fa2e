"""Who was touched or left its band is looked at; the healthy are warned (W1 to W3)."""

from engine.core.account.account import Account
from engine.core.account.position import Position
from engine.core.event import LiquidationWaits, MarginCalled, PoolDrawn
from engine.core.margin.band import Exposure, is_near, safe_band
from engine.core.margin.brackets import rate_e12
from engine.core.margin.risk import Risk, draw, notional
from engine.core.money import E12, Micros, div_up
from engine.core.reason import Reason
from engine.core.state.standing import cross_risk, isolated_risk
from engine.core.state.venue import State


def look(state: State) -> list[str]:
    """Warn whoever needs it and return the margin accounts to be liquidated, by id."""
    return [margin_id for margin_id in state.watch.due() if _falls(state, margin_id)]


def _falls(state: State, margin_id: str) -> bool:
    """Say whether a margin account is to be liquidated now; warn and guard it if it is healthy."""
    name, _, slot = margin_id.partition(":")
    account = state.accounts[name]
    if state.waits(margin_id) and _has_position(account, slot):
        state.watch.guard(margin_id, [])
        return False
    holder: Account | Position = account.positions[slot] if slot else account
    if isinstance(holder, Account):
        risk, positions = cross_risk(state, account), account.cross_positions()
    elif holder.mode == "cross":
        # switched since it was touched: its isolated margin account is empty and gone
        state.watch.guard(margin_id, [])
        state.stalled.pop(margin_id, None)
        return False
    else:
        risk, positions = isolated_risk(state, holder), [holder] if holder.quantity else []
    if risk.is_breach(state.rules.strict_trigger):
        return not _waits(state, margin_id, positions)
    state.stalled.pop(margin_id, None)
    holder.warned = _warn(state, name, positions, risk, holder.warned)
    if not slot:
        _forget_draws(account)
    _guard(state, margin_id, positions, risk, holder.warned)
    return False


def _waits(state: State, margin_id: str, positions: list[Position]) -> bool:
    """Say whether a liquidation must not begin; then it is looked at again in every wave."""
    if margin_id in state.pauses:
        return False
    stale = [one for one in positions if state.markets[one.contract].is_stale]
    if not stale:
        state.stalled.pop(margin_id, None)
        return False
    if margin_id not in state.stalled:
        state.stalled[margin_id] = Reason.STALE_INDEX
        state.emit(
            LiquidationWaits(
                **state.stamp(),
                account=stale[0].account,
                contract=stale[0].contract,
                mode=stale[0].mode,
                reason=Reason.STALE_INDEX,
                leg=stale[0].leg,
            )
        )
    return True


def _has_position(account: Account, slot: str) -> bool:
    if not slot:
        return bool(account.cross_positions())
    position = account.positions[slot]
    return position.mode == "isolated" and bool(position.quantity)


def _warn(state: State, name: str, positions: list[Position], risk: Risk, warned: int) -> int:
    """Re-arm, call and report draws; return the highest level crossed now."""
    if not positions:
        return 0
    levels = state.rules.warning_levels
    while warned and 100 * risk.maintenance <= (warned - state.rules.rearm_points) * risk.equity:
        warned = max((level for level in levels if level < warned), default=0)
    crossed = max((level for level in levels if level > warned and risk.reaches(level)), default=0)
    if crossed:
        warned = crossed
        _call(state, name, positions, risk, crossed)
    if positions[0].mode == "cross":
        _report_draws(state, positions, called=bool(crossed))
    return warned


def _call(state: State, name: str, positions: list[Position], risk: Risk, level: int) -> None:
    nearest = _nearest(state, positions)
    state.emit(
        MarginCalled(
            **state.stamp(),
            account=name,
            contract=nearest.contract,
            mode=nearest.mode,
            level=level,
            equity=Micros(risk.equity),
            maintenance=Micros(risk.maintenance),
            restore=Micros(max(0, div_up(100 * risk.maintenance, level) - risk.equity)),
            leg=nearest.leg,
        )
    )


def _nearest(state: State, positions: list[Position]) -> Position:
    """Return the position nearest to liquidation; legs of a contract are pulled together."""
    net: dict[str, int] = {}
    for one in positions:
        net[one.contract] = net.get(one.contract, 0) + one.sign * _pull(state, one)
    pulls = {one.slot: one.sign * net[one.contract] for one in positions}
    return min(positions, key=lambda one: (-pulls[one.slot], one.contract, one.slot))


def _pull(state: State, position: Position) -> int:
    """Return how much slack a move of one per cent against the position uses up, scaled."""
    market = state.markets[position.contract]
    value = notional(market.contract, position, market.mark)
    rate = rate_e12(market.contract, abs(position.quantity), market.mark)
    return value * (E12 - position.sign * rate)


def _report_draws(state: State, positions: list[Position], *, called: bool) -> None:
    for position in positions:
        market = state.markets[position.contract]
        drawn = max(0, draw(market.contract, position, market.mark))
        if drawn and (called or not position.drawing):
            state.emit(
                PoolDrawn(
                    **state.stamp(),
                    account=position.account,
                    contract=position.contract,
                    draw=Micros(drawn),
                    leg=position.leg,
                )
            )
        position.drawing = drawn > 0


def _forget_draws(account: Account) -> None:
    for position in account.positions.values():
        if not position.quantity:
            position.drawing = False


def _guard(
    state: State, margin_id: str, positions: list[Position], risk: Risk, warned: int
) -> None:
    """Register the band of each contract inside which nothing about the account can change."""
    exposures = [
        Exposure(state.markets[p.contract].contract, p, state.markets[p.contract].mark)
        for p in positions
    ]
    drift = sum(state.markets[p.contract].drift(p, state.now_us) for p in positions)
    if drift and is_near(risk, warned, state.rules, drift):
        state.watch.guard(margin_id, [])
        state.watch.touch(margin_id)
        return
    bands = []
    for one in exposures:
        low, high = safe_band(exposures, one, risk, warned, state.rules, drift=drift)
        bands.append((one.position.contract, low, high))
    state.watch.guard(margin_id, bands)
