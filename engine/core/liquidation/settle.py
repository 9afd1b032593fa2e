"""The end of a liquidation: fees from what is left, then the residue (L12, L16)."""

from engine.core.event import LiquidationFeePaid, ResidueTaken
from engine.core.liquidation.case import Breach, Case
from engine.core.money import PPM, Micros
from engine.core.state.venue import State
from engine.core.trading.fill import add_result


def fees(state: State, case: Case) -> None:
    """Pay what the fills owe as far as the money goes; the waterfall never pays a fee."""
    breach = case.breach
    left = _spare(state, breach)
    for owed in case.owed:
        taker = min(owed.taker, max(0, left))
        penalty = min(owed.penalty, max(0, left - taker))
        left -= taker + penalty
        if not taker + penalty:
            continue
        state.post(breach.key, "fees", taker)
        to_fund = state.rules.liquidation_fee_to == "fund"
        state.post(breach.key, state.fund_key(owed.contract) if to_fund else "fees", penalty)
        if breach.position is not None:
            add_result(state, breach.position, -taker - penalty)
        else:
            breach.account.add_result(state.pool_of(owed.contract), -taker - penalty)
        state.emit(
            LiquidationFeePaid(
                **state.stamp(),
                liquidation=owed.liquidation,
                account=breach.account.name,
                contract=owed.contract,
                taker_fee=Micros(taker),
                liquidation_fee=Micros(penalty),
                fund=state.fund_of(owed.contract),
                leg=breach.leg,
            )
        )


def _spare(state: State, breach: Breach) -> int:
    """Return what can be paid without putting the margin account in breach."""
    risk = breach.risk(state)
    spare = risk.equity - risk.maintenance
    if risk.has_position and not state.rules.strict_trigger:
        spare -= 1
    position = breach.position
    if position is None or position.quantity <= 0:
        return spare
    fee = state.markets[position.contract].contract.closing_fee
    if fee is None or fee.on != "bankruptcy":
        return spare
    # what is paid brings a long's bankruptcy price nearer, and so raises the fee that counts
    return max(0, spare) * (PPM - fee.rate_ppm) // PPM


def residue(state: State, case: Case, key: str, contract: str) -> None:
    """Hand what is left of the margin to the fund or back to the client, by profile."""
    amount = state.balance(key)
    name = case.breach.account.name
    to = state.rules.residue_to
    state.post(key, state.fund_key(contract) if to == "fund" else f"wallet:{name}", amount)
    state.emit(
        ResidueTaken(
            **state.stamp(),
            liquidation=case.liquidation,
            account=name,
            contract=contract,
            amount=Micros(amount),
            to=to,
            fund=state.fund_of(contract),
            leg=case.breach.leg,
        )
    )
