"""Funding settlements, from a file or from the premium, and the timers (F1 to F3)."""

from engine.core.event import FundingPaid, FundingSettled
from engine.core.money import E8, div_half_even, div_to_zero
from tests.support.naive.deficit import settle_period
from tests.support.naive.margin import value_at_mark
from tests.support.naive.prices import sample
from tests.support.naive.state import OUTSIDE, Market, State, balance_name
from tests.support.naive.waves import resume, run_waves


def fire_timers(state: State, until: int) -> None:
    """Fire every timer that is due at or before an instant, in order (F1, P10, C3)."""
    while True:
        due = sorted(
            [
                (_next_due(market), "1 funding", symbol)
                for symbol, market in state.markets.items()
                if market.priced and market.contract.funding.source == "premium"
            ]
            + [(job.until, "3 wait", "") for job in state.waiting.values()]
        )
        every = state.rules.settlement_us
        if every and state.period_until:
            due.append(((state.period_until // every + 1) * every, "4 settlement", ""))
        due.sort()
        if not due or due[0][0] > until:
            break
        at_us, kind, name = due[0]
        sample(state, at_us)
        state.begin(at_us)
        if kind == "4 settlement":
            state.period_until = at_us
            settle_period(state)
            run_waves(state)
        elif kind == "1 funding":
            market = state.markets[name]
            market.settled_until = at_us
            rate = _premium_rate(market)
            market.premium_sum = market.premium_count = 0
            settle(state, name, rate)
            run_waves(state)
        else:
            resume(state)
    state.period_until = until
    sample(state, until)


def _next_due(market: Market) -> int:
    interval = market.contract.funding.interval_us
    return (market.settled_until // interval + 1) * interval


def _premium_rate(market: Market) -> int:
    funding = market.contract.funding
    average = 0
    if market.premium_count:
        average = div_half_even(market.premium_sum, market.premium_count)
    rate = average + _clamp(funding.interest_e8 - average, funding.clamp_e8)
    return _clamp(rate, funding.cap_e8)


def _clamp(number: int, bound: int) -> int:
    return max(-bound, min(bound, number))


def settle(state: State, contract: str, rate_e8: int) -> None:
    """Let every position pay its share to `rounding` (F3)."""
    market = state.markets[contract]
    market.rate_e8 = rate_e8
    accounts = sorted([*state.accounts, OUTSIDE])
    holders = [a for a in accounts if state.position(a, contract).quantity]
    if not holders:
        return
    state.emit(FundingSettled, contract=contract, rate_e8=rate_e8, mark=market.mark)
    for account in holders:
        amount = div_to_zero(value_at_mark(state, account, contract) * rate_e8, E8)
        pocket = state.pocket(account, contract)
        state.post(balance_name(pocket), "rounding", amount)
        state.add_result(pocket, contract, -amount)
        if amount != 0 and account != OUTSIDE:
            state.emit(FundingPaid, account=account, contract=contract, amount=amount)
