"""Margin modes, leverage with a position, and margin that comes by itself (M8, M9, M15, M16)."""

from engine.core.command import Mode, SetAutoMargin, SetLeverage, SetMarginMode
from engine.core.event import (
    AutoMarginSet,
    LeverageSet,
    MarginAdded,
    MarginModeSet,
    MarginRemoved,
)
from engine.core.reason import Reason
from tests.support.naive import margin
from tests.support.naive.fills import pay_accrued
from tests.support.naive.state import Place, State, balance_name, symbol_of


def _opening(state: State, account: str, contract: str) -> int:
    """Give the margin that a position opens with at its leverage."""
    cost = state.position(account, contract).cost
    return margin.opening_margin(state, account, contract, abs(cost), 1 if cost > 0 else -1)


# -- modes (M9, M16) --


def changes_of(state: State, command: SetMarginMode) -> dict[str, Mode]:
    """List the contracts whose mode a command is about."""
    if state.rules.margin.mode_of == "account":
        return dict.fromkeys(state.markets, command.mode)
    return {command.contract or "": command.mode}


def refused_mode(state: State, command: SetMarginMode) -> tuple[Reason | None, str | None]:
    """Give why a mode cannot be changed, and the contract that is why where it is the account's."""
    is_whole = state.rules.margin.mode_of == "account"
    if (command.contract or not is_whole) and command.contract not in state.markets:
        return Reason.UNKNOWN_CONTRACT, None
    trial, changes = state.copy(), changes_of(state, command)
    for contract in changes:
        _unset(trial, command.account, contract, command.mode)
    if all(state.mode(command.account, c) == command.mode for c in changes):
        return Reason.UNCHANGED, None
    reason, culprit = refused_switch(state, trial, command.account, changes)
    return reason, culprit if is_whole else None


def _unset(state: State, account: str, contract: str, mode: Mode) -> bool:
    """Take the leverage away that isolated a contract, and tell whether it had another one."""
    had = state.leverage(account, contract)
    if not state.rules.margin.leverage_isolates or mode == "isolated":
        return False
    state.leverages[account, contract] = state.rules.default_leverage
    return had != state.rules.default_leverage


def refused_switch(
    state: State, trial: State, account: str, changes: dict[str, Mode]
) -> tuple[Reason | None, str | None]:
    """Give why contracts cannot change their mode, tried with the leverages of the trial."""
    for contract in changes:
        if state.orders_of(account, contract):
            return Reason.HAS_ORDERS, contract
    places = [place for contract in changes for place in state.places(account, contract)]
    held = [place for place in places if state.position(account, place).quantity]
    if held and not state.rules.mode_switch_with_position:
        return Reason.HAS_POSITION, symbol_of(held[0])
    for place in held:
        contract = symbol_of(place)
        _move(trial, account, place, changes[contract])
        if changes[contract] == "isolated":
            if trial.money((account, None)) < 0:
                return Reason.INSUFFICIENT_MARGIN, contract
            if len(changes) > 1 and margin.in_breach(trial, (account, place)):
                return Reason.WOULD_LIQUIDATE, contract
    if held and margin.available(trial, account) < 0:
        return Reason.INSUFFICIENT_MARGIN, None
    for place in held:
        contract = symbol_of(place)
        if changes[contract] == "isolated" and margin.in_breach(trial, (account, place)):
            return Reason.WOULD_LIQUIDATE, contract
    return None, None


def _move(state: State, account: str, place: Place, mode: Mode) -> None:
    """Switch one position's contract and move its margin; its legs pay funding before (F5)."""
    for leg in state.places(account, symbol_of(place)):
        pay_accrued(state, account, leg)
    isolated = balance_name((account, place))
    if mode == "isolated":
        state.post(f"wallet:{account}", isolated, _opening(state, account, place))
    else:
        state.post(isolated, f"wallet:{account}", state.balance(isolated))
    state.modes[account, symbol_of(place)] = mode


def change_mode(state: State, command: SetMarginMode) -> None:
    """Switch the mode, move the margin, and say so (M9, M11)."""
    for contract in sorted(changes_of(state, command)):
        _change(state, command.account, contract, command.mode)


