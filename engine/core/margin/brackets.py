"""Margin tables: which row a position is in, and what the table asks of it (Decisions M1, M12).

Four families of the trade are one shape here, `engine.config.brackets` converts them:

1. a flat rate less a deduction, which makes maintenance continuous at the edges (Binance, Bybit);
2. marginal brackets, each rate on its own part: family 1 by algebra (Kraken);
3. the whole position at its row's rate, which jumps at the edge (OKX): no deductions;
4. a rate that grows with the size: one row with `growth_e12` (Deribit).
"""

from engine.core.instrument import Bracket, Contract
from engine.core.money import E12, PPM, Micros, div_up


def measure_of(contract: Contract, lots: int, mark: int) -> int:
    """Return what the floors of a contract's tables are compared with."""
    return lots if contract.brackets_by == "lots" else lots * mark * contract.unit_value


def bracket_of(contract: Contract, lots: int, mark: int) -> int:
    """Return the number (from 0) of the bracket that so many lots are in; floors are inclusive."""
    return row_of(contract.brackets, measure_of(contract, lots, mark))


def row_of(table: tuple[Bracket, ...], measure: int) -> int:
    """Return the number (from 0) of a table's row by notional or lots."""
    number = 0
    for i, bracket in enumerate(table):
        if bracket.floor <= measure:
            number = i
    return number


def jumps(before: Bracket, row: Bracket) -> bool:
    """Say whether what a table by notional asks jumps at the edge between two of its rows."""
    return row.floor * (row.rate_ppm - before.rate_ppm) != PPM * (row.deduction - before.deduction)


def rate_e12(contract: Contract, lots: int, mark: int) -> int:
    """Return the maintenance rate of so many lots, with the closing fee where it is on the mark."""
    row = contract.brackets[bracket_of(contract, lots, mark)]
    return _rate_e12(row, lots) + mark_fee_e12(contract)


def mark_fee_e12(contract: Contract) -> int:
    """Return the closing fee that counts on the notional at mark."""
    fee = contract.closing_fee
    return fee.rate_ppm * PPM if fee is not None and fee.on == "mark" else 0


def _rate_e12(row: Bracket, lots: int) -> int:
    return row.rate_ppm * PPM + row.growth_e12 * lots


def maintenance_of(contract: Contract, lots: int, mark: int) -> Micros:
    """Return what the table asks so many lots to keep, rounded up to the unit.

    A closing fee on the notional at mark is in it, one on the bankruptcy value is not.
    """
    return maintenance_in(contract.brackets[bracket_of(contract, lots, mark)], contract, lots, mark)


def maintenance_in(row: Bracket, contract: Contract, lots: int, mark: int) -> Micros:
    """Return what a row of the table would ask so many lots to keep, were they in it."""
    rate = _rate_e12(row, lots) + mark_fee_e12(contract)
    notional = lots * mark * contract.unit_value
    return Micros(max(0, div_up(notional * rate, E12) - row.deduction))


def initial_of(contract: Contract, lots: int, mark: int) -> Micros:
    """Return the initial margin that the table asks of so many lots, rounded down; 0 without one.

    Rounded down as all initial margin is (A7).
    """
    if not contract.initial:
        return Micros(0)
    row = contract.initial[row_of(contract.initial, measure_of(contract, lots, mark))]
    notional = lots * mark * contract.unit_value
    return Micros(max(0, notional * _rate_e12(row, lots) // E12 - row.deduction))


def leverage_max(contract: Contract, lots: int, mark: int) -> int:
    """Return the largest leverage that so many lots are allowed (Decision O7).

    Their bracket's; and no leverage may ask for less than a table of initial margin does.
    """
    most = contract.brackets[bracket_of(contract, lots, mark)].leverage_max
    asked = initial_of(contract, lots, mark)
    return min(most, lots * mark * contract.unit_value // asked) if asked else most
