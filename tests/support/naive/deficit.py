"""What becomes of the money when a margin account has no position left (L12)."""

from engine.core.event import DeficitCovered, LossSocialized, ResidueTaken
from engine.core.money import shares
from tests.support.naive import margin
from tests.support.naive.state import OUTSIDE, Pocket, State, balance_name, pocket_id


def settle_balance(state: State, seq: int, pocket: Pocket, contract: str) -> None:
    """Cover a negative balance, or give a positive one to whom the profile says (L12)."""
    balance = state.money(pocket)
    if balance < 0:
        _cover(state, seq, pocket, contract, -balance)
    if balance > 0:
        to = state.rules.residue_to
        if to == "fund":
            state.post(balance_name(pocket), "fund", balance)
        else:
            state.post(balance_name(pocket), f"wallet:{pocket[0]}", balance)
        state.emit(
            ResidueTaken,
            liquidation=seq,
            account=pocket[0],
            contract=contract,
            amount=balance,
            to=to,
            fund=state.fund,
        )


def _cover(state: State, seq: int, pocket: Pocket, contract: str, deficit: int) -> None:
    own = balance_name(pocket)
    from_fund = min(deficit, state.fund)
    state.post("fund", own, from_fund)
    cut_total = _socialize(state, seq, pocket, deficit - from_fund)
    uncovered = deficit - from_fund - cut_total
    state.post("uncovered", own, uncovered)
    state.emit(
        DeficitCovered,
        liquidation=seq,
        account=pocket[0],
        contract=contract,
        deficit=deficit,
        insurance_fund=from_fund,
        socialized=cut_total,
        uncovered=uncovered,
        fund=state.fund,
    )


def _socialize(state: State, seq: int, loser: Pocket, rest: int) -> int:
    """Cut the winners by weight and give the sum of the cuts."""
    winners: dict[str, Pocket] = {}
    weights = []
    for pocket in state.pockets():
        profit = state.results.get(pocket, 0) + margin.total_unrealized(state, pocket)
        weight = min(max(0, profit), margin.equity(state, pocket))
        if pocket != loser and weight > 0:
            winners[pocket_id(pocket)] = pocket
            weights.append((pocket_id(pocket), weight))
    total = min(rest, sum(weight for _, weight in weights))
    for winner, cut in shares(total, weights):
        _cut(state, seq, winners[winner], loser, cut)
    if state.rules.outside_in_waterfall == "last":
        outside: Pocket = (OUTSIDE, None)
        won = state.results.get(outside, 0) + margin.total_unrealized(state, outside)
        last = min(rest - total, max(0, won))
        _cut(state, seq, outside, loser, last)
        total += last
    return total


def _cut(state: State, seq: int, winner: Pocket, loser: Pocket, cut: int) -> None:
    state.post(balance_name(winner), balance_name(loser), cut)
    state.add_result(winner, -cut)
    if cut > 0:
        state.emit(
            LossSocialized,
            liquidation=seq,
            account=winner[0],
            contract=winner[1],
            amount=cut,
        )
