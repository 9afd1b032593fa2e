"""An engine that comes back: what it goes on from, and what it refuses to go on from."""

from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from random import Random

import msgspec
import pytest

from engine.bus.frame import encode as framed
from engine.bus.interface import Bus, BusError, Message, Record
from engine.cli.check import check
from engine.core.command import Command, PlaceOrder
from engine.core.event import Event
from engine.core.exchange import Exchange
from engine.core.money import Micros
from engine.services import entries, recovery
from engine.services.breach import Breach
from engine.services.engine import VersionDiffers
from engine.services.entries import LogError
from engine.services.inbox import CONTENT, FRAME
from engine.services.look import paged
from engine.services.meters import EngineMeters, Meters
from engine.services.recovery import Durable, durable_of
from engine.services.snapshots import KEPT, DataInUse, Snapshot, Snapshots, parse
from tests.services.stage import GENESIS, LAB, Stage, tick


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with Snapshots(tmp_path).held():
        yield Stage(tmp_path)


async def trade(stage: Stage, first: int, count: int) -> None:
    """Let both bots buy, with a tick before each, and let the log have it."""
    for number in range(first, first + count):
        await stage.ticks(tick(1_000 * number + 1))
        await stage.buy("alice", f"a{number}")
        await stage.buy("bob", f"b{number}")
        await stage.sequence()


async def begun(stage: Stage) -> None:
    await stage.ticks(tick(1))
    await stage.deposit("alice")
    await stage.deposit("bob")
    await stage.sequence()


def files(stage: Stage) -> list[Path]:
    return sorted(stage.snapshots.folder.glob("*.snapshot"))


async def test_an_engine_goes_on_from_its_snapshot(stage: Stage) -> None:
    await begun(stage)
    await trade(stage, 1, 3)
    await stage.apply()
    told = len(stage.records(stage.topics.events))
    await trade(stage, 4, 3)
    meters = await stage.apply()
    assert meters.registry.get_sample_value("margincall_replayed_total") == 0
    assert len(stage.records(stage.topics.events)) > told
    verdict = await stage.verdict()
    assert (verdict.difference, verdict.repeated, verdict.ledger_sum) == ("", 0, 0)


async def test_without_snapshots_everything_is_applied_again_and_nothing_said_twice(
    stage: Stage,
) -> None:
    await begun(stage)
    await trade(stage, 1, 3)
    await stage.apply()
    for path in files(stage):
        path.unlink()
    meters = await stage.apply()
    applied = meters.registry.get_sample_value("margincall_replayed_total")
    verdict = await stage.verdict()
    assert (applied, verdict.difference, verdict.repeated) == (verdict.commands, "", 0)


async def test_a_snapshot_is_taken_every_so_many_commands(stage: Stage) -> None:
    await begun(stage)
    await trade(stage, 1, 4)
    meters = await stage.apply(snapshot_every=2_001)
    written = meters.registry.get_sample_value("margincall_snapshots_total")
    assert written is not None
    assert written >= 2
    assert len(files(stage)) <= KEPT


async def test_a_snapshot_holds_everything_before_its_place(stage: Stage) -> None:
    await begun(stage)
    for number in range(1, 4):  # ticks that come while an order is still to be applied
        await stage.buy("alice", f"a{number}")
        await stage.sequence()
        await stage.ticks(tick(1_000 * number, 100 + number))
        await stage.sequence()
    await stage.apply(snapshot_every=2_005)  # is due behind an order
    first, last = files(stage)
    last.unlink()
    kept = parse(first.read_bytes())
    before = [entries.read(each) for each in stage.records(stage.topics.log)[: kept.offset]]
    assert kept.commands == sum(isinstance(entry, entries.Entry) for entry in before)
    await stage.apply()
    verdict = await stage.verdict()
    assert (verdict.commands, verdict.difference) == (parse(last.read_bytes()).commands, "")


class Killed(BaseException):
    """An engine that is no more: it writes nothing down."""


