"""Money in, out, and between a wallet and its isolated positions (Decisions O3, M10)."""

from msgspec import UNSET

from engine.core.account.account import FUND, OUTSIDE, Account
from engine.core.account.position import Position, slot_of
from engine.core.command import AddMargin, Deposit, LegOrNone, RemoveMargin, Withdraw
from engine.core.event import Deposited, MarginAdded, MarginRemoved, Withdrawn
from engine.core.margin.risk import Risk, maintenance, notional, opening_margin
from engine.core.money import AMOUNT_MAX
from engine.core.reason import Reason
from engine.core.state.standing import isolated_risk, own_margin, profit, withdrawable
from engine.core.state.venue import State
from engine.core.trading.fill import realize_funding


def money_of(state: State, name: str) -> int:
    """Return all money of an account: wallet, isolated margins and what is set aside."""
    account = state.accounts.get(name)
    if account is None:
        return 0
    total: int = state.balance(account.wallet_key)
    for contract in state.markets:
        legs = state.legs(name, contract)
        total += state.balance(legs[0].orders_key)
        total += sum(state.balance(position.isolated_key) for position in legs)
    return total


def known(state: State, name: str, contract: str | None = None) -> Reason | None:
    """Check that an account may act, and that the contract exists if one is named."""
    if name not in state.accounts or name == OUTSIDE:
        return Reason.UNKNOWN_ACCOUNT
    if contract is not None and contract not in state.markets:
        return Reason.UNKNOWN_CONTRACT
    return None


def misplaced(state: State, name: str, leg: LegOrNone) -> Reason | None:
    """Check that a leg is named in hedge mode, and none in one-way mode."""
    is_hedged = state.accounts[name].position_mode == "hedge"
    return None if is_hedged == (leg is not UNSET) else Reason.INVALID_LEG


def deposit(state: State, command: Deposit) -> None:
    """Take money from outside; the first deposit opens the account."""
    name = command.account
    if not name or ":" in name or name in (OUTSIDE, FUND):
        return state.reject(command, Reason.RESERVED_ACCOUNT)
    if not 1 <= command.amount <= AMOUNT_MAX - money_of(state, name):
        return state.reject(command, Reason.INVALID_AMOUNT)
    account = state.open_account(name)
    state.post("external", account.wallet_key, command.amount)
    return state.emit(
        Deposited(
            **state.stamp(),
            account=name,
            amount=command.amount,
            wallet=state.balance(account.wallet_key),
        )
    )


def withdraw(state: State, command: Withdraw) -> None:
    """Pay money out of the wallet."""
    reason = known(state, command.account)
    if reason is not None:
        return state.reject(command, reason)
    account = state.accounts[command.account]
    if command.amount < 1:
        return state.reject(command, Reason.INVALID_AMOUNT)
    if command.amount > withdrawable(state, account):
        return state.reject(command, Reason.INSUFFICIENT_MARGIN)
    state.post(account.wallet_key, "external", command.amount)
    return state.emit(
        Withdrawn(
            **state.stamp(),
            account=account.name,
            amount=command.amount,
            wallet=state.balance(account.wallet_key),
        )
    )


def add_margin(state: State, command: AddMargin) -> None:
    """Move money from the wallet to an isolated position."""
    reason = _check_isolated(state, command)
    if reason is None and command.amount > withdrawable(state, state.accounts[command.account]):
        reason = Reason.INSUFFICIENT_MARGIN
    if reason is not None:
        return state.reject(command, reason)
    account, position = _of(state, command)
    realize_funding(state, position)
    state.post(account.wallet_key, position.margin_key, command.amount)
    return state.emit(
        MarginAdded(
            **state.stamp(),
            account=account.name,
            contract=command.contract,
            amount=command.amount,
            margin=state.balance(position.margin_key),
            leg=command.leg,
        )
    )


def remove_margin(state: State, command: RemoveMargin) -> None:
    """Move money from an isolated position back to the wallet."""
    reason = _check_isolated(state, command) or _check_removal(state, command)
    if reason is not None:
        return state.reject(command, reason)
    account, position = _of(state, command)
    realize_funding(state, position)
    state.post(position.margin_key, account.wallet_key, command.amount)
    return state.emit(
        MarginRemoved(
            **state.stamp(),
            account=account.name,
            contract=command.contract,
            amount=command.amount,
            margin=state.balance(position.margin_key),
            leg=command.leg,
        )
    )


def _of(state: State, command: AddMargin | RemoveMargin) -> tuple[Account, Position]:
    account = state.accounts[command.account]
    return account, account.positions[slot_of(command.contract, command.leg)]


def _check_isolated(state: State, command: AddMargin | RemoveMargin) -> Reason | None:
    reason = known(state, command.account, command.contract)
    if reason is None:
        reason = misplaced(state, command.account, command.leg)
    if reason is not None:
        return reason
    position = state.position(command.account, command.contract, command.leg)
    if position.mode != "isolated":
        return Reason.NOT_ISOLATED
    if not position.quantity:
        return Reason.NO_POSITION
    if command.amount < 1:
        return Reason.INVALID_AMOUNT
    return None


def _check_removal(state: State, command: RemoveMargin) -> Reason | None:
    """Unrealised profit cannot be taken out, nor what keeps the position alive."""
    _, position = _of(state, command)
    market = state.markets[command.contract]
    left = own_margin(state, position) - command.amount
    value = notional(market.contract, position, market.mark)
    needed = opening_margin(market.contract, value, position.leverage, position.sign)
    if left + min(0, profit(state, position)) < needed:
        return Reason.INSUFFICIENT_MARGIN
    risk = isolated_risk(state, position)
    keep = maintenance(market.contract, position, market.mark, left)
    after = Risk(risk.equity - command.amount, keep)
    return Reason.WOULD_LIQUIDATE if after.is_breach(state.rules.strict_trigger) else None
