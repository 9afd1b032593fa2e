"""A file's book: its levels as they are, its touch, and what leaves it (P14)."""

import pytest

from engine.core.command import BookTick
from engine.core.event import OrderFilled, Rejected, TickApplied
from engine.core.money import Lots, Price
from engine.core.reason import Reason
from engine.core.snapshot import state_hash
from tests.support.replayed import SYMBOL, Replayed, Rows, fills, refusals

BIDS = [(999, 5), (997, 7), (990, 20)]
ASKS = [(1_002, 4), (1_004, 8)]
MINUTE_US = 60_000_000


def booked() -> Replayed:
    replayed = Replayed()
    replayed.book(BIDS, ASKS)
    return replayed


def test_the_levels_are_the_files_and_the_touch_is_the_best_of_each_side() -> None:
    replayed = booked()
    assert replayed.touch == (999, 1_002)
    assert replayed.levels("buy") == BIDS
    assert replayed.levels("sell") == ASKS


@pytest.mark.parametrize(
    ("bid", "ask", "last"),
    [(999, 1_001, 1_000), (999, 1_002, 1_000), (999, 1_004, 1_002)],  # halves go to the even one
)
def test_the_last_price_starts_at_the_first_mid(bid: int, ask: int, last: int) -> None:
    replayed = Replayed()
    assert replayed.book([(bid, 1)], [(ask, 1)]) == ()
    assert (replayed.market.last, replayed.market.mark) == (last, last)


def test_trades_and_quotes_move_a_booked_touch_no_more() -> None:
    replayed = booked()
    replayed.trade(900)
    replayed.quote(800, 1, 801, 1)
    assert replayed.touch == (999, 1_002)
    assert replayed.levels("buy") == BIDS
    assert replayed.market.last == 900


def test_a_level_is_set_anew_or_taken_away() -> None:
    replayed = booked()
    replayed.book([(997, 2), (995, 3), (999, 0), (500, 0)], [(1_004, 9)])
    assert replayed.touch == (997, 1_002)
    assert replayed.levels("buy") == [(997, 2), (995, 3), (990, 20)]
    assert replayed.levels("sell") == [(1_002, 4), (1_004, 9)]


def test_a_reset_voids_what_was_shown_before() -> None:
    replayed = booked()
    replayed.book([(980, 1)], [(981, 2)], reset=True)
    assert replayed.touch == (980, 981)
    assert (replayed.levels("buy"), replayed.levels("sell")) == ([(980, 1)], [(981, 2)])


@pytest.mark.parametrize(
    ("bids", "asks", "left_bids", "left_asks"),
    [
        ([(1_002, 6)], [], [(1_002, 6), *BIDS], ASKS[1:]),  # at the ask
        ([(1_003, 6)], [], [(1_003, 6), *BIDS], ASKS[1:]),  # through it
        ([(1_000, 6)], [], [(1_000, 6), *BIDS], ASKS),
        ([(1_003, 0)], [], BIDS, ASKS),  # nothing stands there: nothing is crossed
        ([], [(997, 6)], BIDS[2:], [(997, 6), *ASKS]),
        ([], [(998, 6)], BIDS[1:], [(998, 6), *ASKS]),
        ([], [(1_001, 6)], BIDS, [(1_001, 6), *ASKS]),
        ([], [(990, 0)], BIDS, ASKS),
        ([(1_002, 1)], [(1_003, 2)], [(1_002, 1), *BIDS], [(1_003, 2), ASKS[1]]),
    ],
)
def test_a_new_level_drops_what_it_crosses_on_the_other_side(
    bids: Rows, asks: Rows, left_bids: Rows, left_asks: Rows
) -> None:
    replayed = booked()
    replayed.book(bids, asks)
    assert replayed.levels("buy") == left_bids
    assert replayed.levels("sell") == left_asks


@pytest.mark.parametrize(
    ("bids", "asks", "touch"),
    [
        ([(998, 1)], [], (998, 999)),
        ([], [(1_003, 1)], (1_002, 1_003)),
        ([], [(1, 1)], (1, 1)),  # no bid stands below one tick
        ([], [], (999, 1_002)),  # nobody is there: the touch stays
    ],
)
def test_an_empty_side_stands_one_tick_beyond_the_other(
    bids: Rows, asks: Rows, touch: tuple[int, int]
) -> None:
    replayed = booked()
    replayed.book(bids, asks, reset=True)
    assert replayed.touch == touch
    assert (replayed.levels("buy"), replayed.levels("sell")) == (list(bids), list(asks))


def test_an_empty_book_gives_no_price_and_stops_trades_and_quotes() -> None:
    replayed = Replayed()
    replayed.deposit("alice")
    assert replayed.book([], []) == ()
    assert replayed.trade(1_000) == ()
    assert replayed.quote(999, 1, 1_001, 1) == ()
    assert refusals(replayed.order("alice", "buy", 1, 1_000)) == [Reason.NO_PRICE]
    assert replayed.touch == (0, 0)
    replayed.book([], [(1_000, 5)])
    assert replayed.touch == (999, 1_000)
    assert replayed.market.last == 1_000  # 999.5, to the even one
    assert fills(replayed.order("alice", "buy", 1, 1_000)) == [("alice", 1, 1_000)]


