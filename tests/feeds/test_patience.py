"""A bot that says too much: it is told when to come again, and its client does."""

from pathlib import Path

import msgspec
import pytest

from engine.core.command import AddMargin, CancelOrder, PlaceOrder
from engine.core.event import Event, Rejected
from engine.core.instrument import OrderTerms, Rules, Venue
from engine.core.money import Lots, Micros
from engine.core.reason import Reason
from engine.journal.record import Genesis
from engine.services.inbox import BYTES_MAX
from feeds.bots.client import Client, CommandTooLong, opened
from feeds.bots.patience import Patience
from tests.services.stage import LAB as LAB_OF_STAGE
from tests.services.stage import Stage, tick

SECOND = 1_000_000


def limited_to(rate: int, burst: int) -> Genesis:
    rules = Rules(name="test", orders=OrderTerms(rate=rate, burst=burst))
    lab = msgspec.structs.replace(LAB_OF_STAGE, venue=Venue(rules, LAB_OF_STAGE.venue.contracts))
    return Genesis("1", msgspec.Raw(msgspec.json.encode(lab)), ())


async def hears(client: Client) -> list[Event]:
    """All events of its account that are there; its client answers meanwhile."""
    heard: list[Event] = []
    async for each in client.events(0):
        if each is None:
            break
        if isinstance(each, Event):
            heard.append(each)
    return heard


async def test_orders_that_came_too_soon_are_placed_when_there_is_room(tmp_path: Path) -> None:
    stage, genesis = Stage(tmp_path), limited_to(1, 2)

    async def passes(*at_us: int) -> list[Event]:
        await stage.ticks(*(tick(each) for each in at_us))
        await stage.sequence(genesis)
        await stage.apply()
        await stage.spread()
        return await hears(alice)

    await stage.ticks(tick(1))
    await stage.deposit("alice")
    await stage.sequence(genesis)
    alice = await opened(stage.bus, stage.topics, "alice")
    orders = [await alice.place("X", "buy", 1, 90 + step) for step in range(5)]
    heard = await passes(1)
    refused = [each for each in heard if isinstance(each, Rejected)]
    assert [each.order for each in refused] == orders[2:]
    assert {(each.reason, each.retry_after_us) for each in refused} == {(Reason.RATE_LIMIT, SECOND)}
    assert (set(alice.orders), alice.patience.waiting) == (set(orders[:2]), 3)

    late = await alice.place("X", "buy", 1, 95)  # behind those that wait, and under a new id
    assert late not in orders
    await alice.cancel(orders[3])  # it never was in the book, and never will be
    assert [alice.patience.keeps(each) for each in (*orders[2:], late)] == [True, False, True, True]
    assert alice.number == 5
    for second in range(1, 12):
        await passes(1 + second * SECOND, 2 + second * SECOND)
    assert alice.patience.waiting == 0
    assert set(alice.orders) == {*orders[:3], orders[4], late}
    said = stage.told(stage.topics.commands("alice"))
    assert [each["client_seq"] for each in said] == list(range(1, len(said) + 1))
    assert len(said) <= 5 + 2 * 3  # it does not ask all the time
    assert (await stage.verdict()).difference == ""
    await alice.close()


def refused(command: str, order: str | None, reason: Reason = Reason.RATE_LIMIT) -> Rejected:
    wait = SECOND if reason is Reason.RATE_LIMIT else msgspec.UNSET
    return Rejected(
        seq=1, at_us=7, command=command, reason=reason, order=order, retry_after_us=wait
    )


def test_only_what_was_said_and_came_too_soon_is_said_again() -> None:
    patience = Patience()
    cancel = CancelOrder(at_us=0, account="a", order="1")
    patience.says(AddMargin(at_us=0, account="a", contract="X", amount=Micros(1)))
    patience.says(cancel)
    patience.hears(refused("AddMargin", None))
    patience.hears(refused("CancelOrder", "of an earlier life"))
    assert patience.due(2 * SECOND) is None
    patience.hears(refused("CancelOrder", "1", Reason.UNKNOWN_ORDER))
    assert patience.due(2 * SECOND) is None
    patience.says(cancel)
    patience.hears(refused("CancelOrder", "1"))
    assert patience.due(SECOND + 6) is None
    assert patience.due(SECOND + 7) == cancel
    assert patience.due(SECOND + 7) is None


def test_one_at_a_time_is_said_again_and_is_the_first_again_if_it_is_refused() -> None:
    patience = Patience()
    first, second = (
        PlaceOrder(
            at_us=0,
            account="a",
            order=order,
            contract="X",
            side="buy",
            quantity=Lots(1),
            price=None,
            time_in_force="ioc",
        )
        for order in ("1", "2")
    )
    for order in (first, second):
        patience.says(order)
        patience.hears(refused("PlaceOrder", order.order))
    for _ in range(2):
        assert patience.due(9 * SECOND) == first
        patience.says(first)
        assert patience.due(9 * SECOND) is None
        patience.hears(refused("PlaceOrder", "1"))
    assert patience.waiting == 2


async def test_a_command_that_no_lab_reads_is_not_sent(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    await stage.ticks(tick(1))
    alice = await opened(stage.bus, stage.topics, "alice")
    with pytest.raises(CommandTooLong, match=r"CancelOrder has 4,1\d\d bytes; .* at most 4,096"):
        await alice.cancel("x" * BYTES_MAX)
    assert alice.number == 0
    assert stage.told(stage.topics.commands("alice")) == []
    await alice.close()
