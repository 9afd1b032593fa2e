"""Who goes first: margin accounts in a wave (L2), and positions in a cross account (L5)."""

from engine.core.chance import drawn
from tests.support.naive import margin
from tests.support.naive.state import Pocket, State


def account_place(state: State, pocket: Pocket) -> int:
    """Give a margin account's place in the queue; the smallest goes first (L2)."""
    account, held = pocket[0], state.contracts_of(pocket)
    match state.rules.closing.queue:
        case "largest_loss":
            return margin.total_unrealized(state, pocket)
        case "largest_notional":
            return -sum(abs(margin.value_at_mark(state, account, c)) for c in held)
        case "oldest":
            return min([state.position(account, c).opened for c in held], default=0)


def next_round(state: State, pocket: Pocket) -> list[str]:
    """Give the contracts that go before the account is looked at again (L5)."""
    held = in_order(state, pocket)
    if pocket[1] is not None or state.rules.closing.order in ("pro_rata", "all_at_once"):
        return held
    return held[:1]


def in_order(state: State, pocket: Pocket) -> list[str]:
    """Give all contracts of a margin account in the venue's order (L5)."""
    return sorted(state.contracts_of(pocket), key=lambda c: _urgency(state, pocket[0], c))


def _urgency(state: State, account: str, contract: str) -> tuple[object, ...]:
    loses = margin.unrealized(state, account, contract)
    needs = -margin.position_maintenance(state, account, contract)
    opened = state.position(account, contract).opened
    match state.rules.closing.order:
        case "largest_maintenance":
            return (needs, loses, opened, contract)
        case "largest_notional":
            value = abs(margin.value_at_mark(state, account, contract))
            return (-value, loses, opened, contract)
        case "random":
            return (drawn(state.rules.seed, state.now, account, contract), contract)
        case _:
            return (loses, needs, opened, contract)
