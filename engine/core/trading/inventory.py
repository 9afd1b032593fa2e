"""What insurance funds hold themselves: positions of no account, settled in cash (I1).

They are holders like `outside`: never warned, looked at, deleveraged or cut. What their results
take is paid from the cash of the contract's fund, and what that lacks is `uncovered`.
"""

from engine.core.account.position import Position
from engine.core.state.market import NEVER_US
from engine.core.state.venue import State


def held(state: State, contract: str) -> int:
    """Return the signed lots that the fund of a contract holds in it."""
    position = state.inventory.get(contract)
    return position.quantity if position is not None else 0


def grow(state: State, contract: str, lots: int, value: int, *, sign: int) -> None:
    """Open or add at a value; no money moves."""
    account = state.fund_key(contract)
    position = state.inventory.setdefault(contract, Position(account, contract, "cross", 1))
    position.grow(lots, value, sign)
    state.markets[contract].holders[account, position.leg] = position
    state.timer_us = min(state.timer_us, next_offload_us(state, state.now_us + 1))


def shrink(state: State, contract: str, lots: int, value: int) -> tuple[int, int]:
    """Close lots at a value; return the result and how much of it was uncovered."""
    position = state.inventory[contract]
    sign = position.sign
    realized = sign * value - position.shrink(lots)
    uncovered = pay(state, contract, f"open_cost:{contract}", -realized)
    if not position.quantity:
        del state.markets[contract].holders[position.account, position.leg]
    return realized, uncovered


def pay(state: State, contract: str, to: str, amount: int) -> int:
    """Pay from a fund's cash (below 0: into it); return what it lacked, which is uncovered."""
    uncovered = max(0, amount - state.fund_of(contract))
    state.post(state.fund_key(contract), to, amount - uncovered)
    state.post("uncovered", to, uncovered)
    return uncovered


def next_offload_us(state: State, from_us: int) -> int:
    """Return the first instant from a time on at which inventory is offered in the book."""
    every = state.rules.fund.offload_interval_us
    return -(-from_us // every) * every if every else NEVER_US
