"""How liquidations bunch: windows by hand, and against every window there is."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.event import LiquidationStarted, TickApplied
from engine.core.instrument import Band, Bracket, Contract, Depth
from engine.core.money import Lots, Micros, Price
from engine.report.burst import MINUTES, Stretch, liquidated
from engine.report.calls import Before
from engine.report.facts import Order, Sums

MINUTE_US = 60_000_000
X = Contract(
    symbol="X",
    price_unit="1",
    lot="1",
    tick=1,
    unit_value=Micros(10),
    price_max=Price(1_000),
    quantity_max=Lots(1_000),
    brackets=(Bracket(Micros(0), 5_000, Micros(0), 100),),
    depth=Depth(1, (Band(0, Micros(1_000_000)),), 1, 1_000_000),
)


def order(at_us: int, lots: int, side: str = "long", held: int = 100) -> Order:
    """A liquidation of some lots at a mark of 7, closed in every way that there is."""
    began = LiquidationStarted(
        seq=1,
        at_us=at_us,
        account="dave",
        contract="X" if held else "",
        mode="isolated",
        side="long" if side == "long" else "short",
        quantity=Lots(held),
        mark=Price(7),
        equity=Micros(0),
        maintenance=Micros(0),
        bracket=1,
        bankruptcy_price=None,
        cause=1,
    )
    tick = TickApplied(seq=1, at_us=at_us, contract="X", bid=Price(6), ask=Price(8), last=Price(7))
    closed = Order(began, tick, Before((), (), 0), Sums())
    closed.book = closed.fund = closed.adl = lots // 4
    closed.outside = lots - 3 * (lots // 4)
    return closed


def test_what_was_closed_counts_at_its_mark_and_by_its_side() -> None:
    orders = [order(0, 5), order(1, 2, "short"), order(2, 0, held=0)]
    found = liquidated(orders, {"X": X})
    assert (found.worth, found.longs) == (490, 350)
    assert [each.minutes for each in found.worst] == list(MINUTES)


def test_a_stretch_does_not_hold_its_end() -> None:
    orders = [order(MINUTE_US, 3), order(2 * MINUTE_US - 1, 1), order(2 * MINUTE_US, 2)]
    assert liquidated(orders, {"X": X}).worst[0] == Stretch(1, MINUTE_US, 4 * 70)
    assert liquidated(orders, {"X": X}).worst[1] == Stretch(10, MINUTE_US, 6 * 70)


def test_without_a_liquidation_there_is_no_worst_stretch() -> None:
    found = liquidated([order(2, 0, held=0)], {"X": X})
    assert (found.worth, found.longs, found.worst) == (0, 0, ())


@given(st.lists(st.tuples(st.integers(0, 3_000_000_000), st.integers(1, 50)), min_size=1))
@pytest.mark.parametrize("place", range(len(MINUTES)))
def test_no_stretch_of_its_length_is_worse(place: int, rows: Sequence[tuple[int, int]]) -> None:
    rows = sorted(rows)
    worst = liquidated([order(at, lots) for at, lots in rows], {"X": X}).worst[place]
    lasts_us = MINUTES[place] * MINUTE_US
    sums = [sum(lots for at, lots in rows if begin <= at < begin + lasts_us) for begin, _ in rows]
    assert worst.worth == max(sums) * 70
    assert worst.from_us in {at for at, _ in rows}
