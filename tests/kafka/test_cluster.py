"""Three nodes, of which one after the other is killed or stands still: a pause and nothing else."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

import pytest

from engine.bus.kafka import connected
from engine.bus.names import Topics
from tests.kafka.broker import Broker, Cluster
from tests.kafka.crew import LAB, LOG_S, Crew, assert_as_uninterrupted
from tests.kafka.jars import NoBroker
from tests.kafka.lab import KafkaLab

FAULTS = 5
"""Of each kind."""
AWAY_S = 4.5
"""Longer than a node may be silent before another one leads in its place."""
REST_S = 4.0
STALL_S = 20.0
PACE = f"{LOG_S / (2 * FAULTS * (AWAY_S + REST_S + 4)):.3f}x"


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Three nodes that run; skips where there cannot be any, which is a failure in CI."""
    try:
        cluster = Cluster(tmp_path)
        cluster.start()
    except NoBroker as error:
        pytest.skip(str(error))
    yield cluster
    cluster.stop()


@asynccontextmanager
async def stalls(bootstrap: str, topics: Topics) -> AsyncIterator[Mapping[str, float]]:
    """Look meanwhile what the sequencer and the engine write, and how long at most they do not."""
    found = {topics.log: 0.0, topics.mark: 0.0}
    over = asyncio.Event()

    async def look() -> None:
        heard: dict[str, float] = {}
        async with connected(bootstrap) as bus:
            reader = await bus.read(dict.fromkeys(found, 0))
            while not over.is_set():
                for topic, _ in await reader.poll(0.2):
                    heard[topic] = monotonic()
                for topic, at in heard.items():
                    found[topic] = max(found[topic], monotonic() - at)
            await reader.close()

    looking = asyncio.create_task(look())
    try:
        yield found
    finally:
        over.set()
        await looking


async def away(node: Broker, crew: Crew, *, killed: bool) -> None:
    """Let a node be away for a while, which no service must end at."""
    if not killed:
        with node.paused():
            await asyncio.to_thread(crew.outlive, "engine", AWAY_S)
        return
    await asyncio.to_thread(node.kill)
    await asyncio.to_thread(crew.outlive, "engine", 1)
    await asyncio.to_thread(node.start)


async def disturbed(cluster: Cluster, lab: KafkaLab) -> Mapping[str, float]:
    """Run a lab while one node after the other is away; how long nothing was written."""
    dice = random.Random(1)
    crew = Crew(lab, PACE)
    async with stalls(cluster.bootstrap, Topics(lab.name)) as longest:
        for number, killed in enumerate([True, False] * FAULTS):
            await asyncio.to_thread(crew.outlive, "sequencer", dice.uniform(0, 2 * REST_S))
            await away(cluster.nodes[number % 3], crew, killed=killed)
            assert crew.is_whole(), "a service has ended"
    await asyncio.to_thread(crew.end)
    return longest


@pytest.mark.timeout(600)
def test_a_node_that_is_killed_or_stands_still_costs_a_pause(
    cluster: Cluster, tmp_path: Path
) -> None:
    lab = KafkaLab(cluster.bootstrap, "cluster", tmp_path)
    try:
        lab.run("topics", "create", "--lab", LAB, "--replicas", "3")
        longest = asyncio.run(disturbed(cluster, lab))
        assert all(longest.values()), "somebody wrote nothing at all"
        assert max(longest.values()) < STALL_S, longest
        assert assert_as_uninterrupted(lab)["repeated"] == 0
    finally:
        lab.close()
