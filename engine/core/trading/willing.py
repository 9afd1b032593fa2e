"""Who stands ready to take over liquidated positions, and up to which size (C4)."""

from engine.core.command import OfferAssignment
from engine.core.event import AssignmentOffered
from engine.core.reason import Reason
from engine.core.state.venue import State
from engine.core.trading.transfers import known


def offer(state: State, command: OfferAssignment) -> None:
    """Note up to which position an account takes over liquidated ones; 0 ends it."""
    reason = known(state, command.account, command.contract) or _check(state, command)
    if reason is not None:
        return state.reject(command, reason)
    offers = state.offers.setdefault(command.contract, {})
    offers[command.account] = command.quantity
    if not command.quantity:
        del offers[command.account]
    return state.emit(
        AssignmentOffered(
            **state.stamp(),
            account=command.account,
            contract=command.contract,
            quantity=command.quantity,
        )
    )


def _check(state: State, command: OfferAssignment) -> Reason | None:
    if "assignment" not in state.rules.closing.takeover:
        return Reason.NO_ASSIGNMENT
    if state.markets[command.contract].is_settled:
        return Reason.CONTRACT_SETTLED
    if command.quantity < 0:
        return Reason.INVALID_QUANTITY
    if command.quantity > state.markets[command.contract].contract.quantity_max:
        return Reason.POSITION_LIMIT
    before = state.offers.get(command.contract, {}).get(command.account, 0)
    return Reason.UNCHANGED if before == command.quantity else None
