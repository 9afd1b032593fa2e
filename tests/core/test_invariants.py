"""Each assertion of the recount fires on a state that was corrupted on purpose."""

from collections import OrderedDict
from collections.abc import Callable

import pytest
from msgspec import UNSET

from engine.core import invariants
from engine.core.account.position import Position
from engine.core.book.order import Order
from engine.core.money import Lots, Micros, Price
from engine.core.state.venue import State
from tests.support.story import Day

DAY = """
    fund      1_000
    rules     market_band_ppm 500_000
    alice     wallet 5_000
    alice     long 10 @ 1_000 cross
    dave      wallet 5_000
    dave      short 10 @ 1_000 isolated
    carol     wallet 5_000
    carol     long 1 @ 1_000
    bob       short 1 @ 1_000
    quote     5 @ 990  5 @ 1_010
    carol     sells 1 @ 990
    carol     bids 2 @ 985 as near
    carol     bids 2 @ 980 as first
    carol     bids 2 @ 980 as second
    carol     asks 2 @ 1_020 as far
    dave      sells 2 @ 1_100 as more
    alice     sells 4 @ 1_050 reduce-only as less
"""


@pytest.fixture
def state() -> State:
    day = Day()
    for line in DAY.strip().splitlines():
        day.play(" ".join(line.split()))
    return day.exchange.state


def held(state: State, account: str) -> Position:
    return state.accounts[account].positions["BTC"]


def resting(state: State, name: str) -> Order:
    orders = [order for account in state.accounts.values() for order in account.orders.values()]
    (found,) = [order for order in orders if order.order == name]
    return found


def money_appears(state: State) -> None:
    state.ledger.balances["wallet:alice"] = Micros(state.balance("wallet:alice") + 1)


def the_fund_is_overdrawn(state: State) -> None:
    state.post("fund", "fees", state.fund + 1)


def a_lot_appears(state: State) -> None:
    held(state, "alice").quantity = Lots(11)


def a_cost_is_wrong(state: State) -> None:
    held(state, "alice").cost = Micros(10_001)


def a_holder_is_forgotten(state: State) -> None:
    copy = Position("dave", "BTC", "isolated", 10, Lots(-10), Micros(-10_000))
    state.markets["BTC"].holders["dave", UNSET] = copy


def a_flat_position_keeps_cost(state: State) -> None:
    held(state, "carol").cost = Micros(1)


def a_flat_position_keeps_a_result(state: State) -> None:
    held(state, "carol").result = 1


def a_cross_position_has_margin(state: State) -> None:
    state.post("wallet:alice", "isolated:alice:BTC", 1)


def a_cross_account_is_in_breach(state: State) -> None:
    state.post("wallet:alice", "fees", 4_900)


def a_wallet_without_position_is_negative(state: State) -> None:
    state.post("wallet:carol", "fees", 5_000)


def an_isolated_position_is_in_breach(state: State) -> None:
    state.post("isolated:dave:BTC", "fees", 1_050)


def a_level_has_no_key(state: State) -> None:
    state.markets["BTC"].ladder._keys["buy"].remove(-985)


def a_level_is_empty(state: State) -> None:
    ladder = state.markets["BTC"].ladder
    ladder._levels["buy"][-970] = OrderedDict()
    ladder._keys["buy"].add(-970)


def a_queue_is_out_of_order(state: State) -> None:
    level = state.markets["BTC"].ladder._levels["buy"][-980]
    first = next(iter(level))
    level[first] = level.pop(first)


def a_filled_order_rests(state: State) -> None:
    resting(state, "near").quantity = Lots(0)


def an_order_stands_at_another_price(state: State) -> None:
    resting(state, "near").price = Price(984)


def resting_orders_cross(state: State) -> None:
    order = Order("carol", "late", "BTC", "buy", Price(1_020), Lots(1), arrival=99)
    state.markets["BTC"].ladder.add(order)


def the_outside_market_crosses(state: State) -> None:
    state.markets["BTC"].outside.bid = Price(1_015)


def an_order_is_forgotten(state: State) -> None:
    del state.accounts["carol"].orders["near"]


def too_much_is_set_aside(state: State) -> None:
    state.post("wallet:dave", "orders:dave:BTC", 1)


def too_little_is_set_aside(state: State) -> None:
    resting(state, "more").quantity = Lots(3)


def a_reduce_only_order_is_too_large(state: State) -> None:
    resting(state, "less").quantity = Lots(11)


def a_low_edge_is_lost(state: State) -> None:
    state.watch._lows["BTC"].pop()


def a_high_edge_is_lost(state: State) -> None:
    state.watch._highs["BTC"].pop()


CORRUPTIONS: list[tuple[Callable[[State], None], str | None]] = [
    (money_appears, "the ledger must sum to zero"),
    (the_fund_is_overdrawn, "never overdrawn"),
    (a_lot_appears, "BTC: long = short"),
    (a_cost_is_wrong, "BTC: open cost is the costs"),
    (a_holder_is_forgotten, "holders are who holds"),
    (a_flat_position_keeps_cost, "no cost left"),
    (a_flat_position_keeps_a_result, "result counts with the account"),
    (a_cross_position_has_margin, "no margin of its own"),
    (a_cross_account_is_in_breach, "alice is in breach and was left alone"),
    (a_wallet_without_position_is_negative, "carol is in breach and was left alone"),
    (an_isolated_position_is_in_breach, "dave:BTC was left alone"),
    (a_level_has_no_key, "keys are the levels"),
    (a_level_is_empty, "an empty level must be gone"),
    (a_queue_is_out_of_order, "a level keeps the order of arrival"),
    (a_filled_order_rests, "a filled order must be gone"),
    (an_order_stands_at_another_price, "an order stands at its price"),
    (resting_orders_cross, "the book is never crossed"),
    (the_outside_market_crosses, "BTC: the merged book is crossed, 1015 against 1010"),
    (an_order_is_forgotten, None),
    (too_much_is_set_aside, "dave has 221 set aside for orders that need 220"),
    (too_little_is_set_aside, "dave has 220 set aside for orders that need 330"),
    (a_reduce_only_order_is_too_large, "reduce-only orders exceed the position"),
    (a_low_edge_is_lost, "one low edge a band"),
    (a_high_edge_is_lost, "one high edge a band"),
]


def test_a_sound_state_passes(state: State) -> None:
    invariants.check(state)


@pytest.mark.parametrize(
    ("corrupt", "sentence"), CORRUPTIONS, ids=[corrupt.__name__ for corrupt, _ in CORRUPTIONS]
)
def test_a_corrupted_state_is_found(
    state: State, corrupt: Callable[[State], None], sentence: str | None
) -> None:
    corrupt(state)
    with pytest.raises(AssertionError, match=sentence):
        invariants.check(state)


def test_sums_are_looked_at_after_every_command_and_everything_after_every_64th(
    state: State,
) -> None:
    watched = invariants.Watched()
    a_flat_position_keeps_a_result(state)
    for _ in range(63):
        watched.after_command(state)
    with pytest.raises(AssertionError, match="result counts"):
        watched.after_command(state)
    money_appears(state)
    with pytest.raises(AssertionError, match="sum to zero"):
        watched.after_command(state)
