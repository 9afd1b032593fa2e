"""Equity, maintenance, initial and order margin, and the trigger (M1 to M5, M12 to M14, L1)."""

from dataclasses import replace
from fractions import Fraction
from math import ceil, floor

from engine.core.command import Side
from engine.core.instrument import Bracket, Contract
from engine.core.money import E8, PPM, div_to_zero
from tests.support.naive.book import best
from tests.support.naive.state import Order, Pocket, State, symbol_of


def value_at_mark(state: State, account: str, contract: str) -> int:
    """Give the signed value of a position at the mark."""
    market = state.markets[contract]
    quantity = state.position(account, contract).quantity
    return quantity * market.mark * market.contract.unit_value


def unrealized(state: State, account: str, contract: str) -> int:
    """Give a position's unrealised PnL."""
    return value_at_mark(state, account, contract) - state.position(account, contract).cost


def bracket_of(contract: Contract, lots: int, mark: int) -> tuple[int, Bracket]:
    """Give the bracket of so many lots and its number, counted from 1 (M1, M12)."""
    found = 1
    for number, row in enumerate(contract.brackets, 1):
        if _has_begun(contract, row, lots, mark):
            found = number
    return found, contract.brackets[found - 1]


def _has_begun(contract: Contract, row: Bracket, lots: int, mark: int) -> bool:
    reached = lots if contract.brackets_by == "lots" else lots * mark * contract.unit_value
    return reached >= row.floor


def rate_of(contract: Contract, lots: int, mark: int) -> Fraction:
    """Give the rate that the notional at mark is multiplied with (M12)."""
    _, row = bracket_of(contract, lots, mark)
    rate = Fraction(row.rate_ppm, PPM) + Fraction(row.growth_e12, 10**12) * lots
    if contract.closing_fee is not None and contract.closing_fee.on == "mark":
        rate += Fraction(contract.closing_fee.rate_ppm, PPM)
    return rate


def maintenance_of(contract: Contract, lots: int, mark: int) -> int:
    """Give what the table asks so many lots to keep (M1)."""
    if lots == 0:
        return 0
    _, row = bracket_of(contract, lots, mark)
    notional = lots * mark * contract.unit_value
    return max(0, ceil(notional * rate_of(contract, lots, mark)) - row.deduction)


def tabled_initial(contract: Contract, lots: int, mark: int) -> int:
    """Give what the table of initial margin asks, 0 without one (M13)."""
    rows = [row for row in contract.initial if _has_begun(contract, row, lots, mark)]
    if not rows or lots == 0:
        return 0
    rate = Fraction(rows[-1].rate_ppm, PPM) + Fraction(rows[-1].growth_e12, 10**12) * lots
    return max(0, floor(lots * mark * contract.unit_value * rate) - rows[-1].deduction)


def closing_rate(contract: Contract) -> Fraction:
    """Give the rate of a closing fee at the bankruptcy price (M14)."""
    fee = contract.closing_fee
    return Fraction(fee.rate_ppm, PPM) if fee and fee.on == "bankruptcy" else Fraction(0)


def opening_margin(state: State, account: str, contract: str, value: int, sign: int) -> int:
    """Give what opening so much value needs at the leverage: margin and the fee to close (M14)."""
    leverage = state.leverage(account, contract)
    return value // leverage + closing_part(state, account, contract, value, sign)


def closing_part(state: State, account: str, contract: str, value: int, sign: int) -> int:
    """Give the part of an initial margin that pays for closing (M14)."""
    bankrupt = value - sign * Fraction(value, state.leverage(account, contract))
    return floor(closing_rate(state.markets[contract].contract) * bankrupt)


def position_maintenance(state: State, account: str, contract: str, released: int = 0) -> int:
    """Give a position's maintenance margin, as if some of its margin were released already."""
    position, market = state.position(account, contract), state.markets[contract]
    if position.quantity == 0:
        return 0
    sign = 1 if position.quantity > 0 else -1
    cost, rate = abs(position.cost), closing_rate(market.contract)
    if state.mode(account, contract) == "isolated":
        margin = state.money((account, contract)) - accrued(state, account, contract)
        lost = cost - sign * (margin - released)
        bankrupt = max(0, lost) / (1 - sign * rate)
    else:
        bankrupt = cost - sign * Fraction(cost, state.leverage(account, contract))
    kept = maintenance_of(market.contract, abs(position.quantity), market.mark)
    return kept + ceil(rate * bankrupt)


