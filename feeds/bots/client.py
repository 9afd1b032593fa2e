"""A bot's connection to a running lab: it says commands and hears what happens to it.

The bot's own topics are its memory. What it holds follows from what it has heard, from the first
event on; its commands are numbered from the end of its topic of commands on, which it cannot read
but see. So a bot that was killed comes back knowing all that, and may say again what it is not
sure to have said: a command with a number that was taken before is dropped. Every life has numbers
above those of the lives before it, so nothing of theirs that is still under way when it begins
can take a number from it, nor happen once it has spoken. What a venue refuses because it came too
soon is said again when there is room for it, as far as orders go.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from engine.bus.interface import Bus, BusError, Message, Reader, Record
from engine.bus.kafka import connected
from engine.bus.login import Login
from engine.bus.names import Topics
from engine.core.account.position import slot_of
from engine.core.command import (
    CancelAllAfter,
    CancelOrder,
    Command,
    LegOrNone,
    PlaceOrder,
    Side,
)
from engine.core.event import (
    AnyEvent,
    Event,
    OrderAccepted,
    OrderAmended,
    OrderCancelled,
    OrderFilled,
    OrderTrimmed,
)
from engine.core.money import Lots, Price
from engine.services.inbox import BYTES_MAX, CLIENT_SEQ, CONTENT, JSON
from engine.services.look import need
from engine.services.market_data import BookTop, Mark
from engine.services.public import Liquidation
from engine.services.standing import Standing
from feeds.bots.patience import Patience
from feeds.positions import Positions

WAIT_S = 0.2
LIFE = 2**16
"""Numbers that a life has for each record that was in its topic when it began: more than it could
have under way. So the next life, which sees at least one record more, begins above them.
"""
Heard = Event | BookTop | Mark | Liquidation
"""What a bot hears: its own events, and prices and forced orders of all contracts."""

_events = msgspec.json.Decoder(AnyEvent)
_books = msgspec.json.Decoder(BookTop)
_marks = msgspec.json.Decoder(Mark)
_forced = msgspec.json.Decoder(Liquidation)


@asynccontextmanager
async def client(
    bootstrap: str, lab: str, bot: str, login: Login | None = None
) -> AsyncIterator["Client"]:
    """A bot's connection to a lab on Apache Kafka.

    Raises `BusError` if no broker answers, `TopicsMissing` if the bot has no topics there,
    `RightsMissing` if its user may not use them.
    """
    async with connected(bootstrap, login) as bus:
        yield await opened(bus, Topics(lab), bot)


async def opened(bus: Bus, topics: Topics, bot: str) -> "Client":
    """A bot's connection over a bus. Raises `BusError`, `TopicsMissing` and `RightsMissing`."""
    commands, account = topics.of_bot(bot)
    public = (topics.book, topics.mark, topics.liquidations)
    await need(bus, reads=(account, *public), writes=(commands,))
    _, said = await bus.span(commands)
    starts = {topics.account(bot): 0}
    for topic in public:
        _, starts[topic] = await bus.span(topic)
    reader = await bus.read(starts)
    return Client(bus, topics, bot, reader, said)


class CommandTooLong(Exception):
    """A command has more bytes than a lab reads; it was not sent."""


