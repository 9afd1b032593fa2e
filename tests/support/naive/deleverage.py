"""Stage (c): others are closed against what is left (L10, L17, L18)."""

from fractions import Fraction

from engine.core.chance import drawn
from engine.core.event import Deleveraged, InventorySold
from engine.core.money import shares
from engine.core.reason import Reason
from tests.support.naive import margin
from tests.support.naive.book import opposite
from tests.support.naive.fills import (
    cancel,
    close_for_fund,
    close_part,
    return_margin,
    settle_isolated,
)
from tests.support.naive.forced import Step
from tests.support.naive.state import OUTSIDE, Place, Pocket, State, symbol_of


def deleverage(state: State, step: Step, *, of_fund: bool = False) -> None:
    """Close the others in their order, or all in proportion; outside at last, if at all.

    `of_fund`: it is the fund's inventory that is closed (I2).
    """
    if state.rules.adl == "none":
        return
    below_zero = state.rules.adl_below_zero and not of_fund
    if below_zero and margin.equity(state, step.pocket) >= 0:
        return
    if state.rules.adl == "pro_rata":
        _proportionally(state, step, sorted(_others(state, step)), of_fund=of_fund)
    else:
        for other in _in_order(state, step):
            _close_up_to(state, step, other, of_fund=of_fund)
    if state.rules.outside_in_waterfall == "last" and _is_asked(state, step, OUTSIDE):
        _close_up_to(state, step, OUTSIDE, of_fund=of_fund)


def _is_asked(state: State, step: Step, account: str) -> bool:
    """Whether a position is on the other side, and profitable where that is asked for."""
    place = _place_of(state, step, account)
    if state.position(account, place).quantity * step.sign >= 0:
        return False
    profit = margin.unrealized(state, account, place)
    return profit > 0 or state.rules.adl_against == "anybody"


def _place_of(state: State, step: Step, account: str) -> Place:
    """Give the place of somebody's position on the other side."""
    return state.place_on(account, symbol_of(step.contract), -step.sign)


def _others(state: State, step: Step) -> list[str]:
    return [a for a in state.accounts if a != step.account and _is_asked(state, step, a)]


def _in_order(state: State, step: Step) -> list[str]:
    others = _others(state, step)
    if state.rules.adl == "random":
        return sorted(others, key=lambda account: drawn(state.rules.seed, step.seq, account))
    ranked = []
    for account in others:
        place = _place_of(state, step, account)
        if state.rules.adl == "margin_ratio":
            ranked.append((-_by_margin_ratio(state, state.pocket(account, place)), account))
            continue
        owned = margin.equity(state, state.pocket(account, place))
        if owned <= 0:
            continue
        cost = abs(state.position(account, place).cost)
        notional = abs(margin.value_at_mark(state, account, place))
        gained = margin.unrealized(state, account, place)
        first = Fraction(notional if state.rules.adl == "hyperliquid" else gained, cost)
        ranked.append((-first * Fraction(notional, owned), account))
    return [account for _, account in sorted(ranked)]


def _by_margin_ratio(state: State, pocket: Pocket) -> Fraction:
    """L10: profit / wallet x maintenance / equity, where the wallet counts 1 at least."""
    owned = margin.equity(state, pocket)
    gained = margin.total_unrealized(state, pocket)
    if owned <= 0 or gained <= 0:
        return Fraction(0)
    wallet = max(1_000_000, owned - gained)
    return Fraction(gained, wallet) * Fraction(margin.maintenance(state, pocket), owned)


def _proportionally(state: State, step: Step, others: list[str], *, of_fund: bool) -> None:
    """L17: round after round, without those who could not pay."""
    while True:
        held = [(o, _lots_of(state, step, o)) for o in others if _lots_of(state, step, o)]
        wanted = min(step.lots - step.sold, sum(lots for _, lots in held))
        if wanted == 0:
            return
        unable = []
        for other, lots in shares(wanted, held):
            if lots and not _close_lots(state, step, other, lots, of_fund=of_fund):
                unable.append(other)
        if not unable:
            return
        others = [other for other, _ in held if other not in unable]


