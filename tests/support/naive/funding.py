"""Funding settlements, from a file or from the premium, and the timers (F1 to F6)."""

from collections.abc import Iterator

from engine.core.event import (
    BorrowPaid,
    CancelTimerFired,
    FundingIntervalSet,
    FundingRateFixed,
    FundingSettled,
)
from engine.core.money import E8, div_half_even, div_to_zero
from engine.core.reason import Reason
from tests.support.naive import margin
from tests.support.naive.deficit import settle_period
from tests.support.naive.fills import (
    cancel,
    cancel_all,
    pay_accrued,
    pay_closing_fee,
    pay_funding,
)
from tests.support.naive.index import judge, next_stale
from tests.support.naive.inventory import fund_pays_funding, work_off
from tests.support.naive.prices import sample, update
from tests.support.naive.state import OUTSIDE, Market, State
from tests.support.naive.waves import resume, run_waves


def fire_timers(state: State, until: int) -> None:
    """Fire every timer that is due at or before an instant, in order (F1, P10, C3)."""
    while True:
        due = sorted(_due(state))
        if not due or due[0][0] > until:
            break
        at_us, kind, name = due[0]
        sample(state, at_us)
        state.begin(at_us)
        state.offloaded_until = at_us if kind >= "4 offload" else at_us - 1
        if kind == "5 settlement":
            state.period_until = at_us
            settle_period(state)
            run_waves(state)
            continue
        _fire(state, kind, name)
        run_waves(state)
    state.period_until = state.offloaded_until = until
    sample(state, until)


