"""What each service knows of itself and the others: is it ready, which run is it, how far is it."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from engine.bus.interface import BusError, Message, Record
from engine.bus.memory import MemoryBus, MemoryReader
from engine.bus.names import Topics
from engine.cli.pacing import paced_as
from engine.cli.serving import Services
from engine.cli.stream import stream_of
from engine.config.lab import load_lab
from engine.core.money import AMOUNT_MAX
from engine.services import meters as meters_module
from engine.services.entries import RUN
from engine.services.fanout import Fanout
from engine.services.logs import to_stderr
from engine.services.meters import (
    STALE_S,
    BotMeters,
    EngineMeters,
    FanoutMeters,
    Meters,
    SequencerMeters,
)
from engine.services.standing import SEQ, Standing, followed, told
from feeds.bots.client import opened
from tests.services.stage import Stage, tick

LAB = "quickstart"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that stands still, by its only place."""
    now = [1_000.0]
    monkeypatch.setattr(meters_module, "monotonic", lambda: now[0])
    return now


def test_a_process_is_ready_once_all_of_its_services_are(tmp_path: Path) -> None:
    lab, topics = load_lab(LAB), Topics(LAB)
    services = Services(MemoryBus(topics.shared()), topics)
    meters = services.meters
    assert meters.is_ready(), "a process without services waits for none"
    services.sequencer(lab)
    services.engine(tmp_path)
    services.fanout()
    services.feed(stream_of(lab, [], tmp_path))
    for each in (meters.sequencer, meters.engine, meters.fanout, meters.feed):
        assert not meters.is_ready()
        each.caught_up()
    assert meters.is_ready()


async def test_a_sequencer_is_ready_once_the_log_has_all_that_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage(tmp_path)
    in_log: list[int] = []
    monkeypatch.setattr(
        SequencerMeters,
        "caught_up",
        lambda meters: in_log.append(len(stage.records(stage.topics.log))),
    )
    await stage.ticks(tick(1))
    await stage.deposit("alice")
    for number in range(500):
        await stage.buy("alice", f"{number}")
    await stage.sequence()
    assert in_log
    assert in_log[0] >= 1 + 1 + 1 + 500


async def test_a_fan_out_is_ready_once_all_events_are_spread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage(tmp_path)
    spread: list[int] = []
    account = stage.topics.account("alice")
    monkeypatch.setattr(
        FanoutMeters, "caught_up", lambda meters: spread.append(len(stage.records(account)))
    )
    await stage.ticks(tick(1))
    await stage.deposit("alice")
    await stage.buy("alice", "1")
    await stage.sequence()
    await stage.apply()
    await stage.spread()
    mine = [each for each in stage.told(stage.topics.events) if each.get("account") == "alice"]
    assert spread[0] == len(mine) > 1


async def test_a_fan_out_without_events_is_ready_at_once(tmp_path: Path) -> None:
    stage, meters = Stage(tmp_path), Meters()
    meters.fanout.awaited()
    fanout = Fanout(stage.bus, stage.topics, meters.fanout)
    await run_until(fanout.run, meters.is_ready)


def test_an_engine_is_not_ready_while_the_brokers_do_not_answer(clock: list[float]) -> None:
    meters = Meters()
    meters.engine.awaited()
    meters.engine.caught_up()
    assert meters.is_ready()
    clock[0] += STALE_S
    assert not meters.is_ready()
    meters.engine.answered()
    assert meters.is_ready()


async def test_an_engine_that_works_or_waits_hears_of_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage(tmp_path)
    heard: list[EngineMeters] = []
    monkeypatch.setattr(EngineMeters, "answered", lambda meters: heard.append(meters))
    await stage.ticks(tick(1))
    await stage.sequence()
    await stage.apply()
    assert heard


def test_a_feed_is_ready_while_it_is_in_time_and_when_it_has_ended(clock: list[float]) -> None:
    meters = Meters()
    feed = meters.feed
    feed.awaited()
    feed.stands(0)
    assert not meters.is_ready(), "it does not know yet where to go on"
    feed.caught_up()
    assert meters.is_ready()
    clock[0] += STALE_S
    assert not meters.is_ready(), "something is due, and nothing was sent"
    feed.stands(5)
    assert meters.is_ready()
    feed.pauses(3_600)
    clock[0] += 3_600 + STALE_S - 1
    assert meters.is_ready(), "an hour without ticks is no delay"
    clock[0] += 1
    assert not meters.is_ready()
    feed.ended = True
    clock[0] += 10 * STALE_S
    assert meters.is_ready(), "a replay that is over is not stale"


