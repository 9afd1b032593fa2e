"""Reads numeric test vectors and compares an answer with what they expect.

Those that are computed here are copied, with their sources, into the JSON files of this folder.
The folder named by MARGINCALL_VECTORS holds the whole collection (`vectors.json`) and the tables
that some of them speak of.
"""

import json
import os
from fractions import Fraction
from pathlib import Path
from typing import Any

from tests.support.stage import exact

Vector = dict[str, Any]
Inputs = dict[str, Any]

VARIABLE = "MARGINCALL_VECTORS"
HERE = Path(__file__).parent
CUT = {"ft-funding-2-settlements": "0.00000002"}
"""Vectors printed with fewer digits than their tolerance asks for: 0.0009141 as 0.00091409999."""
FILES = ("prices", "maintenance", "losses")


def folder() -> Path | None:
    """Return the folder of the whole collection, if it is named."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else None


def copied() -> list[Vector]:
    """Return the vectors of this folder."""
    vectors: list[Vector] = []
    for name in FILES:
        vectors += json.loads((HERE / f"{name}.json").read_text())
    return vectors


def collected() -> list[Vector]:
    """Return the whole collection, empty where no folder is named."""
    named = folder()
    if named is None:
        return []
    vectors: list[Vector] = json.loads((named / "vectors.json").read_text())
    return vectors


def agrees(vector: Vector, answer: object) -> bool:
    """Say whether an answer is within the vector's tolerance, part by part."""
    return _agrees(vector["expected"], answer, vector)


def _agrees(expected: object, answer: object, vector: Vector) -> bool:
    if isinstance(expected, dict):
        return isinstance(answer, dict) and all(
            _agrees(part, answer.get(name), vector) for name, part in expected.items()
        )
    if isinstance(expected, list):
        return isinstance(answer, list) and all(
            _agrees(part, own, vector) for part, own in zip(expected, answer, strict=True)
        )
    assert isinstance(answer, int | Fraction), f"{answer} is not an exact number"
    allowed = exact(CUT.get(vector["id"], vector["tolerance"]))
    if vector["tolerance_kind"] == "relative":
        allowed *= abs(exact(expected))
    return abs(exact(expected) - answer) <= allowed
