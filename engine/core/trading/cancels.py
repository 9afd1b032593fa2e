"""Orders that go: as their client asks, one or all, or when their time is over (O14, O16)."""

from engine.core.command import CancelAll, CancelOrder
from engine.core.event import OrdersCancelled
from engine.core.reason import Reason
from engine.core.state.venue import State
from engine.core.trading.reserve import cancel_all, drop, sync
from engine.core.trading.stops import cancel_stops, drop_stop
from engine.core.trading.transfers import known


def cancel(state: State, command: CancelOrder) -> None:
    """Take a resting order out of the book, or a stop away."""
    reason = known(state, command.account)
    if reason is not None:
        return state.reject(command, reason)
    account = state.accounts[command.account]
    stop = account.stops.get(command.order)
    if stop is not None:
        return drop_stop(state, stop, Reason.CANCELLED)
    order = account.orders.get(command.order)
    if order is None:
        return state.reject(command, Reason.UNKNOWN_ORDER)
    drop(state, order, Reason.CANCELLED)
    return sync(state, account, order.contract)


def cancel_every(state: State, command: CancelAll) -> None:
    """Take all of an account's orders and stops away, in one contract or in all."""
    reason = known(state, command.account, command.contract)
    if reason is not None:
        return state.reject(command, reason)
    account = state.accounts[command.account]
    contracts = [] if command.contract is None else [command.contract]
    going = [
        order for order in account.orders.values() if not contracts or order.contract in contracts
    ]
    cancel_all(state, going, Reason.CANCELLED)
    stops = cancel_stops(state, account, contracts, Reason.CANCELLED)
    return state.emit(
        OrdersCancelled(
            **state.stamp(),
            account=command.account,
            contract=command.contract,
            count=len(going) + stops,
        )
    )


def expire(state: State) -> None:
    """Cancel the order whose time is over first."""
    _, _, name, order_id = state.expiries[0]
    account = state.accounts[name]
    order = account.orders[order_id]
    drop(state, order, Reason.EXPIRED)
    sync(state, account, order.contract)
