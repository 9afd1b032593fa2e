"""An arriving client's order meets the merged book (Decisions O9 to O12)."""

from engine.core.book.merged import Offer, Walk, is_worse, opposite
from engine.core.book.order import Order
from engine.core.money import Price
from engine.core.reason import Reason
from engine.core.state.market import Market
from engine.core.state.venue import State
from engine.core.trading.execute import client_fill, outside_fill
from engine.core.trading.limits import BankruptcyStop
from engine.core.trading.reduce_only import allotted
from engine.core.trading.reserve import drop, sync


def match(state: State, market: Market, order: Order) -> Reason | None:
    """Fill an order as far as it goes; return why it must not go on, if so."""
    walk = market.walk(order.side, state.now_us)
    stop = BankruptcyStop(
        state, state.position(order.account, order.contract), order.side, order.quantity
    )
    while order.quantity:
        offer = walk.next_offer()
        if offer is None or is_worse(offer.price, order.price, order.side):
            return None
        if stop.forbids(offer.price):
            return Reason.BANKRUPTCY_PRICE
        if offer.order is not None and offer.order.account == order.account:
            if _prevent_self_trade(state, offer.order):
                return Reason.SELF_TRADE
            continue
        stop.took(_fill(state, market, walk, order, offer))
    return None


def _prevent_self_trade(state: State, own: Order) -> bool:
    """Apply the venue's rule to the resting order; say whether the arriving one ends too."""
    if state.rules.self_trade != "cancel_taker":
        drop(state, own, Reason.SELF_TRADE)
        sync(state, state.accounts[own.account], own.contract)
    return state.rules.self_trade != "cancel_maker"


def _fill(state: State, market: Market, walk: Walk, order: Order, offer: Offer) -> int:
    lots = min(order.quantity, offer.quantity)
    market.printed = Price(offer.price)
    if offer.order is None:
        walk.took_outside(lots)
        outside_fill(state, market, opposite(order.side), lots, offer.price)
    else:
        client_fill(state, market, offer.order, lots, offer.price, role="maker", against="book")
    client_fill(
        state,
        market,
        order,
        lots,
        offer.price,
        role="taker",
        against="outside" if offer.order is None else "book",
    )
    return lots


def is_fillable(state: State, market: Market, order: Order) -> bool:
    """Walk without trading: say whether the whole quantity is there for a fill-or-kill order."""
    stop = BankruptcyStop(
        state, state.position(order.account, order.contract), order.side, order.quantity
    )
    makers = _Makers(state, market)
    left = int(order.quantity)
    for offer in _offers(state, market, order):
        if is_worse(offer.price, order.price, order.side) or stop.forbids(offer.price):
            return False
        if offer.order is not None and offer.order.account == order.account:
            if state.rules.self_trade != "cancel_maker":
                return False
            continue
        lots = min(left, makers.quantity(offer.order) if offer.order else offer.quantity)
        if offer.order is not None:
            makers.took(offer.order, lots)
        stop.took(lots)
        left -= lots
        if not left:
            return True
    return False


def _offers(state: State, market: Market, order: Order) -> list[Offer]:
    """Return the other side of the merged book in priority."""
    side = opposite(order.side)
    sign = 1 if side == "sell" else -1
    rows = [
        (sign * level.price, 0, level.number, Offer(level.price, level.quantity, None))
        for level in market.levels(side, state.now_us)
    ]
    rows += [
        (sign * resting.price, 1, resting.arrival, Offer(resting.price, resting.quantity, resting))
        for resting in market.ladder.of(side)
    ]
    return [row[3] for row in sorted(rows, key=lambda row: row[:3])]


class _Makers:
    """Makers' positions and reduce-only orders as they would become in a dry run."""

    def __init__(self, state: State, market: Market) -> None:
        self._state = state
        self._symbol = market.contract.symbol
        self._positions: dict[str, int] = {}
        self._reduce_only: dict[str, dict[int, Order]] = {}
        self._left: dict[int, int] = {}

    def quantity(self, order: Order) -> int:
        """Return what is left of a resting order."""
        return self._left.get(order.arrival, order.quantity)

    def took(self, order: Order, lots: int) -> None:
        """Count a fill and trim the maker's reduce-only orders as it would."""
        name = order.account
        if name not in self._positions:
            account = self._state.accounts[name]
            self._positions[name] = self._state.position(name, self._symbol).quantity
            self._reduce_only[name] = {
                resting.arrival: resting
                for resting in account.orders_in(self._symbol)
                if resting.reduce_only
            }
        self._positions[name] += lots if order.side == "buy" else -lots
        self._left[order.arrival] = self.quantity(order) - lots
        resting = sorted(self._reduce_only[name].items())
        keeps = allotted(
            self._positions[name], [(own.side, self.quantity(own)) for _, own in resting]
        )
        self._left.update(
            {arrival: keep for (arrival, _), keep in zip(resting, keeps, strict=True)}
        )
