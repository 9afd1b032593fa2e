"""How much one order may be for, and how many orders may rest (O4, O24, O25)."""

from tests.support.naive.state import State


def is_oversized(state: State, symbol: str, quantity: int, price: int | None) -> bool:
    """O24."""
    contract = state.markets[symbol].contract
    most = contract.market_order_max if price is None else contract.order_max
    return isinstance(most, int) and quantity > most


def has_enough(state: State, account: str, symbol: str) -> bool:
    """O4: in the contract, O25: in all of them."""
    if len(state.orders_of(account, symbol)) >= state.rules.orders_max:
        return True
    everywhere = len([order for order in state.orders if order.account == account])
    return bool(state.rules.orders.open_max) and everywhere >= state.rules.orders.open_max
