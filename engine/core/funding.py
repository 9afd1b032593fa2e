"""Funding: samples and settlement (Decisions P10, F1 to F6)."""

from engine.core.command import FundingTick
from engine.core.event import (
    BorrowPaid,
    FundingIntervalSet,
    FundingRateFixed,
    FundingSettled,
    InventoryFunded,
)
from engine.core.margin.price import running_average_e6
from engine.core.money import E8, Micros, Price, div_half_even, div_to_zero
from engine.core.reason import Reason
from engine.core.state.market import Market
from engine.core.state.standing import own_margin, risk_of
from engine.core.state.venue import State
from engine.core.trading import inventory
from engine.core.trading.fill import charge, pay_funding, realize_funding


def fall_due(state: State, market: Market) -> None:
    """Settle funding at the premium's rate; the next settlement is one interval later."""
    rate_e8, before = _premium_rate(market), market.interval_us
    interval = _next_interval(market, rate_e8)
    if market.contract.funding.accrues:
        _begin_accrual(state, market, rate_e8)
    else:
        settle(state, market, rate_e8)
    market.shortened_us = 0 if interval == market.contract.funding.interval_us else interval
    market.funding_due_us = (state.now_us // interval + 1) * interval
    if interval != before:
        symbol = market.contract.symbol
        state.emit(FundingIntervalSet(**state.stamp(), contract=symbol, interval_us=interval))


def _next_interval(market: Market, rate_e8: int) -> int:
    """Return the interval after a settlement: shorter at the cap, longer after calm ones (F4)."""
    terms, now = market.contract.funding, market.interval_us
    if terms.at_cap == "stays":
        return now
    by_half = terms.at_cap == "halves"
    if abs(rate_e8) >= terms.cap_e8:
        market.calm = 0
        return max(terms.interval_least_us, now // 2) if by_half else terms.interval_least_us
    if now == terms.interval_us:
        return now
    market.calm += 1
    if market.calm != terms.calm_count:
        return now
    market.calm = 0
    return min(terms.interval_us, now * 2) if by_half else terms.interval_us


def sample_all(state: State, until_us: int) -> None:
    """Take the basis of every contract at the instants up to a time."""
    interval, keep = state.rules.sample_interval_us, state.rules.sample_count
    for market in state.markets.values():
        if not market.has_price or market.sample_due_us > until_us:
            continue
        count = (until_us - market.sample_due_us) // interval + 1
        market.sample_due_us += count * interval
        if state.rules.mark == "impact_ema":
            market.impact_e6 = running_average_e6(market.impact_e6, market.impact_x2, count, keep)
        market.samples = (market.samples + [market.basis_x2] * min(count, keep))[-keep:]
        premium_e8 = div_half_even(market.basis_x2 * E8, 2 * market.index)
        weight = count
        if market.contract.funding.average == "late":
            weight = count * market.premium_count + count * (count + 1) // 2
        market.premium_sum += weight * premium_e8
        market.premium_count += count


def _premium_rate(market: Market) -> int:
    """Return the rate that falls due: average premium, pulled to the interest, capped."""
    terms, count = market.contract.funding, market.premium_count
    average, weights = 0, count
    if terms.average == "late":
        weights = count * (count + 1) // 2
    if count:
        average = div_half_even(market.premium_sum, weights * terms.divisor)
    interest = div_to_zero(terms.interest_e8 * market.interval_us, terms.interval_us)
    pull = max(-terms.clamp_e8, min(terms.clamp_e8, interest - average))
    return max(-terms.cap_e8, min(terms.cap_e8, average + pull))


def funding_tick(state: State, command: FundingTick) -> None:
    """Settle funding at a rate that was read from a file."""
    market = state.markets.get(command.contract)
    if market is None:
        return state.reject(command, Reason.UNKNOWN_CONTRACT)
    if not market.has_price:
        return state.reject(command, Reason.NO_PRICE)
    if abs(command.rate_e8) > E8:
        return state.reject(command, Reason.INVALID_AMOUNT)
    if market.contract.funding.source != "file":
        return state.reject(command, Reason.INVALID_ORDER)
    return settle(state, market, command.rate_e8)


def settle(state: State, market: Market, rate_e8: int) -> None:
    """Let longs pay shorts (a negative rate: the other way); what rounding leaves is kept apart."""
    market.rate_e8 = rate_e8
    market.premium_sum = market.premium_count = 0
    if not market.holders:
        return
    mark, fund = market.venue_mark, state.fund_key(market.contract.symbol)
    _say_settled(state, market, rate_e8, mark)
    for position in market.held():
        value = position.quantity * mark * market.contract.unit_value
        amount = div_to_zero(value * rate_e8, E8)
        if position.account == fund:
            _of_inventory(state, market.contract.symbol, amount)
        else:
            pay_funding(state, position, amount)


def _say_settled(state: State, market: Market, rate_e8: int, mark: Price) -> None:
    symbol = market.contract.symbol
    state.emit(FundingSettled(**state.stamp(), contract=symbol, rate_e8=rate_e8, mark=mark))


def _begin_accrual(state: State, market: Market, rate_e8: int) -> None:
    """End an interval for everybody, and fix what accrues in the next one (F5)."""
    if market.holders and market.accrual_us:
        _say_settled(state, market, market.rate_e8, market.accrual_mark)
    for position in market.held():
        realize_funding(state, position)
        state.touch(position)
    mark = market.venue_mark
    market.rate_e8 = rate_e8
    market.premium_sum = market.premium_count = 0
    market.accrual = rate_e8 * mark * market.contract.unit_value
    market.accrual_mark, market.accrual_us = mark, state.now_us
    market.realized_us = {}
    symbol = market.contract.symbol
    state.emit(FundingRateFixed(**state.stamp(), contract=symbol, rate_e8=rate_e8, mark=mark))


def pay_in_breach(state: State) -> None:
    """Have those whom time alone has brought into breach pay what they owe: it sets that off."""
    for margin_id in state.watch.touched():
        name, _, slot = margin_id.partition(":")
        account = state.accounts[name]
        held = [account.positions[slot]] if slot else account.cross_positions()
        held = [one for one in held if one.quantity and one.margin_id == margin_id]
        stale = any(state.markets[one.contract].is_stale for one in held)
        if not held or stale or margin_id in state.pauses:
            continue
        if risk_of(state, held[0]).is_breach(state.rules.strict_trigger):
            for position in held:
                realize_funding(state, position)


def charge_interest(state: State, market: Market) -> None:
    """Charge what positions are worth beyond their margin, as far as their equity goes (F6)."""
    terms = market.contract.funding
    market.borrow_due_us += terms.borrow_interval_us
    fund = state.fund_key(market.contract.symbol)
    for position in market.held():
        if position.account == fund:
            continue
        value = abs(position.quantity) * market.venue_mark * market.contract.unit_value
        if position.mode == "isolated":
            loan = max(0, value - max(0, own_margin(state, position)))
        else:
            loan = value - value // position.leverage
        amount = charge(state, position, loan * terms.borrow_e8 // E8, "fees")
        if amount:
            state.emit(
                BorrowPaid(
                    **state.stamp(),
                    account=position.account,
                    contract=position.contract,
                    amount=Micros(amount),
                    loan=Micros(loan),
                    leg=position.leg,
                )
            )


def _of_inventory(state: State, contract: str, amount: int) -> None:
    """Let the fund pay for its inventory (or receive); what its cash lacks is uncovered."""
    uncovered = inventory.pay(state, contract, "rounding", amount)
    if amount:
        state.emit(
            InventoryFunded(
                **state.stamp(),
                contract=contract,
                amount=Micros(amount),
                uncovered=Micros(uncovered),
                fund=state.fund_of(contract),
            )
        )
