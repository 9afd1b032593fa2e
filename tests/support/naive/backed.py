"""Orders behind which the fund stands (C5)."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from math import ceil, floor

from engine.core.instrument import Backed
from engine.core.money import PPM
from tests.support.naive import margin
from tests.support.naive.book import Entry, hidden_from, merged, opposite, within
from tests.support.naive.fills import stop_maker
from tests.support.naive.forced import Step, forced_fill
from tests.support.naive.limit import limit_of_fund
from tests.support.naive.state import Pocket, State, symbol_of


def backed_size(state: State, pocket: Pocket, contract: str, closed: int) -> int:
    """Give the lots of a position's order; `closed` is what the round has closed so far."""
    terms, held = _terms(state), abs(state.position(pocket[0], contract).quantity)
    each = abs(margin.value_at_mark(state, pocket[0], contract)) // held
    lots = max(1, floor(Fraction(held * terms.portion_ppm, PPM)), terms.portion_min // each)
    if terms.round_notional and terms.round_by == "order":
        room = (terms.round_notional - closed) // each
        lots = min(lots, max(room, 1 if closed == 0 else 0))
    return min(lots, held)


def sell_backed(
    state: State, step: Step, lots: int, closed: int, share: Callable[[], int]
) -> Iterator[int]:
    """Sell offer by offer, as the fund can bear it; yield each fill's value at the mark."""
    terms, market = _terms(state), state.markets[step.contract]
    limit = _limit(state, step, terms)
    may_lose, by_drawdown = limit_of_fund(state, step.contract)
    each = market.mark * market.contract.unit_value
    symbol = symbol_of(step.contract)
    hidden = hidden_from(state, symbol, opposite(step.side))
    while lots:
        entries = merged(state, symbol, opposite(step.side), hidden)
        if not entries or (limit is not None and not within(step.side, entries[0].price, limit)):
            return
        met = entries[0]
        taken = min(lots, met.lots)
        beyond = closed + taken * each > terms.round_notional > 0
        if terms.round_by == "fill" and beyond:
            return
        lacks = _lacks(state, step, met, taken, share())
        most = state.rules.fund.account_loss_max
        if lacks > may_lose or (most and lacks > most - step.job.paid_by_fund):
            if by_drawdown:
                state.stopped.add(state.pool(step.contract))
            return
        if met.order is not None and stop_maker(state, met.order):
            continue
        may_lose -= lacks
        step.job.paid_by_fund += max(0, lacks)
        forced_fill(state, step, met, taken, stage="fund", paid=lacks)
        lots, closed = lots - taken, closed + taken * each
        yield taken * each


def _lacks(state: State, step: Step, met: Entry, lots: int, share: int) -> int:
    """Give what the fund pays for a fill; negative: what it gets."""
    market = state.markets[step.contract]
    held = abs(state.position(step.account, step.contract).quantity)
    value = lots * met.price * market.contract.unit_value
    settles = lots * market.mark * market.contract.unit_value
    settles -= step.sign * floor(Fraction(share * lots, held))
    gain = step.sign * (value - settles)
    if gain < 0:
        return -gain
    return -min(gain, floor(Fraction(value * state.rules.liquidation_fee_ppm, PPM)))


def _limit(state: State, step: Step, terms: Backed) -> int | None:
    """Give the worst price of an order, None where there is none."""
    if terms.spread_ppm == 0:
        return None
    owned = margin.equity(state, step.pocket)
    needed = margin.maintenance(state, step.pocket)
    own = margin.position_maintenance(state, step.account, step.contract)
    widest = floor(Fraction(own * terms.spread_ppm, PPM))
    through = 0
    if needed:
        missing = Fraction((needed - owned) * terms.adjustment_ppm, needed * PPM)
        through = min(widest, floor(widest * missing))
    details = state.markets[step.contract].contract
    lots = abs(state.position(step.account, step.contract).quantity)
    value = abs(margin.value_at_mark(state, step.account, step.contract)) - step.sign * through
    ticks = Fraction(value, lots * details.unit_value * details.tick)
    return max(1, ceil(ticks) if step.sign > 0 else floor(ticks)) * details.tick


def _terms(state: State) -> Backed:
    terms = state.rules.closing.backed
    assert terms is not None
    return terms
