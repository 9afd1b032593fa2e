"""Margin set aside for isolated orders (Decision M5): what is displayed can always be paid."""

from engine.core.account.account import Account
from engine.core.account.position import Position
from engine.core.book.merged import opposite
from engine.core.book.order import Order
from engine.core.command import Side
from engine.core.event import OrderCancelled
from engine.core.reason import Reason
from engine.core.state.standing import orders_margin
from engine.core.state.venue import State


def sync(state: State, account: Account, contract: str) -> None:
    """Bring what is set aside to what the resting orders tie up now."""
    position = state.legs(account.name, contract)[0]
    if position.mode == "isolated":
        lacking = orders_margin(state, account, contract) - state.balance(position.orders_key)
        state.post(account.wallet_key, position.orders_key, lacking)


def sync_after_fill(state: State, position: Position, side: Side, *, free: int, spent: int) -> None:
    """The same after a fill that took `spent` of the `free` wallet.

    Where the wallet cannot carry what is left, the newest orders of the other side go.
    """
    if position.mode != "isolated":
        return
    account = state.accounts[position.account]
    while True:
        lacking = orders_margin(state, account, position.contract)
        lacking -= state.balance(position.orders_key)
        others = [
            order
            for order in account.orders_on(position)
            if order.side == opposite(side) and not order.reduce_only
        ]
        if spent + lacking <= free or not others:
            break
        drop(state, max(others, key=lambda order: order.arrival), Reason.INSUFFICIENT_MARGIN)
    state.post(account.wallet_key, position.orders_key, lacking)


def drop(state: State, order: Order, reason: Reason) -> None:
    """Take an order out of the book and say why."""
    state.unrest(order)
    say_cancelled(state, order, reason)


def say_cancelled(state: State, order: Order, reason: Reason) -> None:
    """Say that an order which does not rest ended with something unfilled."""
    state.emit(
        OrderCancelled(
            **state.stamp(),
            account=order.account,
            order=order.order,
            contract=order.contract,
            quantity=order.quantity,
            reason=reason,
        )
    )


def cancel_all(state: State, orders: list[Order], reason: Reason) -> None:
    """Cancel orders by arrival and give back what was set aside for them."""
    for order in sorted(orders, key=lambda order: order.arrival):
        drop(state, order, reason)
        sync(state, state.accounts[order.account], order.contract)