async def test_a_paced_feed_tells_of_its_pauses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    slept = asyncio.sleep

    async def sleep(seconds: float) -> None:
        await slept(0)

    stream = stream_of(paced_as(load_lab(LAB), "100000x"), [], tmp_path)
    monkeypatch.setattr("engine.cli.stream.asyncio.sleep", sleep)
    async for _ in stream.batches(0, pauses.append):
        if len(pauses) > 3:
            break
    assert all(seconds > 0 for seconds in pauses)


async def test_services_apart_know_the_run_and_the_newest_event(tmp_path: Path) -> None:
    """Each with counts of its own, as in processes of their own; and so does a bot."""
    lab, topics = load_lab(LAB), Topics(LAB)
    bus = MemoryBus([*topics.shared(), *topics.of_bot("alice")])
    apart = {name: Services(bus, topics) for name in ("sequencer", "engine", "fanout", "feed")}
    assert [each.meters.about() for each in apart.values()] == 4 * [{"run": None, "seq": None}]
    bot = await opened(bus, topics, "alice")
    stop = asyncio.Event()
    services = [
        apart["sequencer"].sequencer(lab)(stop),
        apart["engine"].engine(tmp_path)(stop),
        apart["fanout"].fanout()(stop),
        apart["feed"].feed(stream_of(lab, [], tmp_path))(stop),
    ]
    running = [asyncio.ensure_future(each) for each in services]
    async for _ in bot.events():
        seqs = [each.meters.about()["seq"] for each in apart.values()]
        if apart["feed"].meters.feed.ended and all(seqs) and bot.standing.seq:
            break
    about = {name: each.meters.about() for name, each in apart.items()}
    stop.set()
    await asyncio.gather(*running)
    await bot.close()
    (run,) = {str(each["run"]) for each in about.values()}
    assert run == apart["engine"].meters.engine.run == bot.standing.run
    assert len(run) == 32
    newest = apart["engine"].meters.engine.seq
    assert all(0 < int(str(each["seq"])) <= newest for each in about.values())
    assert all(each.meters.is_ready() for each in apart.values())


async def test_what_a_bot_logs_tells_the_run_and_the_newest_event(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stage, meters = Stage(tmp_path), BotMeters(CollectorRegistry())
    root, before = logging.getLogger(), list(logging.getLogger().handlers)
    to_stderr(meters.about)
    try:
        bot = await opened(stage.bus, stage.topics, "alice")
        meters.standing = bot.standing
        logging.getLogger("margincall").info("nothing is known yet")
        await stage.ticks(tick(1))
        await stage.deposit("alice")
        await stage.sequence()
        await stage.apply()
        await stage.spread()
        async for heard in bot.events():
            if heard is None:
                break
        await bot.close()
        logging.getLogger("margincall").info("heard")
    finally:
        root.handlers = before
    said = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    known = {each["message"]: (each["run"], each["seq"]) for each in said}
    assert known["nothing is known yet"] == (None, None)
    newest = stage.told(stage.topics.events)[-1]["seq"]
    assert known["heard"] == ("run", newest)


def test_nonsense_in_headers_changes_nothing() -> None:
    standing = Standing("r", 5)
    for value in (b"", b"-1", b"x", b"\xff", b"4", str(AMOUNT_MAX + 1).encode()):
        standing.heard(Record(0, b"", None, ((SEQ, value),)))
    standing.heard(Record(0, b""))
    assert standing == Standing("r", 5)
    standing.heard(Record(0, b"", None, told("s", 6)))
    assert standing == Standing("s", 6)
    standing.heard(Record(0, b"", None, ((RUN, b"\xff"),)))
    assert standing == Standing("\ufffd", 6)


async def test_who_hears_nothing_more_goes_on_without(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bus = MemoryBus(["mark"])
    await bus.publish("mark", [Message(b"", headers=told("old", 1))])
    await bus.publish("mark", [Message(b"", headers=told("new", 2))])
    standing = Standing()
    async with followed(bus, "mark", standing):
        await until(lambda: standing == Standing("new", 2))

    async def gone(*_: object) -> None:
        raise BusError("the topic is gone")

    monkeypatch.setattr(MemoryReader, "poll", gone)
    async with followed(bus, "mark", standing):
        await until(lambda: "the topic is gone" in caplog.text)


async def run_until(
    run: Callable[[asyncio.Event], Awaitable[None]], done: Callable[[], bool]
) -> None:
    stop = asyncio.Event()
    running = asyncio.ensure_future(run(stop))
    await until(done)
    stop.set()
    await running


async def until(done: Callable[[], bool]) -> None:
    """Give the loop its turns until something is so; the test's timeout ends it otherwise."""
    turn = asyncio.Event()
    while not done():
        asyncio.get_running_loop().call_later(0.001, turn.set)
        await turn.wait()
        turn.clear()