async def test_a_kill_costs_no_more_than_lies_between_two_snapshots(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    every, frames, dice = 4_000, 40, Random(1)
    await begun(stage)
    for number in range(1, frames + 1):
        ticks = [tick(1_000 * number + at, 90 + at % 20) for at in range(1_000)]
        headers = ((CONTENT, FRAME), (entries.PLACE, b"%d" % (1_000 * number)))
        await stage.write(stage.topics.ticks, framed(ticks), headers)
        for order in range(dice.randrange(1, 4)):
            await stage.buy("alice", f"{number}-{order}")
        await stage.sequence()
    applied, lives = EngineMeters.applied, list[float]()
    left = 0

    def until_killed(meters: EngineMeters, commands: int, events: int, *, replayed: bool) -> None:
        nonlocal left
        applied(meters, commands, events, replayed=replayed)
        left -= 1
        if left < 0:
            raise Killed

    monkeypatch.setattr(EngineMeters, "applied", until_killed)
    killed = True
    while killed:
        left, meters = dice.randrange(14), Meters()
        try:
            await stage.apply(snapshot_every=every, meters=meters)
            killed = False
        except Killed:
            pass
        lives.append(meters.registry.get_sample_value("margincall_replayed_total") or 0)
    assert len(lives) > 5
    assert 0 < max(lives) <= every
    verdict = await stage.verdict()
    assert (verdict.difference, verdict.commands > 9 * every) == ("", True)


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "other run", "ahead", "no state"])
async def test_a_snapshot_that_is_none_is_passed_over(stage: Stage, damage: str) -> None:
    await begun(stage)
    await stage.apply()
    await trade(stage, 1, 2)
    await stage.apply()
    older, newest = files(stage)[-2:]
    data = newest.read_bytes()
    kept = parse(data)
    changed = {
        "other run": msgspec.structs.replace(kept, run="other"),
        "ahead": msgspec.structs.replace(kept, seq=kept.seq + 1),
        "no state": msgspec.structs.replace(kept, state=msgspec.Raw(b"{}")),
    }
    if damage in changed:
        stage.snapshots.write(changed[damage])
    else:
        flipped = bytes([*data[:-1], data[-1] ^ 1])
        newest.write_bytes({"flip": flipped, "cut": data[:-1], "empty": b""}[damage])
    meters = await stage.apply()
    replayed = meters.registry.get_sample_value("margincall_replayed_total")
    assert replayed == kept.commands - parse(older.read_bytes()).commands
    assert len(stage.snapshots.rejected) == 1
    assert (await stage.verdict()).difference == ""


async def test_another_version_does_not_go_on(stage: Stage) -> None:
    await begun(stage)
    with pytest.raises(VersionDiffers, match="begun by version 1, and this is 2"):
        await stage.apply("2")


@pytest.mark.parametrize("kept", [True, False], ids=["snapshot", "no snapshot"])
async def test_events_that_the_log_does_not_give_stop_the_engine(stage: Stage, kept: bool) -> None:
    await begun(stage)
    await stage.apply()
    for path in [] if kept else files(stage):
        path.unlink()
    records = stage.bus.records(stage.topics.events)
    line = (records[-1].value or b"").replace(b"1000000000", b"1000000001")
    event = msgspec.json.decode(line)
    event["h"] = "0" * 64
    records[-1] = Record(records[-1].offset, msgspec.json.encode(event))
    with pytest.raises(LogError, match="another program or another log"):
        await stage.apply()
    assert "was published" in (await stage.verdict()).difference or (
        "the log gives" in (await stage.verdict()).difference
    )


@pytest.mark.parametrize("repeated", [0, 1, 5_000])
async def test_what_a_second_engine_repeats_is_never_taken_for_the_newest(
    stage: Stage, repeated: int
) -> None:
    await begun(stage)
    await trade(stage, 1, 3)
    await stage.apply()
    said = [Message(each.value or b"") for each in stage.records(stage.topics.events)]
    old = [said[at % 3] for at in range(repeated)]  # whatever its length, and however often
    await stage.bus.publish(stage.topics.events, old)
    before = len(stage.records(stage.topics.events))
    durable = await durable_of(stage.bus, stage.topics.events)
    assert durable == msgspec.json.decode(said[-1].value, type=Durable)
    meters = await stage.apply()
    assert meters.registry.get_sample_value("margincall_replayed_total") == 0
    assert len(stage.records(stage.topics.events)) == before
    verdict = await stage.verdict()
    assert (verdict.difference, verdict.repeated) == ("", repeated)


