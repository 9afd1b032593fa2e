"""How an order walks the merged book, and what the replayed market fills (O8 to O14)."""

from dataclasses import replace

from engine.core.command import AmendOrder, PlaceOrder, PlaceStop, Side
from engine.core.event import OrderAccepted, OrderAmended
from engine.core.reason import Reason
from tests.support.naive import margin
from tests.support.naive.afford import make_room
from tests.support.naive.book import Entry, hidden_from, merged, opposite, take, within
from tests.support.naive.fills import (
    cancel,
    fill_order,
    is_ruinous,
    outside_fill,
    reducible,
    release,
    stop_maker,
)
from tests.support.naive.queue import join
from tests.support.naive.state import Order, State, place_at


def band_edge(state: State, contract: str, side: Side) -> int:
    """Give the last price that the band allows, not on any grid (O4)."""
    mark, band = state.markets[contract].own_mark, state.rules.market_band_ppm
    if side == "buy":
        return mark * (1_000_000 + band) // 1_000_000
    return -(-mark * (1_000_000 - band) // 1_000_000)


def market_limit(state: State, contract: str, side: Side) -> int:
    """Give the limit of a market order (O5)."""
    details = state.markets[contract].contract
    edge = band_edge(state, contract, side)
    ticks = edge // details.tick if side == "buy" else -(-edge // details.tick)
    return max(1, min(ticks, details.price_max // details.tick)) * details.tick


def resting_reduce_only(
    state: State, account: str, contract: str, side: Side, without: Order | None = None
) -> int:
    """Sum the account's resting reduce-only quantity of a side."""
    return sum(
        order.quantity
        for order in state.orders_of(account, contract)
        if order.reduce_only and order.side == side and order is not without
    )


def order_of(state: State, command: PlaceOrder) -> Order:
    """Make the order that a command asks for, trimmed if it is reduce-only (O5, O6)."""
    price = (
        market_limit(state, command.contract, command.side)
        if command.price is None
        else int(command.price)
    )
    quantity, reduces = int(command.quantity), command.reduce_only or closes_leg(command)
    if reduces:
        where = (command.account, place_at(command.contract, command.leg), command.side)
        quantity = min(quantity, reducible(state, *where) - resting_reduce_only(state, *where))
    return Order(
        account=command.account,
        order=command.order,
        contract=command.contract,
        side=command.side,
        quantity=quantity,
        price=price,
        post_only=command.post_only,
        reduce_only=reduces,
        expires=command.expires_us if isinstance(command.expires_us, int) else None,
        leg=command.leg,
    )


def closes_leg(command: PlaceOrder | PlaceStop) -> bool:
    """Tell whether an order in hedge mode is on the side that closes its leg (M18)."""
    return (command.side, command.leg) in (("sell", "long"), ("buy", "short"))


def place(state: State, command: PlaceOrder) -> None:
    """Accept an order that passed every check, and let it arrive."""
    order = order_of(state, command)
    state.dirty.add(order.contract)
    state.emit(
        OrderAccepted,
        account=order.account,
        order=order.order,
        contract=order.place,
        side=order.side,
        quantity=order.quantity,
        price=order.price,
    )
    make_room(state, order)
    arrive(state, order, rests=rests_after(command))


def rests_after(command: PlaceOrder) -> bool:
    """Tell whether what is left of an order rests."""
    return command.price is not None and command.time_in_force in ("gtc", "gtd")


def can_fill_all(state: State, command: PlaceOrder) -> bool:
    """Tell by a dry run on a copy whether a FOK order would be filled at once (O11)."""
    trial = state.copy()
    trial.dry_run_of = state
    order = order_of(trial, command)
    walk(trial, order)
    return order.quantity == 0


def arrive(state: State, order: Order, *, rests: bool) -> None:
    """Walk the book, release margin once (M6); what is left rests or is cancelled (O11)."""
    wanted, held = order.quantity, reducible(state, order.account, order.place, order.side)
    stopped = walk(state, order)
    closed = min(wanted - order.quantity, held)
    if closed > 0:
        release(state, order.account, order.place, closed, held)
    if stopped is not None:
        cancel(state, order, stopped)
    elif order.quantity > 0 and not rests:
        cancel(state, order, Reason.IMMEDIATE_OR_CANCEL)
    elif order.quantity > 0:
        state.arrivals += 1
        order.arrival = state.arrivals
        join(state, order)
        state.orders.append(order)
        state.dirty.add(order.contract)
    margin.keep_set_aside(state, order.account, order.contract)


def walk(state: State, order: Order) -> Reason | None:
    """Fill an arriving order from the merged book; give the reason if it is stopped (O9)."""
    account, contract = order.account, order.contract
    hidden = hidden_from(state, contract, opposite(order.side))
    while order.quantity > 0:
        entries = merged(state, contract, opposite(order.side), hidden)
        if not entries or not within(order.side, entries[0].price, order.price):
            return None
        met = entries[0]
        if is_ruinous(state, order, met.price):
            return Reason.BANKRUPTCY_PRICE
        if met.order is not None and met.order.account == account:
            if state.rules.self_trade != "cancel_taker":
                cancel(state, met.order, Reason.SELF_TRADE)
                margin.keep_set_aside(state, account, contract)
            if state.rules.self_trade != "cancel_maker":
                return Reason.SELF_TRADE
            continue
        if met.order is not None and state.dry_run_of is not None:
            if _is_uncertain(state.dry_run_of, met.order):
                return Reason.FILL_OR_KILL
        elif met.order is not None and stop_maker(state, met.order):
            continue
        _trade(state, order, met)
    return None


def _is_uncertain(state: State, maker: Order) -> bool:
    """Tell whether O10 might stop a maker, as things stood before the dry run (O11)."""
    mark = state.markets[maker.contract].mark
    closes = reducible(state, maker.account, maker.place, maker.side) > 0
    return closes and (maker.price < mark if maker.side == "sell" else maker.price > mark)


def _trade(state: State, order: Order, met: Entry) -> None:
    """One fill of a client's arriving order: the maker first, then the taker (O12)."""
    lots, contract = min(order.quantity, met.lots), order.contract
    state.markets[contract].last_next = met.price
    if met.order is None:
        take(state, contract, opposite(order.side), met.level, lots)
        outside_fill(state, contract, opposite(order.side), lots, met.price)
        fill_order(state, order, lots, met.price, role="taker", against="outside")
    else:
        fill_order(state, met.order, lots, met.price, role="maker", against="book")
        fill_order(state, order, lots, met.price, role="taker", against="book")


def fill_passed(state: State, contract: str, trade_price: int | None) -> None:
    """Fill the resting orders that the replayed market passed (O8)."""
    for side in ("buy", "sell"):
        while True:
            passed = [
                entry.order
                for entry in merged(state, contract, side, None)
                if entry.order is not None and _is_passed(state, entry.order, trade_price)
            ]
            if not passed:
                break
            order = passed[0]
            if stop_maker(state, order):
                continue
            outside_fill(state, contract, opposite(order.side), order.quantity, order.price)
            fill_order(state, order, order.quantity, order.price, role="maker", against="outside")


def _is_passed(state: State, order: Order, trade_price: int | None) -> bool:
    market = state.markets[order.contract]
    if order.side == "buy":
        return order.price >= market.ask or (trade_price is not None and order.price > trade_price)
    return order.price <= market.bid or (trade_price is not None and order.price < trade_price)


def keeps_place(order: Order, command: AmendOrder) -> bool:
    """Tell whether an amended order stays where it is in its queue (O13)."""
    return command.price == order.price and command.quantity <= order.quantity


def amend(state: State, command: AmendOrder) -> None:
    """Change a resting order; a better or a larger one arrives anew (O13)."""
    order = state.find_order(command.account, command.order)
    assert order is not None
    stays = keeps_place(order, command)
    new = replace(order, price=int(command.price), quantity=int(command.quantity))
    state.dirty.add(order.contract)
    state.emit(
        OrderAmended,
        account=order.account,
        order=order.order,
        contract=order.contract,
        price=new.price,
        quantity=new.quantity,
    )
    make_room(state, new, order)
    order.price, order.quantity = new.price, new.quantity
    if stays:
        margin.keep_set_aside(state, order.account, order.contract)
        return
    state.orders = [other for other in state.orders if other is not order]
    margin.keep_set_aside(state, order.account, order.contract)
    arrive(state, order, rests=True)
