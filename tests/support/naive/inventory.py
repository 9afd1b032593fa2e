"""What the fund takes over and keeps, and how it works that off (I1 to I3)."""

from engine.core.event import InventoryFunded, InventorySold, TakenOver
from engine.core.money import PPM, div_to_zero
from tests.support.naive import margin
from tests.support.naive.book import Entry, hidden_from, merged, opposite, take
from tests.support.naive.deleverage import deleverage
from tests.support.naive.fills import (
    close_for_fund,
    close_part,
    fill_order,
    open_part,
    outside_fill,
    settle_isolated,
    stop_maker,
)
from tests.support.naive.forced import Step
from tests.support.naive.limit import limit_of_fund
from tests.support.naive.state import Job, State, symbol_of


def take_into_inventory(state: State, step: Step) -> None:
    """I1: close what the fund holds against the loser, then open what it may hold."""
    may_lose, by_drawdown = limit_of_fund(state, step.contract)
    against = max(0, -step.sign * state.held_by_fund(step.contract))
    paid = 0
    for closes in (True, False):
        wanted = min(step.lots - step.sold, against if closes else _room(state, step))
        limit, most = may_lose - paid, state.rules.fund.account_loss_max
        if most:
            limit = min(limit, most - step.job.paid_by_fund)
        fits = wanted
        while fits and not _is_bearable(state, step, fits, limit, closes=closes):
            fits -= 1
        is_all = fits == wanted
        if not is_all and by_drawdown:
            state.stopped.add(state.pool(step.contract))
        if is_all or state.rules.fund.fills == "lots":
            paid += _hand_over(state, step, fits, closes=closes)
        if not is_all:
            return


def _room(state: State, step: Step) -> int:
    """Give how many lots the fund may hold beside what it holds."""
    part = state.rules.fund.inventory_ppm
    if part == 0:
        return step.lots
    fund = state.fund_name(step.contract)
    holds = sum(abs(margin.value_at_mark(state, fund, c)) for c in state.markets)
    market = state.markets[step.contract]
    room = state.fund_of(step.contract) * part // PPM - holds
    return max(0, room) // (market.mark * market.contract.unit_value)


def _is_bearable(state: State, step: Step, lots: int, limit: int, *, closes: bool) -> bool:
    pays = -step.against_mark(step.sold, step.sold + lots)
    loses = 0
    if closes:
        market = state.markets[step.contract]
        own = state.position(state.fund_name(step.contract), symbol_of(step.contract))
        cost = div_to_zero(own.cost * lots, abs(own.quantity))
        loses = cost + step.sign * lots * market.mark * market.contract.unit_value
    cash = state.fund_of(step.contract)
    return pays <= limit and max(0, pays) + max(0, loses) <= cash


def _hand_over(state: State, step: Step, lots: int, *, closes: bool) -> int:
    """Move lots from the loser to the fund and give what it paid for them."""
    if lots == 0:
        return 0
    contract, sign, market = step.contract, step.sign, state.markets[step.contract]
    at_mark = lots * market.mark * market.contract.unit_value
    pays = -step.against_mark(step.sold, step.sold + lots)
    value = at_mark + sign * pays
    own_margin = -close_part(state, step.account, contract, lots, value)
    settle_isolated(state, step.account, contract)
    fund, symbol = state.fund_name(contract), symbol_of(contract)
    state.post(fund, f"open_cost:{symbol}", pays)
    realized = 0
    if closes:
        realized, _ = close_for_fund(state, symbol, lots, at_mark)
    else:
        open_part(state, fund, symbol, sign * lots, at_mark)
    step.sold += lots
    step.job.paid_by_fund += max(0, pays)
    state.emit(
        TakenOver,
        liquidation=step.seq,
        account=step.account,
        contract=contract,
        side="buy" if sign > 0 else "sell",
        quantity=lots,
        value=value,
        loss=own_margin + pays,
        own_margin=own_margin,
        insurance_fund=pays,
        realized=realized,
        held=state.held_by_fund(contract),
        fund=state.fund_of(contract),
    )
    return pays


