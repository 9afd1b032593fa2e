"""What a fill does to an account: realise, pay, open, release (Decisions A4 to A7, M6, M7)."""

import msgspec

from engine.core.account.account import OUTSIDE
from engine.core.account.position import Position
from engine.core.event import FundingPaid
from engine.core.margin.risk import maintenance, opening_margin
from engine.core.money import PPM, Micros
from engine.core.state.standing import profit, risk_of
from engine.core.state.venue import State


class Settled(msgspec.Struct, frozen=True):
    """What a fill posted; `cost` is the signed cost of the part it closed."""

    fee: int = 0
    realized: int = 0
    cost: int = 0


class Fill(msgspec.Struct, frozen=True):
    """Lots at a price; `sign` is +1 for a buy, -1 for a sell."""

    sign: int
    lots: int
    price: int


def settle(state: State, position: Position, fill: Fill, *, fee_ppm: int) -> Settled:
    """Post a client's fill: first the part that closes, then the part that opens."""
    unit = fill.price * state.markets[position.contract].contract.unit_value
    closes = position.sign == -fill.sign
    closing = min(fill.lots, abs(position.quantity)) if closes else 0
    opening = fill.lots - closing
    settled = Settled()
    if closing:
        settled = _close_part(state, position, closing, closing * unit, fee_ppm)
    if opening:
        sign = fill.sign
        fee = open_part(state, position, opening, opening * unit, sign=sign, fee_ppm=fee_ppm)
        settled = Settled(settled.fee + fee, settled.realized, settled.cost)
    return settled


def open_part(
    state: State, position: Position, lots: int, value: int, *, sign: int, fee_ppm: int
) -> int:
    """Open or add at a value; margin and fee leave the wallet. Return the fee."""
    was = position.quantity
    account = state.accounts[position.account]
    realize_funding(state, position)
    position.grow(lots, value, sign)
    if position.mode == "isolated":
        contract = state.markets[position.contract].contract
        margin = opening_margin(contract, value, position.leverage, sign)
        state.post(account.wallet_key, position.margin_key, margin)
    fee = 0 if position.account == OUTSIDE else value * fee_ppm // PPM
    state.post(account.wallet_key, "fees", fee)
    account.add_result(state.pool_of(position.contract), -fee)
    state.resized(position, was)
    return fee


def _close_part(state: State, position: Position, lots: int, value: int, fee_ppm: int) -> Settled:
    settled = realize(state, position, lots, value)
    fee = charge(state, position, value * fee_ppm // PPM, "fees")
    if not position.quantity:
        release_rest(state, position)
    return Settled(fee, settled.realized, settled.cost)


def realize(state: State, position: Position, lots: int, value: int) -> Settled:
    """Close lots at a value and post the result to the margin account; nothing is released."""
    was, sign = position.quantity, position.sign
    realize_funding(state, position)
    cost = position.shrink(lots)
    realized = sign * value - cost
    state.post(f"open_cost:{position.contract}", position.margin_key, realized)
    add_result(state, position, realized)
    state.resized(position, was)
    if not position.quantity and position.mode == "isolated":
        account = state.accounts[position.account]
        account.add_result(state.pool_of(position.contract), position.result)
        position.result = 0
    return Settled(0, realized, cost)


def realize_funding(state: State, position: Position) -> None:
    """Have a position pay what it owes for the time that it was held, from now on anew (F5)."""
    market = state.markets[position.contract]
    if market.accrual:
        owed = market.accrued(position, state.now_us)
        market.realized_us[f"{position.account}:{position.slot}"] = state.now_us
        pay_funding(state, position, owed)


def pay_funding(state: State, position: Position, amount: int) -> None:
    """Post a position's share of funding, signed, and say so."""
    state.post(position.margin_key, "rounding", amount)
    add_result(state, position, -amount)
    if amount and position.account != OUTSIDE:
        state.emit(
            FundingPaid(
                **state.stamp(),
                account=position.account,
                contract=position.contract,
                amount=Micros(amount),
                leg=position.leg,
            )
        )


def add_result(state: State, position: Position, amount: int) -> None:
    """Count a posting in the result of the margin account that it went to (Decision M11)."""
    if position.mode == "isolated" and position.quantity:
        position.result += amount
    else:
        pool = state.pool_of(position.contract)
        state.accounts[position.account].add_result(pool, amount)


def charge(state: State, position: Position, fee: int, to: str) -> int:
    """Post a fee of a closing part, never more than the margin account has left. Return it."""
    if fee and position.account != OUTSIDE:
        fee = min(fee, max(0, risk_of(state, position).equity))
        state.post(position.margin_key, to, fee)
        add_result(state, position, -fee)
        return fee
    return 0


def release_rest(state: State, position: Position) -> None:
    """Return what is left of an isolated margin to the wallet when the position is gone."""
    if position.mode == "isolated":
        left = max(0, state.balance(position.margin_key))
        state.post(position.margin_key, state.accounts[position.account].wallet_key, left)


def release_part(state: State, position: Position, was: int) -> None:
    """Release margin after a client closed a part of what the position `was` (signed).

    In proportion, but never so much that the rest would meet the trigger at the frozen mark.
    """
    held, left = abs(was), abs(position.quantity)
    if position.mode == "cross" or was * position.quantity <= 0 or left >= held:
        return
    margin = state.balance(position.margin_key)
    share = max(0, margin * (held - left) // held)
    market = state.markets[position.contract]
    # a closing fee at the bankruptcy price changes with the margin: the larger of both ends
    ends = [
        maintenance(market.contract, position, market.mark, at) for at in (margin, margin - share)
    ]
    spare = margin + profit(state, position) - max(ends)
    if not state.rules.strict_trigger:
        spare -= 1
    released = max(0, min(share, spare))
    state.post(position.margin_key, state.accounts[position.account].wallet_key, released)
