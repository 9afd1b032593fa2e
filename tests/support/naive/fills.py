"""What a fill does to positions, margins, fees and the other orders (A4 to A6, M5 to M7)."""

from typing import Literal

from engine.core.command import Side
from engine.core.event import FundingPaid, OrderCancelled, OrderFilled, OrderTrimmed
from engine.core.money import PPM, div_to_zero
from engine.core.reason import Reason
from tests.support.naive import margin
from tests.support.naive.book import opposite, sign_of
from tests.support.naive.state import OUTSIDE, Order, State, Stop, balance_name, symbol_of

Against = Literal["book", "outside", "liquidation"]


def pay_funding(state: State, account: str, contract: str, amount: int) -> None:
    """Post a position's share of funding (F3)."""
    pocket = state.pocket(account, contract)
    state.post(balance_name(pocket), "rounding", amount)
    state.add_result(pocket, contract, -amount)
    if amount != 0 and account != OUTSIDE:
        state.emit(FundingPaid, account=account, contract=contract, amount=amount)


def pay_accrued(state: State, account: str, contract: str) -> None:
    """Have a position pay the funding that it owes by now (F5)."""
    amount = margin.accrued(state, account, contract)
    state.funded_until[account, contract] = state.now
    pay_funding(state, account, contract, amount)


def close_part(state: State, account: str, contract: str, lots: int, value: int) -> int:
    """Close lots of a position for a value of money and post the realised PnL (A4)."""
    pay_accrued(state, account, contract)
    position = state.position(account, contract)
    pocket = state.pocket(account, contract)
    held = abs(position.quantity)
    sign = 1 if position.quantity > 0 else -1
    cost = div_to_zero(position.cost * lots, held)
    realized = sign * value - cost
    position.quantity -= sign * lots
    position.cost -= cost
    state.post(f"open_cost:{symbol_of(contract)}", balance_name(pocket), realized)
    state.add_result(pocket, contract, realized)
    if position.quantity == 0:
        position.opened = 0
        began_with = state.began_with.pop((account, contract), 0)
        state.add_result((account, None), contract, -began_with)
        if pocket[1] is None:
            state.held_last[account] = symbol_of(contract)
    return realized


def close_for_fund(state: State, contract: str, lots: int, value: int) -> tuple[int, int]:
    """Close lots of what a fund holds; give its result, and what its cash lacked for it (I2)."""
    fund = state.fund_name(contract)
    realized = close_part(state, fund, contract, lots, value)
    uncovered = max(0, -state.balance(fund))
    state.post("uncovered", fund, uncovered)
    return realized, uncovered


def open_part(state: State, account: str, contract: str, signed_lots: int, value: int) -> None:
    """Add lots to a position (A4); `value` is not signed."""
    pay_accrued(state, account, contract)
    position = state.position(account, contract)
    if position.quantity == 0:
        state.openings += 1
        position.opened = state.openings
    position.quantity += signed_lots
    position.cost += value if signed_lots > 0 else -value


def settle_isolated(state: State, account: str, contract: str) -> None:
    """Hand an isolated position's result, once it is closed, to its account (M11)."""
    pocket = state.pocket(account, contract)
    if pocket[1] is not None and state.position(account, contract).quantity == 0:
        state.hand_over_result(account, contract)


def return_margin(state: State, account: str, contract: str) -> None:
    """Return what is positive of a closed isolated position's margin to the wallet (M6)."""
    pocket = state.pocket(account, contract)
    if pocket[1] is not None and state.position(account, contract).quantity == 0:
        state.post(balance_name(pocket), f"wallet:{account}", max(0, state.money(pocket)))


def outside_fill(state: State, contract: str, side: Side, lots: int, price: int) -> None:
    """Give the other side of a fill to the outside market, without fees."""
    signed = sign_of(side)
    unit_value = state.markets[contract].contract.unit_value
    held = state.position(OUTSIDE, contract).quantity
    closing = min(lots, abs(held)) if held * signed < 0 else 0
    if closing:
        close_part(state, OUTSIDE, contract, closing, price * closing * unit_value)
    if lots > closing:
        opening = lots - closing
        open_part(state, OUTSIDE, contract, signed * opening, price * opening * unit_value)


