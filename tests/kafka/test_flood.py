"""A bot that sends fifty times what it may: the others do not notice, and it is told when to come.

Quiet and flooded spells take turns in one run, so that what else the machine does hits both.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from statistics import median
from time import perf_counter

import msgspec

from engine.bus.frame import encode as framed
from engine.bus.interface import Bus, Message, Record
from engine.bus.kafka import connected
from engine.bus.kafka_topics import create
from engine.bus.names import Topics
from engine.core.command import TradeTick
from engine.core.money import Lots, Price
from engine.services.bench import order
from engine.services.inbox import CONTENT, FRAME
from engine.services.look import records_of
from tests.kafka.broker import Broker
from tests.kafka.lab import KafkaLab

RATE, FLOOD = 40, 50
LAB = f"""\
venue = "textbook"
seed = 1
fund = "5000"

[rules.orders]
rate = {RATE}
burst = {RATE}

[contracts.BTCUSDT]
"""
CONTRACT, PRICE, LOW = "BTCUSDT", 5_000_000, 4_500_000
RUNS, ORDERS = 5, 100
GAP_S = 0.03
"""Between an answer and the next order: so the quiet bot keeps below its own limit."""
RATIO = float(os.environ.get("MARGINCALL_FLOOD_RATIO", "1.5"))
TICK_S, BURST_S = 0.05, 0.02


async def pause(seconds: float) -> None:
    """The time between two things that are sent: how much is sent is what this test is about."""
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), seconds)


async def ticking(bus: Bus, topics: Topics) -> None:
    """Let the log's time go with the clock."""
    began = perf_counter()
    while True:
        at_us = int((perf_counter() - began) * 1e6) + 1
        tick = TradeTick(
            at_us=at_us, contract=CONTRACT, price=Price(PRICE), quantity=Lots(1), side="buy"
        )
        message = Message(framed([tick]), headers=((CONTENT, FRAME),))
        await bus.publish(topics.ticks, [message])
        await pause(TICK_S)


async def flooding(bootstrap: str, topic: str) -> None:
    """Send fifty times the rate, until it is cut off."""
    async with connected(bootstrap) as bus:
        each, number = int(RATE * FLOOD * BURST_S), 0
        while True:
            numbers = range(number, number + each)
            await bus.publish(topic, [Message(order(each, CONTRACT, LOW)) for each in numbers])
            number += each
            await pause(BURST_S)


class Quiet:
    """Sends an order, waits for its event, and rests a while."""

    def __init__(self, bus: Bus, topics: Topics) -> None:
        self._bus, self._topics = bus, topics
        self._number = 0

    async def p99(self) -> float:
        """Seconds from an order to its event, of `ORDERS` all but the slowest in a hundred."""
        heard = self._topics.account("quiet")
        _, end = await self._bus.span(heard)
        reader = await self._bus.read({heard: end})
        took = []
        for _ in range(ORDERS):
            began = perf_counter()
            message = Message(order(self._number, CONTRACT, LOW))
            await self._bus.publish(self._topics.commands("quiet"), [message])
            self._number += 1
            while not (found := await reader.poll(10)):
                assert perf_counter() - began < 30, "nothing is heard"
            took.append(perf_counter() - began)
            assert said(found[0][1][0])["type"] in ("OrderAccepted", "OrderCancelled")
            await pause(GAP_S)
        await reader.close()
        return sorted(took)[-1 - ORDERS // 100]


def said(record: Record) -> dict[str, object]:
    found: dict[str, object] = msgspec.json.decode(record.value or b"{}")
    return found


@asynccontextmanager
async def flooded(bus: Bus, broker: Broker, topic: str) -> AsyncIterator[None]:
    """Let another process flood a topic meanwhile."""
    _, end = await bus.span(topic)
    reader = await bus.read({topic: end})
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.kafka.test_flood", broker.bootstrap, topic
    )
    try:
        assert await reader.poll(30), "there is no flood"
        await pause(1)  # until it is under way
        yield
        assert process.returncode is None, "the flood dried up"
    finally:
        process.kill()
        await process.wait()
        await reader.close()


async def begun(bus: Bus, topics: Topics, lab: KafkaLab, path: Path) -> None:
    """Start the services, and give both bots money."""
    lab.start("sequencer", "--lab", str(path))
    lab.start("engine", "--data", str(path.parent))
    lab.start("fanout")
    for bot in ("quiet", "loud"):
        deposit = {"type": "Deposit", "account": bot, "amount": 10**12}
        await bus.publish(topics.admin, [Message(msgspec.json.encode(deposit))])
    await bus.flush()
    reader = await bus.read({topics.account("quiet"): 0})
    assert await reader.poll(30), "the venue does not begin"
    await reader.close()


async def test_a_flood_of_one_bot_is_no_matter_to_another(broker: Broker, tmp_path: Path) -> None:
    path = tmp_path / "flood.toml"
    path.write_text(LAB)
    topics = Topics("flood")
    names = [*topics.shared(), *topics.of_bot("quiet"), *topics.of_bot("loud")]
    await create(broker.bootstrap, names, 1)
    lab = KafkaLab(broker.bootstrap, topics.lab, tmp_path)
    try:
        async with connected(broker.bootstrap) as bus:
            ticks = asyncio.ensure_future(ticking(bus, topics))
            await begun(bus, topics, lab, path)
            quiet = Quiet(bus, topics)
            await quiet.p99()
            pairs = []
            for _ in range(RUNS):
                alone = await quiet.p99()
                async with flooded(bus, broker, topics.commands("loud")):
                    pairs.append((alone, await quiet.p99()))
            ticks.cancel()
            # of each pair by itself, so that what else the machine does weighs on both alike
            ratio = median(busy / alone for alone, busy in pairs)
            print(f"p99 alone and beside the flood: {pairs}, ratio {ratio:.2f}")  # noqa: T201
            assert ratio <= RATIO, pairs
            await assert_told_when_to_come(bus, topics)
    finally:
        lab.close()


async def assert_told_when_to_come(bus: Bus, topics: Topics) -> None:
    account = topics.account("loud")
    _, end = await bus.span(account)
    events = [said(record) for record in await records_of(bus, account, 0, end)]
    limited = [event for event in events if event.get("reason") == "rate_limit"]
    assert len(limited) > 0.5 * len(events)
    for event in limited:
        after_us = event["retry_after_us"]
        assert isinstance(after_us, int)
        assert 0 < after_us <= 1_000_000 * (RATE + 1) // RATE


if __name__ == "__main__":
    asyncio.run(flooding(sys.argv[1], sys.argv[2]))
