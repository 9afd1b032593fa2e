"""A deficit falls on the fund, then on those who trade here by what they won or hold, then on
nobody (L12, L20 to L22).

Sources: OKEx, "socialised clawback" (2018), and Deribit, "insurance fund": winners of a period by
their profit; Drift v2, controller/liquidation.rs: every unit of open interest, on both sides.
"""

from collections.abc import Iterable

import msgspec
from msgspec import UNSET

from engine.core.account.account import OUTSIDE, Account
from engine.core.account.position import Position
from engine.core.event import DeficitCovered, LossSocialized, PeriodSettled
from engine.core.liquidation.case import Case
from engine.core.money import Micros, shares
from engine.core.state.standing import cross_risk, isolated_risk, profit, risk_of
from engine.core.state.venue import State, keyed


class _Burden(msgspec.Struct, frozen=True):
    """A sum that somebody has to pay into the ledger account `key`.

    `loser` is the margin account that owes it; nobody and no contract at the end of a period.
    """

    key: str
    pool: str
    amount: int
    liquidation: int = 0
    loser: str = ""
    contract: str = ""


def deficit_of(state: State, case: Case, key: str, contract: str) -> None:
    """Bring a negative balance to zero and say who paid."""
    deficit = -state.balance(key)
    pool = state.pool_of(contract)
    from_fund = _from_fund(state, pool, key, deficit)
    rest = deficit - from_fund
    pending = rest if state.rules.settlement_us and state.rules.socialized == "profit" else 0
    state.post(keyed("pending_loss", pool), key, pending)
    burden = _Burden(key, pool, rest - pending, case.liquidation, case.breach.margin_id, contract)
    socialized = _across_traders(state, burden)
    uncovered = rest - pending - socialized
    state.post("uncovered", key, uncovered)
    state.emit(
        DeficitCovered(
            **state.stamp(),
            liquidation=case.liquidation,
            account=case.breach.account.name,
            contract=contract,
            deficit=Micros(deficit),
            insurance_fund=Micros(from_fund),
            socialized=Micros(socialized),
            uncovered=Micros(uncovered),
            fund=state.fund_of(contract),
            pending=Micros(pending),
            leg=case.breach.leg,
        )
    )


def period(state: State) -> None:
    """Settle what waited, pool by pool; everybody's profit begins anew (L21)."""
    for pool in state.pools:
        key = keyed("pending_loss", pool)
        pending = -state.balance(key)
        from_fund = _from_fund(state, pool, key, pending)
        socialized = _across_traders(state, _Burden(key, pool, pending - from_fund))
        uncovered = pending - from_fund - socialized
        state.post("uncovered", key, uncovered)
        state.emit(
            PeriodSettled(
                **state.stamp(),
                pool=pool,
                pending=Micros(pending),
                insurance_fund=Micros(from_fund),
                socialized=Micros(socialized),
                uncovered=Micros(uncovered),
                fund=state.balance(keyed("fund", pool)),
            )
        )
    for account in state.accounts.values():
        account.results.clear()
        account.carried = {
            slot: profit(state, position)
            for slot, position in account.positions.items()
            if position.quantity
        }
        for position in account.positions.values():
            position.result = 0


def _from_fund(state: State, pool: str, key: str, amount: int) -> int:
    fund = keyed("fund", pool)
    paid = min(state.balance(fund), amount)
    state.post(fund, key, paid)
    return paid


def _across_traders(state: State, burden: _Burden) -> int:
    """Cut those whom the profile names, then the replayed market if it pays too; return the sum."""
    if not burden.amount or state.rules.socialized == "none":
        return 0
    by_size = state.rules.socialized == "open_interest"
    cut = _by_open_interest(state, burden) if by_size else _by_profit(state, burden)
    if state.rules.outside_in_waterfall == "last":
        won = _gain(state, state.accounts[OUTSIDE], burden.pool)
        cut += _cut(state, burden, OUTSIDE, min(burden.amount - cut, max(0, won)))
    return cut


def _by_profit(state: State, burden: _Burden) -> int:
    """Cut winners in proportion to what they won, at most all of it."""
    weights = _weights(state, burden)
    amount = min(burden.amount, sum(weights.values()))
    for margin_id, share in shares(amount, weights.items()):
        _cut(state, burden, margin_id, share)
    return amount


def _by_open_interest(state: State, burden: _Burden) -> int:
    """Cut every position of the contract by its size, at most by the equity behind it."""
    market = state.markets.get(burden.contract)
    apart = (OUTSIDE, state.fund_key(burden.contract))
    held: dict[str, Position] = {}
    sizes: dict[str, int] = {}
    for position in market.held() if market else ():
        margin_id = position.margin_id
        if position.account not in apart and margin_id != burden.loser:
            held[margin_id] = position
            sizes[margin_id] = sizes.get(margin_id, 0) + abs(position.quantity)
    cut = 0
    for margin_id, share in shares(burden.amount if sizes else 0, sizes.items()):
        bearable = max(0, risk_of(state, held[margin_id]).equity)
        cut += _cut(state, burden, margin_id, min(share, bearable))
    return cut


def _cut(state: State, burden: _Burden, margin_id: str, amount: int) -> int:
    if not amount:
        return 0
    name, _, slot = margin_id.partition(":")
    account = state.accounts[name]
    position = account.positions[slot] if slot else None
    if position is not None:
        position.result -= amount
        state.post(position.margin_key, burden.key, amount)
    else:
        account.add_result(burden.pool, -amount)
        state.post(account.wallet_key, burden.key, amount)
    state.emit(
        LossSocialized(
            **state.stamp(),
            liquidation=burden.liquidation,
            account=name,
            contract=None if position is None else position.contract,
            amount=Micros(amount),
            leg=UNSET if position is None else position.leg,
        )
    )
    return amount


def _weights(state: State, burden: _Burden) -> dict[str, int]:
    """Return what each winning margin account can be cut by: its profit, at most its equity."""
    weights = {}
    for name, account in state.accounts.items():
        if name == OUTSIDE:
            continue
        equity = cross_risk(state, account).equity
        weights[name] = min(_gain(state, account, burden.pool), equity)
        for position in account.positions.values():
            if position.mode == "isolated" and position.quantity:
                won = position.result + _profits(state, account, burden.pool, [position])
                in_pool = state.pool_of(position.contract) == burden.pool
                equity = isolated_risk(state, position).equity
                weights[position.margin_id] = min(won, equity) if in_pool else 0
    weights.pop(burden.loser, None)
    return {owner: weight for owner, weight in weights.items() if weight > 0}


def _gain(state: State, account: Account, pool: str) -> int:
    """Return what the cross side of an account won in a pool's contracts in the period."""
    positions = account.cross_positions()
    return account.results.get(pool, 0) + _profits(state, account, pool, positions)


def _profits(state: State, account: Account, pool: str, positions: Iterable[Position]) -> int:
    """Return what positions in the contracts of a pool have won since the period began."""
    return sum(
        profit(state, one) - account.carried.get(one.slot, 0)
        for one in positions
        if state.pool_of(one.contract) == pool
    )
