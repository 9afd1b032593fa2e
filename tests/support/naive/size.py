"""How many lots of each position a round's orders close (C1)."""

from collections.abc import Callable
from fractions import Fraction
from math import ceil

from msgspec.structs import replace

from engine.core.money import PPM, div_up
from tests.support.naive import margin
from tests.support.naive.state import Pocket, State


def sizes(
    state: State, pocket: Pocket, going: list[str], orders: dict[str, list[int]]
) -> list[int]:
    """Give the size of each order; `orders` notes a liquidation's parts by contract."""
    closing = state.rules.closing
    if closing.order == "pro_rata" and closing.reduce == "heal":
        return _alike(state, pocket, going)
    return [_size(state, pocket, contract, orders) for contract in going]


def _size(state: State, pocket: Pocket, contract: str, orders: dict[str, list[int]]) -> int:
    closing, account = state.rules.closing, pocket[0]
    held = abs(state.position(account, contract).quantity)
    value = abs(margin.value_at_mark(state, account, contract))
    if value < closing.whole_below:
        return held
    match closing.reduce:
        case "whole":
            return held
        case "heal":
            return _first(state, held, lambda d: _heals(state, pocket, {contract: d}))
        case "tiers":
            return _down(state, pocket, contract)
        case "parts":
            sized = orders.setdefault(contract, [held])
            part = closing.parts_ppm[min(len(sized), len(closing.parts_ppm)) - 1]
            sized.append(min(held, div_up(sized[0] * part, PPM)))
            return sized[-1]
        case "slices":
            return min(held, max(1, closing.slice_notional // (value // held)))


def _alike(state: State, pocket: Pocket, going: list[str]) -> list[int]:
    held = {c: abs(state.position(pocket[0], c).quantity) for c in going}
    largest = max(held.values(), default=0)
    if not held:
        return []

    def closed(count: int) -> dict[str, int]:
        return {c: div_up(lots * count, largest) for c, lots in held.items()}

    return list(closed(_first(state, largest, lambda n: _heals(state, pocket, closed(n)))).values())


def _first(state: State, most: int, heals: Callable[[int], bool]) -> int:
    """Give the first count that heals; with fees, the one that halving finds (C1)."""
    if not state.rules.closing.heal_fees:
        return next((count for count in range(1, most) if heals(count)), most)
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if heals(middle) else (middle + 1, high)
    return high


def _heals(state: State, pocket: Pocket, closed: dict[str, int]) -> bool:
    """Tell whether closing so many lots at the mark ends the breach, with the venue's buffer."""
    needed = 0
    for contract in state.contracts_of(pocket):
        needed += _kept(state, pocket, contract, closed.get(contract, 0))
    needed = div_up(needed * (PPM + state.rules.closing.heal_buffer_ppm), PPM)
    owned = margin.equity(state, pocket)
    if state.rules.closing.heal_fees:
        value = 0
        for contract, lots in closed.items():
            held = abs(state.position(pocket[0], contract).quantity)
            value += abs(margin.value_at_mark(state, pocket[0], contract)) * lots // held
        owned -= value * state.rules.taker_fee_ppm // PPM
        owned -= value * state.rules.liquidation_fee_ppm // PPM
    return not margin.is_trigger(state, owned, needed)


def _kept(state: State, pocket: Pocket, contract: str, closed: int) -> int:
    """Give a position's maintenance with some lots closed at the mark (M1, M14)."""
    market, position = state.markets[contract], state.position(pocket[0], contract)
    held, sign = abs(position.quantity), 1 if position.quantity > 0 else -1
    if closed == held:
        return 0
    taken = abs(position.cost) * closed // held
    cost, rate = abs(position.cost) - taken, margin.closing_rate(market.contract)
    if pocket[1] is None:
        bankrupt = cost - sign * Fraction(cost, state.leverage(pocket[0], contract))
    else:
        made = sign * (closed * market.mark * market.contract.unit_value - taken)
        bankrupt = max(0, cost - sign * (state.money(pocket) + made)) / (1 - sign * rate)
    return margin.maintenance_of(market.contract, held - closed, market.mark) + ceil(
        rate * bankrupt
    )


def _down(state: State, pocket: Pocket, contract: str) -> int:
    closing, market = state.rules.closing, state.markets[contract]
    held = abs(state.position(pocket[0], contract).quantity)
    details, mark = market.contract, market.mark
    tier = [margin.bracket_of(details, lots, mark)[0] for lots in range(held + 1)]
    if tier[held] <= closing.tiers:
        return 0
    if closing.first_tier_line:
        needed = margin.maintenance(state, pocket) - _kept(state, pocket, contract, 0)
        needed += margin.maintenance_of(replace(details, brackets=details.brackets[:1]), held, mark)
        if margin.is_trigger(state, margin.equity(state, pocket), needed):
            return 0
    return min(d for d in range(1, held + 1) if tier[held - d] <= tier[held] - closing.tiers)