def test_an_arriving_order_walks_the_files_levels_and_then_finds_nothing() -> None:
    replayed = booked()
    replayed.deposit("alice")
    filled = fills(replayed.order("alice", "buy", 15, 1_100))
    assert filled == [("alice", 4, 1_002), ("alice", 8, 1_004)]
    assert replayed.levels("sell") == []
    assert replayed.touch == (999, 1_002)


def test_what_was_taken_is_missing_at_its_price_wherever_the_level_stands() -> None:
    replayed = booked()
    replayed.deposit("alice")
    replayed.order("alice", "buy", 3, 1_002)
    assert replayed.levels("sell") == [(1_002, 1), (1_004, 8)]
    replayed.book([], [(1_001, 6), (1_002, 5)])
    assert replayed.levels("sell") == [(1_001, 6), (1_002, 2), (1_004, 8)]
    replayed.now += MINUTE_US  # one half-life: of the three missing one is left
    replayed.book([], [(1_001, 0)])
    assert replayed.levels("sell") == [(1_002, 4), (1_004, 8)]


def test_what_was_missing_by_number_is_forgotten_with_the_first_book() -> None:
    replayed = Replayed()
    replayed.deposit("alice")
    replayed.quote(999, 5, 1_002, 5)
    replayed.order("alice", "buy", 3, 1_002)
    assert replayed.levels("sell")[0] == (1_002, 2)
    replayed.book([(999, 5)], [(1_002, 5)])
    assert replayed.levels("sell") == [(1_002, 5)]


def test_a_book_fills_the_resting_orders_that_it_passes() -> None:
    replayed = booked()
    replayed.deposit("alice")
    replayed.deposit("bob")
    replayed.order("alice", "buy", 9, 998)
    replayed.order("bob", "buy", 2, 996)
    events = replayed.book([], [(997, 1)])
    assert isinstance(events[0], TickApplied)
    assert (events[0].bid, events[0].ask, events[0].last) == (990, 997, 1_000)
    assert fills(events) == [("alice", 9, 998)]  # in full: the file knows nothing of us
    assert isinstance(events[1], OrderFilled)
    assert (events[1].role, events[1].against) == ("maker", "outside")


@pytest.mark.parametrize(
    ("bids", "asks", "reason"),
    [
        ([(0, 1)], [], Reason.INVALID_PRICE),
        ([(0, 0)], [], Reason.INVALID_PRICE),
        ([], [(200_001, 1)], Reason.INVALID_PRICE),
        ([(1_000, 1)], [(1_000, 1)], Reason.INVALID_PRICE),
        ([(900, 1), (1_001, 1)], [(1_000, 1), (1_100, 1)], Reason.INVALID_PRICE),
        ([(1_001, -1), (0, 1)], [], Reason.INVALID_PRICE),  # prices are looked at first
        ([(999, -1)], [], Reason.INVALID_QUANTITY),
        ([], [(1_100, 1), (1_101, -1)], Reason.INVALID_QUANTITY),
    ],
)
def test_a_bad_book_is_refused_and_changes_nothing(bids: Rows, asks: Rows, reason: Reason) -> None:
    replayed = booked()
    before = state_hash(replayed.exchange)
    (event,) = replayed.book(bids, asks)
    assert isinstance(event, Rejected)
    assert (event.command, event.reason, event.contract) == ("BookTick", reason, SYMBOL)
    assert state_hash(replayed.exchange) == before


def test_levels_without_a_quantity_may_lie_across() -> None:
    replayed = booked()
    assert replayed.book([(1_100, 0), (999, 6)], [(900, 0), (1_002, 6)]) == ()
    assert replayed.levels("buy")[0] == (999, 6)
    assert replayed.levels("sell")[0] == (1_002, 6)


def test_a_book_of_a_contract_that_is_not_here_is_refused() -> None:
    replayed = booked()
    levels = ((Price(1), Lots(1)),)
    (event,) = replayed.apply(BookTick(at_us=replayed.now, contract="DOGE", bids=levels, asks=()))
    assert refusals([event]) == [Reason.UNKNOWN_CONTRACT]


def test_a_price_off_the_grid_is_refused() -> None:
    replayed = Replayed(tick=5)
    assert refusals(replayed.book([(1_001, 1)], [])) == [Reason.INVALID_PRICE]
    assert refusals(replayed.book([(1_000, 1)], [(1_006, 0)])) == [Reason.INVALID_PRICE]
    assert replayed.book([(1_000, 1)], []) == ()
    assert replayed.touch == (1_000, 1_005)
