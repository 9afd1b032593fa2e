"""A contract ends: what waits in it is cancelled, and all of its positions are closed (O21).

Sources: dYdX v4, x/clob/keeper/deleveraging.go (final settlement, at the oracle price);
Hyperliquid closed JELLY at a price of its own choice on 26 March 2025.
"""

from engine.core.account.account import OUTSIDE
from engine.core.account.position import Position
from engine.core.command import SettleContract
from engine.core.event import ContractSettled, InventorySold, PositionSettled
from engine.core.money import Lots, Micros, Price
from engine.core.reason import Reason
from engine.core.state.venue import State
from engine.core.trading import inventory
from engine.core.trading.cancels import take_away
from engine.core.trading.execute import other_side
from engine.core.trading.fill import realize, release_rest


def settle(state: State, command: SettleContract) -> None:
    """Close everybody at one price; who then owes something is in breach without a position."""
    reason = _check(state, command)
    if reason is not None:
        return state.reject(command, reason)
    market = state.markets[command.contract]
    price = command.price or market.mark
    for name in sorted(state.accounts):
        take_away(state, name, command.contract, Reason.CONTRACT_SETTLED)
    market.is_settled = True
    state.emit(ContractSettled(**state.stamp(), contract=command.contract, price=price))
    fund = state.fund_key(command.contract)
    for position in market.held():
        if position.account == fund:
            _close_inventory(state, position, price)
        else:
            _close(state, position, price)
    return None


def _check(state: State, command: SettleContract) -> Reason | None:
    market = state.markets.get(command.contract)
    if market is None:
        return Reason.UNKNOWN_CONTRACT
    if not market.has_price:
        return Reason.NO_PRICE
    if market.is_settled:
        return Reason.CONTRACT_SETTLED
    if command.price is not None and not 1 <= command.price <= market.contract.price_max:
        return Reason.INVALID_PRICE
    return None


def _close(state: State, position: Position, price: Price) -> None:
    """Close a position without a fee; the replayed market's goes without an event."""
    held, is_long = abs(position.quantity), position.quantity > 0
    value = held * price * state.markets[position.contract].contract.unit_value
    settled = realize(state, position, held, value)
    release_rest(state, position)
    if position.account == OUTSIDE:
        return
    state.emit(
        PositionSettled(
            **state.stamp(),
            account=position.account,
            contract=position.contract,
            side="long" if is_long else "short",
            quantity=Lots(held),
            price=price,
            realized=Micros(settled.realized),
            leg=position.leg,
        )
    )


def _close_inventory(state: State, position: Position, price: Price) -> None:
    """Close what the insurance fund holds; what its cash lacks for it is uncovered."""
    held, side = abs(position.quantity), other_side(position)
    value = held * price * state.markets[position.contract].contract.unit_value
    realized, uncovered = inventory.shrink(state, position.contract, held, value)
    state.emit(
        InventorySold(
            **state.stamp(),
            contract=position.contract,
            side=side,
            quantity=Lots(held),
            price=price,
            value=Micros(value),
            against="settlement",
            realized=Micros(realized),
            uncovered=Micros(uncovered),
            held=position.quantity,
            fund=state.fund_of(position.contract),
        )
    )
