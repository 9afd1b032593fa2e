"""The queue at a price: what the file showed there is served before our orders are (P16)."""

from typing import Literal

import pytest

from engine.core.command import AmendOrder, Side
from engine.core.event import OrderFilled, TickApplied
from engine.core.money import Lots, Price
from engine.core.reason import Reason
from tests.support.replayed import PLAIN, Replayed, fills, refusals

Model = Literal["back", "front", "proportional"]
MODELS: tuple[Model, ...] = ("back", "front", "proportional")


def quoted(queue: Model = "back", *, maker_fee_ppm: int = 0) -> Replayed:
    """Return a market of 10 lots bid at 999 and 12 offered at 1_001, and three rich accounts."""
    replayed = Replayed(queue=queue, maker_fee_ppm=maker_fee_ppm)
    replayed.quote(999, 10, 1_001, 12)
    for account in ("alice", "bob", "carol"):
        replayed.deposit(account)
    return replayed


@pytest.mark.parametrize(
    ("side", "price", "shown", "against"), [("buy", 999, 10, "sell"), ("sell", 1_001, 12, "buy")]
)
def test_an_order_waits_until_what_was_shown_is_traded(
    side: Side, price: int, shown: int, against: Side
) -> None:
    replayed = quoted()
    replayed.order("alice", side, 5, price)
    assert replayed.ahead(side, price) == [shown]
    assert replayed.trade(price, 6, against) == ()
    assert replayed.ahead(side, price) == [shown - 6]
    assert fills(replayed.trade(price, shown - 6 + 2, against)) == [("alice", 2, price)]
    assert replayed.ahead(side, price) == [0]
    assert fills(replayed.trade(price, 1, against)) == [("alice", 1, price)]
    assert fills(replayed.trade(price, 100, against)) == [("alice", 2, price)]
    assert replayed.ahead(side, price) == []


def test_a_fill_in_the_queue_is_a_makers_against_outside() -> None:
    replayed = quoted("front", maker_fee_ppm=1_000)
    replayed.order("alice", "buy", 5, 999)
    tick, filled = replayed.trade(999, 3)
    assert isinstance(tick, TickApplied)
    assert (tick.bid, tick.ask, tick.last) == (999, 1_001, 999)
    assert isinstance(filled, OrderFilled)
    assert (filled.role, filled.against, filled.position) == ("maker", "outside", 3)
    assert filled.fee == 2_997_000  # 0.1 % of 3 × 999
    assert replayed.levels("buy")[0] == (999, 10)  # the file has traded already: nothing is taken


@pytest.mark.parametrize(("price", "side"), [(999, "buy"), (1_000, "sell"), (1_001, "sell")])
def test_other_trades_do_not_serve_the_bids(price: int, side: Side) -> None:
    replayed = quoted()
    replayed.order("alice", "buy", 5, 999)
    assert replayed.trade(price, 50, side) == ()
    assert replayed.ahead("buy", 999) == [10]


def test_a_trade_beyond_the_price_fills_in_full_whatever_was_ahead() -> None:
    replayed = quoted()
    replayed.order("alice", "buy", 5, 999)
    assert fills(replayed.trade(998, 1)) == [("alice", 5, 999)]


def test_orders_at_one_price_share_what_was_before_them() -> None:
    replayed = quoted()
    replayed.order("alice", "buy", 8, 999)
    replayed.order("bob", "buy", 20, 999)
    assert replayed.ahead("buy", 999) == [10, 10]
    # ten go to the file's, eight to Alice, and Bob, who waited for the same ten, gets the rest
    assert fills(replayed.trade(999, 25)) == [("alice", 8, 999), ("bob", 7, 999)]
    assert replayed.ahead("buy", 999) == [0]


def test_a_trade_ends_with_its_quantity() -> None:
    replayed = quoted("front")
    replayed.order("alice", "buy", 8, 999)
    replayed.order("bob", "buy", 20, 999)
    assert fills(replayed.trade(999, 8)) == [("alice", 8, 999)]
    assert fills(replayed.trade(999, 8)) == [("bob", 8, 999)]


def test_what_came_between_two_orders_is_served_between_them() -> None:
    replayed = quoted()
    replayed.quote(999, 4, 1_001, 12)
    replayed.order("alice", "buy", 3, 999)
    replayed.quote(999, 9, 1_001, 12)
    replayed.order("bob", "buy", 6, 999)
    assert replayed.ahead("buy", 999) == [4, 9]
    # four of the file's, three of Alice's, and one of the five that came before Bob
    assert fills(replayed.trade(999, 8)) == [("alice", 3, 999)]
    assert replayed.ahead("buy", 999) == [4]
    assert fills(replayed.trade(999, 5)) == [("bob", 1, 999)]


def test_trades_through_come_first_and_leave_the_trade_whole() -> None:
    replayed = quoted("front")
    replayed.order("alice", "buy", 6, 999)
    replayed.order("bob", "buy", 6, 998)
    assert fills(replayed.trade(998, 2)) == [("alice", 6, 999), ("bob", 2, 998)]


