"""Feed, venue and recorder together, over the real bus, log and exchange."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

import msgspec
import pytest

from engine.core.command import Command, Deposit, Tick, TradeTick, Withdraw
from engine.core.event import Event
from engine.core.exchange import Exchange
from engine.core.instrument import Band, Bracket, Contract, Depth, Rules, Venue
from engine.core.money import Lots, Micros, Price
from engine.journal.record import Genesis
from engine.journal.write import COMMANDS, EVENTS, CommandLog, EventLog, Journal
from engine.services.breach import Breach
from engine.services.session import run_session
from engine.services.venue import CHECK_EVERY, VenueTask

CONTRACT = Contract(
    symbol="X",
    price_unit="1",
    lot="1",
    tick=1,
    unit_value=Micros(1_000_000),
    price_max=Price(1_000),
    quantity_max=Lots(1_000),
    brackets=(Bracket(Micros(0), 5_000, Micros(0), 100),),
    depth=Depth(1, (Band(0, Micros(1_000_000)),), 1, 1_000_000),
)


class Stage:
    """An exchange with its logs in a folder, and what was heard from it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.exchange = Exchange(Venue(Rules(name="test"), (CONTRACT,)))
        self.log = CommandLog(folder, Genesis("1", msgspec.Raw(b"{}"), ()))
        self.events = EventLog(folder)
        self.ticks: list[Tick] = []
        self.heard: list[Event] = []
        self.afters = 0
        self.worked = asyncio.Event()
        self.venue = VenueTask(self.exchange, self.ticks.append)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.log.close()
        with suppress(OSError):  # what could not be written cannot be written now
            self.events.close()

    async def run(self, source: AsyncIterator[Sequence[Command]]) -> bool:
        journal = Journal(self.log, self.events)
        return await run_session(source, self.venue, journal, (self.heard.extend,), self._after)

    def _after(self) -> None:
        self.afters += 1
        self.worked.set()

    def lines(self, name: str) -> int:
        return len((self.folder / name).read_bytes().splitlines())


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with Stage(tmp_path) as stage:
        yield stage


def deposit(at_us: int) -> Deposit:
    return Deposit(at_us=at_us, account="alice", amount=Micros(5))


def tick(at_us: int, price: int = 100) -> TradeTick:
    return TradeTick(at_us=at_us, contract="X", price=Price(price), quantity=Lots(1), side="buy")


async def source(*batches: Sequence[Command]) -> AsyncIterator[Sequence[Command]]:
    for batch in batches:
        yield batch


async def test_a_run_to_the_end_logs_counts_and_tells_everything(stage: Stage) -> None:
    batches: list[Sequence[Command]] = [
        [deposit(1), tick(2)],
        [tick(3), Withdraw(at_us=4, account="alice", amount=Micros(2))],
        [tick(5)],
    ]
    assert await stage.run(source(*batches))
    counters = stage.venue.counters
    assert (counters.ticks, counters.commands, counters.events) == (3, 5, 2)
    assert (counters.first_us, counters.at_us) == (1, 5)
    assert [event.seq for event in stage.heard] == [1, 2]
    assert stage.ticks == [tick(2), tick(3), tick(5)]
    assert stage.lines(COMMANDS) == 6
    assert stage.lines(EVENTS) == stage.events.chain.count == 2
    assert stage.afters == 3


async def test_a_refused_tick_is_a_command_but_not_a_tick_applied(stage: Stage) -> None:
    await stage.run(source([tick(5), tick(4), tick(6, price=5_000)]))
    assert (stage.venue.counters.ticks, stage.venue.counters.commands) == (1, 3)
    assert stage.ticks == [tick(5)]


async def test_a_run_longer_than_every_queue_is_whole(stage: Stage) -> None:
    many = 2 * CHECK_EVERY
    assert await stage.run(source(*([deposit(at)] for at in range(1, many + 1))))
    assert [event.seq for event in stage.heard] == list(range(1, many + 1))
    assert stage.exchange.state.balance("wallet:alice") == 5 * many


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_drains_what_was_fed_and_leaves_no_handler(
    stage: Stage, number: signal.Signals
) -> None:
    before = signal.getsignal(number)

    async def until_signalled() -> AsyncIterator[Sequence[Command]]:
        yield [deposit(1)]
        yield [deposit(2)]
        os.kill(os.getpid(), number)
        await asyncio.Event().wait()

    assert not await stage.run(until_signalled())
    assert len(stage.heard) == 2
    assert stage.lines(EVENTS) == 2
    assert signal.getsignal(number) in (before, signal.default_int_handler, signal.SIG_DFL)


async def test_a_broken_ledger_stops_the_run(stage: Stage) -> None:
    async def tampered() -> AsyncIterator[Sequence[Command]]:
        yield [deposit(1)]
        await stage.worked.wait()
        stage.exchange.state.ledger.balances["wallet:alice"] = Micros(6)
        yield [tick(2)]

    with pytest.raises(ExceptionGroup) as caught:
        await stage.run(tampered())
    (breach,) = caught.value.exceptions
    assert isinstance(breach, Breach)
    assert (breach.number, breach.command) == (2, tick(2))
    assert "command 2 (TradeTick): AssertionError" in str(breach)


async def test_an_error_inside_the_core_names_its_command(stage: Stage) -> None:
    unheard_of = Command(at_us=3)
    with pytest.raises(ExceptionGroup) as caught:
        await stage.run(source([deposit(1)], [tick(2), unheard_of, tick(4)]))
    (breach,) = caught.value.exceptions
    assert isinstance(breach, Breach)
    assert (breach.number, breach.command) == (3, unheard_of)
    assert stage.lines(COMMANDS) >= 4


async def test_an_error_of_the_source_ends_the_run(stage: Stage) -> None:
    async def failing() -> AsyncIterator[Sequence[Command]]:
        yield [deposit(1)]
        raise LookupError("the file is cut off")

    with pytest.raises(ExceptionGroup) as caught:
        await stage.run(failing())
    assert caught.group_contains(LookupError, match="cut off")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
async def test_a_full_disk_ends_the_run(tmp_path: Path) -> None:
    (tmp_path / EVENTS).symlink_to("/dev/full")
    with Stage(tmp_path) as stage, pytest.raises(ExceptionGroup) as caught:
        await stage.run(source(*([deposit(at)] for at in range(1, 100))))
    assert caught.group_contains(OSError, match="No space left")
