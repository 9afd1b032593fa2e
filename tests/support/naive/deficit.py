"""What becomes of the money when a margin account has no position left (L12, L19 to L22)."""

from engine.core.event import DeficitCovered, LossSocialized, PeriodSettled, ResidueTaken
from engine.core.money import shares
from tests.support.naive import margin
from tests.support.naive.state import (
    OUTSIDE,
    Pocket,
    State,
    balance_name,
    pocket_id,
    pool_name,
    symbol_of,
    told,
)


def settle_balance(state: State, seq: int, pocket: Pocket, contract: str) -> None:
    """Cover a negative balance, or give a positive one to whom the profile says (L12)."""
    balance = state.money(pocket)
    if balance < 0:
        _cover(state, seq, pocket, contract, -balance)
    if balance > 0:
        to = state.rules.residue_to
        if to == "fund":
            state.post(balance_name(pocket), state.fund_name(contract), balance)
        else:
            state.post(balance_name(pocket), f"wallet:{pocket[0]}", balance)
        state.emit(
            ResidueTaken,
            liquidation=seq,
            account=pocket[0],
            contract=told(pocket, contract),
            amount=balance,
            to=to,
            fund=state.fund_of(contract),
        )


def _cover(state: State, seq: int, pocket: Pocket, contract: str, deficit: int) -> None:
    own, pool = balance_name(pocket), state.pool(contract)
    from_fund = min(deficit, state.fund_of(contract))
    state.post(state.fund_name(contract), own, from_fund)
    rest = deficit - from_fund
    waits = rest if state.rules.settlement_us and state.rules.socialized == "profit" else 0
    state.post(pool_name("pending_loss", pool), own, waits)
    rest -= waits
    cut_total = 0
    if rest and state.rules.socialized == "profit":
        cut_total += _by_profit(state, seq, own, pool, rest=rest, loser=pocket)
    elif rest and state.rules.socialized == "open_interest":
        cut_total += _by_size(state, seq, own, contract, rest=rest)
    if state.rules.socialized != "none":
        cut_total += _from_outside(state, seq, own, pool, rest=rest - cut_total)
    rest -= cut_total
    state.post("uncovered", own, rest)
    state.emit(
        DeficitCovered,
        liquidation=seq,
        account=pocket[0],
        contract=told(pocket, contract),
        deficit=deficit,
        insurance_fund=from_fund,
        socialized=cut_total,
        uncovered=rest,
        fund=state.fund_of(contract),
        pending=waits,
    )


def settle_period(state: State) -> None:
    """L21."""
    for pool in state.pools():
        own, fund = pool_name("pending_loss", pool), pool_name("fund", pool)
        pending = -state.balance(own)
        from_fund = min(pending, state.balance(fund))
        state.post(fund, own, from_fund)
        rest = pending - from_fund
        cut_total = 0
        if rest:
            cut_total += _by_profit(state, 0, own, pool, rest=rest)
            cut_total += _from_outside(state, 0, own, pool, rest=rest - cut_total)
        state.post("uncovered", own, rest - cut_total)
        state.emit(
            PeriodSettled,
            pool=pool,
            pending=pending,
            insurance_fund=from_fund,
            socialized=cut_total,
            uncovered=rest - cut_total,
            fund=state.balance(fund),
        )
    state.results.clear()
    state.began_with = {
        (account, contract): margin.unrealized(state, account, contract)
        for (account, contract), position in state.positions.items()
        if position.quantity
    }


def _won(state: State, pocket: Pocket, pool: str) -> int:
    """What a margin account won in a pool's contracts since the period began (L12, L21)."""
    won = state.results.get((pocket, pool), 0)
    for contract in state.contracts_of(pocket):
        if state.pool(contract) == pool:
            won += margin.unrealized(state, pocket[0], contract)
            won -= state.began_with.get((pocket[0], contract), 0)
    return won


def _by_profit(
    state: State, seq: int, own: str, pool: str, *, rest: int, loser: Pocket | None = None
) -> int:
    """Cut the winners by weight and give the sum of the cuts (L12)."""
    winners: dict[str, Pocket] = {}
    weights = []
    for pocket in state.pockets():
        weight = min(max(0, _won(state, pocket, pool)), margin.equity(state, pocket))
        if pocket != loser and weight > 0:
            winners[pocket_id(pocket)] = pocket
            weights.append((pocket_id(pocket), weight))
    total = min(rest, sum(weight for _, weight in weights))
    for winner, cut in shares(total, weights):
        _cut(state, seq, own, pool, payer=winners[winner], cut=cut)
    return total


def _by_size(state: State, seq: int, own: str, contract: str, *, rest: int) -> int:
    """Cut everybody who holds the contract, by lots, at most by his equity (L22)."""
    holders: dict[str, Pocket] = {}
    lots = []
    for pocket in state.pockets():
        places = [p for p in state.contracts_of(pocket) if symbol_of(p) == symbol_of(contract)]
        if places:
            holders[pocket_id(pocket)] = pocket
            held = sum(abs(state.position(pocket[0], place).quantity) for place in places)
            lots.append((pocket_id(pocket), held))
    total = 0
    for holder, share in shares(rest, lots) if lots else ():
        pocket = holders[holder]
        cut = min(share, max(0, margin.equity(state, pocket)))
        _cut(state, seq, own, state.pool(contract), payer=pocket, cut=cut)
        total += cut
    return total


def _from_outside(state: State, seq: int, own: str, pool: str, *, rest: int) -> int:
    """Cut the replayed market behind all others (L19)."""
    if state.rules.outside_in_waterfall == "never":
        return 0
    outside: Pocket = (OUTSIDE, None)
    cut = min(rest, max(0, _won(state, outside, pool)))
    _cut(state, seq, own, pool, payer=outside, cut=cut)
    return cut


def _cut(state: State, seq: int, own: str, pool: str, *, payer: Pocket, cut: int) -> None:
    state.post(balance_name(payer), own, cut)
    key = (payer, pool)
    state.results[key] = state.results.get(key, 0) - cut
    if cut > 0:
        state.emit(
            LossSocialized,
            liquidation=seq,
            account=payer[0],
            contract=payer[1],
            amount=cut,
        )
