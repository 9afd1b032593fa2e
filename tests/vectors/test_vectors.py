"""Every numeric vector is computed by the engine's own code, or listed with the reason.

Those that are computed here are copied, with their sources, into the JSON files of this folder.
`MARGINCALL_VECTORS=<folder> pytest tests/vectors` computes the whole collection (`vectors.json`);
a vector in it that is neither copied here nor listed fails until somebody puts it somewhere.
"""

import os
from pathlib import Path

import pytest

from engine.vectors.judge import COMPUTED, answer, judge
from engine.vectors.listed import DIFFERS, WAITING, ids
from engine.vectors.vector import Vector, agrees, load

VARIABLE = "MARGINCALL_VECTORS"
HERE = Path(__file__).parent
FOLDER = Path(os.environ.get(VARIABLE, HERE))
NOT_COPIED = {"binance-tier-table-continuity"}
"""Needs tables that are too large to copy."""
COPIES = [
    vector for name in ("prices", "maintenance", "losses") for vector in load(HERE / f"{name}.json")
]
COLLECTION = load(FOLDER / "vectors.json") if VARIABLE in os.environ else ()
LISTED = [*ids(WAITING), *ids(DIFFERS)]
ABSENT = pytest.param(
    None, id="none", marks=pytest.mark.skip(f"{VARIABLE} names no folder with vectors.json")
)


def each(vectors: list[Vector]) -> pytest.MarkDecorator:
    """Run a test for each vector, or skip it once where there is no collection."""
    params = [pytest.param(vector, id=vector.id) for vector in vectors]
    return pytest.mark.parametrize("vector", params or [ABSENT])


@each(COPIES)
def test_a_copied_vector_is_what_the_engine_computes(vector: Vector) -> None:
    verdict = judge(vector, FOLDER)
    assert verdict.outcome == "agreed", verdict


@each([vector for vector in COLLECTION if vector.id not in LISTED])
def test_a_vector_that_is_not_listed_is_what_the_engine_computes(vector: Vector) -> None:
    verdict = judge(vector, FOLDER)
    assert verdict.outcome == "agreed", verdict


@each([v for v in COLLECTION if v.id in LISTED])
def test_a_vector_that_is_listed_is_judged_so(vector: Vector) -> None:
    assert judge(vector, FOLDER).outcome in ("waiting", "differs")


@each([v for v in COLLECTION if v.id in ids(DIFFERS) and v.kind in COMPUTED])
def test_a_vector_that_is_listed_as_different_is_different(vector: Vector) -> None:
    assert not agrees(vector, answer(vector, FOLDER)), "it agrees: take it off the list"


@each([vector for vector in COLLECTION if vector.id not in LISTED])
def test_a_copy_says_what_the_collection_says(vector: Vector) -> None:
    copies = {copy.id: copy for copy in COPIES}
    if vector.id in NOT_COPIED:
        assert vector.id not in copies
        return
    copy = copies[vector.id]
    facts = ("venue", "kind", "inputs", "expected", "tolerance", "tolerance_kind")
    assert [getattr(copy, fact) for fact in facts] == [getattr(vector, fact) for fact in facts]


def test_a_name_is_listed_once() -> None:
    assert len(LISTED) == len(set(LISTED))
    assert not set(LISTED) & {copy.id for copy in COPIES}
