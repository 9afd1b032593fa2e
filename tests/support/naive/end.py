"""The end of a contract (O21)."""

from engine.core.command import SettleContract
from engine.core.event import ContractSettled, PositionSettled
from engine.core.reason import Reason
from tests.support.naive.fills import cancel_all, close_part, return_margin, settle_isolated
from tests.support.naive.inventory import sell_to_nobody
from tests.support.naive.state import OUTSIDE, Place, State


def refused_end(state: State, command: SettleContract) -> Reason | None:
    """Tell why a contract cannot end."""
    market = state.markets.get(command.contract)
    if market is None:
        return Reason.UNKNOWN_CONTRACT
    if not market.priced:
        return Reason.NO_PRICE
    if market.settled:
        return Reason.CONTRACT_SETTLED
    named = command.price
    in_range = named is None or 1 <= named <= market.contract.price_max
    return None if in_range else Reason.INVALID_PRICE


def end(state: State, command: SettleContract) -> None:
    """Cancel what waits in it, then close everybody at one price."""
    contract, market = command.contract, state.markets[command.contract]
    market.settled = True
    for account in state.accounts:
        cancel_all(state, account, contract, Reason.CONTRACT_SETTLED)
    price = market.mark if command.price is None else command.price
    state.emit(ContractSettled, contract=contract, price=price)
    for account in sorted([*state.accounts, OUTSIDE, state.fund_name(contract)]):
        for place in state.places(account, contract):
            _close(state, account, place, price)


def _close(state: State, account: str, place: Place, price: int) -> None:
    held = state.position(account, place).quantity
    if held == 0:
        return
    if account == state.fund_name(place):
        sell_to_nobody(state, place, price)
        return
    value = abs(held) * price * state.markets[place].contract.unit_value
    realized = close_part(state, account, place, abs(held), value)
    settle_isolated(state, account, place)
    return_margin(state, account, place)
    if account != OUTSIDE:
        state.emit(
            PositionSettled,
            account=account,
            contract=place,
            side="long" if held > 0 else "short",
            quantity=abs(held),
            price=price,
            realized=realized,
        )
