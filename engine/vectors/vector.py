"""Numeric test vectors: read from a file, and compared with an answer."""

from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import msgspec

from engine.config.error import ConfigError
from engine.vectors.stage import exact

Inputs = dict[str, Any]
CUT = {"ft-funding-2-settlements": "0.00000002"}
"""Vectors printed with fewer digits than their tolerance asks for: 0.0009141 as 0.00091409999."""


class Vector(msgspec.Struct, frozen=True):
    """What a source says comes out of some inputs; other keys of the file are passed over.

    `expected` is a number, or a list or table of numbers; `source` says where it stands.
    """

    id: str
    venue: str
    kind: str
    inputs: Inputs
    expected: Any
    tolerance: int | float | str
    tolerance_kind: Literal["relative", "absolute"]
    source: str = ""


def load(path: Path) -> tuple[Vector, ...]:
    """Read a JSON file that holds a list of vectors.

    Raises `ConfigError` where it is not one, with the row that is wrong, and `OSError`.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=tuple[Vector, ...])
    except msgspec.ValidationError as error:
        problem, _, key = str(error).partition(" - at `$")
        raise ConfigError(str(path), key.rstrip("`"), f"{problem}; see --help") from error
    except msgspec.DecodeError as error:
        raise ConfigError(str(path), "", f"is not valid JSON: {error}") from error


def agrees(vector: Vector, answer: object) -> bool:
    """Say whether an answer is within the vector's tolerance, part by part."""
    return _agrees(vector.expected, answer, vector)


def _agrees(expected: object, answer: object, vector: Vector) -> bool:
    if isinstance(expected, dict):
        return isinstance(answer, dict) and all(
            _agrees(part, answer.get(name), vector) for name, part in expected.items()
        )
    if isinstance(expected, list):
        return (
            isinstance(answer, list)
            and len(expected) == len(answer)
            and all(_agrees(part, own, vector) for part, own in zip(expected, answer, strict=True))
        )
    if isinstance(expected, bool) or not isinstance(answer, int | Fraction):
        return expected is answer
    allowed = exact(CUT.get(vector.id, vector.tolerance))
    if vector.tolerance_kind == "relative":
        allowed *= abs(exact(expected))
    return abs(exact(expected) - answer) <= allowed
