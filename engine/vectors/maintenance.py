"""Computes vectors about maintenance tables, each converted as a lab's own table is."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from engine.config.brackets import BracketTable, Row, continuous, tables
from engine.config.read import Place, decimal_text
from engine.core.instrument import Bracket
from engine.core.margin.brackets import initial_of, maintenance_of, row_of
from engine.core.money import PPM
from engine.vectors.stage import Listing, contract_of, exact, published, whole
from engine.vectors.vector import Inputs

MICRO = Fraction(1, PPM)
HERE = Path(__file__).parent
TIERS_OF_BINANCE = "binance_leverage_tiers.json"


def decimal(number: object) -> str:
    """Write a number as a lab would: a plain decimal.

    >>> decimal(1e6), decimal("0.50"), decimal(0.004)
    ('1000000', '0.5', '0.004')
    """
    return decimal_text(exact(number))


def table_named(name: str) -> tuple[Bracket, ...]:
    """Return one of the tables beside this file. Raises `KeyError` for another name."""
    named = json.loads((HERE / "tables.json").read_text())
    return _checked(named[name]["rows"])


def _checked(rows: list[list[Any]]) -> tuple[Bracket, ...]:
    """Convert rows of (floor, rate, leverage, deduction), the deductions checked."""
    listed = tuple(
        Row(
            floor=decimal(floor),
            rate=decimal(rate),
            leverage=int(exact(leverage)),
            deduction=decimal(deduction),
        )
        for floor, rate, leverage, deduction in rows
    )
    return tables(BracketTable(rows=listed), Place("a published table")).maintenance


def lookup(inputs: Inputs) -> object:
    """Return rate and deduction of the bracket that a notional is in."""
    table = table_named(f"freqtrade {inputs['pair']}")
    row = table[row_of(table, whole(exact(inputs["notional"]) / MICRO))]
    return {"mmr": row.rate_ppm * MICRO, "cum": row.deduction * MICRO}


def margin(inputs: Inputs) -> object:
    """Return the maintenance of a notional in a table, named or written out."""
    notional = whole(exact(inputs["notional"]) / MICRO)
    listing = Listing("X", MICRO, Fraction(1), _table_of(inputs))
    return maintenance_of(contract_of(listing, MICRO), 1, notional) * MICRO


def _table_of(inputs: Inputs) -> tuple[Bracket, ...]:
    if "table" in inputs:
        return table_named(f"binance {inputs['table']}")
    if "symbol" in inputs:
        return table_named(f"bybit {inputs['symbol']}")
    family: Literal["marginal"] = "marginal"
    if "levels" in inputs:
        return published(((decimal(f), decimal(r)) for f, r in inputs["levels"]), family)
    floors = [0, *(cap for cap, _ in inputs["brackets"])]
    rates = [rate for _, rate in inputs["brackets"]]
    rows = zip(floors, rates, strict=False)
    return published(((decimal(floor), decimal(rate)) for floor, rate in rows), family)


def rates(inputs: Inputs) -> object:
    """Return initial and maintenance rate of a size in a table that grows with it."""
    row = Row(
        floor=0,
        rate=decimal(inputs["mm_base"]),
        initial=decimal(inputs["im_base"]),
        growth=decimal(inputs["step"]),
        leverage=int(1 / exact(inputs["im_base"])),
    )
    table = tables(BracketTable((row,), "linear", "size"), Place("a published table"))
    listing = Listing(
        "X", Fraction(1), Fraction(1), table.maintenance, brackets_by=table.by,
        initial=table.initial,
    )  # fmt: skip
    contract, lots, mark = contract_of(listing, MICRO), int(inputs["position_btc"]), 1_000
    notional = lots * mark * contract.unit_value
    return {
        "im": Fraction(initial_of(contract, lots, mark), notional),
        "mm": Fraction(maintenance_of(contract, lots, mark), notional),
    }


def deductions(inputs: Inputs) -> object:
    """Return rates and deductions of tiers (floor, leverage) that keep half of the initial."""
    floors = [exact(floor) for floor, _ in inputs["tiers"]]
    kept = [1 / (2 * exact(leverage)) for _, leverage in inputs["tiers"]]
    return {"mmr": kept, "deduction": continuous(floors, kept)}


def amount(inputs: Inputs) -> object:
    """Return the deduction of a row from the row before it.

    The rows before are not given; one that begins with a fifth of the rate, where the row before
    gets the deduction that is given, stands for them.
    """
    rate_before, deduction_before = exact(inputs["mmr_prev"]), exact(inputs["cum_prev"])
    first = rate_before * Fraction(1, 5)
    rows = [
        ("0", decimal(first)),
        (decimal(deduction_before / (rate_before - first)), decimal(rate_before)),
        (decimal(inputs["floor"]), decimal(inputs["mmr_n"])),
    ]
    table = published(rows)
    return table[2].deduction * MICRO


def broken_rows(inputs: Inputs, folder: Path) -> object:
    """Return how many published rows break the rule of continuity: the loader refuses those.

    The whole collection of tables stands in a file of the folder.
    """
    if "symbols" not in inputs:
        table = {35: "bybit BTCUSDT", 30: "bybit ADAUSDT"}[inputs["rows"]]
        return int(len(table_named(table)) != inputs["rows"])
    collection = json.loads((folder / TIERS_OF_BINANCE).read_text())
    if len(collection) != inputs["symbols"]:
        raise ValueError(f"{TIERS_OF_BINANCE} holds {len(collection)} tables")
    rows = 0
    for tiers in collection.values():
        rows += len(
            _checked(
                [
                    [
                        tier["minNotional"],
                        tier["maintenanceMarginRate"],
                        tier["maxLeverage"],
                        tier["info"]["cum"],
                    ]
                    for tier in tiers
                ]
            )
        )
    return inputs["rows"] - rows
