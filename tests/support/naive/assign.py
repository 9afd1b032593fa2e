"""Accounts that stand ready take over what is left (C4)."""

from engine.core.event import Assigned
from engine.core.money import PPM, div_up
from engine.core.reason import Reason
from tests.support.naive import margin
from tests.support.naive.fills import cancel, close_part, open_part, return_margin, settle_isolated
from tests.support.naive.forced import Step
from tests.support.naive.state import State, balance_name, symbol_of


def assign(state: State, step: Step) -> None:
    """Share what is left equally over those who have room for it."""
    symbol = symbol_of(step.contract)
    ready = [a for a in state.accounts if state.offers.get((a, symbol), 0)]
    rooms = sorted((_room(state, step, account), account) for account in ready)
    for number, (room, account) in enumerate(rooms):
        lots = min(room, div_up(step.lots - step.sold, len(rooms) - number))
        if lots:
            _hand_over(state, step, account, lots)


def _room(state: State, step: Step, account: str) -> int:
    symbol = symbol_of(step.contract)
    contract = state.place_on(account, symbol, step.sign)
    if account == step.account or margin.in_breach(state, state.pocket(account, contract)):
        return 0
    held = step.sign * state.position(account, contract).quantity
    room = min(step.lots - step.sold, max(0, state.offers[account, symbol] - held))
    closing = min(room, max(0, -held))
    free, opening = margin.withdrawable(state, account), 0
    while opening < room - closing:
        value = _most_it_is_worth(state, step, opening + 1)
        if margin.opening_margin(state, account, contract, value, step.sign) > free:
            break
        opening += 1
    after = max(0, held) + opening
    if opening and state.leverage(account, contract) > _leverage_max(state, contract, after):
        return closing
    return closing + opening


def _most_it_is_worth(state: State, step: Step, lots: int) -> int:
    """Give what lots may cost who opens with them, at the most."""
    market = state.markets[step.contract]
    at_mark = lots * market.mark * market.contract.unit_value
    if step.sign > 0:
        return at_mark
    profit = div_up(at_mark * state.rules.closing.assignment_profit_ppm, PPM)
    return at_mark + max(profit, div_up(max(0, step.share) * lots, step.lots)) + 1


def _leverage_max(state: State, contract: str, lots: int) -> int:
    """Give the largest leverage of so many lots (O7)."""
    market = state.markets[contract]
    most = margin.bracket_of(market.contract, lots, market.mark)[1].leverage_max
    asked = margin.tabled_initial(market.contract, lots, market.mark)
    value = lots * market.mark * market.contract.unit_value
    return min(most, value // asked) if asked else most


def _hand_over(state: State, step: Step, account: str, lots: int) -> None:
    contract, market, sign = step.contract, state.markets[step.contract], step.sign
    at_mark = lots * market.mark * market.contract.unit_value
    given = step.against_mark(step.sold, step.sold + lots)
    profit = div_up(at_mark * state.rules.closing.assignment_profit_ppm, PPM)
    paid = max(0, profit - given)
    value = at_mark - sign * given - sign * paid
    if paid > state.fund_of(contract) or value <= 0:
        return
    taken_to = state.place_on(account, symbol_of(contract), sign)
    for order in state.orders_of(account, taken_to):
        cancel(state, order, Reason.ASSIGNED)
        margin.keep_set_aside(state, account, contract)
    own_margin = -close_part(state, step.account, contract, lots, at_mark - sign * given)
    settle_isolated(state, step.account, contract)
    state.post(state.fund_name(contract), f"open_cost:{symbol_of(contract)}", paid)
    realized = _trade(state, account, step, lots, value)
    step.sold += lots
    state.emit(
        Assigned,
        liquidation=step.seq,
        account=account,
        contract=taken_to,
        side="buy" if sign > 0 else "sell",
        quantity=lots,
        value=value,
        realized=realized,
        loss=own_margin - given,
        own_margin=own_margin,
        insurance_fund=paid,
        assignment=-given - paid,
        fund=state.fund_of(contract),
    )


def _trade(state: State, account: str, step: Step, lots: int, value: int) -> int:
    sign = step.sign
    contract = state.place_on(account, symbol_of(step.contract), sign)
    closing = min(lots, max(0, -sign * state.position(account, contract).quantity))
    realized, closed_value = 0, value * closing // lots
    if closing:
        realized = close_part(state, account, contract, closing, closed_value)
        settle_isolated(state, account, contract)
        return_margin(state, account, contract)
    if lots > closing:
        left = value - closed_value
        open_part(state, account, contract, sign * (lots - closing), left)
        pocket = state.pocket(account, contract)
        if pocket[1] is not None:
            moved = margin.opening_margin(state, account, contract, left, sign)
            state.post(f"wallet:{account}", balance_name(pocket), moved)
    return realized
