"""A deficit falls on the fund, then on winners in proportion to what they won, then on nobody
(L12)."""

from engine.core.account.account import OUTSIDE, Account
from engine.core.account.position import Position
from engine.core.event import DeficitCovered, LossSocialized
from engine.core.liquidation.case import Case
from engine.core.money import Micros, shares
from engine.core.state.standing import cross_risk, isolated_risk, profit
from engine.core.state.venue import State


def deficit_of(state: State, case: Case, key: str, contract: str) -> None:
    """Bring a negative balance to zero and say who paid."""
    deficit = -state.balance(key)
    from_fund = min(state.fund, deficit)
    state.post("fund", key, from_fund)
    socialized = _across_winners(state, case, key, deficit - from_fund)
    uncovered = deficit - from_fund - socialized
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
            fund=state.fund,
        )
    )


def _across_winners(state: State, case: Case, key: str, deficit: int) -> int:
    """Cut winners in proportion to what they won, at most all of it; return the sum."""
    if not deficit:
        return 0
    weights = _weights(state, case.breach.margin_id)
    cut = min(deficit, sum(weights.values()))
    for margin_id, amount in shares(cut, weights.items()):
        _cut(state, case, key, margin_id, amount)
    if state.rules.outside_in_waterfall == "last":
        won = max(0, _cross_gain(state, state.accounts[OUTSIDE]))
        last = min(deficit - cut, won)
        _cut(state, case, key, OUTSIDE, last)
        cut += last
    return cut


def _cut(state: State, case: Case, key: str, margin_id: str, amount: int) -> None:
    if not amount:
        return
    name, _, contract = margin_id.partition(":")
    account = state.accounts[name]
    if contract:
        position = account.positions[contract]
        position.result -= amount
        state.post(position.margin_key, key, amount)
    else:
        account.result -= amount
        state.post(account.wallet_key, key, amount)
    state.emit(
        LossSocialized(
            **state.stamp(),
            liquidation=case.liquidation,
            account=name,
            contract=contract or None,
            amount=Micros(amount),
        )
    )


def _weights(state: State, loser: str) -> dict[str, int]:
    """Return what each winning margin account can be cut by: its profit, at most its equity."""
    weights = {}
    for name, account in state.accounts.items():
        if name == OUTSIDE:
            continue
        weights[name] = min(_cross_gain(state, account), cross_risk(state, account).equity)
        for position in account.positions.values():
            if position.mode == "isolated" and position.quantity:
                weights[position.margin_id] = _isolated_weight(state, position)
    return {owner: weight for owner, weight in weights.items() if weight > 0 and owner != loser}


def _cross_gain(state: State, account: Account) -> int:
    return account.result + sum(profit(state, one) for one in account.cross_positions())


def _isolated_weight(state: State, position: Position) -> int:
    gain = position.result + profit(state, position)
    return min(gain, isolated_risk(state, position).equity)
