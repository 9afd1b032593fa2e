"""Sample bots on a running lab: they trade, are warned, are liquidated, and hear of it."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from engine.bus.interface import BusError, Message
from engine.bus.memory import MemoryBus
from engine.bus.names import Topics
from engine.cli.pacing import paced_as
from engine.cli.serving import Services
from engine.cli.stream import stream_of
from engine.config.lab import load_lab
from engine.core.command import Deposit
from engine.core.event import Deposited, Event
from engine.core.instrument import OrderTerms, Rules, Venue
from engine.core.money import Micros
from engine.journal.record import Genesis
from engine.services.contract import asyncapi
from engine.services.look import TopicsMissing
from engine.services.market_data import BookTop
from engine.services.public import Liquidation
from engine.services.verify import Verdict, verify
from feeds.bots.bot import Bot, run_bot
from feeds.bots.client import LIFE, Client, opened
from feeds.bots.samples import SAMPLES, Hunter, Maker
from tests.services.stage import LAB as LAB_OF_STAGE
from tests.services.stage import Stage, tick

LAB = "quickstart"
CONTRACT = "BTCUSDT"
LOTS = {"maker": 50, "taker": 20, "long": 2_000, "noise": 20, "hunter": 50}


async def traded(folder: Path) -> tuple[Verdict, MemoryBus, Topics]:
    """Run a lab with one bot of each kind to the end of its feed."""
    lab, topics = load_lab(LAB), Topics(LAB)
    names = [*topics.shared(), *(topic for bot in SAMPLES for topic in topics.of_bot(bot))]
    bus = MemoryBus(names)
    for bot in SAMPLES:
        deposit = {"type": "Deposit", "account": bot, "amount": 20_000_000_000}
        await bus.publish(topics.admin, [Message(msgspec.json.encode(deposit))])
    services = Services(bus, topics)
    tasks = [
        services.sequencer(lab),
        services.engine(folder),
        services.fanout(),
        services.feed(stream_of(paced_as(lab, "200x"), [], folder)),
        services.drained,
    ]
    stop = asyncio.Event()
    bots = [
        asyncio.ensure_future(
            run_bot(make(CONTRACT, LOTS[bot]), await opened(bus, topics, bot), stop)
        )
        for bot, make in SAMPLES.items()
    ]
    await services.serve(tasks, (), None)
    stop.set()
    assert all(accepted > 0 for accepted in await asyncio.gather(*bots))
    return await verify(bus, topics), bus, topics


def test_bots_trade_are_warned_and_liquidated_and_hear_of_it(tmp_path: Path) -> None:
    verdict, bus, topics = asyncio.run(traded(tmp_path))
    assert (verdict.difference, verdict.ledger_sum) == ("", 0)
    for bot, seen in verdict.bots.items():
        assert seen.commands > 0, bot
        assert seen.fills > 0, bot
    assert verdict.bots["long"].liquidations > 0
    heard = {
        bot: [
            msgspec.json.decode(record.value or b"")["type"]
            for record in bus.records(topics.account(bot))
        ]
        for bot in SAMPLES
    }
    for bot, types in heard.items():
        assert "OrderFilled" in types, bot
    assert_as_the_contract_says(bus, topics)
    assert {"MarginCalled", "LiquidationStarted", "LiquidationEnded"} <= set(heard["long"])
    said = [
        msgspec.json.decode(record.value or b"")["type"]
        for record in bus.records(topics.commands("long"))
    ]
    assert "AddMargin" in said  # in time or not: at this pace a crash takes a moment


def assert_as_the_contract_says(bus: MemoryBus, topics: Topics) -> None:
    """Every message on every topic of the contract is one that stands there."""
    document = asyncapi()
    schemas = {"components": document["components"]}
    for channel in document["channels"].values():
        address = channel["address"].replace("{lab}", topics.lab)
        allowed = [{"$ref": f"#/components/schemas/{name}"} for name in channel["messages"]]
        validator = Draft202012Validator({**schemas, "anyOf": allowed})
        for bot in SAMPLES:
            for record in bus.records(address.replace("{bot}", bot))[:500]:
                validator.validate(msgspec.json.decode(record.value or b""))


async def test_a_bot_that_comes_back_knows_what_it_had_and_says_nothing_twice(
    tmp_path: Path,
) -> None:
    stage = Stage(tmp_path)
    await stage.ticks(tick(1))
    await stage.deposit("alice")
    alice = await opened(stage.bus, stage.topics, "alice")
    bought = await alice.place("X", "buy", 3)
    resting = await alice.place("X", "buy", 2, 90)
    assert (bought, resting) == ("alice-1", "alice-2")
    await alice.close()
    await worked_off(stage)
    again = await opened(stage.bus, stage.topics, "alice")
    assert again.number == 2 * LIFE
    deposit = Deposit(at_us=0, account="alice", amount=Micros(1))
    assert await again.send(deposit, 2) == 2  # a number that was taken is not taken again
    await again.cancel(resting)
    heard: list[Event] = []
    await worked_off(stage)
    async for each in again.events(0):
        if each is None:
            break
        if isinstance(each, Event):
            heard.append(each)
    assert isinstance(heard[0], Deposited)
    assert [event.seq for event in heard] == sorted({event.seq for event in heard})
    assert (again.position("X"), again.orders) == (3, {})
    await again.close()


class Late(MemoryBus):
    """What is said to a topic that is held up is under way until it is let through."""

    held: str | None = None

    def __init__(self, topics: Sequence[str]) -> None:
        super().__init__(topics)
        self.under_way: list[Message] = []

    async def publish(self, topic: str, messages: Sequence[Message]) -> None:
        if topic == self.held:
            self.under_way += messages
        else:
            await super().publish(topic, messages)


@pytest.mark.parametrize("heard", [0, 1], ids=["nothing", "something"])
@pytest.mark.parametrize("comes", ["before", "behind"])
async def test_what_a_life_had_under_way_takes_nothing_from_the_next_one(
    tmp_path: Path, heard: int, comes: str
) -> None:
    stage = Stage(tmp_path)
    stage.bus = bus = Late(sorted(await stage.bus.topics()))
    commands = stage.topics.commands("alice")
    await stage.ticks(tick(1))
    await stage.deposit("alice")
    killed = await opened(bus, stage.topics, "alice")
    for price in range(90, 90 + heard):
        await killed.place("X", "buy", 1, price)
    bus.held = commands
    await killed.place("X", "buy", 1, 92)
    bus.held = None
    again = await opened(bus, stage.topics, "alice")
    if comes == "before":
        await bus.publish(commands, bus.under_way)
        with pytest.raises(BusError, match="1 commands of alice came from elsewhere"):
            await again.place("X", "buy", 1, 94)
        again = await opened(bus, stage.topics, "alice")
    await again.place("X", "buy", 1, 95)
    if comes == "behind":
        await bus.publish(commands, bus.under_way)
    await again.place("X", "buy", 1, 96)
    await worked_off(stage)
    told = stage.told(stage.topics.account("alice"))
    accepted = [event["price"] for event in told if event["type"] == "OrderAccepted"]
    late = [92, 94] if comes == "before" else []  # what came behind a later life never happens
    if comes == "before" and not heard:
        late = [92]  # 94 has its number and is dropped; its bot was told and came again
    assert accepted == [*range(90, 90 + heard), *late, 95, 96]
    assert (await stage.verdict()).difference == ""


async def worked_off(stage: Stage) -> None:
    await stage.sequence()
    await stage.apply()
    await stage.spread()


async def test_a_command_with_a_number_that_was_taken_is_dropped(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    await stage.ticks(tick(1))
    await stage.deposit("alice")
    alice = await opened(stage.bus, stage.topics, "alice")
    await alice.place("X", "buy", 3)
    (said,) = stage.records(stage.topics.commands("alice"))
    for _ in range(2):
        await stage.write(stage.topics.commands("alice"), said.value or b"")
        await worked_off(stage)
    events = stage.told(stage.topics.account("alice"))
    assert [event["type"] for event in events].count("OrderAccepted") == 1
    assert (await stage.verdict()).difference == ""
    await alice.close()


async def test_an_order_that_is_placed_again_after_a_lost_answer_stays_one(
    tmp_path: Path,
) -> None:
    rules = Rules(name="test", orders=OrderTerms(ids_kept=100))
    lab = msgspec.structs.replace(LAB_OF_STAGE, venue=Venue(rules, LAB_OF_STAGE.venue.contracts))
    genesis = Genesis("1", msgspec.Raw(msgspec.json.encode(lab)), ())
    stage = Stage(tmp_path)
    await stage.ticks(tick(1))
    await stage.deposit("alice")
    for quantity in (2, 2, 3):  # each time it comes back knowing nothing but its order
        alice = await opened(stage.bus, stage.topics, "alice")
        await alice.place("X", "buy", quantity, 90, order="opening")
        await alice.close()
        await stage.sequence(genesis)
        await stage.apply()
        await stage.spread()
    told = stage.told(stage.topics.account("alice"))
    assert [event["type"] for event in told] == ["Deposited", "OrderAccepted", *2 * ["Rejected"]]
    assert [event["reason"] for event in told[2:]] == ["already_placed", "duplicate_order"]


async def test_the_orders_of_a_bot_that_falls_silent_are_taken_away(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    await stage.ticks(tick(1))
    await stage.deposit("alice")
    alice = await opened(stage.bus, stage.topics, "alice")
    resting = await alice.place("X", "buy", 2, 90)
    await alice.cancel_all_after(1_000)
    await worked_off(stage)
    await stage.ticks(tick(1_000))
    await worked_off(stage)
    kinds = [event["type"] for event in stage.told(stage.topics.account("alice"))]
    assert kinds[-2:] == ["OrderAccepted", "CancelTimerSet"]
    await stage.ticks(tick(1_001))
    await worked_off(stage)
    *_, gone, fired = stage.told(stage.topics.account("alice"))
    assert (gone["order"], gone["reason"], fired["type"]) == (
        resting,
        "dead_man_switch",
        "CancelTimerFired",
    )
    await alice.close()


async def test_the_orders_of_a_maker_that_was_killed_are_taken_away(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    await stage.ticks(tick(1))
    await stage.deposit("alice")
    alice = await opened(stage.bus, stage.topics, "alice")
    maker = Maker("X", 2, switch_us=3_000)
    await maker.begin(alice)
    for at_us, told in ((1, 1), (1_000, 1), (1_001, 2), (2_000, 2)):  # each third of its time
        await maker.priced(BookTop(at_us, "X", 99, 101), alice)
        await stage.ticks(tick(at_us))
        await worked_off(stage)
        said = [event["type"] for event in stage.told(stage.topics.account("alice"))]
        assert said.count("CancelTimerSet") == told
    await heard_all(alice, maker)
    assert len(alice.orders) == 2
    for at_us in (3_999, 4_001):  # it is dead by now; it was set anew at 1,000 or so of the log
        await heard_all(alice, maker)
        assert len(alice.orders) == 2
        await stage.ticks(tick(at_us))
        await worked_off(stage)
    told_last = stage.told(stage.topics.account("alice"))[-3:]
    assert [event["type"] for event in told_last] == [*2 * ["OrderCancelled"], "CancelTimerFired"]
    assert {event["reason"] for event in told_last[:2]} == {"dead_man_switch"}
    await heard_all(alice, maker)
    assert alice.orders == {}
    await maker.priced(BookTop(4_001, "X", 99, 101), alice)  # it was only slow: it quotes again
    await worked_off(stage)
    await heard_all(alice, maker)
    assert len(alice.orders) == 2
    assert (await stage.verdict()).difference == ""
    await alice.close()


async def test_a_hunter_sells_into_forced_sales_and_is_back_when_they_are_over(
    tmp_path: Path,
) -> None:
    stage = Stage(tmp_path)
    await stage.ticks(tick(1))
    await stage.deposit("alice")
    alice = await opened(stage.bus, stage.topics, "alice")
    hunter = Hunter("X", 2, most=2, quiet_us=1_000)
    sold = Liquidation(5, 10, "X", "long", 3, 100, None)
    await hunter.priced(BookTop(9, "X", 99, 101), alice)
    for _ in range(3):
        await hunter.forced(sold, alice)  # the third is more than it wants to hold
    await hunter.priced(BookTop(2_000, "X", 99, 101), alice)  # orders are under way
    await worked_off(stage)
    await heard_all(alice, hunter)
    assert alice.position("X") == -4
    await hunter.forced(sold, alice)  # long ago
    await hunter.priced(BookTop(2_001, "X", 99, 101), alice)
    await worked_off(stage)
    await heard_all(alice, hunter)
    assert alice.position("X") == 0
    said = stage.told(stage.topics.commands("alice"))
    assert [(each["side"], each["quantity"]) for each in said] == [
        ("sell", 2),
        ("sell", 2),
        ("buy", 4),
    ]
    await alice.close()


async def heard_all(client: Client, bot: Bot) -> None:
    """Let a bot hear all that happened to its account."""
    async for each in client.events(0):
        if each is None:
            return
        if isinstance(each, Event):
            await bot.heard(each, client)


async def test_a_bot_without_topics_is_told_so(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    with pytest.raises(TopicsMissing, match=r"small\.commands\.carol\.v1"):
        await opened(stage.bus, stage.topics, "carol")