def _due(state: State) -> Iterator[tuple[int, str, str]]:
    """List what falls due when, its kind, and of which contract (P19, F1, O16, O20, C3, L12)."""
    for symbol, market in state.markets.items():
        stale = next_stale(market)
        if stale is not None:
            yield stale, "0 index", symbol
        if market.priced and market.contract.funding.source == "premium":
            yield _next_due(market), "1 funding", symbol
        if market.priced and market.contract.funding.borrow_e8:
            every = market.contract.funding.borrow_interval_us
            yield (market.lent_until // every + 1) * every, "1 interest", symbol
    ends = [order.expires for order in state.orders if order.expires is not None]
    for at_us in sorted(ends)[:1]:
        yield at_us, "2 expiry", ""
    for at_us in state.switches.values():
        yield at_us, "2 switch", ""
    for job in state.waiting.values():
        yield job.until, "3 wait", ""
    every = state.rules.fund.offload_interval_us
    if every and any(state.held_by_fund(contract) for contract in state.markets):
        yield (state.offloaded_until // every + 1) * every, "4 offload", ""
    every = state.rules.settlement_us
    if every and state.period_until:
        yield (state.period_until // every + 1) * every, "5 settlement", ""


def _fire(state: State, kind: str, contract: str) -> None:
    if kind == "0 index":
        judge(state, state.markets[contract])
        if state.markets[contract].priced:
            state.dirty.add(contract)
            update(state)
    elif kind == "1 funding":
        _fall_due(state, state.markets[contract])
    elif kind == "1 interest":
        _charge_interest(state, contract)
    elif kind == "2 expiry":
        _expire(state)
        update(state)
    elif kind == "2 switch":
        _run_out(state)
        update(state)
    elif kind == "4 offload":
        work_off(state)
        update(state)
    else:
        resume(state)


def _run_out(state: State) -> None:
    """Cancel for the first who was silent too long, by account, a switch for all first (O20)."""
    due = [key for key, at_us in state.switches.items() if at_us == state.now]
    account, contract = min(due, key=lambda key: (key[0], key[1] or ""))
    del state.switches[account, contract]
    count = cancel_all(state, account, contract, Reason.DEAD_MAN_SWITCH)
    state.emit(CancelTimerFired, account=account, contract=contract, count=count)


def _expire(state: State) -> None:
    """Cancel the oldest of the orders that end now (O16)."""
    ending = [order for order in state.orders if order.expires == state.now]
    order = min(ending, key=lambda one: one.arrival)
    cancel(state, order, Reason.EXPIRED)
    margin.keep_set_aside(state, order.account, order.contract)


def _next_due(market: Market) -> int:
    interval = market.interval
    return (market.settled_until // interval + 1) * interval


def _fall_due(state: State, market: Market) -> None:
    """Settle, or end an interval of accrual, and find the next interval (F1, F4, F5)."""
    contract = market.contract.symbol
    market.settled_until = state.now
    rate, before = _premium_rate(market), market.interval
    market.premium_sum = market.premium_count = 0
    if market.contract.funding.accrues:
        _end_accrual(state, market, rate)
    else:
        settle(state, contract, rate)
    _lengthen_or_shorten(market, rate)
    if market.interval != before:
        state.emit(FundingIntervalSet, contract=contract, interval_us=market.interval)


def _lengthen_or_shorten(market: Market, rate: int) -> None:
    """F4."""
    terms = market.contract.funding
    halves = terms.at_cap == "halves"
    if terms.at_cap == "stays":
        return
    if abs(rate) >= terms.cap_e8:
        market.calm = 0
        shorter = market.interval // 2 if halves else 0
        market.interval = max(terms.interval_least_us, shorter)
    elif market.interval < terms.interval_us:
        market.calm += 1
        if market.calm == terms.calm_count:
            market.calm = 0
            longer = market.interval * 2 if halves else terms.interval_us
            market.interval = min(terms.interval_us, longer)


def _end_accrual(state: State, market: Market, rate: int) -> None:
    """F5."""
    contract = market.contract.symbol
    accounts = sorted([*state.accounts, OUTSIDE])
    places = [(a, place) for a in accounts for place in state.places(a, contract)]
    held = [(a, place) for a, place in places if state.position(a, place).quantity]
    if held and market.accrued_from:
        mark, ended = market.accrual_mark, market.rate_e8
        state.emit(FundingSettled, contract=contract, rate_e8=ended, mark=mark)
    for account, place in held:
        pay_accrued(state, account, place)
    market.rate_e8, market.accrual_mark, market.accrued_from = rate, market.own_mark, state.now
    state.emit(FundingRateFixed, contract=contract, rate_e8=rate, mark=market.own_mark)


def pay_in_breach(state: State) -> None:
    """Have whoever is in breach by time alone pay what he owes (F5)."""
    for pocket in state.pockets():
        contracts = state.contracts_of(pocket)
        stale = any(state.markets[c].stale for c in contracts)
        if not contracts or stale or pocket in state.waiting:
            continue
        if margin.in_breach(state, pocket):
            for contract in contracts:
                pay_accrued(state, pocket[0], contract)


def _charge_interest(state: State, contract: str) -> None:
    """F6."""
    market = state.markets[contract]
    market.lent_until = state.now
    places = [(a, place) for a in state.accounts for place in state.places(a, contract)]
    for account, place in places:
        lots = abs(state.position(account, place).quantity)
        value = lots * market.own_mark * market.contract.unit_value
        if state.mode(account, contract) == "isolated":
            own = state.money((account, place)) - margin.accrued(state, account, place)
            loan = max(0, value - max(0, own))
        else:
            loan = value - value // state.leverage(account, contract)
        wanted = loan * market.contract.funding.borrow_e8 // E8
        if lots and wanted:
            paid = pay_closing_fee(state, account, place, wanted)
            if paid:
                where = {"account": account, "contract": place}
                state.emit(BorrowPaid, **where, amount=paid, loan=loan)


def _premium_rate(market: Market) -> int:
    funding = market.contract.funding
    average = 0
    weights = market.premium_count
    if funding.average == "late":
        weights = sum(range(1, market.premium_count + 1))
    if market.premium_count:
        average = div_half_even(market.premium_sum, weights * market.contract.funding.divisor)
    interest = div_to_zero(funding.interest_e8 * market.interval, funding.interval_us)
    rate = average + _clamp(interest - average, funding.clamp_e8)
    return _clamp(rate, funding.cap_e8)


def _clamp(number: int, bound: int) -> int:
    return max(-bound, min(bound, number))


def settle(state: State, contract: str, rate_e8: int) -> None:
    """Let every position pay its share to `rounding` (F3)."""
    market = state.markets[contract]
    market.rate_e8 = rate_e8
    accounts = sorted([*state.accounts, OUTSIDE, state.fund_name(contract)])
    places = [(a, place) for a in accounts for place in state.places(a, contract)]
    holders = [(a, place) for a, place in places if state.position(a, place).quantity]
    if not holders:
        return
    state.emit(FundingSettled, contract=contract, rate_e8=rate_e8, mark=market.own_mark)
    for account, place in holders:
        value = state.position(account, place).quantity * market.own_mark
        amount = div_to_zero(value * market.contract.unit_value * rate_e8, E8)
        if account == state.fund_name(contract):
            fund_pays_funding(state, contract, amount)
        else:
            pay_funding(state, account, place, amount)