def work_off(state: State) -> None:
    """I2: offer a slice of everything that is held."""
    for contract, market in state.markets.items():
        held, terms = state.held_by_fund(contract), state.rules.fund
        if held and not market.stale:
            lots = abs(held)
            if terms.offload_slice:
                unit = market.mark * market.contract.unit_value
                lots = min(lots, max(1, terms.offload_slice // unit))
            fund = state.fund_name(contract)
            step = Step(0, Job((fund, None), 0, {}), contract, 1 if held > 0 else -1, lots=lots)
            if not _sell(state, step):
                _beyond_cash(state, step)


def _sell(state: State, step: Step) -> bool:
    """Sell in the book; tell whether the cash was enough for what the book offered."""
    contract, band = step.contract, state.rules.fund.offload_band_ppm
    mark = state.markets[contract].mark
    hidden = hidden_from(state, contract, opposite(step.side))
    while step.sold < step.lots:
        entries = merged(state, contract, opposite(step.side), hidden)
        if not entries:
            return True
        met = entries[0]
        if band and step.sign * (mark - met.price) * PPM > mark * band:
            return True
        wanted = min(step.lots - step.sold, met.lots)
        fits = wanted
        while fits and _loss(state, step, fits, met.price) > state.fund_of(contract):
            fits -= 1
        if fits and met.order is not None and stop_maker(state, met.order):
            continue
        if fits:
            _fill(state, step, met, fits)
        if fits < wanted:
            return False
    return True


def _loss(state: State, step: Step, lots: int, price: int) -> int:
    own = state.position(step.account, step.contract)
    value = lots * price * state.markets[step.contract].contract.unit_value
    return div_to_zero(own.cost * lots, abs(own.quantity)) - step.sign * value


def _fill(state: State, step: Step, met: Entry, lots: int) -> None:
    contract = step.contract
    state.markets[contract].last_next = met.price
    state.dirty.add(contract)
    if met.order is None:
        take(state, contract, opposite(step.side), met.level, lots)
        outside_fill(state, contract, opposite(step.side), lots, met.price)
    else:
        fill_order(state, met.order, lots, met.price, role="maker", against="liquidation")
    against = "outside" if met.order is None else "book"
    _say_sold(state, step, lots, met.price, against)


def _say_sold(state: State, step: Step, lots: int, price: int, against: str) -> None:
    contract = step.contract
    value = lots * price * state.markets[contract].contract.unit_value
    realized, uncovered = close_for_fund(state, contract, lots, value)
    step.sold += lots
    state.emit(
        InventorySold,
        contract=contract,
        side=step.side,
        quantity=lots,
        price=price,
        value=value,
        against=against,
        realized=realized,
        uncovered=uncovered,
        held=state.held_by_fund(contract),
        fund=state.fund_of(contract),
    )


def _beyond_cash(state: State, step: Step) -> None:
    """Deleverage others, then close the rest of the slice off the book."""
    market, contract = state.markets[step.contract], step.contract
    unit = market.mark * market.contract.unit_value
    owned = state.fund_of(contract) + margin.unrealized(state, step.account, contract)
    held = state.held_by_fund(contract)
    if abs(held) * unit - step.sign * owned > 0 and "adl" in state.rules.closing.takeover:
        step.seq = state.seq + 1
        deleverage(state, step, of_fund=True)
    left = step.lots - step.sold
    if left:
        outside_fill(state, contract, opposite(step.side), left, market.mark)
        _say_sold(state, step, left, market.mark, "mark")


def sell_to_nobody(state: State, contract: str, price: int) -> None:
    """O21: all that is held ends with its contract."""
    held, fund = state.held_by_fund(contract), state.fund_name(contract)
    step = Step(0, Job((fund, None), 0, {}), contract, 1 if held > 0 else -1, lots=abs(held))
    _say_sold(state, step, abs(held), price, "settlement")


def fund_pays_funding(state: State, contract: str, amount: int) -> None:
    """I3."""
    fund = state.fund_name(contract)
    state.post(fund, "rounding", amount)
    uncovered = max(0, -state.balance(fund))
    state.post("uncovered", fund, uncovered)
    if amount:
        cash = state.fund_of(contract)
        where = {"contract": contract, "amount": amount}
        state.emit(InventoryFunded, **where, uncovered=uncovered, fund=cash)
