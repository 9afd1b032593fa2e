"""How margin accounts stand: equity, maintenance, and what may be used (Decisions M3, L1).

A margin account is named by its account and, if isolated, the slot of its position.
"""

import msgspec

from engine.core.account.account import Account
from engine.core.account.position import Position
from engine.core.margin.orders import Terms, order_margin
from engine.core.margin.risk import Risk, initial, maintenance, unrealized
from engine.core.state.venue import State


def profit(state: State, position: Position) -> int:
    """Return a position's unrealised result at its mark."""
    market = state.markets[position.contract]
    return unrealized(market.contract, position, market.mark)


def accrued(state: State, position: Position) -> int:
    """Return the funding that a position owes by now and has not paid yet (F5)."""
    return state.markets[position.contract].accrued(position, state.now_us)


def gain(state: State, position: Position) -> int:
    """Return a position's unrealised result less the funding that it owes."""
    return profit(state, position) - accrued(state, position)


def kept(state: State, position: Position) -> int:
    """Return a position's maintenance at its mark."""
    market = state.markets[position.contract]
    return maintenance(market.contract, position, market.mark, own_margin(state, position))


def own_margin(state: State, position: Position) -> int:
    """Return the margin that belongs to a position alone: none if it is a cross one.

    What it owes for funding by now is not its own any more (F5).
    """
    if position.mode == "cross":
        return 0
    return state.balance(position.margin_key) - accrued(state, position)


def kept_after(state: State, position: Position, lots: int) -> int:
    """Return what a position's maintenance would be with so many lots closed at the mark."""
    market = state.markets[position.contract]
    left = msgspec.structs.replace(position)
    left.shrink(lots)
    realized = profit(state, position) - profit(state, left)
    margin = own_margin(state, position) + realized
    return maintenance(market.contract, left, market.mark, margin)


def isolated_risk(state: State, position: Position) -> Risk:
    """Return how an isolated position stands."""
    assert position.mode == "isolated", "a cross position has no margin of its own"
    equity = own_margin(state, position)
    if not position.quantity:
        return Risk(equity, 0, has_position=False)
    return Risk(equity + profit(state, position), kept(state, position))


def cross_risk(state: State, account: Account) -> Risk:
    """Return how an account's cross side stands."""
    equity: int = state.balance(account.wallet_key)
    keep = 0
    positions = account.cross_positions()
    for position in positions:
        equity += gain(state, position)
        keep += kept(state, position)
    return Risk(equity, keep, has_position=bool(positions))


def risk_of(state: State, position: Position) -> Risk:
    """Return how the margin account that carries a position stands."""
    if position.mode == "isolated":
        return isolated_risk(state, position)
    return cross_risk(state, state.accounts[position.account])


def profit_of(state: State, position: Position) -> int:
    """Return the unrealised result of all positions of the margin account that carries one."""
    if position.mode == "isolated":
        return profit(state, position)
    account = state.accounts[position.account]
    return sum(profit(state, each) for each in account.cross_positions())


def cross_equity(state: State, account: Account) -> int:
    """Return wallet and unrealised results of the cross positions."""
    wallet: int = state.balance(account.wallet_key)
    return wallet + sum(gain(state, position) for position in account.cross_positions())


def orders_margin(state: State, account: Account, contract: str) -> int:
    """Return what an account's resting orders in a contract tie up now, leg by leg."""
    return sum(
        order_margin(order_terms(state, position), account.orders_on(position), None)
        for position in state.legs(account.name, contract)
    )


def order_terms(state: State, position: Position) -> Terms:
    """Return what the margin of a position's orders depends on beside them."""
    market = state.markets[position.contract]
    return Terms(market.contract, position, market.mark, state.rules.taker_fee_ppm)


def tied_up(state: State, position: Position) -> int:
    """Return what a cross position ties up: its initial margin, or what keeps it healthy."""
    market = state.markets[position.contract]
    needed = initial(market.contract, position, market.mark)
    spare = 0 if state.rules.strict_trigger or not position.quantity else 1
    return max(needed, kept(state, position) + spare)


def available(state: State, account: Account) -> int:
    """Return cross equity less what its positions and cross orders tie up."""
    free = cross_equity(state, account)
    free -= sum(tied_up(state, position) for position in account.cross_positions())
    for contract in dict.fromkeys(order.contract for order in account.orders.values()):
        if state.legs(account.name, contract)[0].mode == "cross":
            free -= orders_margin(state, account, contract)
    return free


def withdrawable(state: State, account: Account) -> int:
    """Return what may leave the wallet: unrealised profit may not."""
    return max(0, min(available(state, account), state.balance(account.wallet_key)))
