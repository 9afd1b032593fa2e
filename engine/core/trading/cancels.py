"""Orders that go: when their client asks, or is silent, or their time is over (O14, O16, O20)."""

from engine.core.command import CancelAll, CancelAllAfter, CancelOrder
from engine.core.event import CancelTimerFired, CancelTimerSet, OrdersCancelled
from engine.core.money import AMOUNT_MAX
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
    count = take_away(state, command.account, command.contract, Reason.CANCELLED)
    return state.emit(
        OrdersCancelled(
            **state.stamp(), account=command.account, contract=command.contract, count=count
        )
    )


def take_away(state: State, name: str, contract: str | None, reason: Reason) -> int:
    """Cancel orders, then stops, by arrival, in a contract or in all; return how many."""
    account = state.accounts[name]
    contracts = [] if contract is None else [contract]
    going = [
        order for order in account.orders.values() if not contracts or order.contract in contracts
    ]
    cancel_all(state, going, reason)
    return len(going) + cancel_stops(state, account, contracts, reason)


def cancel_after(state: State, command: CancelAllAfter) -> None:
    """Begin, begin anew or end the timer at which an account's orders and stops go."""
    reason = known(state, command.account, command.contract)
    if reason is None and not 0 <= command.timeout_us <= AMOUNT_MAX - state.now_us:
        reason = Reason.INVALID_TIME
    if reason is not None:
        return state.reject(command, reason)
    until_us = state.now_us + command.timeout_us if command.timeout_us else None
    state.arm(command.account, command.contract or "", until_us)
    return state.emit(
        CancelTimerSet(
            **state.stamp(),
            account=command.account,
            contract=command.contract,
            until_us=until_us,
        )
    )


def run_out(state: State) -> None:
    """Take away what the timer that is due first stands for."""
    _, name, symbol = state.switches[0]
    state.arm(name, symbol, None)
    contract = symbol or None
    count = take_away(state, name, contract, Reason.DEAD_MAN_SWITCH)
    state.emit(CancelTimerFired(**state.stamp(), account=name, contract=contract, count=count))


def expire(state: State) -> None:
    """Cancel the order whose time is over first."""
    _, _, name, order_id = state.expiries[0]
    account = state.accounts[name]
    order = account.orders[order_id]
    drop(state, order, Reason.EXPIRED)
    sync(state, account, order.contract)
