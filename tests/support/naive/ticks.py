"""What a tick of the replayed market does, up to the fills that it brings (P1 to P16, O8)."""

from engine.core.command import BookTick, IndexTick, MarkTick, QuoteTick, Side, TradeTick
from engine.core.money import Lots, Price, div_half_even
from tests.support.naive.book import trade_touch
from tests.support.naive.index import is_judged, judge
from tests.support.naive.orders import fill_passed
from tests.support.naive.queue import serve, shown_to_orders, shrink
from tests.support.naive.state import Market, State
from tests.support.naive.volatility import note_move

Priced = TradeTick | QuoteTick | BookTick | IndexTick | MarkTick


def apply(state: State, command: Priced) -> None:
    """Move the replayed market by one tick and fill what it passed."""
    market = state.markets[command.contract]
    if isinstance(command, IndexTick | MarkTick):
        if market.priced:
            _head(state, market)
        if isinstance(command, MarkTick):
            market.marked = int(command.price)
        elif is_judged(market):
            market.sources[command.source] = (int(command.price), state.now)
            judge(state, market)
        else:
            market.source2 = 2 * int(command.price)
        return
    if isinstance(command, TradeTick):
        _trade(state, market, command)
        return
    note_move(market, state.now)
    before = shown_to_orders(state, command.contract) if market.priced else {}
    if isinstance(command, BookTick):
        _book(market, command)
    elif not market.booked:
        _quote(market, command)
    if market.bid == 0:
        return
    if not market.priced:
        _start(state, market, div_half_even(market.bid + market.ask, 2))
    _head(state, market)
    fill_passed(state, command.contract, None)
    shrink(state, command.contract, before)


def _start(state: State, market: Market, last: int) -> None:
    """Start the clock of a contract's timers (P1, P10, F1) and its last (P7)."""
    market.priced = True
    market.last_next = last
    market.sampled_until = market.settled_until = market.lent_until = state.now
    market.interval = market.contract.funding.interval_us


def _head(state: State, market: Market) -> None:
    """Keep a tick's first event for the moment it is needed (P13)."""
    state.dirty.add(market.contract.symbol)
    state.head = {
        "contract": market.contract.symbol,
        "bid": market.bid,
        "ask": market.ask,
        "last": market.last_next,
    }


def _trade(state: State, market: Market, command: TradeTick) -> None:
    """P2, P7, O8, P16."""
    if market.booked and not market.priced:
        return
    note_move(market, state.now)
    if not market.priced:
        _start(state, market, command.price)
    market.last_next = int(command.price)
    if not market.quoted and not market.booked:
        trade_touch(market, command.price)
    _head(state, market)
    fill_passed(state, command.contract, command.price)
    serve(state, command)


def _quote(market: Market, command: QuoteTick) -> None:
    """P2."""
    market.quoted = True
    market.bid, market.ask = int(command.bid), int(command.ask)
    market.bid_quantity = int(command.bid_quantity)
    market.ask_quantity = int(command.ask_quantity)


def _book(market: Market, command: BookTick) -> None:
    """P14."""
    if not market.booked:
        market.booked = True
        market.missing.clear()
    if command.reset:
        market.book = {"buy": {}, "sell": {}}
    _set_levels(market, "buy", command.bids)
    _set_levels(market, "sell", command.asks)
    bids = [price for price, lots in command.bids if lots > 0]
    asks = [price for price, lots in command.asks if lots > 0]
    if bids:
        market.book["sell"] = {p: n for p, n in market.book["sell"].items() if p > max(bids)}
    if asks:
        market.book["buy"] = {p: n for p, n in market.book["buy"].items() if p < min(asks)}
    tick = market.contract.tick
    if market.book["buy"]:
        market.bid = max(market.book["buy"])
        market.ask = min(market.book["sell"], default=market.bid + tick)
    elif market.book["sell"]:
        market.ask = min(market.book["sell"])
        market.bid = max(tick, market.ask - tick)


def _set_levels(market: Market, side: Side, levels: tuple[tuple[Price, Lots], ...]) -> None:
    for price, lots in levels:
        market.book[side].pop(int(price), None)
        if lots > 0:
            market.book[side][int(price)] = int(lots)
