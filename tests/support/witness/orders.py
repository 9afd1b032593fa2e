"""The book as its events tell it: priority, quantities, limits (section 9, number 5)."""

from collections.abc import Sequence

import msgspec

from engine.core.command import AmendStop, AnyCommand, PlaceOrder, PlaceStop
from engine.core.event import (
    Event,
    InventorySold,
    LiquidationFilled,
    OrderAccepted,
    OrderAmended,
    OrderCancelled,
    OrderFilled,
    OrderTrimmed,
    StopAccepted,
    StopAmended,
    StopTriggered,
)
from engine.core.invariants import FULL_EVERY
from engine.core.state.venue import State
from tests.support.witness.seen import Witness
from tests.support.witness.shadow import Resting

Key = tuple[str, str]


class Orders(Witness):
    """Keeps every order from its acceptance to its end."""

    def __init__(self) -> None:
        self._orders: dict[Key, Resting] = {}
        self._stops: dict[Key, PlaceStop] = {}
        self._triggered: dict[Key, PlaceStop] = {}
        self._arrivals = 0
        self._commands = 0
        self._command: AnyCommand | None = None
        self._maker: OrderFilled | None = None
        self._taken: tuple[Key, int] | None = None

    def begin(self, state: State, command: AnyCommand) -> None:
        """Remember what was asked."""
        self._command = command
        self._triggered.clear()
        self._maker = self._taken = None

    def event(self, state: State, event: Event) -> None:
        """Keep the book and judge every fill."""
        if isinstance(event, OrderAccepted):
            self._accept(event)
        elif isinstance(event, OrderAmended):
            self._amend(event)
        elif isinstance(event, OrderTrimmed):
            order = self._orders[event.account, event.order]
            assert order.reduce_only, f"only reduce-only orders are trimmed: {event}"
            assert 0 < event.quantity < order.left, f"trimmed from {order.left}: {event}"
            order.left = event.quantity
        elif isinstance(event, OrderCancelled):
            self._cancelled(event)
        elif isinstance(event, StopAccepted):
            key = event.account, event.order
            assert key not in self._stops, f"waits already: {event}"
            assert isinstance(self._command, PlaceStop), f"nobody placed {event}"
            self._stops[key] = self._command
        elif isinstance(event, StopAmended):
            self._amend_stop(event)
        elif isinstance(event, StopTriggered):
            key = event.account, event.order
            self._triggered[key] = self._stops.pop(key)
            self._check_trigger(event, self._triggered[key])
        elif isinstance(event, OrderFilled):
            self._fill(event)
        elif isinstance(event, LiquidationFilled | InventorySold):
            self._forced(event)

    def _cancelled(self, event: OrderCancelled) -> None:
        key = event.account, event.order
        order = self._orders.pop(key, None)
        if order is not None:
            assert event.quantity == order.left > 0, f"{order.left} were left: {event}"
            return
        stop = self._stops.pop(key, None) or self._triggered.pop(key, None) or self._command
        assert isinstance(stop, PlaceStop), f"nobody placed {event}"
        assert key == (stop.account, stop.order), f"{stop} became {event}"
        assert event.quantity == stop.quantity, f"{stop} became {event}"

    def _amend_stop(self, event: StopAmended) -> None:
        key, asked = (event.account, event.order), self._command
        assert isinstance(asked, AmendStop), f"nobody asked for {event}"
        assert key == (asked.account, asked.order), f"{asked} became {event}"
        self._stops[key] = msgspec.structs.replace(
            self._stops[key],
            quantity=event.quantity,
            trigger=event.trigger,
            callback_ppm=event.callback_ppm,
            price=event.price,
        )

    def _check_trigger(self, event: StopTriggered, stop: PlaceStop) -> None:
        if stop.trigger is not None:
            rises = (stop.side == "buy") == (stop.kind == "stop")
            reached = event.price >= stop.trigger if rises else event.price <= stop.trigger
            assert reached, f"{stop} is not there: {event}"

    def _accept(self, event: OrderAccepted) -> None:
        key = event.account, event.order
        placed = self._triggered.pop(key, None) or self._command
        assert isinstance(placed, PlaceOrder | PlaceStop), f"nobody placed {event}"
        assert key == (placed.account, placed.order), f"{placed} became {event}"
        assert key not in self._orders, f"rests already: {event}"
        assert 0 < event.quantity <= placed.quantity, f"{placed} became {event}"
        if placed.price is not None:
            assert event.price == placed.price, f"{placed} became {event}"
        self._arrivals += 1
        self._orders[key] = Resting(
            event.account,
            event.order,
            event.contract,
            event.side,
            event.price,
            event.quantity,
            self._arrivals,
            _reduces(placed),
        )

    def _amend(self, event: OrderAmended) -> None:
        order = self._orders[event.account, event.order]
        if event.price != order.price or event.quantity > order.left:
            self._arrivals += 1
            order.arrival = self._arrivals
        order.price, order.left = event.price, event.quantity

    def _fill(self, event: OrderFilled) -> None:
        key = event.account, event.order
        order = self._orders[key]
        assert (event.contract, event.side) == (order.contract, order.side), f"{event}"
        assert 0 < event.quantity <= order.left, f"{order.left} were left: {event}"
        if event.role == "maker":
            self._fill_maker(event, order)
        else:
            self._fill_taker(event, order)
        order.left -= event.quantity
        if not order.left:
            del self._orders[key]
        if order.reduce_only:
            before = event.position - event.quantity * (1 if event.side == "buy" else -1)
            assert abs(event.position) < abs(before), f"a reduce-only order grew it: {event}"
            assert event.position * before >= 0, f"a reduce-only order turned it: {event}"

    def _fill_maker(self, event: OrderFilled, order: Resting) -> None:
        assert event.price == order.price, f"a maker has its own price {order.price}: {event}"
        for other in self._orders.values():
            if (other.contract, other.side) == (order.contract, order.side):
                assert not other.is_before(order), f"{other} was first: {event}"
        if event.against != "outside":
            assert self._maker is None, f"two makers and no taker: {self._maker}, {event}"
            self._maker = event

    def _fill_taker(self, event: OrderFilled, order: Resting) -> None:
        worse = event.price - order.price if event.side == "buy" else order.price - event.price
        assert worse <= 0, f"filled through its limit {order.price}: {event}"
        self._meets_maker(event, event.against != "outside")
        key = event.account, event.order
        if self._taken is not None and self._taken[0] == key:
            before = self._taken[1]
            better = before - event.price if event.side == "buy" else event.price - before
            assert better <= 0, f"a better price after {before}: {event}"
        self._taken = key, event.price

    def _forced(self, event: LiquidationFilled | InventorySold) -> None:
        if event.against not in ("book", "outside"):
            return
        self._meets_maker(event, event.against == "book")

    def _meets_maker(
        self, event: OrderFilled | LiquidationFilled | InventorySold, has_maker: bool
    ) -> None:
        maker, self._maker = self._maker, None
        assert (maker is not None) == has_maker, f"maker {maker} for {event}"
        if maker is not None:
            assert maker.account != getattr(event, "account", ""), f"traded with itself: {event}"
            assert maker.side != event.side, f"{maker} for {event}"
            assert maker.contract == event.contract, f"{maker} for {event}"
            assert (maker.price, maker.quantity) == (event.price, event.quantity), f"{maker}"
        assert event.price is not None, f"no price in the book: {event}"
        for other in self._orders.values():
            if other.contract == event.contract and other.side != event.side:
                passed = other.price - event.price
                better = passed < 0 if event.side == "buy" else passed > 0
                assert not better, f"{other} was better: {event}"

    def end(self, state: State, command: AnyCommand, events: Sequence[Event]) -> None:
        """See that no book is crossed; now and then, that books are what the events told."""
        assert self._maker is None, f"a maker without a taker: {self._maker}"
        for symbol, market in state.markets.items():
            bid, ask = market.ladder.best_price("buy"), market.ladder.best_price("sell")
            assert bid is None or ask is None or bid < ask, f"{symbol} is crossed: {bid}, {ask}"
        self._commands += 1
        if self._commands % FULL_EVERY == 0:
            self._recount(state)

    def _recount(self, state: State) -> None:
        count = 0
        for symbol, market in state.markets.items():
            for side in ("buy", "sell"):
                own = [o for o in self._orders.values() if (o.contract, o.side) == (symbol, side)]
                sign = -1 if side == "buy" else 1
                told = [
                    (order.account, order.order, order.price, order.left)
                    for order in sorted(own, key=lambda o: (sign * o.price, o.arrival))
                ]
                kept = [(o.account, o.order, o.price, o.quantity) for o in market.ladder.of(side)]
                assert kept == told, f"{symbol} {side}: the book is {kept}, told was {told}"
                count += len(own)
        assert count == len(self._orders), "no order rests in an unknown contract"


def _reduces(placed: PlaceOrder | PlaceStop) -> bool:
    """Say whether an order may only reduce: it was asked to, or it is on the side of its leg."""
    asked = placed.reduce_only or getattr(placed, "close_on_trigger", False)
    return asked or (placed.leg, placed.side) in (("long", "sell"), ("short", "buy"))
