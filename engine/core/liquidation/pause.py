"""A margin account in breach may wait: before the venue reacts, and between two rounds (L18)."""

from engine.core.event import LiquidationPaused, LiquidationResumed
from engine.core.liquidation.case import Breach, Case
from engine.core.money import Micros
from engine.core.state.pause import Pause, Why
from engine.core.state.venue import State


def begin(state: State, case: Case, why: Why) -> None:
    """Let a margin account wait, and remember what its liquidation has come to."""
    breach, closing = case.breach, state.rules.closing
    wait_us = closing.delay_us if why == "delay" else closing.cooldown_us << case.idle
    until_us = state.now_us + wait_us
    state.pauses[breach.margin_id] = Pause(
        until_us, why, case.set_aside, case.owed, case.progress, case.paid_by_fund, idle=case.idle
    )
    state.timer_us = min(state.timer_us, until_us)
    risk = breach.risk(state)
    state.emit(
        LiquidationPaused(
            **state.stamp(),
            account=breach.account.name,
            contract=breach.position.contract if breach.position is not None else None,
            why=why,
            until_us=until_us,
            equity=Micros(risk.equity),
            maintenance=Micros(risk.maintenance),
            leg=breach.leg,
        )
    )


def over(state: State) -> list[str]:
    """Return whose wait is over now, by id; a position switched to cross has lost its wait."""
    due = sorted(name for name, pause in state.pauses.items() if pause.until_us <= state.now_us)
    for margin_id in due:
        state.pauses[margin_id].is_over = True
        name, _, slot = margin_id.partition(":")
        if slot and state.accounts[name].positions[slot].mode == "cross":
            del state.pauses[margin_id]
    return [margin_id for margin_id in due if margin_id in state.pauses]


def end(state: State, margin_id: str) -> None:
    """Have a margin account looked at whose wait is over, and say so."""
    name, _, slot = margin_id.partition(":")
    head = state.stamp()
    if slot:
        held = state.accounts[name].positions[slot]
        event = LiquidationResumed(**head, account=name, contract=held.contract, leg=held.leg)
    else:
        event = LiquidationResumed(**head, account=name, contract=None)
    state.emit(event)
    state.watch.touch(margin_id)


def case_of(state: State, breach: Breach, forced: dict[str, int]) -> Case:
    """Return a liquidation that begins, or goes on after its wait."""
    pause = state.pauses.pop(breach.margin_id, None)
    if pause is None:
        return Case(breach, forced)
    return Case(
        breach,
        forced,
        set_aside=pause.set_aside,
        owed=pause.owed,
        progress=pause.progress,
        paid_by_fund=pause.paid_by_fund,
        idle=pause.idle,
        is_resumed=True,
    )