@pytest.mark.parametrize("queue", MODELS)
def test_where_nothing_is_shown_nobody_is_ahead(queue: Model) -> None:
    replayed = quoted(queue)
    replayed.order("alice", "buy", 5, 1_000)
    assert replayed.ahead("buy", 1_000) == [0]
    assert fills(replayed.trade(1_000, 2)) == [("alice", 2, 1_000)]


def test_at_the_front_nobody_is_ahead() -> None:
    replayed = quoted("front")
    replayed.order("alice", "buy", 5, 999)
    assert replayed.ahead("buy", 999) == [0]


def test_what_we_took_ourselves_is_not_ahead() -> None:
    replayed = quoted()
    replayed.order("carol", "sell", 6, 999)
    replayed.order("alice", "buy", 5, 999)
    assert replayed.ahead("buy", 999) == [4]


def test_a_level_of_the_profile_is_ahead_where_the_file_has_only_trades() -> None:
    replayed = Replayed()
    replayed.trade(1_000)
    replayed.deposit("alice")
    assert replayed.touch == (999, 1_001)
    replayed.order("alice", "buy", 5, 999)
    assert replayed.ahead("buy", 999) == [10]  # 10_000 quote / 999
    assert fills(replayed.trade(999, 12)) == [("alice", 2, 999)]  # and its touch went below
    assert replayed.touch == (998, 1_000)


@pytest.mark.parametrize("queue", MODELS)
@pytest.mark.parametrize("by_book", [False, True])
def test_who_leaves_the_price_shortens_only_the_proportional_queue(
    queue: Model, by_book: bool
) -> None:
    replayed = quoted(queue)
    if by_book:
        replayed.book([(999, 10)], [(1_001, 12)])
    replayed.order("alice", "buy", 5, 999)
    replayed.trade(999, 3)  # at the front it fills
    shows(replayed, 999, 5, by_book=by_book)
    expected = {"back": [7], "proportional": [3], "front": [0]}  # 7 × 5 / 10, rounded down
    assert replayed.ahead("buy", 999) == expected[queue]
    shows(replayed, 999, 50, by_book=by_book)  # who comes stands behind
    assert replayed.ahead("buy", 999) == expected[queue]


def shows(replayed: Replayed, price: int, lots: int, *, by_book: bool) -> None:
    if by_book:
        replayed.book([(price, lots)], [])
    else:
        replayed.quote(price, lots, 1_001, 12)


def test_a_price_that_is_no_longer_shown_has_nobody_ahead() -> None:
    replayed = quoted("proportional")
    replayed.order("alice", "buy", 5, 999)
    replayed.quote(998, 10, 1_001, 12)
    assert replayed.ahead("buy", 999) == [0]


def test_sells_queue_in_proportion_as_buys_do() -> None:
    replayed = quoted("proportional")
    replayed.order("alice", "sell", 5, 1_001)
    replayed.order("bob", "sell", 5, 1_003)  # between two levels
    replayed.quote(999, 10, 1_001, 4)
    assert (replayed.ahead("sell", 1_001), replayed.ahead("sell", 1_003)) == ([4], [0])


def test_proportions_are_of_what_is_left_after_our_own_fills() -> None:
    replayed = quoted("proportional")
    replayed.order("carol", "sell", 2, 999)
    replayed.order("alice", "buy", 5, 999)
    assert replayed.ahead("buy", 999) == [8]
    replayed.quote(999, 6, 1_001, 12)  # shows 10 − 2, then 6 − 2
    assert replayed.ahead("buy", 999) == [4]


def test_a_smaller_order_keeps_its_place_and_a_larger_one_loses_it() -> None:
    replayed = quoted()
    replayed.order("alice", "buy", 5, 999)
    replayed.trade(999, 4)
    amended(replayed, 999, 3)
    assert replayed.ahead("buy", 999) == [6]
    amended(replayed, 999, 4)
    assert replayed.ahead("buy", 999) == [10]


def amended(replayed: Replayed, price: int, lots: int) -> None:
    replayed.apply(
        AmendOrder(
            at_us=replayed.now,
            account="alice",
            order="o1",
            price=Price(price),
            quantity=Lots(lots),
        )
    )


def test_an_order_that_a_fill_before_it_cancelled_is_passed_over() -> None:
    replayed = quoted("front")
    replayed.order("alice", "buy", 4, 1_001)
    replayed.order("alice", "sell", 4, 1_003)
    replayed.order("alice", "sell", 4, 1_003, reduce_only=True)
    replayed.order("bob", "sell", 4, 1_003)
    events = replayed.trade(1_003, 7, "buy")
    assert fills(events) == [("alice", 4, 1_003), ("bob", 3, 1_003)]
    assert refusals(events) == [Reason.REDUCE_ONLY]


def test_a_trade_before_any_order_serves_nobody() -> None:
    replayed = Replayed(PLAIN)
    assert replayed.trade(1_000, 5) == ()
    assert replayed.trade(999, 5) == ()
