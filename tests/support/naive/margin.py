"""Equity, maintenance, initial and order margin, and the trigger (M1 to M5, L1)."""

from dataclasses import replace

from engine.core.command import Side
from engine.core.instrument import Bracket, Contract
from engine.core.money import PPM, div_up
from tests.support.naive.book import best
from tests.support.naive.state import Order, Pocket, State


def value_at_mark(state: State, account: str, contract: str) -> int:
    """Give the signed value of a position at the mark."""
    market = state.markets[contract]
    quantity = state.position(account, contract).quantity
    return quantity * market.mark * market.contract.unit_value


def unrealized(state: State, account: str, contract: str) -> int:
    """Give a position's unrealised PnL."""
    return value_at_mark(state, account, contract) - state.position(account, contract).cost


def bracket_of(contract: Contract, notional: int) -> tuple[int, Bracket]:
    """Give the bracket of a notional and its number, counted from 1."""
    number = max(n for n, row in enumerate(contract.brackets, 1) if row.floor <= notional)
    return number, contract.brackets[number - 1]


def maintenance_of(contract: Contract, notional: int) -> int:
    """Give the maintenance margin of a notional (M1)."""
    if notional == 0:
        return 0
    _, row = bracket_of(contract, notional)
    return max(0, div_up(notional * row.rate_ppm, PPM) - row.deduction)


def position_maintenance(state: State, account: str, contract: str) -> int:
    """Give a position's maintenance margin."""
    notional = abs(value_at_mark(state, account, contract))
    return maintenance_of(state.markets[contract].contract, notional)


def initial(state: State, account: str, contract: str) -> int:
    """Give a position's initial margin (M1)."""
    leverage = state.leverage(account, contract)
    if state.mode(account, contract) == "isolated":
        return abs(state.position(account, contract).cost) // leverage
    return abs(value_at_mark(state, account, contract)) // leverage


def total_unrealized(state: State, pocket: Pocket) -> int:
    """Sum the unrealised PnL of a margin account's positions."""
    return sum(unrealized(state, pocket[0], c) for c in state.contracts_of(pocket))


def equity(state: State, pocket: Pocket) -> int:
    """Give a margin account's equity."""
    return state.money(pocket) + total_unrealized(state, pocket)


def maintenance(state: State, pocket: Pocket) -> int:
    """Give a margin account's maintenance margin."""
    return sum(position_maintenance(state, pocket[0], c) for c in state.contracts_of(pocket))


def in_breach(state: State, pocket: Pocket) -> bool:
    """Tell whether a margin account must be liquidated (L1)."""
    if not state.contracts_of(pocket):
        return state.money(pocket) < 0
    return is_trigger(state, equity(state, pocket), maintenance(state, pocket))


def is_trigger(state: State, owned: int, needed: int) -> bool:
    """Tell whether equity and maintenance of a position meet the trigger (L1)."""
    if owned <= 0:
        return True
    return needed > owned if state.rules.strict_trigger else needed >= owned


def order_margin(
    state: State,
    account: str,
    contract: str,
    without: Order | None = None,
    arriving: Order | None = None,
) -> int:
    """Give the order margin of a contract, one order left out or one more counted (M2)."""
    orders = [o for o in state.orders_of(account, contract) if o is not without]
    if arriving is not None:
        orders.append(replace(arriving, arrival=state.arrivals + 1))
    return max(
        _side_margin(state, account, contract, [o for o in orders if o.side == "buy"], None),
        _side_margin(state, account, contract, [o for o in orders if o.side == "sell"], arriving),
    )


def _side_margin(
    state: State, account: str, contract: str, orders: list[Order], arriving: Order | None
) -> int:
    if not orders:
        return 0
    side: Side = orders[0].side
    held = state.position(account, contract).quantity
    netted = max(0, -held if side == "buy" else held)
    netted = max(0, netted - sum(o.quantity for o in orders if o.reduce_only))
    total = 0
    fill_order = sorted(orders, key=lambda o: (-o.price if side == "buy" else o.price, o.arrival))
    for order in fill_order:
        if order.reduce_only:
            continue
        opening = max(0, order.quantity - netted)
        netted = max(0, netted - order.quantity)
        price = order.price
        if arriving is not None and order.arrival > state.arrivals:
            price = max(price, best(state, contract, "buy") or 0)
        total += price * opening * state.markets[contract].contract.unit_value
    fee = total * state.rules.taker_fee_ppm // PPM
    return total // state.leverage(account, contract) + fee


def available(state: State, account: str) -> int:
    """Give what a cross account can still use (M3)."""
    cross = [c for c in state.markets if state.mode(account, c) == "cross"]
    used = sum(_tied(state, account, c) + order_margin(state, account, c) for c in cross)
    return equity(state, (account, None)) - used


def _tied(state: State, account: str, contract: str) -> int:
    """Give what a cross position ties: its initial margin, or what keeps it from the trigger."""
    if state.position(account, contract).quantity == 0:
        return 0
    kept = position_maintenance(state, account, contract)
    kept += 0 if state.rules.strict_trigger else 1
    return max(initial(state, account, contract), kept)


def withdrawable(state: State, account: str) -> int:
    """Give what an account can take out (M3)."""
    return max(0, min(available(state, account), state.money((account, None))))


def set_aside(state: State, account: str, contract: str) -> int:
    """Give the margin that is set aside for isolated orders (M5)."""
    return state.balance(f"orders:{account}:{contract}")


def keep_set_aside(state: State, account: str, contract: str) -> None:
    """Make what is set aside equal to the order margin again (M5)."""
    if state.mode(account, contract) == "isolated":
        more = order_margin(state, account, contract) - set_aside(state, account, contract)
        state.post(f"wallet:{account}", f"orders:{account}:{contract}", more)
