"""A small lab on the memory bus: what a test says to it, and what it says back."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from engine.bus.frame import encode as framed
from engine.bus.interface import Headers, Message, Record
from engine.bus.memory import MemoryBus
from engine.bus.names import Topics
from engine.config.settings import Lab
from engine.core.command import Tick, TradeTick
from engine.core.instrument import Band, Bracket, Contract, Depth, Rules, Venue
from engine.core.money import Lots, Micros, Price
from engine.journal.record import Genesis
from engine.services.engine import Engine
from engine.services.fanout import Fanout
from engine.services.inbox import CONTENT, FRAME
from engine.services.meters import Meters
from engine.services.reacting import ReactingOf, nobody
from engine.services.sequencer import Sequencer
from engine.services.snapshots import Snapshots
from engine.services.verify import Verdict, verify

CONTRACT = Contract(
    symbol="X",
    price_unit="1",
    lot="1",
    tick=1,
    unit_value=Micros(1_000_000),
    price_max=Price(1_000),
    quantity_max=Lots(1_000),
    brackets=(Bracket(Micros(0), 5_000, Micros(0), 100),),
    depth=Depth(1, (Band(0, Micros(100_000_000_000)),), 1, 1_000_000),
)
LAB = Lab(name="small", seed=1, venue=Venue(Rules(name="test"), (CONTRACT,)))
GENESIS = Genesis("1", msgspec.Raw(msgspec.json.encode(LAB)), ())


def tick(at_us: int, price: int = 100) -> TradeTick:
    return TradeTick(at_us=at_us, contract="X", price=Price(price), quantity=Lots(1), side="buy")


class Stage:
    """Bots alice and bob; services start anew with every call, as after a crash."""

    def __init__(self, folder: Path, reacting_of: ReactingOf = nobody) -> None:
        self.reacting_of = reacting_of
        self.topics = Topics("small")
        bots = (*self.topics.of_bot("alice"), *self.topics.of_bot("bob"))
        self.bus = MemoryBus([*self.topics.shared(), *bots])
        self.snapshots = Snapshots(folder)
        folder.mkdir(exist_ok=True)
        self.meters = Meters()

    async def say(self, topic: str, **fields: Any) -> None:
        await self.write(topic, msgspec.json.encode(fields))

    async def write(self, topic: str, value: bytes, headers: Headers = ()) -> None:
        await self.bus.publish(topic, [Message(value, headers=headers)])

    async def ticks(self, *ticks: Tick) -> None:
        await self.write(self.topics.ticks, framed(ticks), ((CONTENT, FRAME),))

    async def deposit(self, account: str, amount: int = 1_000_000_000) -> None:
        await self.say(self.topics.admin, type="Deposit", account=account, amount=amount)

    async def buy(self, bot: str, order: str, quantity: int = 1) -> None:
        topic = self.topics.commands(bot)
        await self.say(
            topic, type="PlaceOrder", order=order, contract="X", side="buy", quantity=quantity
        )

    async def sequence(self, genesis: Genesis = GENESIS) -> None:
        """Let a sequencer take all that is there."""
        meters = self.meters.sequencer
        sequencer = Sequencer(self.bus, self.topics, genesis, "run", meters)
        inputs = [self.topics.ticks, self.topics.admin]
        inputs += [self.topics.commands(bot) for bot in ("alice", "bob")]
        ends = {topic: (await self.bus.span(topic))[1] for topic in inputs}
        await _until(
            sequencer.run, lambda: all(meters.taken(topic) >= end for topic, end in ends.items())
        )

    async def apply(
        self, version: str = "1", *, snapshot_every: int = 50_000, meters: Meters | None = None
    ) -> Meters:
        """Let a new engine apply all that is in the log; what it counted."""
        meters = meters or Meters()
        engine = self.engine(meters, version, snapshot_every)
        await _until(engine.run, lambda: meters.engine.is_ready)
        return meters

    async def apply_and_die(self, *, snapshot_every: int = 50_000) -> None:
        """Let a new engine apply all that is in the log, and be killed before it can say so."""
        meters = Meters()
        engine = self.engine(meters, "1", snapshot_every)
        running = asyncio.ensure_future(engine.run(asyncio.Event()))
        while not running.done() and not meters.engine.is_ready:
            await asyncio.wait({running}, timeout=0)
        running.cancel()
        await asyncio.wait({running})
        assert running.cancelled(), running

    def engine(self, meters: Meters, version: str, snapshot_every: int) -> Engine:
        return Engine(
            self.bus,
            self.topics,
            self.snapshots,
            version,
            meters.engine,
            snapshot_every=snapshot_every,
            reacting_of=self.reacting_of,
        )

    async def spread(self) -> None:
        """Let a fan-out take all events."""
        meters = Meters().fanout
        last = len({record.value for record in self.bus.records(self.topics.events)})
        await _until(Fanout(self.bus, self.topics, meters).run, lambda: meters.seq >= last)

    async def verdict(self) -> Verdict:
        return await verify(self.bus, self.topics, self.reacting_of)

    def records(self, topic: str) -> Sequence[Record]:
        return self.bus.records(topic)

    def told(self, topic: str) -> list[dict[str, Any]]:
        return [msgspec.json.decode(record.value or b"") for record in self.records(topic)]


async def _until(run: Callable[[asyncio.Event], Awaitable[None]], done: Callable[[], bool]) -> None:
    """Let a service go on, turn by turn of the loop, until it is done or fails."""
    stop = asyncio.Event()
    running = asyncio.ensure_future(run(stop))
    while not running.done() and not done():
        await asyncio.wait({running}, timeout=0)
    stop.set()
    await running