def _close_up_to(state: State, step: Step, other: str, *, of_fund: bool) -> None:
    lots = min(step.lots - step.sold, _lots_of(state, step, other))
    if lots:
        _close_lots(state, step, other, lots, of_fund=of_fund)


def _lots_of(state: State, step: Step, account: str) -> int:
    return abs(state.position(account, _place_of(state, step, account)).quantity)


def _close_lots(state: State, step: Step, other: str, lots: int, *, of_fund: bool) -> bool:
    """Close lots against somebody; say whether he could pay for them (L10)."""
    market = state.markets[step.contract]
    at_mark = lots * market.mark * market.contract.unit_value
    if of_fund:
        owned = state.fund_of(step.contract)
        owned += margin.unrealized(state, step.account, step.contract)
        given = owned * lots // abs(state.held_by_fund(step.contract))
    else:
        share = step.against_mark(step.sold, step.sold + lots)
        given = _given(state, step, lots, share)
    pocket = state.pocket(other, _place_of(state, step, other))
    if other != OUTSIDE:
        if state.rules.adl_against == "winners" and margin.in_breach(state, pocket):
            return False
        if margin.equity(state, pocket) + given < 0:
            return False
    value = at_mark - step.sign * given
    _deleverage_one(state, step, other, lots, value=value, of_fund=of_fund)
    step.sold += lots
    if step.pocket[1] is None and not of_fund:
        step.job.set_aside += min(0, share - given)
    return True


def _given(state: State, step: Step, lots: int, share: int) -> int:
    """L18."""
    market = state.markets[step.contract]
    if state.rules.adl_price == "bankruptcy":
        return share
    if state.rules.adl_price == "previous_mark" and market.mark_before:
        return step.sign * lots * (market.mark - market.mark_before) * market.contract.unit_value
    return 0


def _deleverage_one(
    state: State, step: Step, other: str, lots: int, *, value: int, of_fund: bool
) -> None:
    contract, place = step.contract, _place_of(state, step, other)
    for order in state.orders_of(other, place):
        cancel(state, order, Reason.DELEVERAGED)
        margin.keep_set_aside(state, other, place)
    market, own_margin = state.markets[contract], 0
    if not of_fund:
        own_margin = -close_part(state, step.account, contract, lots, value)
        settle_isolated(state, step.account, contract)
    realized = close_part(state, other, place, lots, value)
    settle_isolated(state, other, place)
    return_margin(state, other, place)
    if of_fund:
        _say_of_fund(state, step, other, lots, value=value, realized=realized)
        return
    adl = step.sign * (value - lots * market.mark * market.contract.unit_value)
    state.emit(
        Deleveraged,
        liquidation=step.seq,
        account=other,
        contract=place,
        side=opposite(step.side),
        quantity=lots,
        value=value,
        realized=realized,
        loss=own_margin + adl,
        own_margin=own_margin,
        adl=adl,
    )


def _say_of_fund(
    state: State, step: Step, other: str, lots: int, *, value: int, realized: int
) -> None:
    """I2: what it costs the fund is no part of the identity."""
    contract, place = step.contract, _place_of(state, step, other)
    result, uncovered = close_for_fund(state, contract, lots, value)
    trade = {"quantity": lots, "value": value}
    nothing = {"liquidation": 0, "loss": 0, "own_margin": 0, "adl": 0}
    side = opposite(step.side)
    winner = {"account": other, "contract": place, "side": side, "realized": realized}
    state.emit(Deleveraged, **winner, **trade, **nothing)
    state.emit(
        InventorySold,
        contract=contract,
        side=step.side,
        price=None,
        against="adl",
        realized=result,
        uncovered=uncovered,
        held=state.held_by_fund(contract),
        fund=state.fund_of(contract),
        **trade,
    )
