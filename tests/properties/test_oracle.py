"""The engine and the slow exchange, written from the same rules, emit equal events."""

import pytest

from tests.properties.counts import NAIVE_SEEDS, NAIVE_STEPS
from tests.support.simulate import Broken, simulate


@pytest.mark.parametrize("seed", NAIVE_SEEDS)
def test_the_engine_emits_what_the_slow_exchange_emits(seed: int) -> None:
    try:
        simulate(seed, NAIVE_STEPS, naive=True)
    except Broken as broken:
        pytest.fail(str(broken), pytrace=False)