def client_fill(
    state: State, account: str, contract: str, side: Side, *, lots: int, price: int, role: str
) -> tuple[int, int]:
    """Post a client's fill and give its fee and realised PnL (A6)."""
    rules = state.rules
    rate_ppm = rules.maker_fee_ppm if role == "maker" else rules.taker_fee_ppm
    signed = sign_of(side)
    unit_value = state.markets[contract].contract.unit_value
    held = state.position(account, contract).quantity
    closing = min(lots, abs(held)) if held * signed < 0 else 0
    fee = realized = 0
    if closing:
        value = price * closing * unit_value
        realized = close_part(state, account, contract, closing, value)
        fee = pay_closing_fee(state, account, contract, value * rate_ppm // PPM)
        settle_isolated(state, account, contract)
        return_margin(state, account, contract)
        if role == "maker":
            release(state, account, contract, closing, abs(held))
    if lots > closing:
        value = price * (lots - closing) * unit_value
        open_part(state, account, contract, signed * (lots - closing), value)
        fee += _pay_opening(state, account, contract, value, rate_ppm)
    return fee, realized


def pay_closing_fee(state: State, account: str, contract: str, wanted: int) -> int:
    """Take a closing fee, at most the equity that the margin account has (M7)."""
    pocket = state.pocket(account, contract)
    fee = min(wanted, max(0, margin.equity(state, pocket)))
    state.post(balance_name(pocket), "fees", fee)
    state.add_result(pocket, contract, -fee)
    return fee


def release(state: State, account: str, contract: str, closed: int, held: int) -> None:
    """Release margin after a client's partial close of an isolated position (M6)."""
    pocket = state.pocket(account, contract)
    if pocket[1] is None or closed >= held:
        return
    share = max(0, state.money(pocket) * closed // held)
    needed = max(
        margin.position_maintenance(state, account, contract, released=at) for at in (0, share)
    )
    slack = margin.equity(state, pocket) - needed
    if not state.rules.strict_trigger:
        slack -= 1
    released = max(0, min(share, slack))
    state.post(balance_name(pocket), f"wallet:{account}", released)


def _pay_opening(state: State, account: str, contract: str, value: int, rate_ppm: int) -> int:
    """Pay the opening fee from the wallet, and the margin where isolated (A5, M6)."""
    fee = value * rate_ppm // PPM
    state.post(f"wallet:{account}", "fees", fee)
    state.add_result((account, None), contract, -fee)
    pocket = state.pocket(account, contract)
    if pocket[1] is not None:
        sign = 1 if state.position(account, contract).quantity > 0 else -1
        moved = margin.opening_margin(state, account, contract, value, sign)
        state.post(f"wallet:{account}", balance_name(pocket), moved)
    return fee


def fill_order(
    state: State, order: Order, lots: int, price: int, *, role: str, against: Against
) -> None:
    """Fill a client's order, say so, and look at the account's other orders (O12)."""
    order.quantity -= lots
    if order.quantity == 0:
        state.orders = [other for other in state.orders if other is not order]
    account, contract = order.account, order.place
    affordable = margin.withdrawable(state, account)
    wallet = state.money((account, None))
    fee, realized = client_fill(
        state, account, contract, order.side, lots=lots, price=price, role=role
    )
    state.dirty.add(order.contract)
    state.emit(
        OrderFilled,
        account=account,
        order=order.order,
        contract=contract,
        side=order.side,
        quantity=lots,
        price=price,
        role=role,
        against=against,
        fee=fee,
        realized=realized,
        position=state.position(account, contract).quantity,
    )
    spent = wallet - state.money((account, None))
    trim_reduce_only(state, account, contract)
    if state.mode(account, contract) == "isolated" and state.dry_run_of is None:
        _afford(state, account, contract, order.side, affordable - spent)
    margin.keep_set_aside(state, account, contract)


def cancel(state: State, order: Order, reason: Reason) -> None:
    """Take an order out of the book, if it rests, and say so."""
    state.orders = [other for other in state.orders if other is not order]
    state.dirty.add(order.contract)
    state.emit(
        OrderCancelled,
        account=order.account,
        order=order.order,
        contract=order.contract,
        quantity=order.quantity,
        reason=reason,
    )


def drop_stop(state: State, stop: Stop, reason: Reason) -> None:
    """Take a stop away and say so."""
    state.stops = [other for other in state.stops if other is not stop]
    state.emit(
        OrderCancelled,
        account=stop.command.account,
        order=stop.command.order,
        contract=stop.command.contract,
        quantity=stop.command.quantity,
        reason=reason,
    )


def cancel_all(state: State, account: str, contract: str | None, reason: Reason) -> int:
    """Take orders, then stops away, in one contract or in all; tell how many (O16)."""
    orders, stops = state.orders_of(account, contract), state.stops_of(account, contract)
    for order in orders:
        cancel(state, order, reason)
        margin.keep_set_aside(state, order.account, order.contract)
    for stop in stops:
        drop_stop(state, stop, reason)
    return len(orders) + len(stops)


def is_ruinous(state: State, order: Order, price: int) -> bool:
    """Tell whether a fill would use up more than the margin of what it closes (O10)."""
    closing = min(order.quantity, reducible(state, order.account, order.place, order.side))
    if closing == 0:
        return False
    market = state.markets[order.contract]
    owned = margin.equity(state, state.pocket(order.account, order.place))
    worth = market.mark * closing * market.contract.unit_value
    paid = price * closing * market.contract.unit_value
    return paid < worth - owned if order.side == "sell" else paid > worth + owned


def stop_maker(state: State, order: Order) -> bool:
    """Cancel a resting order whose fill would ruin its account, and tell whether (O10)."""
    if not is_ruinous(state, order, order.price):
        return False
    cancel(state, order, Reason.BANKRUPTCY_PRICE)
    margin.keep_set_aside(state, order.account, order.contract)
    return True


def trim_reduce_only(state: State, account: str, contract: str) -> None:
    """Trim or cancel what the position no longer allows (O6)."""
    kept: dict[Side, int] = {"buy": 0, "sell": 0}
    for order in state.orders_of(account, contract):
        if not order.reduce_only:
            continue
        left = reducible(state, account, contract, order.side) - kept[order.side]
        if left <= 0:
            cancel(state, order, Reason.REDUCE_ONLY)
            continue
        if order.quantity > left:
            order.quantity = left
            state.dirty.add(order.contract)
            state.emit(
                OrderTrimmed,
                account=account,
                order=order.order,
                contract=order.contract,
                quantity=left,
            )
        kept[order.side] += order.quantity


def _afford(state: State, account: str, contract: str, side: Side, affordable: int) -> None:
    """Cancel the newest orders of the other side that the wallet cannot pay any more (M5)."""
    while True:
        grown = margin.order_margin(state, account, contract)
        grown -= margin.set_aside(state, account, contract)
        candidates = [
            order
            for order in state.orders_of(account, contract)
            if not order.reduce_only and order.side == opposite(side)
        ]
        if grown <= affordable or not candidates:
            return
        cancel(state, candidates[-1], Reason.INSUFFICIENT_MARGIN)


def reducible(state: State, account: str, contract: str, side: Side) -> int:
    """Tell how much of a position an order of that side could reduce."""
    return max(0, -state.position(account, contract).quantity * sign_of(side))
