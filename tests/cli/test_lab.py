"""A lab in one process, over the memory bus: the same hashes as a replay, and good manners."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.bus import rights
from engine.bus.memory import KEPT, LAG, MemoryBus
from engine.bus.names import Topics
from engine.cli.main import main
from engine.cli.serving import Services
from engine.cli.stream import stream_of
from engine.config.lab import load_lab
from engine.services.look import TopicsMissing
from engine.services.verify import Verdict, verify
from tests.support.embedded import replayed

LAB = "quickstart"

pytestmark = pytest.mark.usefixtures("logging_put_back")


def test_a_lab_in_memory_gives_what_a_replay_gives(tmp_path: Path) -> None:
    verdict, liquidations = asyncio.run(lab_in_memory(tmp_path))
    assert (verdict.difference, verdict.repeated, verdict.ledger_sum) == ("", 0, 0)
    expected = replayed(LAB, tmp_path)
    assert {name: getattr(verdict, name) for name in expected} == expected
    assert 0 < liquidations <= verdict.liquidations


async def lab_in_memory(folder: Path) -> tuple[Verdict, int]:
    """Run the lab to its end; what a rerun finds, and how many liquidations everybody heard of."""
    topics = Topics(LAB)
    bus = MemoryBus(topics.shared())
    await worked_off(bus, folder)
    return await verify(bus, topics), len(bus.records(topics.liquidations))


async def worked_off(bus: MemoryBus, folder: Path) -> Services:
    """Run the lab on a bus until all is worked off."""
    lab, topics = load_lab(LAB), Topics(LAB)
    services = Services(bus, topics)
    stream = stream_of(lab, [], folder)
    tasks = [
        services.sequencer(lab),
        services.engine(folder),
        services.fanout(),
        services.feed(stream),
        services.drained,
    ]
    await services.serve(tasks, (), None)
    return services


async def test_a_lab_in_bounded_memory_comes_to_the_same_events(tmp_path: Path) -> None:
    topics = Topics(LAB)
    whole, bounded = MemoryBus(topics.shared()), MemoryBus(topics.shared(), topics.followed(()))
    expected = await worked_off(whole, tmp_path / "whole")
    found = await worked_off(bounded, tmp_path / "bounded")
    assert found.meters.engine.seq == expected.meters.engine.seq
    newest = [bus.records(topics.events)[-1].value for bus in (whole, bounded)]
    assert newest[0] == newest[1]  # its hash vouches for all before it
    first, end = await bounded.span(topics.events)
    assert 0 < first < end == expected.meters.engine.seq
    assert max(len(bounded.records(topic)) for topic in topics.shared()) <= 2 * KEPT + 2 * LAG


async def test_topics_that_lack_are_named_before_anything_begins(tmp_path: Path) -> None:
    lab, topics = load_lab(LAB), Topics(LAB)
    services = Services(MemoryBus([topics.log]), topics)
    needed = rights.of_service(topics, "sequencer")
    with pytest.raises(TopicsMissing, match=f"{LAB}.ticks.v1.*margincall topics create"):
        await services.serve([services.sequencer(lab)], needed, None)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("engine", "--name", "x"), "no broker was named"),
        (("engine", "--name", "a.b", "--bootstrap", "127.0.0.1:1"), "a lab is called by"),
        (("topics", "create", "--lab", LAB), "no broker was named"),
        (
            ("topics", "create", "--lab", LAB, "--bot", "a:b", "--bootstrap", "127.0.0.1:1"),
            "a bot is called by",
        ),
        (("lab", "deposit", "alice", "1e3", "--name", "x"), "AMOUNT"),
        (("feed", "--lab", LAB, "--pace", "fast"), "--pace"),
        (("engine", "--name", "x", "--health", "0.0.0.0:70000"), "is no port from 0 to 65535"),
        (("engine", "--name", "x", "--health", "here"), "nor HOST:PORT"),
        (("lab", "init", "--lab", LAB, "--bot", "=5", "--bootstrap", "127.0.0.1:1"), "NAME=AMOUNT"),
        (("lab", "init", "--lab", LAB, "--bot", "a=x", "--bootstrap", "127.0.0.1:1"), "--bot a"),
    ],
)
def test_mistakes_are_told(
    arguments: tuple[str, ...], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, arguments, env={"MARGINCALL_BOOTSTRAP": ""})
    assert done.exit_code == 2, done.output
    assert told in done.output


def test_brokers_that_do_not_answer_are_worth_another_try() -> None:
    arguments = ["engine", "--name", "x", "--bootstrap", "127.0.0.1:1"]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 75
    assert "no broker answers at 127.0.0.1:1" in done.output


def test_a_whole_lab_runs_from_the_shell(tmp_path: Path) -> None:
    arguments = ["lab", "up", "--lab", LAB, "--drain", "--data", str(tmp_path), "--health", "0"]
    done = CliRunner().invoke(main, arguments, env={"MARGINCALL_BOOTSTRAP": ""})
    assert done.exit_code == 0, done.output
    assert list(tmp_path.glob("*.snapshot"))