class Client:
    """Says and hears; `orders` are the open ones, with the lots that are left of each.

    `now_us` is the log's time as far as it was heard of, `patience` knows what waits to be said
    because the venue limits how often a bot may speak.
    `standing` is the run and the newest event that it has heard of, its own or not.
    """

    def __init__(self, bus: Bus, topics: Topics, bot: str, reader: Reader, said: int) -> None:
        """`said` is how many commands were in its topic when it began."""
        self._bus, self._topics, self._reader = bus, topics, reader
        self.bot, self.number = bot, said * LIFE
        self._said: int | None = said
        self._named = self.number
        self.seq = self.now_us = 0
        self.patience = Patience()
        self.standing = Standing()
        self._positions = Positions((bot,))
        self.orders: dict[str, int] = {}

    def position(self, contract: str, leg: LegOrNone = msgspec.UNSET) -> int:
        """Lots held of a contract, positive if long; in hedge mode of the leg that is named."""
        return self._positions.of(self.bot, slot_of(contract, leg))

    async def place(
        self,
        contract: str,
        side: Side,
        quantity: int,
        price: int | None = None,
        *,
        reduce_only: bool = False,
        post_only: bool = False,
        leg: LegOrNone = msgspec.UNSET,
        order: str | None = None,
    ) -> str:
        """Place an order, a market order if it has no price; its id.

        In hedge mode (`SetPositionMode`, by `send`) it names the leg that it opens or closes. With
        an id of the bot's own it may be placed again by whoever does not know whether it was
        placed: a lab that keeps ids (`ids_kept`) answers `already_placed`, and it stays one order.
        Where others wait because they came too soon, it waits behind them.
        """
        self._named = max(self._named, self.number) + 1
        order = order or f"{self.bot}-{self._named}"
        command = PlaceOrder(
            at_us=0,
            account=self.bot,
            order=order,
            contract=contract,
            side=side,
            quantity=Lots(quantity),
            price=None if price is None else Price(price),
            time_in_force="ioc" if price is None else "gtc",
            reduce_only=reduce_only,
            post_only=post_only,
            leg=leg,
        )
        if not self.patience.holds_back(command):
            await self.send(command)
        return order

    async def cancel(self, order: str) -> None:
        """Take an order out of the book, or out of those that wait to be placed."""
        if not self.patience.forgets(order):
            await self.send(CancelOrder(at_us=0, account=self.bot, order=order))

    async def cancel_all_after(self, timeout_us: int, contract: str | None = None) -> None:
        """Have orders and stops taken away unless this is said again within so long; 0 ends it.

        In log time, of one contract or of all. Said every third of the time or so, it keeps the
        orders of a bot that lives, and takes away those of one that was killed or cut off.
        """
        command = CancelAllAfter(
            at_us=0, account=self.bot, contract=contract, timeout_us=timeout_us
        )
        await self.send(command)

    async def send(self, command: Command, number: int | None = None) -> int:
        """Say a command; its number. With the number of an earlier one, it is said again.

        Raises `CommandTooLong`: a lab would put it with what nobody can read, and say nothing.
        Raises `BusError`, also if the bot's last life has spoken after this one began.
        """
        fields = {**msgspec.to_builtins(command), CLIENT_SEQ: number or self.number + 1}
        del fields["at_us"]
        value = msgspec.json.encode(fields)
        if len(value) > BYTES_MAX:
            raise CommandTooLong(
                f"{type(command).__name__} has {len(value):,} bytes; a lab reads at most "
                f"{BYTES_MAX:,} of a command"
            )
        if number is None:
            self.number += 1
        self.patience.says(command)
        message = Message(value, headers=((CONTENT, JSON),))
        await self._bus.publish(self._topics.commands(self.bot), [message])
        if self._said is not None:
            await self._stand_alone(self._said)
        return number or self.number

    async def _stand_alone(self, said: int) -> None:
        """Wait until its first command is durable, and see that nobody else spoke meanwhile.

        Where the last life was killed before its first command was there, that one may come now,
        with the number of ours: one of the two is dropped, and nobody could tell which.
        """
        await self._bus.flush()
        _, end = await self._bus.span(self._topics.commands(self.bot))
        if end > said + 1:
            raise BusError(
                f"{end - said - 1} commands of {self.bot} came from elsewhere since it began: it "
                f"was started twice, or its last life had still something to say; start it again"
            )
        self._said = None

    async def events(self, wait_s: float = WAIT_S) -> AsyncIterator[Heard | None]:
        """Everything that is heard, own events each once; None whenever nothing has come."""
        while True:
            found = await self._reader.poll(wait_s)
            if not found:
                yield None
            for topic, record in ((topic, each) for topic, records in found for each in records):
                heard = self._heard(topic, record)
                if heard is not None:
                    self.now_us = max(self.now_us, heard.at_us)
                    yield heard
                    await self._say_again()

    async def _say_again(self) -> None:
        again = self.patience.due(self.now_us)
        if again is not None:
            await self.send(again)

    async def close(self) -> None:
        """Leave, once all that was said is durable."""
        await self._bus.flush()
        await self._reader.close()

    def _heard(self, topic: str, record: Record) -> Heard | None:
        value = record.value or b""
        if topic == self._topics.book:
            return _books.decode(value)
        if topic == self._topics.mark:
            self.standing.heard(record)
            return _marks.decode(value)
        if topic == self._topics.liquidations:
            return _forced.decode(value)
        event: Event = _events.decode(value)
        if event.seq <= self.seq:
            return None
        self.seq = event.seq
        self.standing.seq = max(self.standing.seq, event.seq)
        self._note(event)
        return event

    def _note(self, event: Event) -> None:
        self._positions.heard(event)
        self.patience.hears(event)
        match event:
            case OrderAccepted() | OrderAmended() | OrderTrimmed():
                self.orders[event.order] = event.quantity
            case OrderFilled():
                self._took(event.order, event.quantity)
            case OrderCancelled():
                self.orders.pop(event.order, None)
            case _:
                pass

    def _took(self, order: str, quantity: int) -> None:
        left = self.orders.get(order, 0) - quantity
        if left > 0:
            self.orders[order] = left
        else:
            self.orders.pop(order, None)
