"""What orders tie up: the larger side, beyond what they would close."""

from dataclasses import dataclass

import pytest

from engine.core.account.position import Position
from engine.core.book.order import Order
from engine.core.command import Side
from engine.core.margin.orders import Arriving, Terms, open_quantity, order_margin
from engine.core.money import Lots, Micros, Price
from tests.support import worlds

CONTRACT = worlds.contract(unit_value=Micros(10))


@dataclass
class Book:
    """A position at 10x and its resting orders, written `side quantity @ price [reduce-only]`."""

    quantity: int
    lines: tuple[str, ...]

    @property
    def position(self) -> Position:
        """The position; its cost does not matter here."""
        return Position("alice", "BTCUSDT", "cross", 10, Lots(self.quantity), Micros(0))

    @property
    def orders(self) -> list[Order]:
        """The orders in order of arrival."""
        return [_order(line, number) for number, line in enumerate(self.lines)]


def _order(line: str, arrival: int) -> Order:
    side, quantity, _, price, *flags = line.split()
    taken: Side = "buy" if side == "buy" else "sell"
    return Order(
        "alice",
        str(arrival),
        "BTCUSDT",
        taken,
        Price(int(price)),
        Lots(int(quantity)),
        arrival,
        reduce_only=bool(flags),
    )


@pytest.mark.parametrize(
    ("quantity", "lines", "margin"),
    [
        (0, (), 0),
        (0, ("buy 5 @ 100",), 500),
        (0, ("sell 5 @ 100",), 500),
        (0, ("buy 5 @ 100", "buy 1 @ 90"), 590),
        (0, ("buy 5 @ 100", "sell 4 @ 120"), 500),  # the larger side alone
        (0, ("buy 5 @ 100", "sell 5 @ 120"), 600),
        (3, ("sell 3 @ 100",), 0),  # closes what is held
        (3, ("sell 5 @ 100",), 200),
        (-3, ("buy 5 @ 100",), 200),
        (3, ("buy 5 @ 100",), 500),  # adds to what is held
        # two sells: the better price fills first and is netted first
        (3, ("sell 3 @ 120", "sell 3 @ 110"), 360),
        (-3, ("buy 3 @ 80", "buy 3 @ 90"), 240),
        # at one price the earlier one
        (3, ("sell 2 @ 110", "sell 2 @ 110"), 110),
        # what a reduce-only order will close is not there for others
        (3, ("sell 3 @ 200 reduce-only", "sell 3 @ 100"), 300),
        (3, ("sell 1 @ 200 reduce-only", "sell 3 @ 100"), 100),
        (3, ("sell 3 @ 200 reduce-only",), 0),
        (3, ("buy 1 @ 100", "sell 1 @ 200 reduce-only"), 100),
    ],
)
def test_resting_orders_tie_up_the_larger_side_after_netting(
    quantity: int, lines: tuple[str, ...], margin: int
) -> None:
    book = Book(quantity, lines)
    assert order_margin(Terms(CONTRACT, book.position, 100, 0), book.orders, None) == margin


@pytest.mark.parametrize(
    ("leverage", "fee_ppm", "margin"),
    [
        (1, 0, 3_330),
        (7, 0, 475),  # 475.71
        (7, 500, 476),  # and 1.66 of fee, each rounded down by itself
        (1, 1_000_000, 6_660),
    ],
)
def test_margin_and_taker_fee_are_each_rounded_down(
    leverage: int, fee_ppm: int, margin: int
) -> None:
    book = Book(0, ("buy 3 @ 111",))
    position = book.position
    position.leverage = leverage
    assert order_margin(Terms(CONTRACT, position, 100, fee_ppm), book.orders, None) == margin


@pytest.mark.parametrize(
    ("quantity", "lines", "arriving", "margin"),
    [
        (0, (), Arriving("buy", 100, 5, 100, reduce_only=False), 500),
        # a sell that takes better bids counts at their price
        (0, (), Arriving("sell", 90, 5, 100, reduce_only=False), 500),
        # it is last at its own price, whatever it counts at
        (3, ("sell 3 @ 100",), Arriving("sell", 100, 2, 105, reduce_only=False), 210),
        (3, ("sell 3 @ 100",), Arriving("sell", 99, 2, 105, reduce_only=False), 200),
        (3, ("sell 3 @ 100",), Arriving("sell", 200, 3, 200, reduce_only=True), 300),
        (3, ("buy 1 @ 100",), Arriving("sell", 200, 3, 200, reduce_only=True), 100),
        (0, ("sell 9 @ 100",), Arriving("buy", 100, 5, 100, reduce_only=False), 900),
    ],
)
def test_an_arriving_order_takes_its_place_by_its_own_limit(
    quantity: int, lines: tuple[str, ...], arriving: Arriving, margin: int
) -> None:
    book = Book(quantity, lines)
    assert order_margin(Terms(CONTRACT, book.position, 100, 0), book.orders, arriving) == margin


def test_the_open_quantity_of_a_side_leaves_reduce_only_out() -> None:
    orders = Book(0, ("buy 5 @ 100", "buy 2 @ 90 reduce-only", "sell 4 @ 120")).orders
    assert open_quantity(orders, "buy", None) == 5
    assert open_quantity(orders, "sell", None) == 4
    opening = Arriving("sell", 100, 3, 100, reduce_only=False)
    reducing = Arriving("sell", 100, 3, 100, reduce_only=True)
    assert open_quantity(orders, "sell", opening) == 7
    assert open_quantity(orders, "buy", opening) == 5
    assert open_quantity(orders, "sell", reducing) == 4
