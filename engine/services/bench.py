"""How fast a bus is at what a lab asks of it, and the lab on it beside a bare echo.

A second on a busy machine says little. So rates stand beside each other, and the time from an
order to its event stands beside a bare echo (`engine.bus.bare`) on the same brokers in the same
run. An order goes over three topics, an echo over two. What an order costs each process is counted
in its own CPU time, which other programs change little; the costliest one limits the others.
"""

import os
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from time import perf_counter, process_time

import msgspec
from prometheus_client import CollectorRegistry, ProcessCollector

from engine.bus import frame
from engine.bus.interface import Bus, Message, Record
from engine.bus.names import Topics
from engine.config.settings import Lab
from engine.core.command import Command, Deposit, Tick, TradeTick
from engine.core.exchange import Exchange
from engine.core.instrument import Contract
from engine.core.money import Lots, Micros, Price
from engine.services.inbox import CONTENT, FRAME, from_bot
from engine.services.look import paged
from engine.services.meters import FeedMeters
from engine.services.publisher import Publisher

FRAME_TICKS = 1_000
ORDERS_AT_ONCE = 100
PATIENCE_S = 30.0
SENDER = "bench"
"""The bot that sends the orders, and the feed's name."""
SENT, ECHOED, FRAMES, ORDERS = "bench-sent", "bench-echoed", "bench-frames", "bench-orders"


