"""Answers to margin calls on a bus: each once, at its place, however often the engine is killed."""

from collections import Counter
from pathlib import Path
from random import Random

import msgspec
import pytest

from engine.bus.interface import Message
from engine.config.settings import AtMarginCall, Lab, Trader, TraderOrder
from engine.core.command import AddMargin, Command, Deposit, PlaceOrder, Side, Tick
from engine.core.exchange import Exchange
from engine.core.instrument import Band, Bracket, Depth, Rules, Venue
from engine.core.money import Lots, Micros
from engine.core.tick_run import TickRun
from engine.journal.chain import Chain
from engine.journal.read import commands
from engine.journal.record import Genesis
from engine.services.export import write_log
from engine.services.meters import Meters
from engine.services.publisher import Publisher
from engine.services.reacting import nobody, pieces
from engine.services.snapshots import Snapshots
from engine.services.venue import VenueTask
from feeds.cue import cued
from feeds.reaction import Reactions, tempers
from feeds.traders import trader_cues
from tests.services.stage import CONTRACT, Stage, tick

X = msgspec.structs.replace(
    CONTRACT,
    brackets=(Bracket(Micros(0), 40_000, Micros(0), 100),),
    depth=Depth(1, (Band(0, Micros(10**12)),), 1, 1_000_000),
)
ADDS = AtMarginCall(add_ppm=1_000_000, after_low_us=50, after_high_us=50, budget_ppm=3_000_000)
CUTS = AtMarginCall(cut_ppm=1_000_000, after_low_us=80, after_high_us=80, share_ppm=400_000)


def trader(name: str, settings: AtMarginCall, side: Side = "buy") -> Trader:
    opens = TraderOrder(contract="X", side=side, quantity=Lots(10))
    money = Micros(200_000_000)
    return Trader(
        name=name, deposit=money, mode="isolated", orders=(opens,), at_margin_call=settings
    )


TRADERS = (trader("dave", ADDS), trader("erin", CUTS), trader("fred", ADDS, "sell"))
RULES = Rules(name="test", default_mode="isolated", default_leverage=10)
LAB = Lab(name="small", seed=1, venue=Venue(RULES, (X,), Micros(10**9)), accounts=TRADERS)
GENESIS = Genesis("1", msgspec.Raw(msgspec.json.encode(LAB)), ())


def reacting_of(lab: Lab) -> Reactions:
    return Reactions(tempers(Random(lab.seed), lab.crowd, lab.accounts))


