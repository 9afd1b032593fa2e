"""Ticks: the replayed market moves, and fills the resting orders that it passes (P2, O8)."""

from engine.core.command import BookTick, IndexTick, MarkTick, QuoteTick, Side, TradeTick
from engine.core.money import Price, div_half_even
from engine.core.reason import Reason
from engine.core.state.market import Market
from engine.core.state.venue import State
from engine.core.trading import index, prices, queue
from engine.core.trading.execute import client_fill, outside_fill
from engine.core.trading.limits import turned_away


def trade_tick(state: State, command: TradeTick) -> None:
    """Apply a trade of the replayed market."""
    market = state.markets.get(command.contract)
    if market is None:
        return state.reject(command, Reason.UNKNOWN_CONTRACT)
    contract, price = market.contract, command.price
    if not 1 <= price <= contract.price_max:
        return state.reject(command, Reason.INVALID_PRICE)
    if command.quantity < 1:
        return state.reject(command, Reason.INVALID_QUANTITY)
    is_first = not market.has_price
    _sample_volatility(state, market)
    market.outside.trade(contract, price)
    if market.has_price:
        market.printed = price
        _moved(state, market, price, is_first=is_first)
        queue.trade(state, market, command)
        _settle_prices(state, market)
    return None


def quote_tick(state: State, command: QuoteTick) -> None:
    """Apply a quote of the replayed market."""
    market = state.markets.get(command.contract)
    if market is None:
        return state.reject(command, Reason.UNKNOWN_CONTRACT)
    contract, bid, ask = market.contract, command.bid, command.ask
    if not 1 <= bid < ask <= contract.price_max or bid % contract.tick or ask % contract.tick:
        return state.reject(command, Reason.INVALID_PRICE)
    if command.bid_quantity < 0 or command.ask_quantity < 0:
        return state.reject(command, Reason.INVALID_QUANTITY)
    is_first = not market.has_price
    _sample_volatility(state, market)
    shown = queue.shown(state, market)
    market.outside.quote(bid, command.bid_quantity, ask, command.ask_quantity)
    return _requoted(state, market, shown, is_first=is_first)


def book_tick(state: State, command: BookTick) -> None:
    """Apply levels of the replayed market's book."""
    market = state.markets.get(command.contract)
    reason = Reason.UNKNOWN_CONTRACT if market is None else _check_levels(market, command)
    if market is None or reason is not None:
        return state.reject(command, reason or Reason.UNKNOWN_CONTRACT)
    is_first = not market.has_price
    _sample_volatility(state, market)
    shown = queue.shown(state, market)
    market.outside.book(market.contract, command.bids, command.asks, reset=command.reset)
    return _requoted(state, market, shown, is_first=is_first)


def _check_levels(market: Market, command: BookTick) -> Reason | None:
    contract = market.contract
    for price, _ in (*command.bids, *command.asks):
        if not 1 <= price <= contract.price_max or price % contract.tick:
            return Reason.INVALID_PRICE
    highest = max((price for price, quantity in command.bids if quantity > 0), default=0)
    lowest = min((price for price, quantity in command.asks if quantity > 0), default=highest + 1)
    if highest >= lowest:
        return Reason.INVALID_PRICE
    if any(quantity < 0 for _, quantity in (*command.bids, *command.asks)):
        return Reason.INVALID_QUANTITY
    return None


def _requoted(state: State, market: Market, shown: queue.Before, *, is_first: bool) -> None:
    """Go on after the touch was shown anew; the first one starts the last price at its mid."""
    if not market.has_price:
        return
    if is_first:
        mid_x2 = market.outside.bid + market.outside.ask
        market.printed = Price(div_half_even(mid_x2, 2))
    _moved(state, market, None, is_first=is_first)
    queue.requoted(state, market, shown)
    _settle_prices(state, market)


def _sample_volatility(state: State, market: Market) -> None:
    """Take the volatility up to now and set the depth regime, where the profile has regimes."""
    depth, outside = market.contract.depth, market.outside
    if depth.regimes:
        reference_x2 = outside.bid + outside.ask if market.has_price else 0
        market.volatility.sample(depth, reference_x2, state.now_us)
        outside.regime_ppm = market.volatility.regime_ppm(depth)


def index_tick(state: State, command: IndexTick) -> None:
    """Apply an index price from a file."""
    market = _priced(state, command)
    if market is None:
        return None
    if command.source not in market.weights:
        return state.reject(command, Reason.UNKNOWN_SOURCE)
    terms = market.contract.index
    if terms.sources or terms.stale_us:
        index.hear(state, market, command)
    market.source = command.price
    return _settle_prices(state, market)


def mark_tick(state: State, command: MarkTick) -> None:
    """Apply a mark price from a file; only a venue whose mark is the file's goes by it."""
    market = _priced(state, command)
    if market is not None:
        market.marked = command.price
        _settle_prices(state, market)


def _priced(state: State, command: IndexTick | MarkTick) -> Market | None:
    """Return the contract of a price from a file, or refuse it."""
    market = state.markets.get(command.contract)
    if market is None:
        state.reject(command, Reason.UNKNOWN_CONTRACT)
        return None
    if not 1 <= command.price <= market.contract.price_max:
        state.reject(command, Reason.INVALID_PRICE)
        return None
    return market


def _moved(state: State, market: Market, traded: Price | None, *, is_first: bool) -> None:
    if is_first:
        _arm_timers(state, market)
    ask, bid = market.outside.ask, market.outside.bid
    _fill_passed(state, market, "buy", ask if traded is None else min(ask, traded + 1))
    _fill_passed(state, market, "sell", bid if traded is None else max(bid, traded - 1))


def _fill_passed(state: State, market: Market, side: Side, passed: int) -> None:
    """Fill resting orders of a side at their own price, up to the price that was passed.

    `passed` is where the other side of the replayed market stands: bids at or above an ask of
    `passed` (or above a trade just below it) have been traded through, and asks likewise.
    """
    while (order := market.ladder.best(side)) is not None:
        if order.price < passed if side == "buy" else order.price > passed:
            return
        if turned_away(state, order):
            continue
        lots, price = order.quantity, order.price
        outside_fill(state, market, "sell" if side == "buy" else "buy", lots, price)
        client_fill(state, market, order, lots, price, role="maker", against="outside")


def _settle_prices(state: State, market: Market) -> None:
    """Update the tick's own contract silently, others that its fills touched aloud."""
    if market.has_price:
        market.dirty = True
        prices.update(state, silent=market)


def _arm_timers(state: State, market: Market) -> None:
    """Set the first sample and funding instants: multiples after the first tick."""
    sample = state.rules.sample_interval_us
    interval = market.contract.funding.interval_us
    market.sample_due_us = (state.now_us // sample + 1) * sample
    market.funding_due_us = (state.now_us // interval + 1) * interval
    every = market.contract.funding.borrow_interval_us
    if market.contract.funding.borrow_e8:
        market.borrow_due_us = (state.now_us // every + 1) * every
    state.timer_us = min(state.timer_us, market.next_timer_us())
