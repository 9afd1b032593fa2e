"""Swarm fuzz: what is always true is true after every command of many seeded worlds.

Each seed is played twice: once with every witness, once on a venue that skips no work, and both
must say the same (numbers 4 and 7 of section 9).
"""

from collections import Counter

import pytest

from engine.core.exchange import Exchange
from tests.properties.counts import FUZZ_SEEDS, FUZZ_STEPS, missing, told_by
from tests.support.simulate import Broken, Tally, is_swarm, simulate
from tests.support.swarm import commands


@pytest.mark.parametrize("seed", FUZZ_SEEDS)
def test_every_rule_holds_after_every_command(seed: int, request: pytest.FixtureRequest) -> None:
    try:
        tally = simulate(seed, FUZZ_STEPS)
    except Broken as broken:
        pytest.fail(str(broken), pytrace=False)
    request.node.user_properties.extend(told_by(tally))


def test_every_event_type_and_every_reason_occurs() -> None:
    kinds, reasons = Counter[str](), Counter[str]()
    for seed in (*range(1_000, 1_112), 1_153, 1_165, 1_172, 1_261, 1_517):
        venue, stream = commands(seed, 200, is_swarm(seed))
        exchange, tally = Exchange(venue), Tally()
        tally.count([(command, exchange.apply(command)) for command in stream])
        kinds += tally.kinds
        reasons += tally.reasons
    assert missing(kinds, reasons) == []