def ticks() -> list[Tick]:
    """Prices that call everybody several times, and come back."""
    way = [100, 97, 97, 94, 95, 92, 96, 99, 102, 104, 104, 106, 103, 100, 97, 95, 93, 97, 100]
    dice = Random(2)
    return [tick(100 + 20 * n, way[n // 2] + dice.getrandbits(1)) for n in range(2 * len(way))]


def sent() -> list[Command]:
    """All that the feed says: ticks, and between them what opens the positions."""
    contracts = {"X": X}
    return list(cued(ticks(), trader_cues(TRADERS, contracts, RULES), contracts))


def straight() -> tuple[list[Command], list[bytes]]:
    """What is applied in one process without a bus, and the lines of the events."""
    exchange, reacting, chain = Exchange(LAB.venue), reacting_of(LAB), Chain()
    applied: list[Command] = []
    lines: list[bytes] = []
    for piece in pieces(sent(), reacting):
        for command in piece:
            events = exchange.apply(command)
            reacting.heard(command.at_us, events)
            lines += [chain.line(event) for event in events]
            applied.append(command)
    return applied, lines


@pytest.fixture
async def stage(tmp_path: Path) -> Stage:
    """A log of all that the feed says, in small records, and nothing applied yet."""
    stage = Stage(tmp_path, reacting_of)
    publisher = Publisher(stage.bus, stage.topics.ticks, "feed", 0, Meters().feed)
    commands = sent()
    for begin in range(0, len(commands), 3):
        await publisher.send(tuple(commands[begin : begin + 3]))
    await stage.sequence(GENESIS)
    return stage


def told(stage: Stage) -> list[bytes]:
    return [record.value or b"" for record in stage.records(stage.topics.events)]


async def test_answers_come_at_their_places_as_in_one_process(stage: Stage) -> None:
    await stage.apply()
    applied, lines = straight()
    assert told(stage) == lines
    verdict = await stage.verdict()
    assert (verdict.difference, verdict.commands) == ("", len(applied))
    answers = applied_by(applied)
    assert verdict.answers == sum(answers.values())
    assert set(answers) == {Deposit, AddMargin, PlaceOrder}


def applied_by(applied: list[Command]) -> Counter[type[Command]]:
    """The kinds of what was applied and nobody has sent."""
    return Counter(map(type, applied)) - Counter(map(type, sent()))


@pytest.mark.parametrize("snapshot_every", [1, 50_000])
@pytest.mark.parametrize("lost", [0, 1])
async def test_an_engine_killed_behind_any_record_neither_loses_nor_doubles_an_answer(
    stage: Stage, tmp_path: Path, snapshot_every: int, lost: int
) -> None:
    """Also if the last events had not reached the brokers; a snapshot may then be ahead of them."""
    _, lines = straight()
    log = list(stage.records(stage.topics.log))
    between = 0
    for end in range(1, len(log)):
        again = Stage(tmp_path / f"{end}", reacting_of)
        for record in log[:end]:
            message = Message(record.value or b"", record.key, record.headers)
            await again.bus.publish(again.topics.log, [message])
        await again.apply_and_die(snapshot_every=snapshot_every)
        events = again.bus.records(again.topics.events)
        between += b'"MarginCalled"' in b"".join(told(again)[-3:])
        del events[len(events) - lost :]
        for record in log[end:]:
            message = Message(record.value or b"", record.key, record.headers)
            await again.bus.publish(again.topics.log, [message])
        await again.apply()
        assert told(again) == lines, end
    assert between > 3, "an engine was killed between a call and its answer"


async def test_a_log_is_written_out_with_its_answers(stage: Stage, tmp_path: Path) -> None:
    applied, lines = straight()
    written = await write_log(
        stage.bus, stage.topics.log, tmp_path / "out", reacting_of=reacting_of
    )
    assert written == len(applied)
    exchange, chain = Exchange(LAB.venue), Chain()
    again = [
        chain.line(event)
        for command in commands(tmp_path / "out", iter(()))
        for event in exchange.apply(command)
    ]
    assert again == lines
    first = len(sent()) // 2
    assert first == await write_log(
        stage.bus, stage.topics.log, tmp_path / "half", first, reacting_of=reacting_of
    )
    assert list(commands(tmp_path / "half", iter(()))) == applied[:first]


async def test_a_snapshot_without_the_memory_is_passed_over(stage: Stage) -> None:
    await stage.apply()
    (path,) = stage.snapshots.folder.glob("*.snapshot")
    kept = next(stage.snapshots.newest_first())
    assert kept.reactions != msgspec.Raw(b"null")
    stage.snapshots.write(msgspec.structs.replace(kept, reactions=msgspec.Raw(b"null")))
    snapshots = Snapshots(path.parent)
    stage.snapshots = snapshots
    await stage.apply()
    assert "cannot be restored" in snapshots.rejected[0]
    assert (await stage.verdict()).difference == ""


async def test_nobody_answers_for_a_lab_whose_accounts_do(stage: Stage) -> None:
    stage.reacting_of = nobody
    with pytest.raises(AssertionError, match="answer margin calls"):
        await stage.apply()


def test_ticks_in_bulk_are_answered_as_ticks_one_by_one() -> None:
    """Quiet ticks are left out of a piece, and no answer is."""
    results = []
    for in_bulk in (False, True):
        venue = VenueTask(Exchange(LAB.venue), reacting=reacting_of(LAB))
        events = list(venue.apply(sent()[: len(sent()) - len(ticks()) + 1]))
        left = [each for each in ticks()[1:] for _ in range(3)]
        for piece in pieces(TickRun.of(left) if in_bulk else left, venue.reacting):
            events += venue.take(piece)
        results.append((events, venue.counters))
    assert results[0] == results[1]
    assert sum(type(event).__name__ == "MarginAdded" for event in results[0][0]) >= 2
