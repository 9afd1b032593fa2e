"""The fuzz finds what it is for: each bug put into the engine on purpose is found by its rule."""

import re

import pytest

from tests.support.bugs import BUGS, Bug
from tests.support.simulate import Broken, simulate

SEEDS = range(20_000, 20_060)
STEPS = 500


def found(bug: Bug) -> str:
    """Play seeds until a rule breaks; return the line that reproduces it."""
    for seed in SEEDS:
        try:
            simulate(seed, STEPS, naive=bug.naive)
        except Broken as broken:
            return str(broken)
    return ""


@pytest.mark.parametrize("name", BUGS)
def test_a_bug_put_into_the_engine_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bug = BUGS[name]
    monkeypatch.setattr(f"engine.core.{bug.target}", bug.wrong)
    line = found(bug)
    assert line.startswith("python -m tests.support.simulate --seed"), "nothing was found"
    assert re.search(bug.words, line), line
