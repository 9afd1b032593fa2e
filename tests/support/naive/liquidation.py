"""One margin account's liquidation: cancel, then step by step through the waterfall (L4 to L14)."""

from functools import partial

from engine.core.event import (
    ClosedOutside,
    LiquidationAverted,
    LiquidationEnded,
    LiquidationPaused,
    LiquidationStarted,
    PairsNetted,
)
from engine.core.instrument import Backed
from engine.core.money import PPM, div_up
from engine.core.reason import Reason
from tests.support.naive import margin
from tests.support.naive.assign import assign
from tests.support.naive.backed import backed_size, sell_backed
from tests.support.naive.book import opposite
from tests.support.naive.deficit import settle_balance
from tests.support.naive.deleverage import deleverage
from tests.support.naive.fills import (
    cancel,
    close_part,
    drop_stop,
    outside_fill,
    settle_isolated,
)
from tests.support.naive.forced import Step, pay_fees, sell_for_fund, sell_limited
from tests.support.naive.inventory import take_into_inventory
from tests.support.naive.order import in_order, next_round
from tests.support.naive.size import sizes
from tests.support.naive.state import Debt, Job, Order, Place, Pocket, State, symbol_of


def liquidate(state: State, job: Job, *, is_resumed: bool) -> None:
    """Round by round: cancel orders (L4), then close what goes now (L5)."""
    pocket, closing = job.pocket, state.rules.closing
    if closing.delay_us and not is_resumed and state.contracts_of(pocket):
        _wait(state, job, "delay", closing.delay_us)
        return
    if closing.pair_netting and _net_all(state, job):
        return
    if closing.backed and state.contracts_of(pocket):
        _back_all(state, job, closing.backed)
        return
    while margin.in_breach(state, pocket):
        going = next_round(state, pocket)
        if _is_averted(state, pocket, going):
            pay_fees(state, job)
            return
        if not going:
            _forgive(state, pocket, job.cause)
        orders = zip(going, sizes(state, pocket, going, job.orders), strict=True)
        for number, (contract, lots) in enumerate(orders, 1):
            _step(state, job, contract, lots, is_last=number == len(going))
        some_left = any(state.position(pocket[0], contract).quantity for contract in going)
        if closing.cooldown_us and some_left and margin.in_breach(state, pocket):
            _wait(state, job, "cooldown", closing.cooldown_us)
            return


def _net_all(state: State, job: Job) -> bool:
    """Close both legs of a contract against each other; tell whether that was enough (C6)."""
    pocket, account = job.pocket, job.pocket[0]
    while True:
        held = state.contracts_of(pocket)
        longs = [p for p in held if state.position(account, p).quantity > 0]
        legs = [p for p in longs if p.endswith(":long")]
        both = [p for p in legs if p.replace(":long", ":short") in held]
        if not both:
            return False
        long, short = both[0], both[0].replace(":long", ":short")
        if _is_averted(state, pocket, [long]):
            pay_fees(state, job)
            return True
        lots = min(abs(state.position(account, place).quantity) for place in (long, short))
        limit = _limit(state, account, long, _share(state, pocket, long, job.set_aside))
        seq = _start(state, job, long, limit, lots, is_netting=True)
        market = state.markets[long]
        value = lots * market.mark * market.contract.unit_value
        made = [close_part(state, account, place, lots, value) for place in (long, short)]
        state.emit(
            PairsNetted,
            liquidation=seq,
            account=account,
            contract=symbol_of(long),
            quantity=lots,
            price=market.mark,
            long_realized=made[0],
            short_realized=made[1],
            loss=-sum(made),
            own_margin=-sum(made),
        )
        healthy = not margin.in_breach(state, pocket)
        if healthy or not state.contracts_of(pocket):
            pay_fees(state, job)
        if not state.contracts_of(pocket):
            settle_balance(state, seq, pocket, long)
        _end(state, pocket, long, seq)
        if healthy or not state.contracts_of(pocket):
            return True


def _back_all(state: State, job: Job, terms: Backed) -> None:
    """One round of orders that the fund stands behind, then a wait (C5)."""
    pocket, closed, job.paid_by_fund = job.pocket, 0, 0
    turns: list[str] = []
    something = False
    while margin.in_breach(state, pocket):
        waiting = [c for c in in_order(state, pocket) if c not in turns]
        if not waiting:
            job.idle = 0 if something else min(6, job.idle + 1)
            _wait(state, job, "cooldown", state.rules.closing.cooldown_us * 2**job.idle)
            return
        contract = waiting[0]
        turns.append(contract)
        if _is_averted(state, pocket, [contract]):
            return
        lots = backed_size(state, pocket, contract, closed)
        if lots == 0:
            continue
        share = _share(state, pocket, contract, job.set_aside)
        seq = _start(state, job, contract, _limit(state, pocket[0], contract, share), lots)
        sign = 1 if state.position(pocket[0], contract).quantity > 0 else -1
        step = Step(seq, job, contract, sign)
        share_now = partial(_share, state, pocket, contract, job.set_aside)
        sold = 0
        for value in sell_backed(state, step, lots, closed, share_now):
            sold, closed = sold + 1, closed + value
        if not sold:
            step.lots = abs(state.position(pocket[0], contract).quantity)
            step.share = _share(state, pocket, contract, job.set_aside)
            priced = _bankruptcy_value(state, pocket[0], contract, step.share) > 0
            if priced or state.rules.adl_price != "bankruptcy":
                deleverage(state, step)
        something = something or bool(sold or step.sold)
        if not state.contracts_of(pocket):
            settle_balance(state, seq, pocket, contract)
        _end(state, pocket, contract, seq)


