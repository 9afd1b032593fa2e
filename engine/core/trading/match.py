"""An arriving client's order meets the merged book (Decisions O9 to O12)."""

from collections.abc import Iterator
from heapq import merge
from typing import Literal

from engine.core.book.merged import Offer, Walk, is_worse, opposite
from engine.core.book.order import Order
from engine.core.command import LegOrNone, Side
from engine.core.money import PPM, Price
from engine.core.reason import Reason
from engine.core.state.market import Market
from engine.core.state.standing import risk_of
from engine.core.state.venue import State
from engine.core.trading.execute import client_fill, outside_fill
from engine.core.trading.fill import release_part
from engine.core.trading.limits import is_stopped, turned_away
from engine.core.trading.reduce_only import allotted
from engine.core.trading.reserve import drop, sync

Holder = tuple[str, LegOrNone]
"""Who holds a position of a contract: an account, in hedge mode with the leg."""


def match(state: State, market: Market, order: Order) -> Reason | None:
    """Fill an order as far as it goes; return why it must not go on, if so."""
    was = state.traded(order).quantity
    reason = _walk(state, market, order)
    release_part(state, state.traded(order), was)
    return reason


def _walk(state: State, market: Market, order: Order) -> Reason | None:
    walk = market.walk(order.side, state.now_us)
    while order.quantity:
        offer = walk.next_offer()
        if offer is None or is_worse(offer.price, order.price, order.side):
            return None
        position = state.traded(order)
        if is_stopped(state, position, order, offer.price):
            return Reason.BANKRUPTCY_PRICE
        if offer.order is not None and offer.order.account == order.account:
            if _prevent_self_trade(state, offer.order):
                return Reason.SELF_TRADE
        elif not turned_away(state, offer.order):
            _fill(state, market, walk, order, offer)
    return None


def _prevent_self_trade(state: State, own: Order) -> bool:
    """Apply the venue's rule to the resting order; say whether the arriving one ends too."""
    if state.rules.self_trade != "cancel_taker":
        drop(state, own, Reason.SELF_TRADE)
        sync(state, state.accounts[own.account], own.contract)
    return state.rules.self_trade != "cancel_maker"


def _fill(state: State, market: Market, walk: Walk, order: Order, offer: Offer) -> None:
    lots = min(order.quantity, offer.quantity)
    market.printed = Price(offer.price)
    against: Literal["book", "outside"] = "outside" if offer.order is None else "book"
    if offer.order is None:
        walk.took_outside(lots)
        outside_fill(state, market, opposite(order.side), lots, offer.price)
    else:
        client_fill(state, market, offer.order, lots, offer.price, role="maker", against=against)
    client_fill(state, market, order, lots, offer.price, role="taker", against=against)


def is_fillable(state: State, market: Market, order: Order) -> bool:
    """Walk without trading: say whether the whole quantity is there for a fill-or-kill order."""
    taker, makers = _Taker(state, market, order), _Makers(state, market)
    left = int(order.quantity)
    for offer in offers(state, market, order.side):
        if is_worse(offer.price, order.price, order.side) or taker.is_stopped(offer.price):
            return False
        if offer.order is not None and offer.order.account == order.account:
            if state.rules.self_trade != "cancel_maker":
                return False
            continue
        if makers.may_stop(offer.order):
            return False
        lots = min(left, makers.quantity(offer.order) if offer.order else offer.quantity)
        if offer.order is not None:
            makers.took(offer.order, lots)
        taker.took(lots, offer.price)
        left -= lots
        if not left:
            return True
    return False


def offers(state: State, market: Market, taker: Side) -> Iterator[Offer]:
    """Yield what an arriving order would meet in priority, without taking it."""
    side = opposite(taker)
    sign = 1 if side == "sell" else -1
    levels = (
        ((sign * level.price, 0), Offer(level.price, level.quantity, None))
        for level in market.levels(side, state.now_us)
    )
    resting = (
        ((sign * order.price, 1), Offer(order.price, order.quantity, order))
        for order in market.ladder.of(side)
    )
    return (offer for _, offer in merge(levels, resting, key=lambda row: row[0]))


class _Taker:
    """The closing part of a fill-or-kill order and its margin account's equity in a dry run."""

    def __init__(self, state: State, market: Market, order: Order) -> None:
        position = state.traded(order)
        self._side: Side = order.side
        self._sign = 1 if order.side == "buy" else -1
        closes = position.sign == -self._sign
        self._closing = min(order.quantity, abs(position.quantity)) if closes else 0
        self._equity: int = risk_of(state, position).equity
        self._mark, self._unit_value = market.mark, market.contract.unit_value
        self._fee_ppm = state.rules.taker_fee_ppm

    def is_stopped(self, price: int) -> bool:
        """Say whether what is left to close must not be closed at a price (O10)."""
        unit = self._closing * self._unit_value
        limit = self._mark * unit + self._sign * self._equity
        return self._closing > 0 and is_worse(price * unit, limit, self._side)

    def took(self, lots: int, price: int) -> None:
        """Count a fill: the closing part moves the equity by its distance to the mark and fee."""
        closed = min(lots, self._closing)
        self._closing -= closed
        self._equity -= self._sign * (price - self._mark) * closed * self._unit_value
        fee = closed * price * self._unit_value * self._fee_ppm // PPM
        self._equity -= min(fee, max(0, self._equity))


class _Makers:
    """Makers' positions and reduce-only orders as they would become in a dry run."""

    def __init__(self, state: State, market: Market) -> None:
        self._state = state
        self._symbol = market.contract.symbol
        self._positions: dict[Holder, int] = {}
        self._reduce_only: dict[Holder, dict[int, Order]] = {}
        self._left: dict[int, int] = {}

    def may_stop(self, order: Order | None) -> bool:
        """Say whether a maker may turn out not to be allowed to trade at his price (O10)."""
        if order is None:
            return False
        sign = 1 if order.side == "buy" else -1
        position = self._state.traded(order)
        worse = is_worse(order.price, self._state.markets[self._symbol].mark, order.side)
        return position.sign == -sign and worse

    def quantity(self, order: Order) -> int:
        """Return what is left of a resting order."""
        return self._left.get(order.arrival, order.quantity)

    def took(self, order: Order, lots: int) -> None:
        """Count a fill and trim the maker's reduce-only orders as it would."""
        maker = order.account, order.leg
        if maker not in self._positions:
            position = self._state.traded(order)
            self._positions[maker] = position.quantity
            self._reduce_only[maker] = {
                resting.arrival: resting
                for resting in self._state.accounts[order.account].orders_on(position)
                if resting.reduce_only
            }
        self._positions[maker] += lots if order.side == "buy" else -lots
        self._left[order.arrival] = self.quantity(order) - lots
        resting = sorted(self._reduce_only[maker].items())
        keeps = allotted(
            self._positions[maker], [(own.side, self.quantity(own)) for _, own in resting]
        )
        self._left.update(
            {arrival: keep for (arrival, _), keep in zip(resting, keeps, strict=True)}
        )
