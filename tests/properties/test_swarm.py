"""Swarm fuzz: what is always true is true after every command of many seeded worlds.

Each seed is played twice: once with every witness, once on a venue that skips no work, and both
must say the same (numbers 4 and 7 of section 9).
"""

from collections import Counter

import pytest

from engine.core.exchange import Exchange
from tests.properties.counts import (
    EVERYTHING,
    EVERYTHING_STEPS,
    FUZZ_SEEDS,
    FUZZ_STEPS,
    missing,
    told_by,
)
from tests.support import plots
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
    for seed in EVERYTHING:
        venue, stream = commands(seed, EVERYTHING_STEPS, is_swarm(seed))
        exchange, tally = Exchange(venue), Tally()
        tally.count([(command, exchange.apply(command)) for command in stream])
        kinds += tally.kinds
        reasons += tally.reasons
    assert missing(kinds, reasons) == []


@pytest.mark.parametrize("plot", plots.PLOTS, ids=plots.name_of)
def test_every_plot_ends_as_it_is_meant_to(plot: plots.Plot) -> None:
    """In most of its worlds, so that those of the test above show everything, whatever is drawn."""
    seeds = [seed for seed in EVERYTHING if plots.of(seed) is plot]
    ends = Counter[str]()
    for seed in seeds:
        venue, stream = commands(seed, EVERYTHING_STEPS, is_swarm(seed))
        exchange, tally = Exchange(venue), Tally()
        tally.count([(command, exchange.apply(command)) for command in stream])
        ends.update({*tally.kinds, *tally.reasons})
    assert plot.causes
    assert {name: ends[name] for name in plot.causes if ends[name] * 2 < len(seeds)} == {}
