"""One fill between an offer of the merged book and whoever takes it.

The maker is settled and heard first (Decision O12). A resting order that is filled to the end
leaves the book before its account is looked at again.
"""

from typing import Literal

from engine.core.account.account import OUTSIDE
from engine.core.account.position import Position
from engine.core.book.merged import Offer, Walk, opposite
from engine.core.book.order import Order
from engine.core.command import Side
from engine.core.event import OrderFilled
from engine.core.money import Lots, Micros, Price
from engine.core.state.market import Market
from engine.core.state.standing import withdrawable
from engine.core.state.venue import State
from engine.core.trading.fill import Fill, Settled, release_part, settle
from engine.core.trading.reduce_only import trim
from engine.core.trading.reserve import sync_after_fill

Against = Literal["book", "outside", "liquidation"]


def client_fill(
    state: State,
    market: Market,
    order: Order,
    lots: int,
    price: int,
    *,
    role: Literal["maker", "taker"],
    against: Against,
) -> Settled:
    """Settle a client's side of a fill, say it, and adjust his orders to his new position."""
    account = state.accounts[order.account]
    position = state.hold(order.account, order.contract, order.leg)
    sign = 1 if order.side == "buy" else -1
    rate = state.rules.maker_fee_ppm if role == "maker" else state.rules.taker_fee_ppm
    free, wallet = withdrawable(state, account), state.balance(account.wallet_key)
    was = position.quantity
    settled = settle(state, position, Fill(sign, lots, price), fee_ppm=rate)
    if role == "maker":
        release_part(state, position, was)
    spent = wallet - state.balance(account.wallet_key)
    order.quantity = Lots(order.quantity - lots)
    market.dirty = True
    if role == "maker" and not order.quantity:
        state.unrest(order)
    state.emit(
        OrderFilled(
            **state.stamp(),
            account=order.account,
            order=order.order,
            contract=order.contract,
            side=order.side,
            quantity=Lots(lots),
            price=Price(price),
            role=role,
            against=against,
            fee=Micros(settled.fee),
            realized=Micros(settled.realized),
            position=position.quantity,
            leg=order.leg,
        )
    )
    trim(state, position)
    sync_after_fill(state, position, order.side, free=free, spent=spent)
    return settled


def outside_fill(state: State, market: Market, side: Side, lots: int, price: int) -> None:
    """Settle the replayed market's side of a fill."""
    position = state.hold(OUTSIDE, market.contract.symbol)
    settle(state, position, Fill(1 if side == "buy" else -1, lots, price), fee_ppm=0)


def other_side(position: Position) -> Side:
    """Return the side of an order that closes a position."""
    return "sell" if position.quantity > 0 else "buy"


def take_offer(state: State, market: Market, walk: Walk, offer: Offer, lots: int) -> None:
    """Settle the maker's side of a forced fill and let it print."""
    market.printed = offer.price
    market.dirty = True
    if offer.order is None:
        walk.took_outside(lots)
        outside_fill(state, market, opposite(walk.taker), lots, offer.price)
    else:
        client_fill(
            state, market, offer.order, lots, offer.price, role="maker", against="liquidation"
        )