def _wait(state: State, job: Job, why: str, how_long: int) -> None:
    """Let a margin account wait (C3)."""
    job.until, job.is_over = state.now + how_long, False
    job.freezes = why == "cooldown" and state.rules.closing.freeze
    state.waiting[job.pocket] = job
    state.emit(
        LiquidationPaused,
        account=job.pocket[0],
        contract=job.pocket[1],
        why=why,
        until_us=job.until,
        equity=margin.equity(state, job.pocket),
        maintenance=margin.maintenance(state, job.pocket),
    )


def _is_met(place: str | None, order: Order) -> bool:
    """Tell whether the liquidation of an isolated leg could meet an order of the other one (L4)."""
    if place is None or place == symbol_of(place) or order.contract != symbol_of(place):
        return False
    return order.side == ("buy" if place.endswith(":long") else "sell")


def _is_averted(state: State, pocket: Pocket, going: list[str]) -> bool:
    """Cancel the orders in the venue's scope; tell whether that was enough (L4)."""
    closing = state.rules.closing
    scope = closing.cancel_cross if pocket[1] is None else closing.cancel_isolated
    if pocket[1] is not None:
        going = [pocket[1]]
    # an isolated leg's own orders go, a cross account's in the whole contract
    near = going if pocket[1] is not None else [p for c in going for p in _legs(state, pocket, c)]
    orders = [
        order
        for order in state.orders_of(pocket[0])
        if scope == "account" or near == [] or order.place in near or _is_met(pocket[1], order)
    ]
    for order in orders:
        cancel(state, order, Reason.LIQUIDATION)
        margin.keep_set_aside(state, pocket[0], order.contract)
    for stop in state.stops_of(pocket[0]):
        if scope == "account" or near == [] or stop.place in near:
            drop_stop(state, stop, Reason.LIQUIDATION)
    if margin.in_breach(state, pocket):
        return False
    state.emit(
        LiquidationAverted,
        account=pocket[0],
        equity=margin.equity(state, pocket),
        maintenance=margin.maintenance(state, pocket),
    )
    return True


def _legs(state: State, pocket: Pocket, place: Place) -> list[Place]:
    return state.places(pocket[0], symbol_of(place))


def _share(state: State, pocket: Pocket, contract: str, set_aside: int) -> int:
    """Give a position's share of its margin account's equity (L6)."""
    owned = margin.equity(state, pocket) - set_aside
    if state.contracts_of(pocket) == [contract]:
        return owned
    total = margin.maintenance(state, pocket)
    if total == 0:
        return 0
    return owned * margin.position_maintenance(state, pocket[0], contract) // total


def _bankruptcy_value(state: State, account: str, contract: str, share: int) -> int:
    """Give V of all lots that are left (L7)."""
    sign = 1 if state.position(account, contract).quantity > 0 else -1
    return abs(margin.value_at_mark(state, account, contract)) - sign * share


def _limit(state: State, account: str, contract: str, share: int) -> int | None:
    """Give the limit price of the IOC (L7), None below one tick (L8)."""
    details = state.markets[contract].contract
    quantity = state.position(account, contract).quantity
    value = _bankruptcy_value(state, account, contract, share)
    grid = abs(quantity) * details.unit_value * details.tick
    ticks = max(1, div_up(value, grid)) if quantity > 0 else value // grid
    return ticks * details.tick if ticks >= 1 else None


def _step(state: State, job: Job, contract: str, lots: int, *, is_last: bool) -> None:
    """Take one position through all stages (L8 to L13, C2)."""
    pocket, account = job.pocket, job.pocket[0]
    limit = _limit(state, account, contract, _share(state, pocket, contract, job.set_aside))
    seq = _start(state, job, contract, limit, lots)
    sign = 1 if state.position(account, contract).quantity > 0 else -1
    step = Step(seq, job, contract, sign)
    job.owed.append(Debt(seq, contract))
    is_taken_over = _reduce(state, step, limit, lots)
    step.lots = abs(state.position(account, contract).quantity)
    if is_taken_over and step.lots:
        step.share = _share(state, pocket, contract, job.set_aside)
        priced = _bankruptcy_value(state, account, contract, step.share) > 0
        for stage in state.rules.closing.takeover:
            if stage == "inventory":
                take_into_inventory(state, step)
            elif stage == "fund":
                sell_for_fund(state, step)
            elif stage == "assignment" and priced:
                assign(state, step)
            elif stage == "adl" and (priced or state.rules.adl_price != "bankruptcy"):
                deleverage(state, step)
        _close_outside(state, step)
    if is_last:
        pay_fees(state, job)
    if not state.contracts_of(pocket):
        settle_balance(state, seq, pocket, contract)
    _end(state, pocket, contract, seq)


