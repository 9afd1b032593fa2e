"""Stage (c): others are closed against what is left (L10, L17, L18)."""

from fractions import Fraction

from engine.core.chance import drawn
from engine.core.event import Deleveraged
from engine.core.money import shares
from engine.core.reason import Reason
from tests.support.naive import margin
from tests.support.naive.book import opposite
from tests.support.naive.fills import cancel, close_part, return_margin, settle_isolated
from tests.support.naive.forced import Step
from tests.support.naive.state import OUTSIDE, State


def deleverage(state: State, step: Step) -> None:
    """Close the others in their order, or all in proportion; outside at last, if at all."""
    if state.rules.adl == "none":
        return
    if state.rules.adl_below_zero and margin.equity(state, step.pocket) >= 0:
        return
    if state.rules.adl == "pro_rata":
        _proportionally(state, step, sorted(_others(state, step)))
    else:
        for other in _in_order(state, step):
            _close_up_to(state, step, other)
    if state.rules.outside_in_waterfall == "last" and _is_asked(state, step, OUTSIDE):
        _close_up_to(state, step, OUTSIDE)


def _is_asked(state: State, step: Step, account: str) -> bool:
    """Whether a position is on the other side, and profitable where that is asked for."""
    if state.position(account, step.contract).quantity * step.sign >= 0:
        return False
    profit = margin.unrealized(state, account, step.contract)
    return profit > 0 or state.rules.adl_against == "anybody"


def _others(state: State, step: Step) -> list[str]:
    return [a for a in state.accounts if a != step.account and _is_asked(state, step, a)]


def _in_order(state: State, step: Step) -> list[str]:
    others = _others(state, step)
    if state.rules.adl == "random":
        return sorted(others, key=lambda account: drawn(state.rules.seed, step.seq, account))
    ranked = []
    for account in others:
        owned = margin.equity(state, state.pocket(account, step.contract))
        if owned <= 0:
            continue
        cost = abs(state.position(account, step.contract).cost)
        notional = abs(margin.value_at_mark(state, account, step.contract))
        gained = margin.unrealized(state, account, step.contract)
        first = Fraction(notional if state.rules.adl == "hyperliquid" else gained, cost)
        ranked.append((-first * Fraction(notional, owned), account))
    return [account for _, account in sorted(ranked)]


def _proportionally(state: State, step: Step, others: list[str]) -> None:
    """L17: round after round, without those who could not pay."""
    while True:
        others = [o for o in others if state.position(o, step.contract).quantity]
        held = [(o, abs(state.position(o, step.contract).quantity)) for o in others]
        wanted = min(step.lots - step.sold, sum(lots for _, lots in held))
        if wanted == 0:
            return
        unable = []
        for other, lots in shares(wanted, held):
            if lots and not _close_lots(state, step, other, lots):
                unable.append(other)
        if not unable:
            return
        others = [other for other in others if other not in unable]


def _close_up_to(state: State, step: Step, other: str) -> None:
    lots = min(step.lots - step.sold, abs(state.position(other, step.contract).quantity))
    if lots:
        _close_lots(state, step, other, lots)


def _close_lots(state: State, step: Step, other: str, lots: int) -> bool:
    """Close lots against somebody; say whether he could pay for them (L10)."""
    market = state.markets[step.contract]
    at_mark = lots * market.mark * market.contract.unit_value
    share = step.against_mark(step.sold, step.sold + lots)
    given = share
    if state.rules.adl_price != "bankruptcy":
        given = 0
    if state.rules.adl_price == "previous_mark" and market.mark_before:
        given = step.sign * lots * (market.mark - market.mark_before) * market.contract.unit_value
    pocket = state.pocket(other, step.contract)
    if other != OUTSIDE:
        if state.rules.adl_against == "winners" and margin.in_breach(state, pocket):
            return False
        if margin.equity(state, pocket) + given < 0:
            return False
    _deleverage_one(state, step, other, lots, value=at_mark - step.sign * given)
    step.sold += lots
    if step.pocket[1] is None:
        step.job.set_aside += min(0, share - given)
    return True


def _deleverage_one(state: State, step: Step, other: str, lots: int, *, value: int) -> None:
    contract = step.contract
    for order in state.orders_of(other, contract):
        cancel(state, order, Reason.DELEVERAGED)
        margin.keep_set_aside(state, other, contract)
    market = state.markets[contract]
    realized = close_part(state, other, contract, lots, value)
    settle_isolated(state, other, contract)
    return_margin(state, other, contract)
    own_margin = -close_part(state, step.account, contract, lots, value)
    settle_isolated(state, step.account, contract)
    adl = step.sign * (value - lots * market.mark * market.contract.unit_value)
    state.emit(
        Deleveraged,
        liquidation=step.seq,
        account=other,
        contract=contract,
        side=opposite(step.side),
        quantity=lots,
        value=value,
        realized=realized,
        loss=own_margin + adl,
        own_margin=own_margin,
        adl=adl,
    )
