"""Resting orders by price, then time."""

import random

import pytest

from engine.core.book.ladder import Ladder
from engine.core.book.order import Order
from engine.core.command import Side
from engine.core.money import Lots, Price

SIDES: tuple[Side, ...] = ("buy", "sell")


def order(arrival: int, side: Side, price: int) -> Order:
    """Return an order of one lot."""
    return Order("alice", str(arrival), "BTCUSDT", side, Price(price), Lots(1), arrival)


def test_an_empty_ladder_has_no_best() -> None:
    ladder = Ladder()
    for side in SIDES:
        assert ladder.best(side) is None
        assert ladder.best_price(side) is None
    assert list(ladder) == []
    ladder.check()


@pytest.mark.parametrize(
    ("side", "prices", "arrivals"),
    [
        ("buy", [99, 101, 100, 101], [2, 4, 3, 1]),  # the highest bid first, at one price the first
        ("sell", [99, 101, 100, 99], [1, 4, 3, 2]),
    ],
)
def test_orders_stand_by_price_then_time(
    side: Side, prices: list[int], arrivals: list[int]
) -> None:
    ladder = Ladder()
    for arrival, price in enumerate(prices, 1):
        ladder.add(order(arrival, side, price))
    assert [one.arrival for one in ladder.of(side)] == arrivals
    best = ladder.best(side)
    assert best is not None
    assert best.arrival == arrivals[0]
    assert ladder.best_price(side) == best.price


def test_a_level_lives_until_its_last_order_has_left() -> None:
    ladder = Ladder()
    first, second, behind = order(1, "buy", 100), order(2, "buy", 100), order(3, "buy", 90)
    for one in (first, second, behind):
        ladder.add(one)
    ladder.remove(first)
    assert ladder.best("buy") is second
    ladder.remove(second)
    assert ladder.best("buy") is behind
    assert ladder.best_price("buy") == 90
    ladder.check()


def test_check_finds_a_crossed_book_an_empty_order_and_a_broken_queue() -> None:
    crossed = Ladder()
    crossed.add(order(1, "buy", 100))
    crossed.add(order(2, "sell", 100))
    with pytest.raises(AssertionError, match="crossed"):
        crossed.check()
    filled = Ladder()
    filled.add(order(1, "buy", 100))
    next(iter(filled)).quantity = Lots(0)
    with pytest.raises(AssertionError, match="filled"):
        filled.check()
    late = Ladder()
    late.add(order(2, "buy", 100))
    late.add(order(1, "buy", 100))
    with pytest.raises(AssertionError, match="arrival"):
        late.check()


def test_a_long_day_is_what_a_sorted_list_says() -> None:
    dice, ladder, resting = random.Random(1), Ladder(), dict[int, Order]()
    for arrival in range(2_000):
        if resting and dice.random() < 0.45:
            ladder.remove(resting.pop(dice.choice(list(resting))))
        else:
            side = dice.choice(SIDES)
            price = dice.randrange(80, 100) if side == "buy" else dice.randrange(100, 120)
            resting[arrival] = order(arrival, side, price)
            ladder.add(resting[arrival])
        ladder.check()
    bids = sorted(
        (one for one in resting.values() if one.side == "buy"), key=lambda o: (-o.price, o.arrival)
    )
    asks = sorted(
        (one for one in resting.values() if one.side == "sell"), key=lambda o: (o.price, o.arrival)
    )
    assert list(ladder) == [*bids, *asks]
