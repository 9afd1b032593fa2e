"""Knows the order of the stages; nobody else does (L2 to L16).

A command is worked off in waves. Marks are frozen within a wave; what it trades moves them once
at its end, and whoever is newly in breach forms the next wave, until nobody is.
"""

from collections.abc import Callable
from typing import Literal

from engine.core.account.position import Position
from engine.core.event import LiquidationEnded, LiquidationStarted
from engine.core.liquidation import (
    alert,
    assign,
    backed,
    breach,
    cancel,
    choose,
    close,
    cover,
    deleverage,
    keep,
    netting,
    offload,
    pause,
    settle,
    size,
    socialize,
)
from engine.core.liquidation.case import IDLE_MAX, Case
from engine.core.margin.bankruptcy import Settlement
from engine.core.margin.brackets import bracket_of
from engine.core.money import Lots, Micros, Price
from engine.core.state.standing import risk_of
from engine.core.state.venue import State
from engine.core.trading import auto_margin, prices, stops

WAVES_MAX = 100_000
"""More waves than this in one command is a bug: each one closes a lot or forgives a balance."""


def run(state: State) -> None:
    """Work off waves until nobody is in breach, then triggered stops, each with its own waves."""
    _waves(state)
    while stops.work_off(state):
        prices.update(state)
        _waves(state)


def _waves(state: State) -> None:
    """Warn, then liquidate wave after wave until no margin account is in breach."""
    moves: dict[str, int] = {}
    forced: dict[str, int] = {}
    for _ in range(WAVES_MAX):
        auto_margin.replenish(state)
        in_breach = alert.look(state)
        if not in_breach:
            return
        queue = breach.queued(state, in_breach, moves, forced)
        forced = {}
        for one in queue:
            case = pause.case_of(state, one, forced)
            if one.holds(state):
                _liquidate(state, case)
            else:
                settle.fees(state, case)
        marks = {symbol: market.mark for symbol, market in state.markets.items()}
        prices.update(state)
        moves = {symbol: market.mark - marks[symbol] for symbol, market in state.markets.items()}
    raise AssertionError("liquidation waves must come to an end")


def resume(state: State) -> None:
    """Go on with liquidations whose wait is over; what is owed falls due where all is well now."""
    for margin_id in pause.over(state):
        one = breach.of(state, margin_id, cause=0)
        pause.end(state, margin_id)
        if not one.holds(state):
            settle.fees(state, pause.case_of(state, one, {}))


def _liquidate(state: State, case: Case) -> None:
    """Cancel orders, then close round by round until the account is healthy or has nothing."""
    one, closing = case.breach, state.rules.closing
    if closing.delay_us and not case.is_resumed and not one.is_flat:
        pause.begin(state, case, "delay")
        return
    if _net_pairs(state, case):
        return
    if closing.backed is not None and not one.is_flat:
        _back_round(state, case)
        return
    while one.holds(state):
        going = choose.next_round(state, one)
        if cancel.resting_orders(state, case, going):
            settle.fees(state, case)
            return
        if not going:
            _forgive(state, case)
        sizes = size.of_round(state, case, going)
        for number, (position, lots) in enumerate(zip(going, sizes, strict=True), 1):
            _step(state, case, position, lots, is_last=number == len(going))
        is_left = any(position.quantity for position in going)
        if closing.cooldown_us and is_left and one.holds(state):
            pause.begin(state, case, "cooldown")
            return


def _net_pairs(state: State, case: Case) -> bool:
    """Close pairs of legs, contract by contract; say whether the account is healthy by that."""
    while (pair := netting.first_pair(state, case.breach)) is not None:
        if cancel.resting_orders(state, case, [pair.long]):
            settle.fees(state, case)
            return True
        limit = case.lots(state, pair.long).limit_price(state.markets[pair.long.contract].contract)
        _start(state, case, pair.long, limit, pair.lots, reduction="netting")
        netting.close(state, case, pair)
        is_over = not case.breach.holds(state)
        if case.breach.is_flat or is_over:
            settle.fees(state, case)
        if case.breach.is_flat:
            _settle(state, case, case.breach.key, pair.long.contract)
        _end(state, case, pair.long)
        if is_over or case.breach.is_flat:
            return True
    return False


def _back_round(state: State, case: Case) -> None:
    """Send a backed order for each position, as long as the account is in breach; then it waits."""
    one, gone, has_closed = case.breach, set[str](), False
    case.paid_by_fund = case.closed = 0
    while one.holds(state):
        left = [p for p in choose.ranked(state, one) if p.slot not in gone]
        if not left:
            case.idle = 0 if has_closed else min(IDLE_MAX, case.idle + 1)
            pause.begin(state, case, "cooldown")
            return
        position = left[0]
        gone.add(position.slot)
        if cancel.resting_orders(state, case, [position]):
            return
        lots = backed.size(state, case, position)
        if lots and _back_step(state, case, position, lots):
            has_closed = True


def _back_step(state: State, case: Case, position: Position, lots: int) -> int:
    """Trade as far as the fund stands behind it; only where nothing traded others are asked.

    Return how many lots are closed.
    """
    market = state.markets[position.contract]
    limit = case.lots(state, position).limit_price(market.contract)
    _start(state, case, position, limit, lots)
    closed = backed.into_book(state, case, position, lots)
    if not closed:
        whole = case.lots(state, position)
        closed = deleverage.against_others(state, case, position, whole, 0)
    if case.breach.is_flat:
        _settle(state, case, position.margin_key, position.contract)
    _end(state, case, position)
    return closed


