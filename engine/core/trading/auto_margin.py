"""Margin that comes from the wallet by itself before a liquidation (Decision M15)."""

from engine.core.account.position import Position
from engine.core.command import SetAutoMargin
from engine.core.event import AutoMarginSet, MarginAdded
from engine.core.margin.risk import Risk, initial, maintenance
from engine.core.money import Micros
from engine.core.reason import Reason
from engine.core.state.standing import isolated_risk, own_margin, withdrawable
from engine.core.state.venue import State
from engine.core.trading.fill import realize_funding
from engine.core.trading.transfers import known


def set_flag(state: State, command: SetAutoMargin) -> None:
    """Switch auto margin of an isolated contract on or off."""
    reason = known(state, command.account, command.contract) or _check(state, command)
    if reason is not None:
        return state.reject(command, reason)
    account = state.accounts[command.account]
    if command.is_on:
        account.auto_margin = sorted([*account.auto_margin, command.contract])
    else:
        account.auto_margin.remove(command.contract)
    return state.emit(
        AutoMarginSet(
            **state.stamp(),
            account=command.account,
            contract=command.contract,
            is_on=command.is_on,
        )
    )


def _check(state: State, command: SetAutoMargin) -> Reason | None:
    if not state.rules.margin.auto_margin:
        return Reason.NO_AUTO_MARGIN
    if state.legs(command.account, command.contract)[0].mode != "isolated":
        return Reason.NOT_ISOLATED
    is_on = command.contract in state.accounts[command.account].auto_margin
    return Reason.UNCHANGED if is_on == command.is_on else None


def replenish(state: State) -> None:
    """Top up, by id, the isolated positions in breach that have it and that it saves."""
    if not state.rules.margin.auto_margin:
        return
    for margin_id in state.watch.touched():
        name, _, slot = margin_id.partition(":")
        position = state.accounts[name].positions.get(slot)
        if position is not None and margin_id not in state.pauses:
            _top_up(state, position)


def _top_up(state: State, position: Position) -> None:
    market, account = state.markets[position.contract], state.accounts[position.account]
    if position.contract not in account.auto_margin or not position.quantity or market.is_stale:
        return
    risk = isolated_risk(state, position)
    if not _falls(state, risk):
        return
    free, margin = withdrawable(state, account), own_margin(state, position)
    for amount in (min(free, initial(market.contract, position, market.mark)), free):
        keep = maintenance(market.contract, position, market.mark, margin + amount)
        if not _falls(state, Risk(risk.equity + amount, keep)):
            realize_funding(state, position)
            state.post(account.wallet_key, position.margin_key, amount)
            state.emit(
                MarginAdded(
                    **state.stamp(),
                    account=position.account,
                    contract=position.contract,
                    amount=Micros(amount),
                    margin=state.balance(position.margin_key),
                    why="auto",
                    leg=position.leg,
                )
            )
            return


def _falls(state: State, risk: Risk) -> bool:
    return risk.is_breach(state.rules.strict_trigger)
