"""Every numeric vector is computed by the engine's own code, or listed with the reason.

`MARGINCALL_VECTORS=<folder> pytest tests/vectors` computes the whole collection; a vector in it
that is neither copied here nor listed fails until somebody puts it somewhere.
"""

from collections.abc import Callable

import pytest

from tests.vectors import losses, maintenance, prices
from tests.vectors.listed import DIFFERS, WAITING, ids
from tests.vectors.vector import VARIABLE, Inputs, Vector, agrees, collected, copied

COMPUTED: dict[str, Callable[[Inputs], object]] = {
    "isolated_liq_price": prices.liquidation,
    "cross_liq_price": prices.cross,
    "liq_and_bankruptcy": prices.entry_based,
    "bankruptcy_price": prices.bankruptcy,
    "bankruptcy_quote": prices.bankruptcy_quote,
    "liquidation_limit_price": prices.limit_price,
    "mark_price": prices.mark,
    "maintenance_amount": maintenance.amount,
    "maintenance_lookup": maintenance.lookup,
    "maintenance_margin": maintenance.margin,
    "tier_table_property": maintenance.broken_rows,
    "funding_payment": losses.funding_payment,
    "funding_rate": losses.funding_rate,
    "insurance_fund_delta": losses.fund_delta,
    "adl_allocation": losses.adl_allocation,
    "adl_indicator": losses.adl_indicator,
    "pnl_and_fees": losses.round_trip,
}
NOT_COPIED = {"binance-tier-table-continuity"}
"""Needs tables that are too large to copy."""
COPIES = copied()
COLLECTION = collected()
LISTED = [*ids(WAITING), *ids(DIFFERS)]
ABSENT = pytest.param(
    None, id="none", marks=pytest.mark.skip(f"{VARIABLE} names no folder with vectors.json")
)


def answer(vector: Vector) -> object:
    """Compute what a vector asks."""
    if vector["venue"] == "jesse":  # counts maintenance on the entry notional
        both = prices.entry_based(vector["inputs"])
        return both if isinstance(vector["expected"], dict) else both["liq"]
    return COMPUTED[vector["kind"]](vector["inputs"])


def each(vectors: list[Vector]) -> pytest.MarkDecorator:
    """Run a test for each vector, or skip it once where there is no collection."""
    params = [pytest.param(vector, id=vector["id"]) for vector in vectors]
    return pytest.mark.parametrize("vector", params or [ABSENT])


@each(COPIES)
def test_a_copied_vector_is_what_the_engine_computes(vector: Vector) -> None:
    assert agrees(vector, answer(vector)), f"{answer(vector)} for {vector['expected']}"


@each([vector for vector in COLLECTION if vector["id"] not in LISTED])
def test_a_vector_that_is_not_listed_is_what_the_engine_computes(vector: Vector) -> None:
    assert vector["kind"] in COMPUTED, "compute it, or list it with the reason"
    assert agrees(vector, answer(vector)), f"{answer(vector)} for {vector['expected']}"


@each([v for v in COLLECTION if v["id"] in ids(DIFFERS) and v["kind"] in COMPUTED])
def test_a_vector_that_is_listed_as_different_is_different(vector: Vector) -> None:
    assert not agrees(vector, answer(vector)), "it agrees: take it off the list"


@each([vector for vector in COLLECTION if vector["id"] not in LISTED])
def test_a_copy_says_what_the_collection_says(vector: Vector) -> None:
    copies = {copy["id"]: copy for copy in COPIES}
    if vector["id"] in NOT_COPIED:
        assert vector["id"] not in copies
        return
    copy = copies[vector["id"]]
    facts = ("venue", "kind", "inputs", "expected", "tolerance", "tolerance_kind")
    assert [copy[fact] for fact in facts] == [vector[fact] for fact in facts]


def test_a_name_is_listed_once() -> None:
    assert len(LISTED) == len(set(LISTED))
    assert not set(LISTED) & {copy["id"] for copy in COPIES}
