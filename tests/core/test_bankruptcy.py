"""Shares of equity, and the prices at which lots are settled."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.margin.bankruptcy import Part, Settlement, share_of
from engine.core.money import Micros
from tests.support import worlds


@pytest.mark.parametrize(
    ("equity", "kept", "together", "share"),
    [
        (800, 5_000, 8_000, 500),
        (800, 3_000, 8_000, 300),
        (100, 1, 3, 33),
        (-100, 1, 3, -34),  # a debt is rounded down too, against the account
        (-100, 3, 3, -100),  # the only one left has all of it
        (7, 0, 0, 7),
    ],
)
def test_equity_is_shared_by_maintenance(equity: int, kept: int, together: int, share: int) -> None:
    assert share_of(equity, kept, together) == share


@pytest.mark.parametrize(
    ("sign", "share", "given_", "values"),
    [
        (1, 10, [3, 3, 4], [97, 97, 96]),
        (-1, 10, [3, 3, 4], [103, 103, 104]),
        (1, -10, [-4, -3, -3], [104, 103, 103]),
        (-1, -10, [-4, -3, -3], [96, 97, 97]),
        (1, 0, [0, 0, 0], [100, 100, 100]),
    ],
)
def test_each_lot_has_its_own_price(
    sign: int, share: int, given_: list[int], values: list[int]
) -> None:
    lots = Settlement(sign=sign, quantity=3, mark_value=100, share=share)
    assert [lots.part(k, k + 1) for k in range(3)] == [
        Part(1, value, 100, gives) for value, gives in zip(values, given_, strict=True)
    ]
    assert lots.part(0, 3) == Part(3, lots.bankruptcy_value, 300, share)
    assert lots.bankruptcy_value == 300 - sign * share


@given(
    sign=st.sampled_from((1, -1)),
    quantity=st.integers(1, 1_000),
    mark_value=st.integers(1, 10**9),
    share=st.integers(-(10**12), 10**12),
    cuts=st.lists(st.integers(0, 1_000), max_size=5),
)
def test_however_it_is_split_all_lots_give_exactly_the_share(
    sign: int, quantity: int, mark_value: int, share: int, cuts: list[int]
) -> None:
    lots = Settlement(sign=sign, quantity=quantity, mark_value=mark_value, share=share)
    edges = sorted({0, quantity, *(cut for cut in cuts if cut < quantity)})
    parts = [lots.part(first, last) for first, last in pairwise(edges)]
    assert sum(part.count for part in parts) == quantity
    assert sum(part.given for part in parts) == share
    assert sum(part.value for part in parts) == lots.bankruptcy_value
    single = [lots.part(k, k + 1).given for k in range(min(quantity, 50))]
    assert max(single) - min(single) <= 1


@pytest.mark.parametrize(
    ("sign", "share", "price"),
    [
        # three lots at 100 units of 7: 2 100 at the mark, a tick of 5 units is worth 105
        (1, 210, 90),
        (1, 209, 95),  # a long's limit is rounded up, a short's down
        (1, 211, 90),
        (-1, 210, 110),
        (-1, 209, 105),
        (-1, 315, 115),
        (1, -210, 110),
        (-1, -210, 90),
        (1, 2_100, 5),  # a long is never offered below one tick
        (1, 99_999, 5),
        (-1, -2_100, None),  # nobody sells to a short at nothing
        (-1, -1_996, None),
        (-1, -1_995, 5),
    ],
)
def test_the_limit_is_on_the_grid_against_the_traders_delay(
    sign: int, share: int, price: int | None
) -> None:
    contract = worlds.contract(tick=5, unit_value=Micros(7))
    lots = Settlement(sign=sign, quantity=3, mark_value=700, share=share)
    assert lots.limit_price(contract) == price