def _step(state: State, case: Case, position: Position, lots: int, *, is_last: bool) -> None:
    """Take one position through all stages; the last of a round may end the liquidation."""
    market = state.markets[position.contract]
    limit = case.lots(state, position).limit_price(market.contract)
    _start(state, case, position, limit, lots)
    if _reduce(state, case, position, lots):
        _take_over(state, case, position)
    is_flat = case.breach.is_flat
    if is_flat or (is_last and not case.breach.holds(state)):
        settle.fees(state, case)
    if is_flat:
        _settle(state, case, position.margin_key, position.contract)
    _end(state, case, position)


def _reduce(state: State, case: Case, position: Position, lots: int) -> bool:
    """Send the step's orders into the book; return whether the rest is taken over now."""
    closing = state.rules.closing
    if lots == abs(position.quantity):
        _send(state, case, position, lots, 0)
        return True
    left = _send(state, case, position, lots, closing.band_ppm)
    if left and closing.band_ppm and case.breach.holds(state):
        left = _send(state, case, position, abs(position.quantity), 0)
    is_one_off = closing.reduce == "heal" and closing.order != "pro_rata"
    is_done = lots and not left and not is_one_off
    return not is_done and case.breach.holds(state)


def _send(state: State, case: Case, position: Position, lots: int, band_ppm: int) -> int:
    """Send one order, limited at the bankruptcy price or before; return what is left of it."""
    market = state.markets[position.contract]
    limit = case.lots(state, position).limit_price(market.contract)
    if limit is None or not lots:
        return lots
    limit = close.nearer(market, position, limit, band_ppm)
    return close.into_book(state, case, position, limit, lots)


def _take_over(state: State, case: Case, position: Position) -> None:
    """Let those whom the profile names take what is left, and the outside market the rest."""
    if not position.quantity:
        return
    lots, done = case.lots(state, position), 0
    for stage in state.rules.closing.takeover:
        if position.quantity:
            done = _TAKERS[stage](state, case, position, lots, done)
    if position.quantity:
        offload.to_outside(state, case, position, lots, done)


_TAKERS: dict[str, Callable[[State, Case, Position, Settlement, int], int]] = {
    "inventory": keep.in_inventory,
    "fund": cover.from_fund,
    "assignment": assign.to_willing,
    "adl": deleverage.against_others,
}
"""Each takes some of the lots after those that are done and returns how many are done then."""


def _settle(state: State, case: Case, key: str, contract: str) -> None:
    """Bring the balance of a margin account without a position to zero, or leave its residue."""
    balance = state.balance(key)
    if balance < 0:
        socialize.deficit_of(state, case, key, contract)
    elif balance > 0:
        settle.residue(state, case, key, contract)


def _start(
    state: State,
    case: Case,
    position: Position,
    limit: Price | None,
    lots: int,
    *,
    reduction: Literal["netting"] | None = None,
) -> None:
    market, held = state.markets[position.contract], abs(position.quantity)
    closing = state.rules.closing
    policy = "takeover" if not lots else "whole" if lots == held else closing.reduce
    named = reduction or (policy if closing.backed is None else "backed")
    risk = case.breach.risk(state)
    started = LiquidationStarted(
        **state.stamp(),
        account=position.account,
        contract=position.contract,
        mode=position.mode,
        side="long" if position.quantity > 0 else "short",
        quantity=Lots(lots or held),
        mark=market.mark,
        equity=Micros(risk.equity),
        maintenance=Micros(risk.maintenance),
        bracket=bracket_of(market.contract, abs(position.quantity), market.mark) + 1,
        bankruptcy_price=limit,
        cause=case.breach.cause,
        reduction=named,
        spared=Lots(held - lots if lots else 0),
        leg=position.leg,
    )
    case.liquidation = started.seq
    state.emit(started)


def _end(state: State, case: Case, position: Position) -> None:
    risk = risk_of(state, position)
    state.emit(
        LiquidationEnded(
            **state.stamp(),
            liquidation=case.liquidation,
            account=position.account,
            contract=position.contract,
            quantity=Lots(abs(position.quantity)),
            equity=Micros(risk.equity),
            maintenance=Micros(risk.maintenance),
            leg=position.leg,
        )
    )


def _forgive(state: State, case: Case) -> None:
    """Make good a negative balance without a position: a liquidation of quantity 0."""
    one = case.breach
    contract = one.position.contract if one.position else one.account.last_contract
    market = state.markets.get(contract)
    risk = one.risk(state)
    started = LiquidationStarted(
        **state.stamp(),
        account=one.account.name,
        contract=contract,
        mode="cross" if one.position is None else "isolated",
        side="long",
        quantity=Lots(0),
        mark=market.mark if market else Price(0),
        equity=Micros(risk.equity),
        maintenance=Micros(0),
        bracket=0,
        bankruptcy_price=None,
        cause=one.cause,
        leg=one.leg,
    )
    case.liquidation = started.seq
    state.emit(started)
    key = one.account.wallet_key if one.position is None else one.position.margin_key
    _settle(state, case, key, contract)
    state.emit(
        LiquidationEnded(
            **state.stamp(),
            liquidation=case.liquidation,
            account=one.account.name,
            contract=contract,
            quantity=Lots(0),
            equity=Micros(one.risk(state).equity),
            maintenance=Micros(0),
            leg=one.leg,
        )
    )
