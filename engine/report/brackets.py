"""The rows of a contract's margin tables in words."""

from fractions import Fraction

from engine.core.instrument import Bracket, Contract
from engine.core.money import E12
from engine.report.text import Units, money, scaled


def floor_of(contract: Contract, row: Bracket) -> str:
    """Where a row begins: a notional in quote currency, or a size in base currency."""
    if contract.brackets_by == "lots":
        return Units.of(contract).quantity(row.floor)
    return money(row.floor)


def rate_of(contract: Contract, row: Bracket) -> str:
    """A row's rate in per cent, and by how much it grows with each unit of the base currency."""
    text = f"{scaled(row.rate_ppm, 4)} %"
    if row.growth_e12:
        growth = Fraction(row.growth_e12 * 100, E12) / Fraction(contract.lot)
        text += f" and {float(growth):g} % a unit"
    return text


def closing_fee_of(contract: Contract) -> str:
    """Whether the fee to close counts in what must be kept."""
    fee = contract.closing_fee
    if fee is None:
        return "none"
    rate = f"{scaled(fee.rate_ppm, 4)} %"
    if fee.on == "mark":
        return f"{rate} of the notional at mark, in maintenance"
    return f"{rate} of the value at the bankruptcy price, in initial margin and maintenance"
