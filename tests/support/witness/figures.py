"""Equity, maintenance and loss of every margin account, worked out again from bare balances.

Only raw state is read: ledger balances, quantities, costs, modes and marks. The arithmetic is
that of the rules, written once more, so that it can contradict the engine's.
"""

from collections.abc import Iterator
from typing import NamedTuple

from engine.core.account.account import OUTSIDE, Account
from engine.core.account.position import Position
from engine.core.instrument import Contract
from engine.core.state.venue import State

Priced = dict[str, tuple[int, Contract]]
"""What a lot is worth at the mark, by contract."""


class Figures(NamedTuple):
    """A margin account; `loss` is what its positions have lost at the mark."""

    equity: int
    maintenance: int = 0
    loss: int = 0
    has_position: bool = False

    def is_breach(self, *, strict: bool) -> bool:
        """The trigger: equity used up, or not above (strict: below) maintenance."""
        if not self.has_position:
            return self.equity < 0
        if self.equity <= 0:
            return True
        return self.maintenance > self.equity - (not strict)


def maintenance_at(position: Position, margin: int, unit: int, contract: Contract) -> int:
    """Give what a position must keep: its bracket's rate, up, less the deduction, and the fee."""
    lots, fee = abs(position.quantity), contract.closing_fee
    measure = lots if contract.brackets_by == "lots" else lots * unit
    row = next(row for row in reversed(contract.brackets) if row.floor <= measure)
    rate_e12 = row.rate_ppm * 1_000_000 + row.growth_e12 * lots
    if fee is not None and fee.on == "mark":
        rate_e12 += fee.rate_ppm * 1_000_000
    keep = max(0, -(-lots * unit * rate_e12 // 10**12) - row.deduction)
    if fee is None or fee.on == "mark":
        return keep
    sign = 1 if position.quantity > 0 else -1
    cost, leverage = abs(position.cost), position.leverage
    if position.mode == "isolated":
        paid = -(-max(0, cost - sign * margin) * fee.rate_ppm // (1_000_000 - sign * fee.rate_ppm))
    else:
        paid = -(-cost * (leverage - sign) * fee.rate_ppm // (leverage * 1_000_000))
    return keep + paid


def owed(state: State, position: Position) -> int:
    """Give the funding that a position owes for the time since it paid last, towards zero."""
    market = state.markets[position.contract]
    since = market.accrual_us
    for slot, at_us in market.realized_us.items():
        if slot == f"{position.account}:{position.slot}":
            since = at_us
    interval = market.shortened_us or market.contract.funding.interval_us
    amount = position.quantity * market.accrual * (state.now_us - since)
    whole = abs(amount) // (interval * 100_000_000)
    return whole if amount > 0 else -whole


def priced(state: State) -> Priced:
    """Give what the figures of positions depend on."""
    return {
        symbol: (market.mark * market.contract.unit_value, market.contract)
        for symbol, market in state.markets.items()
    }


def profit_of(state: State, position: Position) -> int:
    """Give the unrealised result of a position at its mark."""
    market = state.markets[position.contract]
    return position.quantity * market.mark * market.contract.unit_value - position.cost


def maintenance_of(state: State, position: Position) -> int:
    """Give the maintenance of a position at its mark."""
    margin: int = state.balance(f"isolated:{position.account}:{position.slot}")
    margin -= owed(state, position)
    return maintenance_at(position, margin, *priced(state)[position.contract])


def figures(state: State) -> Iterator[tuple[str, Figures]]:
    """Give every margin account that has money or a position, by account."""
    worth = priced(state)
    balances: dict[str, int] = dict(state.ledger.balances)
    for name, account in state.accounts.items():
        if name != OUTSIDE:
            yield from _of_account(state, balances, account, worth)


def _of_account(
    state: State, balances: dict[str, int], account: Account, worth: Priced
) -> Iterator[tuple[str, Figures]]:
    name = account.name
    equity, maintenance, loss, has_position = balances.get(f"wallet:{name}", 0), 0, 0, False
    for slot, position in account.positions.items():
        lots = position.quantity
        if position.mode == "isolated":
            margin = balances.get(f"isolated:{name}:{slot}", 0)
            if lots:
                unit, details = worth[position.contract]
                profit = lots * unit - position.cost
                margin -= owed(state, position)
                keep = maintenance_at(position, margin, unit, details)
                yield f"{name}:{slot}", Figures(margin + profit, keep, -profit, True)
            elif margin:
                yield f"{name}:{slot}", Figures(margin)
        elif lots:
            unit, details = worth[position.contract]
            profit = lots * unit - position.cost
            equity += profit - owed(state, position)
            loss, has_position = loss - profit, True
            maintenance += maintenance_at(position, 0, unit, details)
    yield name, Figures(equity, maintenance, loss, has_position)


def breaches(state: State) -> list[str]:
    """List who meets the trigger: isolated positions, then cross, in the venue's queue."""
    strict = state.rules.strict_trigger
    found = [
        (":" not in margin_id, _place(state, margin_id, figure), margin_id)
        for margin_id, figure in figures(state)
        if figure.equity <= figure.maintenance
        and figure.is_breach(strict=strict)
        and not _is_stale(state, margin_id)
    ]
    return [margin_id for _, _, margin_id in sorted(found)]


def _place(state: State, margin_id: str, figure: Figures) -> int:
    if state.rules.closing.queue == "largest_loss":
        return -figure.loss
    worth = priced(state)
    name, _, own = margin_id.partition(":")
    positions = [
        position
        for slot, position in state.accounts[name].positions.items()
        if position.quantity and (slot == own if own else position.mode == "cross")
    ]
    if state.rules.closing.queue == "oldest":
        return min((position.opened for position in positions), default=0)
    return -sum(abs(position.quantity) * worth[position.contract][0] for position in positions)


def waiting(state: State) -> list[str]:
    """List who meets the trigger and is not liquidated, because nobody tells the index."""
    strict = state.rules.strict_trigger
    return [
        margin_id
        for margin_id, figure in figures(state)
        if figure.is_breach(strict=strict) and _is_stale(state, margin_id)
    ]


def _is_stale(state: State, margin_id: str) -> bool:
    name, _, own = margin_id.partition(":")
    if margin_id in state.pauses:  # its liquidation has begun and goes on
        return False
    return any(
        position.quantity and state.markets[position.contract].is_stale
        for slot, position in state.accounts[name].positions.items()
        if (slot == own if own else position.mode == "cross")
    )
