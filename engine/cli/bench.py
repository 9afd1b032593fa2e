"""`margincall bench`: how fast the lab is on the brokers at hand."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import click
import msgspec

from engine.bus.bare import echoing
from engine.bus.interface import Bus, Message
from engine.bus.kafka import connected
from engine.bus.kafka_topics import create
from engine.bus.names import Topics
from engine.cli import where
from engine.cli.mistake import told
from engine.cli.serving import Services
from engine.config.lab import load_lab
from engine.config.settings import Lab
from engine.core.command import Tick, TradeTick
from engine.core.money import Lots, Price
from engine.services import bench as measured
from engine.services.bench import Latency
from engine.services.meters import Meters
from engine.services.publisher import Publisher

BOT, LAB = measured.SENDER, "quickstart"
PROGRAM = (sys.executable, "-c", "from engine.cli.main import main; main()")
LOOK_S = 0.05
WARM = 20
"""Messages before those that are measured."""
ROUNDS = 5
"""Echo and lab take turns so often, so that what else the machine does weighs on both."""


@click.group(short_help="How fast the lab is here.")
def bench() -> None:
    """How fast the lab is here."""


@bench.command(short_help="Measure the bus and the way of an order over Apache Kafka.")
@click.option(
    "--ticks",
    type=click.IntRange(min=1_000),
    default=500_000,
    show_default=True,
    help="Ticks sent and read, in frames of 1,000.",
)
@click.option(
    "--orders",
    type=click.IntRange(min=100),
    default=50_000,
    show_default=True,
    help="Orders sent and read, each a record.",
)
@click.option(
    "--round-trips",
    type=click.IntRange(min=100),
    default=500,
    show_default=True,
    help="Messages whose way there and back is timed, one after the other.",
)
@where.bootstrap
@where.as_json
def kafka(
    *, ticks: int, orders: int, round_trips: int, bootstrap: str | None, as_json: bool
) -> None:
    """Measure the bus and the way of an order over Apache Kafka, in one run.

    Ticks go in frames, orders record by record: first over the bus alone (sent, read), then
    through a lab whose sequencer and engine are processes of their own, until the last event, with
    what an order costs each of them and the exchange alone in CPU time. The latency is that from an
    order to its event, by way of sequencer, log and engine in this process, beside an echo over
    aiokafka alone on the same brokers. Topics of a name of their own are made for it, and stay.
    """
    with told():
        brokers = where.brokers(bootstrap)
        found = asyncio.run(_measured(brokers, ticks, orders, round_trips))
        click.echo(json.dumps(found) if as_json else "\n".join(_lines(found)))


async def _measured(brokers: str, ticks: int, orders: int, trips: int) -> dict[str, object]:
    topics, names = where.topics_of(f"bench-{uuid4().hex[:8]}", (BOT,))
    other, others = where.topics_of(f"{topics.lab}-2", (BOT,))
    await create(brokers, [*names, *others, *measured.names(topics)], 1)
    async with connected(brokers, where.login()) as bus:
        rates = await measured.rates(bus, topics, ticks, orders)
        through, apart = await _through(bus, other, brokers, (ticks, orders, trips))
        echo, lab = await _answered(bus, topics, brokers, trips)
    limiting, limit = through.cost.limit()
    return {
        **msgspec.structs.asdict(rates),
        "ticks_through": through.ticks_through,
        "orders_through": through.orders_through,
        "cpu_of_an_order": msgspec.structs.asdict(through.cost),
        "limited_by": limiting,
        "orders_at_most": limit,
        "through_of_sent": round(through.orders_through / rates.orders_sent, 3),
        "through_of_core": round(through.orders_through * through.cost.core_us / 1e6, 3),
        "echo": msgspec.structs.asdict(echo),
        "order_to_event": msgspec.structs.asdict(lab),
        "order_to_event_apart": msgspec.structs.asdict(apart),
        "p50_ratio": round(lab.p50_us / echo.p50_us, 2),
    }


async def _through(
    bus: Bus, topics: Topics, brokers: str, counts: tuple[int, int, int]
) -> tuple[measured.Through, Latency]:
    """What goes through a lab whose services are processes of their own, and how soon."""
    lab = load_lab(LAB)
    await _opened(bus, topics, lab)
    ticks, orders, trips = counts
    with TemporaryDirectory() as folder:
        async with _running(topics, brokers, folder) as (sequencer, engine):
            while not (await bus.span(topics.events))[1]:
                await asyncio.sleep(LOOK_S)
                assert sequencer.returncode is None, "the sequencer has ended"
                assert engine.returncode is None, "the engine has ended"
            processes = {"sequencer": sequencer.pid, "engine": engine.pid}
            through = await measured.through(bus, topics, lab, (ticks, orders), processes)
            took = await Orders(bus, topics, lab, orders).times(WARM + trips)
    return through, Latency.of(took[WARM:])


class Orders:
    """Sends orders to a lab that runs, and waits for the event of each."""

    def __init__(self, bus: Bus, topics: Topics, lab: Lab, first: int = 0) -> None:
        self._bus, self._topics = bus, topics
        self._contract = lab.venue.contracts[0]
        self._number = first + first % 2

    async def times(self, count: int) -> list[float]:
        """Seconds until the events of so many orders, one after the other."""
        symbol, price = self._contract.symbol, measured.far_below(self._contract)
        numbers = range(self._number, self._number + count + count % 2)
        self._number = numbers.stop
        orders = [measured.order(number, symbol, price) for number in numbers]
        said = self._topics.commands(BOT)
        return await measured.times(self._bus, said, self._topics.events, orders)


@asynccontextmanager
async def _running(topics: Topics, brokers: str, folder: str) -> AsyncIterator[list[Process]]:
    commands = (("sequencer", "--lab", LAB), ("engine", "--data", folder))
    environment = {**os.environ, "MARGINCALL_BOOTSTRAP": brokers}
    running = [
        await asyncio.create_subprocess_exec(
            *(*PROGRAM, *words, "--name", topics.lab), env=environment, stderr=DEVNULL
        )
        for words in commands
    ]
    try:
        yield running
    finally:
        for each in running:
            if each.returncode is None:
                each.terminate()
            await each.wait()


async def _answered(bus: Bus, topics: Topics, brokers: str, trips: int) -> tuple[Latency, Latency]:
    """How long an echo takes, and how long a lab in this process to answer an order, in turns."""
    lab = load_lab(LAB)
    await _opened(bus, topics, lab)
    said, heard = topics.named(measured.SENT), topics.named(measured.ECHOED)
    orders, each = Orders(bus, topics, lab), max(1, trips // ROUNDS)
    echoes: list[float] = []
    answers: list[float] = []
    async with echoing(brokers, where.login(), said, heard) as echo, _one_process(bus, topics, lab):
        for _ in range(ROUNDS):
            echoes += (await echo.times([measured.order(0)] * (WARM + each)))[WARM:]
            answers += (await orders.times(WARM + each))[WARM:]
    return Latency.of(echoes), Latency.of(answers)


@asynccontextmanager
async def _one_process(bus: Bus, topics: Topics, lab: Lab) -> AsyncIterator[None]:
    """Sequencer and engine in this process, while it lasts."""
    services = Services(bus, topics)
    stop = asyncio.Event()
    with TemporaryDirectory() as folder:
        tasks = [services.sequencer(lab), services.engine(Path(folder))]
        running = [asyncio.ensure_future(task(stop)) for task in tasks]
        while services.meters.engine.seq == 0:
            await asyncio.wait(running, timeout=LOOK_S)
            assert not any(task.done() for task in running), "a service has ended"
        yield
        stop.set()
        await asyncio.gather(*running)


async def _opened(bus: Bus, topics: Topics, lab: Lab) -> None:
    """Give the venue a price, and the bot money."""
    contract = lab.venue.contracts[0]
    price, lots = Price(measured.middle(contract)), Lots(1)
    ticks: tuple[Tick, ...] = (
        TradeTick(at_us=1, contract=contract.symbol, price=price, quantity=lots, side="buy"),
    )
    await Publisher(bus, topics.ticks, BOT, 0, Meters().feed).send(ticks)
    deposit = {"type": "Deposit", "account": BOT, "amount": 10**12}
    await bus.publish(topics.admin, [Message(msgspec.json.encode(deposit))])
    await bus.flush()


def _lines(found: dict[str, object]) -> list[str]:
    return [f"{name}: {value}" for name, value in found.items()]