class Latency(msgspec.Struct, frozen=True):
    """Microseconds from saying to hearing, with one message under way at a time."""

    p50_us: int
    p99_us: int

    @classmethod
    def of(cls, took: Sequence[float]) -> "Latency":
        """What is in the middle of some seconds, and what is above all but a hundredth."""
        ordered = sorted(took)
        p50, p99 = (ordered[len(ordered) * share // 100] for share in (50, 99))
        return cls(int(p50 * 1e6), int(p99 * 1e6))


class Rates(msgspec.Struct, frozen=True):
    """What goes over the bus in a second: sent until durable, and read and decoded."""

    ticks_sent: int
    ticks_read: int
    orders_sent: int
    orders_read: int


class Cost(msgspec.Struct, frozen=True):
    """CPU microseconds that an order costs each process, None where that cannot be told.

    `core_us` is the exchange alone, without log, hash and bus: it is a part of the engine's.
    """

    sender_us: float | None
    sequencer_us: float | None
    engine_us: float | None
    core_us: float

    def limit(self) -> tuple[str, int]:
        """Which process limits how many orders a second go through, and to how many."""
        told = {"sender": self.sender_us, "sequencer": self.sequencer_us, "engine": self.engine_us}
        costs = {name: us for name, us in told.items() if us} or {"core": self.core_us}
        name = max(costs, key=lambda name: costs[name])
        return name, int(1e6 / costs[name])


class Through(msgspec.Struct, frozen=True):
    """What goes through a lab in a second: feed or bot, sequencer, log, engine, event."""

    ticks_through: int
    orders_through: int
    cost: Cost


def names(topics: Topics) -> tuple[str, ...]:
    """The topics that are needed beside those of the lab."""
    return tuple(topics.named(what) for what in (SENT, ECHOED, FRAMES, ORDERS))


async def rates(bus: Bus, topics: Topics, ticks: int, orders: int) -> Rates:
    """Send ticks in frames and orders record by record, and read both back."""
    made: list[Tick] = [
        TradeTick(at_us=at, contract="X", price=Price(100 + at % 7), quantity=Lots(1), side="buy")
        for at in range(FRAME_TICKS)
    ]
    topic = topics.named(FRAMES)
    _, start = await bus.span(topic)
    began = perf_counter()
    for _ in range(ticks // FRAME_TICKS):
        await bus.publish(topic, [Message(frame.encode(made), headers=((CONTENT, FRAME),))])
    await bus.flush()
    ticks_sent = ticks / (perf_counter() - began)
    began = perf_counter()
    _, end = await bus.span(topic)
    async for record in paged(bus, topic, start, end):
        frame.decode(record.value or b"")
    ticks_read = ticks / (perf_counter() - began)
    sent, read = await _orders(bus, topics.named(ORDERS), orders)
    return Rates(int(ticks_sent), int(ticks_read), int(sent), int(read))


async def _orders(bus: Bus, topic: str, count: int) -> tuple[float, float]:
    _, start = await bus.span(topic)
    began = perf_counter()
    for first in range(0, count, ORDERS_AT_ONCE):
        batch = [Message(order(number)) for number in range(first, first + ORDERS_AT_ONCE)]
        await bus.publish(topic, batch)
    await bus.flush()
    sent = count / (perf_counter() - began)
    began = perf_counter()
    _, end = await bus.span(topic)
    async for record in paged(bus, topic, start, end):
        msgspec.json.decode(record.value or b"")
    return sent, count / (perf_counter() - began)


def order(number: int, contract: str = "X", price: int = 1) -> bytes:
    """An order that rests, or if the number is odd, its end; each is one event."""
    if number % 2:
        return msgspec.json.encode({"type": "CancelOrder", "order": f"{number - 1}"})
    fields = {
        "type": "PlaceOrder",
        "order": f"{number}",
        "contract": contract,
        "side": "buy",
        "quantity": 1,
        "price": price,
        "post_only": True,
    }
    return msgspec.json.encode(fields)


def middle(contract: Contract) -> int:
    """The price at which a lab of the bench trades."""
    return contract.price_max // 2


def far_below(contract: Contract) -> int:
    """A tenth below it: an order to buy there is taken, and rests."""
    return middle(contract) * 9 // 10 // contract.tick * contract.tick


async def through(
    bus: Bus, topics: Topics, lab: Lab, counts: tuple[int, int], processes: Mapping[str, int]
) -> Through:
    """Send ticks and then orders to a lab that runs; so many of each, until their last event.

    The ticks move the price to and fro and touch nobody; behind the last one stands a deposit.
    `processes` are the sequencer and the engine, by their ids. Raises TimeoutError if events are
    missing.
    """
    ticks, orders = counts
    contract = lab.venue.contracts[0]
    symbol, resting = contract.symbol, far_below(contract)
    publisher = Publisher(bus, topics.ticks, SENDER, 1, FeedMeters(CollectorRegistry()))
    frames = [_frame(first, symbol, middle(contract)) for first in range(0, ticks, FRAME_TICKS)]
    after = frames[-1][-1].at_us
    frames.append((Deposit(at_us=after, account=SENDER, amount=Micros(1)),))
    said = topics.commands(SENDER)
    batches = [
        [Message(order(number, symbol, resting)) for number in range(first, first + ORDERS_AT_ONCE)]
        for first in range(0, orders, ORDERS_AT_ONCE)
    ]
    took_ticks = await _until(bus, topics.events, 1, (publisher.send(each) for each in frames))
    sending = (bus.publish(said, each) for each in batches)
    pids = {"sender": os.getpid(), **processes}
    before = {name: cpu_s(pid) for name, pid in pids.items()}
    took_orders = await _until(bus, topics.events, len(batches) * ORDERS_AT_ONCE, sending)
    us = {name: _each_us(before[name], cpu_s(pid), orders) for name, pid in pids.items()}
    cost = Cost(us["sender"], us["sequencer"], us["engine"], core_us(lab, orders))
    return Through(int(ticks / took_ticks), int(orders / took_orders), cost)


def cpu_s(pid: int) -> float | None:
    """CPU seconds that a process has used; None where there is no /proc."""
    for metric in ProcessCollector(pid=lambda: pid, registry=None).collect():
        for sample in metric.samples:
            if sample.name == "process_cpu_seconds_total":
                return sample.value
    return None


def _each_us(before: float | None, after: float | None, count: int) -> float | None:
    if before is None or after is None:
        return None
    return round((after - before) / count * 1e6, 1)


def core_us(lab: Lab, orders: int) -> float:
    """CPU microseconds that an order costs the exchange alone, in this process."""
    exchange, contract = Exchange(lab.venue), lab.venue.contracts[0]
    symbol, resting = contract.symbol, far_below(contract)
    for tick in _frame(0, symbol, middle(contract))[:1]:
        exchange.apply(tick)
    exchange.apply(Deposit(at_us=2, account=SENDER, amount=Micros(10**12)))
    records = (Record(number, order(number, symbol, resting)) for number in range(orders))
    commands = [from_bot(record, SENDER, 2)[0] for record in records]
    began = process_time()
    for command in commands:
        exchange.apply(command)
    return round((process_time() - began) / orders * 1e6, 1)


def _frame(first: int, contract: str, price: int) -> tuple[Command, ...]:
    lots = Lots(1)
    return tuple(
        TradeTick(
            at_us=2 + at, contract=contract, price=Price(price + at % 7), quantity=lots, side="buy"
        )
        for at in range(first, first + FRAME_TICKS)
    )


async def _until(
    bus: Bus, events: str, count: int, sending: Iterable[Coroutine[None, None, None]]
) -> float:
    """Send, and wait until so many more events are there; how many seconds that took."""
    _, end = await bus.span(events)
    reader = await bus.read({events: end})
    began = perf_counter()
    for sent in sending:
        await sent
    patience = perf_counter() + PATIENCE_S
    while count > 0:
        for _, records in await reader.poll(1):
            count -= len(records)
            patience = perf_counter() + PATIENCE_S
        if perf_counter() > patience:
            raise TimeoutError(f"{count} events are not heard on {events}")
    took = perf_counter() - began
    await reader.close()
    return took


async def times(bus: Bus, said: str, heard: str, messages: Sequence[bytes]) -> list[float]:
    """Seconds until something is heard after each message, one under way at a time.

    Raises TimeoutError if nothing is heard.
    """
    _, end = await bus.span(heard)
    reader = await bus.read({heard: end})
    took: list[float] = []
    for message in messages:
        began = perf_counter()
        await bus.publish(said, [Message(message)])
        while not await reader.poll(PATIENCE_S):
            if perf_counter() - began > PATIENCE_S:
                raise TimeoutError(f"nothing is heard on {heard}")
        took.append(perf_counter() - began)
    await reader.close()
    return took
