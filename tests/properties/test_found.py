"""Faults that the fuzz has found once, each by the seed that found it."""

import pytest

from tests.support.simulate import simulate

FOUND = {
    "a source goes stale at the instant at which a reaction delay ends": (12, 100),
    "a stop is triggered before the command that came with it": (22, 500),
    "funding goes on while a liquidation waits for an index": (600, 100),
    "an assignment turns a position around within a period": (16, 1_330),
    "both legs of a hedged account pay what accrued before their mode is switched": (920_031, 300),
    "a cut takes the funding that a winner has coming too": (940_032, 240),
    "margin that is moved to a leg pays what that leg owes": (100_270, 200),
    "interest is paid from the funding that a position has coming": (100_173, 180),
    "an order is sent again after its account went into hedge mode": (100_366, 200),
    "fees of a healed long whose closing fee counts at the bankruptcy price": (61, 600),
}


@pytest.mark.parametrize(("seed", "steps"), FOUND.values(), ids=FOUND)
def test_a_fault_that_was_found_stays_mended(seed: int, steps: int) -> None:
    simulate(seed, steps, naive=True)
