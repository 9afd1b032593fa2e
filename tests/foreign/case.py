"""Reads the cases of other projects and compares what they expect with what happened here.

The folder named by MARGINCALL_FOREIGN holds `cases.json` (its README says what the fields mean).
An outcome answers each expected field by the same name; the comparison returns the fields that
disagree, so that a case can be said to agree, or to differ in exactly these fields.
"""

import json
import os
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

Case = dict[str, Any]
Outcome = dict[str, Any]

VARIABLE = "MARGINCALL_FOREIGN"
NOT_COMPARED = {
    "derived": "names fields that are not the source's own",
    "fund_is_loser": "says how to read the claims",
    "realised_after": "Vega's statement after trades that the case does not hold",
}
"""Expected fields that are not a result, with the reason."""
UNORDERED = {"liquidated", "open_after", "liquidatable", "not_liquidatable", "unchanged"}
FILL = ("taker", "maker", "contract", "size", "price", "type")


def load() -> list[Case]:
    """Return every case of the folder, none where the variable is not set."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        return []
    cases: list[Case] = json.loads((Path(folder) / "cases.json").read_text())
    return cases


def disagreements(expected: Mapping[str, Any], outcome: Outcome) -> Iterator[str]:
    """Yield the expected fields to which the outcome has another answer, or none."""
    for field, value in expected.items():
        if field in NOT_COMPARED:
            continue
        if field not in outcome:
            yield field
        elif field == "fills":
            yield from _fills(value, outcome[field])
        elif isinstance(value, dict):
            answers = outcome[field]
            for key, part in value.items():
                if key not in answers or _plain(answers[key]) != _plain(part):
                    yield f"{field}.{key}"
        elif _sorted(field, outcome[field]) != _sorted(field, value):
            yield field


def _fills(expected: list[dict[str, Any]], found: list[dict[str, Any]]) -> Iterator[str]:
    """Compare who traded what at which price; where that agrees, what it cost whom."""

    def deal(fill: dict[str, Any]) -> list[object]:
        return [_plain(fill.get(name)) for name in FILL]

    if [deal(fill) for fill in expected] != [deal(fill) for fill in found]:
        yield "fills"
        return
    for name in dict.fromkeys(name for fill in expected for name in fill if name not in FILL):
        pairs = zip(expected, found, strict=True)
        if any(name in fill and _plain(fill[name]) != _plain(own.get(name)) for fill, own in pairs):
            yield f"fills.{name}"


def _sorted(field: str, value: object) -> object:
    plain = _plain(value)
    return sorted(plain, key=str) if field in UNORDERED and isinstance(plain, list) else plain


def _plain(value: object) -> object:
    """Read numbers as exact fractions, whatever they are written as."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, bool) or value is None:
        return value
    try:
        return Fraction(str(value))
    except ValueError:
        return str(value)
