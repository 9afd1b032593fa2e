"""Whether an account can pay for a new or amended order, and what makes room for it (M4)."""

from engine.core.reason import Reason
from tests.support.naive import margin
from tests.support.naive.book import hidden_from, merged, opposite, sign_of, within
from tests.support.naive.fills import cancel, pay_accrued, reducible
from tests.support.naive.state import Order, State


def increase(state: State, new: Order, old: Order | None) -> int:
    """Give the order margin with the new order less that without it, or with the old one."""
    account, contract = new.account, new.place
    with_it = margin.order_margin(state, account, contract, without=old, arriving=new)
    return with_it - margin.order_margin(state, account, contract)


def payable(state: State, order: Order) -> int:
    """Give what may be spent on an order."""
    if state.mode(order.account, order.contract) == "cross":
        return margin.available(state, order.account)
    return margin.withdrawable(state, order.account)


def opening_lots(state: State, order: Order) -> int:
    """Give the lots that do not close the opposite position."""
    held = reducible(state, order.account, order.place, order.side)
    return max(0, order.quantity - held)


def reached_price(state: State, order: Order, *, rests: bool) -> int:
    """Give w: the limit, or the worst price that an order which does not rest would reach."""
    if rests:
        return order.price
    side = opposite(order.side)
    reached, left = state.markets[order.contract].mark, order.quantity
    for entry in merged(state, order.contract, side, hidden_from(state, order.contract, side)):
        if left <= 0 or not within(order.side, entry.price, order.price):
            break
        if entry.order is None or entry.order.account != order.account:
            reached = entry.price
            left -= entry.lots
    return reached


def refusal(state: State, new: Order, old: Order | None, *, rests: bool) -> Reason | None:
    """Check the margin of an order; one that only reduces always passes."""
    if new.reduce_only:
        return None
    market = state.markets[new.contract]
    lots, price = opening_lots(state, new), reached_price(state, new, rests=rests)
    each = max(0, sign_of(new.side) * (price - market.mark))
    loss = lots * each * market.contract.unit_value
    more = increase(state, new, old)
    if more + loss <= 0:
        return None
    if state.mode(new.account, new.contract) == "cross":
        fits = more + loss <= payable(state, new)
        return None if fits else Reason.INSUFFICIENT_MARGIN
    if more > payable(state, new):
        return Reason.INSUFFICIENT_MARGIN
    if loss > 0 and _would_liquidate(state, new, lots * price):
        return Reason.WOULD_LIQUIDATE
    return None


def _would_liquidate(state: State, order: Order, lots_times_price: int) -> bool:
    """Tell whether the isolated position that an order would leave meets the trigger."""
    account, contract, sign = order.account, order.place, sign_of(order.side)
    trial = state.copy()
    pay_accrued(trial, account, contract)
    position = trial.position(account, contract)
    if position.quantity * sign <= 0:
        position.quantity = position.cost = 0
        wiped = trial.money((account, contract))
        trial.post(f"isolated:{account}:{contract}", f"wallet:{account}", wiped)
    value = lots_times_price * state.markets[contract].contract.unit_value
    position.quantity += sign * opening_lots(state, order)
    position.cost += sign * value
    moved = margin.opening_margin(state, account, contract, value, sign)
    trial.post(f"wallet:{account}", f"isolated:{account}:{contract}", moved)
    return margin.in_breach(trial, (account, contract))


def make_room(state: State, new: Order, old: Order | None = None) -> None:
    """Cancel the newest orders of its side that a reduce-only order leaves no margin for."""
    while new.reduce_only:
        more = increase(state, new, old)
        others = [
            order
            for order in state.orders_of(new.account, new.place)
            if order is not old and order.side == new.side and not order.reduce_only
        ]
        if more <= 0 or more <= payable(state, new) or not others:
            return
        cancel(state, others[-1], Reason.INSUFFICIENT_MARGIN)
        margin.keep_set_aside(state, new.account, new.contract)
