"""Funding: samples and settlement (Decisions P10, F1 to F3)."""

from engine.core.account.account import OUTSIDE
from engine.core.command import FundingTick
from engine.core.event import FundingPaid, FundingSettled, InventoryFunded
from engine.core.margin.price import running_average_e6
from engine.core.money import E8, Micros, div_half_even, div_to_zero
from engine.core.reason import Reason
from engine.core.state.market import Market
from engine.core.state.venue import State
from engine.core.trading import inventory
from engine.core.trading.fill import add_result


def fall_due(state: State, market: Market) -> None:
    """Settle funding at the premium's rate; the next settlement is one interval later."""
    market.funding_due_us += market.contract.funding.interval_us
    settle(state, market, _premium_rate(market))


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
        market.premium_sum += count * premium_e8
        market.premium_count += count


def _premium_rate(market: Market) -> int:
    """Return the rate that falls due: average premium, pulled to the interest, capped."""
    terms = market.contract.funding
    average = 0
    if market.premium_count:
        average = div_half_even(market.premium_sum, market.premium_count)
    pull = max(-terms.clamp_e8, min(terms.clamp_e8, terms.interest_e8 - average))
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
    symbol = market.contract.symbol
    mark, fund = market.venue_mark, state.fund_key(symbol)
    state.emit(FundingSettled(**state.stamp(), contract=symbol, rate_e8=rate_e8, mark=mark))
    for position in market.held():
        value = position.quantity * mark * market.contract.unit_value
        amount = div_to_zero(value * rate_e8, E8)
        if position.account == fund:
            _of_inventory(state, symbol, amount)
            continue
        state.post(position.margin_key, "rounding", amount)
        add_result(state, position, -amount)
        if amount and position.account != OUTSIDE:
            state.emit(
                FundingPaid(
                    **state.stamp(),
                    account=position.account,
                    contract=symbol,
                    amount=Micros(amount),
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