def _reduce(state: State, step: Step, limit: int | None, lots: int) -> bool:
    """Sell in the book; tell whether all that is left is taken over (C2)."""
    closing, pocket = state.rules.closing, step.pocket
    held = abs(state.position(step.account, step.contract).quantity)
    if lots == held:
        if limit is not None:
            sell_limited(state, step, limit, lots)
        return True
    missing = lots
    if limit is not None and lots:
        missing = sell_limited(state, step, _banded(state, step, limit), lots)
    if missing and closing.band_ppm and margin.in_breach(state, pocket):
        share = _share(state, pocket, step.contract, step.job.set_aside)
        again = _limit(state, step.account, step.contract, share)
        if again is not None:
            held = abs(state.position(step.account, step.contract).quantity)
            missing = sell_limited(state, step, again, held)
    if not margin.in_breach(state, pocket):
        return False
    alone = closing.reduce == "heal" and closing.order != "pro_rata"
    return missing > 0 or lots == 0 or alone


def _banded(state: State, step: Step, limit: int) -> int:
    """Give the limit of a partial order (C2)."""
    market, band = state.markets[step.contract], state.rules.closing.band_ppm
    tick = market.contract.tick
    if band == 0:
        return limit
    if step.sign > 0:
        return max(limit, div_up(div_up(market.mark * (PPM - band), PPM), tick) * tick)
    return min(limit, max(1, market.mark * (PPM + band) // PPM // tick) * tick)


def _start(
    state: State,
    job: Job,
    contract: str,
    limit: int | None,
    lots: int,
    *,
    is_netting: bool = False,
) -> int:
    pocket = job.pocket
    quantity = state.position(pocket[0], contract).quantity
    market, closing = state.markets[contract], state.rules.closing
    reduction = {0: "takeover", abs(quantity): "whole"}.get(lots, closing.reduce)
    return state.emit(
        LiquidationStarted,
        account=pocket[0],
        contract=contract,
        mode="cross" if pocket[1] is None else "isolated",
        side="long" if quantity > 0 else "short",
        quantity=lots if lots else abs(quantity),
        mark=market.mark,
        equity=margin.equity(state, pocket),
        maintenance=margin.maintenance(state, pocket),
        bracket=margin.bracket_of(market.contract, abs(quantity), market.mark)[0],
        bankruptcy_price=limit,
        cause=job.cause,
        reduction="netting" if is_netting else "backed" if closing.backed else reduction,
        spared=abs(quantity) - lots if lots else 0,
    )


def _end(state: State, pocket: Pocket, contract: str, seq: int) -> None:
    """L13."""
    held = state.position(pocket[0], contract).quantity if contract else 0
    state.emit(
        LiquidationEnded,
        liquidation=seq,
        account=pocket[0],
        contract=contract,
        quantity=abs(held),
        equity=margin.equity(state, pocket),
        maintenance=margin.maintenance(state, pocket),
    )


def _forgive(state: State, pocket: Pocket, cause: int) -> None:
    """Make good a negative balance without a position (L14)."""
    contract = pocket[1] or state.held_last.get(pocket[0], "")
    seq = state.emit(
        LiquidationStarted,
        account=pocket[0],
        contract=contract,
        mode="cross" if pocket[1] is None else "isolated",
        side="long",
        quantity=0,
        mark=state.markets[contract].mark if contract else 0,
        equity=margin.equity(state, pocket),
        maintenance=0,
        bracket=0,
        bankruptcy_price=None,
        cause=cause,
    )
    settle_balance(state, seq, pocket, contract)
    _end(state, pocket, contract, seq)


def _close_outside(state: State, step: Step) -> None:
    """Stage (d): what is left is closed off the book against outside at the mark (L11)."""
    lots = step.lots - step.sold
    if lots == 0:
        return
    market = state.markets[step.contract]
    value = lots * market.mark * market.contract.unit_value
    outside_fill(state, symbol_of(step.contract), opposite(step.side), lots, market.mark)
    loss = -close_part(state, step.account, step.contract, lots, value)
    settle_isolated(state, step.account, step.contract)
    state.emit(
        ClosedOutside,
        liquidation=step.seq,
        account=step.account,
        contract=step.contract,
        quantity=lots,
        price=market.mark,
        loss=loss,
    )
    if step.pocket[1] is None:
        step.job.set_aside += min(0, step.against_mark(step.sold, step.lots))