def _change(state: State, account: str, contract: str, mode: Mode) -> None:
    places = state.places(account, contract)
    for place in places:
        _move(state, account, place, mode)
        if mode == "cross":
            state.hand_over_result(account, place)
        elif state.position(account, place).quantity:
            state.held_last[account] = contract
    if mode == "cross":
        state.auto_margin.discard((account, contract))
        if _unset(state, account, contract, mode):
            leverage = state.rules.default_leverage
            state.emit(LeverageSet, account=account, contract=contract, leverage=leverage)
    state.emit(
        MarginModeSet,
        account=account,
        contract=contract,
        mode=mode,
        margin=sum(state.money((account, place)) for place in places),
    )


# -- leverage (M8, M16) --


def isolates(state: State, command: SetLeverage) -> bool:
    """Tell whether a leverage isolates its contract."""
    is_cross = state.mode(command.account, command.contract) == "cross"
    return state.rules.margin.leverage_isolates and is_cross


def moved_by_leverage(state: State, command: SetLeverage) -> dict[Place, int]:
    """Give what another leverage moves from the wallet to each isolated position."""
    account, contract = command.account, command.contract
    if state.mode(account, contract) == "cross":
        return {}
    if state.rules.margin.leverage_with_position != "reset":
        return {}
    trial, moved = state.copy(), {}
    trial.leverages[account, contract] = command.leverage
    for place in state.places(account, contract):
        more = _opening(trial, account, place) - _opening(state, account, place)
        had = state.money((account, place)) - margin.accrued(state, account, place)
        moved[place] = max(more, -max(0, had))
    return moved


def change_leverage(state: State, command: SetLeverage) -> None:
    """Set a leverage, then move the margin or isolate the contract."""
    account, contract = command.account, command.contract
    moved, alone = moved_by_leverage(state, command), isolates(state, command)
    state.leverages[account, contract] = command.leverage
    state.emit(LeverageSet, account=account, contract=contract, leverage=command.leverage)
    if alone:
        _change(state, account, contract, "isolated")
        return
    for place, amount in moved.items():
        if amount == 0:
            continue
        pay_accrued(state, account, place)
        state.post(f"wallet:{account}", balance_name((account, place)), amount)
        state.emit(
            MarginAdded if amount > 0 else MarginRemoved,
            account=account,
            contract=place,
            amount=abs(amount),
            margin=state.money((account, place)),
            why="leverage",
        )


# -- margin that comes by itself (M15) --


def refused_auto_margin(state: State, command: SetAutoMargin) -> Reason | None:
    """Check the switching on and off."""
    if not state.rules.margin.auto_margin:
        return Reason.NO_AUTO_MARGIN
    if state.mode(command.account, command.contract) == "cross":
        return Reason.NOT_ISOLATED
    is_on = (command.account, command.contract) in state.auto_margin
    return Reason.UNCHANGED if is_on == command.is_on else None


def set_auto_margin(state: State, command: SetAutoMargin) -> None:
    """Switch it on or off."""
    place = (command.account, command.contract)
    if command.is_on:
        state.auto_margin.add(place)
    else:
        state.auto_margin.remove(place)
    state.emit(
        AutoMarginSet, account=command.account, contract=command.contract, is_on=command.is_on
    )


def replenish(state: State) -> None:
    """Top up whoever is in breach, has asked for it, and is saved by it."""
    for pocket in state.pockets():
        account, contract = pocket
        if contract is None or pocket in state.waiting:
            continue
        if (account, symbol_of(contract)) not in state.auto_margin:
            continue
        if state.markets[contract].stale or not state.position(account, contract).quantity:
            continue
        if margin.in_breach(state, pocket):
            free = margin.withdrawable(state, account)
            for amount in (min(free, _opening(state, account, contract)), free):
                trial = state.copy()
                trial.post(f"wallet:{account}", balance_name(pocket), amount)
                if not margin.in_breach(trial, pocket):
                    _top_up(state, account, contract, amount)
                    break


def _top_up(state: State, account: str, contract: str, amount: int) -> None:
    pay_accrued(state, account, contract)
    state.post(f"wallet:{account}", balance_name((account, contract)), amount)
    state.emit(
        MarginAdded,
        account=account,
        contract=contract,
        amount=amount,
        margin=state.money((account, contract)),
        why="auto",
    )