def initial(state: State, account: str, contract: str) -> int:
    """Give a position's initial margin (M1)."""
    quantity = state.position(account, contract).quantity
    sign = 1 if quantity > 0 else -1
    if state.mode(account, contract) == "isolated":
        cost = abs(state.position(account, contract).cost)
        return opening_margin(state, account, contract, cost, sign)
    value = abs(value_at_mark(state, account, contract))
    market = state.markets[contract]
    return max(
        value // state.leverage(account, contract),
        tabled_initial(market.contract, abs(quantity), market.mark),
    ) + closing_part(state, account, contract, value, sign)


def total_unrealized(state: State, pocket: Pocket) -> int:
    """Sum the unrealised PnL of a margin account's positions."""
    return sum(unrealized(state, pocket[0], c) for c in state.contracts_of(pocket))


def accrued(state: State, account: str, contract: str) -> int:
    """Give the funding that a position owes by now and has not paid (F5)."""
    market = state.markets[contract]
    if not market.accrued_from:
        return 0
    since = max(market.accrued_from, state.funded_until.get((account, contract), 0))
    value = state.position(account, contract).quantity * market.accrual_mark
    value *= market.contract.unit_value
    return div_to_zero(value * market.rate_e8 * (state.now - since), E8 * market.interval)


def equity(state: State, pocket: Pocket) -> int:
    """Give a margin account's equity."""
    owed = sum(accrued(state, pocket[0], c) for c in state.contracts_of(pocket))
    return state.money(pocket) + total_unrealized(state, pocket) - owed


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
    orders = [o for o in state.orders_of(account, symbol_of(contract)) if o is not without]
    if arriving is not None:
        orders.append(replace(arriving, arrival=state.arrivals + 1))
    total = 0
    for place in state.places(account, symbol_of(contract)):
        buys = [o for o in orders if o.side == "buy" and o.place == place]
        sells = [o for o in orders if o.side == "sell" and o.place == place]
        total += max(
            _side_margin(state, account, place, buys, None),
            _side_margin(state, account, place, sells, arriving),
        )
    return total


def _side_margin(
    state: State, account: str, contract: str, orders: list[Order], arriving: Order | None
) -> int:
    if not orders:
        return 0
    side: Side = orders[0].side
    held = state.position(account, contract).quantity
    netted = max(0, -held if side == "buy" else held)
    netted = max(0, netted - sum(o.quantity for o in orders if o.reduce_only))
    total = lots = 0
    fill_order = sorted(orders, key=lambda o: (-o.price if side == "buy" else o.price, o.arrival))
    for order in fill_order:
        if order.reduce_only:
            continue
        opening = max(0, order.quantity - netted)
        netted = max(0, netted - order.quantity)
        price = order.price
        if arriving is not None and order.arrival > state.arrivals:
            price = max(price, best(state, symbol_of(contract), "buy") or 0)
        lots += opening
        total += price * opening * state.markets[contract].contract.unit_value
    sign, market = 1 if side == "buy" else -1, state.markets[contract]
    needed = total // state.leverage(account, contract)
    if state.mode(account, contract) == "cross":
        same = max(0, sign * held)
        grown = tabled_initial(market.contract, same + lots, market.mark)
        needed = max(needed, grown - tabled_initial(market.contract, same, market.mark))
    needed += closing_part(state, account, contract, total, sign)
    return needed + total * state.rules.taker_fee_ppm // PPM


def available(state: State, account: str) -> int:
    """Give what a cross account can still use (M3)."""
    cross = [c for c in state.markets if state.mode(account, c) == "cross"]
    used = sum(order_margin(state, account, c) for c in cross)
    for contract in cross:
        used += sum(_tied(state, account, place) for place in state.places(account, contract))
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
    return state.balance(f"orders:{account}:{symbol_of(contract)}")


def keep_set_aside(state: State, account: str, contract: str) -> None:
    """Make what is set aside equal to the order margin again (M5)."""
    if state.mode(account, contract) == "isolated":
        more = order_margin(state, account, contract) - set_aside(state, account, contract)
        state.post(f"wallet:{account}", f"orders:{account}:{symbol_of(contract)}", more)