async def test_no_more_of_the_events_is_looked_at_than_was_repeated(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = list[tuple[int, int]]()

    def counted(bus: Bus, topic: str, start: int, end: int) -> AsyncGenerator[Record, None]:
        seen.append((start, end))
        return paged(bus, topic, start, end)

    monkeypatch.setattr(recovery, "paged", counted)
    lines = [Message(b'{"seq":%d,"h":"%d"}' % (seq, seq)) for seq in range(1, 20_001)]
    await stage.bus.publish(stage.topics.events, lines)
    assert await durable_of(stage.bus, stage.topics.events) == Durable(20_000, "20000")
    assert seen == [(19_000, 20_000)]
    await stage.bus.publish(stage.topics.events, lines[9_000:14_000])
    seen.clear()
    assert await durable_of(stage.bus, stage.topics.events) == Durable(20_000, "20000")
    assert seen == [(24_000, 25_000), (22_000, 24_000), (18_000, 22_000)]


async def test_a_log_that_lost_its_end_stops_the_engine(stage: Stage) -> None:
    await begun(stage)
    await stage.apply()
    for path in files(stage):
        path.unlink()
    del stage.bus.records(stage.topics.log)[2:]
    with pytest.raises(LogError, match="records of the log are lost"):
        await stage.apply()


async def test_a_snapshot_beyond_the_log_stops_the_engine(stage: Stage) -> None:
    await begun(stage)
    await stage.apply()
    del stage.bus.records(stage.topics.log)[2:]
    with pytest.raises(BusError, match="has the offsets"):
        await stage.apply()


async def test_what_is_no_entry_stops_the_engine(stage: Stage) -> None:
    await begun(stage)
    await stage.write(stage.topics.log, b'{"type":"Deposit"}')
    with pytest.raises(LogError, match="cannot be read"):
        await stage.apply()


async def test_a_log_has_one_beginning(stage: Stage) -> None:
    await begun(stage)
    other = msgspec.structs.replace(GENESIS, version="2")
    await stage.bus.publish(stage.topics.log, [entries.begins(other, "run")])
    with pytest.raises(LogError, match="another beginning"):
        await stage.apply()


async def test_a_disk_that_is_full_does_not_stop_the_engine(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begun(stage)

    def full(_: Snapshot) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(stage.snapshots, "write", full)
    meters = await stage.apply()
    assert meters.registry.get_sample_value("margincall_snapshot_failures_total") == 1
    assert (await stage.verdict()).difference == ""


async def test_a_breach_leaves_a_log_that_breaks_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begun(stage)
    apply = Exchange.apply

    def broken(exchange: Exchange, command: Command) -> tuple[Event, ...]:
        if isinstance(command, PlaceOrder) and command.order == "a2":
            exchange.state.ledger.balances["wallet:bob"] = Micros(7)
        return apply(exchange, command)

    monkeypatch.setattr(Exchange, "apply", broken)
    await trade(stage, 1, 3)
    with pytest.raises(Breach) as caught:
        await stage.apply()
    (folder,) = stage.snapshots.folder.glob("repro-*")
    assert folder.name == f"repro-{caught.value.number}"
    with pytest.raises(AssertionError):
        check(folder)
    monkeypatch.undo()
    assert "no longer breaks" in check(folder).lines[0]


def test_snapshots_of_another_run_do_not_push_out_new_ones(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    for run, offset in [
        *(("old", 100_000 * n) for n in (1, 2, 3)),
        ("new", 50_000),
        ("new", 90_000),
    ]:
        snapshots.write(
            Snapshot(
                run=run,
                version="1",
                offset=offset,
                seq=1,
                hash="0" * 64,
                commands=1,
                marks={},
                state=msgspec.Raw(b"{}"),
            )
        )
    found = [(each.run, each.offset) for each in snapshots.newest_first()]
    assert len(found) == KEPT
    assert found[1:] == [("new", 90_000), ("new", 50_000)]


def test_every_flipped_bit_and_every_cut_of_a_snapshot_is_noticed(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    snapshots.write(
        Snapshot(
            run="r",
            version="1",
            offset=5,
            seq=3,
            hash="0" * 64,
            commands=4,
            marks={"a": 1},
            state=msgspec.Raw(b'{"balances":{}}'),
        )
    )
    (path,) = tmp_path.glob("*.snapshot")
    data = path.read_bytes()
    assert parse(data).marks == {"a": 1}
    for place in range(len(data)):
        for bit in range(8):
            changed = bytearray(data)
            changed[place] ^= 1 << bit
            with pytest.raises(ValueError):
                parse(bytes(changed))
        with pytest.raises(ValueError):
            parse(data[:place])


def test_a_folder_is_held_by_one_engine(tmp_path: Path) -> None:
    other = Snapshots(tmp_path).held()
    with Snapshots(tmp_path).held(), pytest.raises(DataInUse, match="another engine"), other:
        pass
    with Snapshots(tmp_path).held():
        pass


def test_a_log_of_another_lab_is_told_by_its_configuration() -> None:
    assert msgspec.json.decode(GENESIS.config, type=type(LAB)) == LAB
