"""Which commands are refused, and why: the checks in the table's order (O1 to O14, M8 to M10)."""

from dataclasses import replace

from engine.core.command import (
    AddMargin,
    AmendOrder,
    AmendStop,
    AnyCommand,
    BookTick,
    CancelAll,
    CancelAllAfter,
    CancelOrder,
    Deposit,
    FundingTick,
    IndexTick,
    OfferAssignment,
    PlaceOrder,
    PlaceStop,
    QuoteTick,
    RemoveMargin,
    SetAutoMargin,
    SetLeverage,
    SetMarginMode,
    SetPositionMode,
    SettleContract,
    Side,
    Tick,
    TradeTick,
    Withdraw,
)
from engine.core.instrument import Contract
from engine.core.money import AMOUNT_MAX, E8
from engine.core.reason import Reason
from tests.support.naive import afford, margin
from tests.support.naive.book import best, opposite, within
from tests.support.naive.end import refused_end
from tests.support.naive.fills import reducible
from tests.support.naive.ids import refused_id
from tests.support.naive.index import weights
from tests.support.naive.legs import contradicts, misplaced, position_mode
from tests.support.naive.many import has_enough, is_oversized
from tests.support.naive.modes import (
    change_leverage,
    isolates,
    moved_by_leverage,
    refused_auto_margin,
    refused_mode,
    refused_switch,
)
from tests.support.naive.orders import (
    band_edge,
    can_fill_all,
    order_of,
    resting_reduce_only,
    rests_after,
)
from tests.support.naive.state import OUTSIDE, Order, State, balance_name, place_at


def refusal(state: State, command: AnyCommand) -> Reason | None:
    """Give the first check that fails."""
    if isinstance(command, Tick):
        return _tick(state, command)
    if isinstance(command, Deposit):
        return _deposit(state, command)
    if isinstance(command, SettleContract):
        return refused_end(state, command)
    assert not isinstance(command, PlaceStop | AmendStop), "stops have checks of their own"
    if command.account not in state.accounts:
        return Reason.UNKNOWN_ACCOUNT
    if isinstance(command, Withdraw):
        return _withdraw(state, command)
    if isinstance(command, CancelOrder):
        found = state.find_order(command.account, command.order)
        stop = state.find_stop(command.account, command.order)
        return Reason.UNKNOWN_ORDER if found is None and stop is None else None
    if isinstance(command, AmendOrder):
        return _amend(state, command)
    if isinstance(command, CancelAll) and command.contract is None:
        return None
    if isinstance(command, SetMarginMode):
        return refused_mode(state, command)[0]
    if isinstance(command, CancelAllAfter):
        return _switch(state, command)
    if isinstance(command, SetPositionMode):
        return position_mode(state, command)
    if command.contract not in state.markets:
        return Reason.UNKNOWN_CONTRACT
    if isinstance(command, CancelAll):
        return None
    if isinstance(command, SetLeverage):
        return _leverage(state, command)
    if isinstance(command, SetAutoMargin):
        return refused_auto_margin(state, command)
    if isinstance(command, PlaceOrder):
        return _place(state, command)
    if isinstance(command, OfferAssignment):
        return _offer(state, command)
    return _margin(state, command)


def _switch(state: State, command: CancelAllAfter) -> Reason | None:
    """O20."""
    if command.contract is not None and command.contract not in state.markets:
        return Reason.UNKNOWN_CONTRACT
    if command.timeout_us < 0 or state.now + command.timeout_us > AMOUNT_MAX:
        return Reason.INVALID_TIME
    return None


def _offer(state: State, command: OfferAssignment) -> Reason | None:
    """C4."""
    if "assignment" not in state.rules.closing.takeover:
        return Reason.NO_ASSIGNMENT
    if state.markets[command.contract].settled:
        return Reason.CONTRACT_SETTLED
    if command.quantity < 0:
        return Reason.INVALID_QUANTITY
    if command.quantity > state.markets[command.contract].contract.quantity_max:
        return Reason.POSITION_LIMIT
    before = state.offers.get((command.account, command.contract), 0)
    return Reason.UNCHANGED if before == command.quantity else None


def _tick(state: State, command: Tick) -> Reason | None:
    """O2, F2."""
    market = state.markets.get(command.contract)
    if market is None:
        return Reason.UNKNOWN_CONTRACT
    if isinstance(command, FundingTick):
        if not market.priced:
            return Reason.NO_PRICE
        if abs(command.rate_e8) > E8:
            return Reason.INVALID_AMOUNT
        return None if market.contract.funding.source == "file" else Reason.INVALID_ORDER
    if isinstance(command, BookTick):
        return _book_tick(command, market.contract)
    if isinstance(command, QuoteTick):
        prices = [command.bid, command.ask]
        if command.bid >= command.ask or any(p % market.contract.tick for p in prices):
            return Reason.INVALID_PRICE
        quantity_min = int(min(command.bid_quantity, command.ask_quantity))
    else:
        prices = [command.price]
        quantity_min = command.quantity - 1 if isinstance(command, TradeTick) else 0
    if min(prices) < 1 or max(prices) > market.contract.price_max:
        return Reason.INVALID_PRICE
    if isinstance(command, IndexTick) and command.source not in weights(market):
        return Reason.UNKNOWN_SOURCE
    return Reason.INVALID_QUANTITY if quantity_min < 0 else None


def _book_tick(command: BookTick, contract: Contract) -> Reason | None:
    """O2."""
    levels = [*command.bids, *command.asks]
    for price, _ in levels:
        if not 1 <= price <= contract.price_max or price % contract.tick:
            return Reason.INVALID_PRICE
    bids = [price for price, lots in command.bids if lots > 0]
    asks = [price for price, lots in command.asks if lots > 0]
    if bids and asks and max(bids) >= min(asks):
        return Reason.INVALID_PRICE
    return Reason.INVALID_QUANTITY if any(lots < 0 for _, lots in levels) else None


def _deposit(state: State, command: Deposit) -> Reason | None:
    """O3."""
    if command.account in ("", OUTSIDE, "fund") or ":" in command.account:
        return Reason.RESERVED_ACCOUNT
    account = command.account
    held = state.money((account, None))
    held += sum(margin.set_aside(state, account, symbol) for symbol in state.markets)
    held += sum(state.money((account, place)) for place in state.places(account))
    if not 1 <= command.amount <= AMOUNT_MAX or held + command.amount > AMOUNT_MAX:
        return Reason.INVALID_AMOUNT
    return None


def _withdraw(state: State, command: Withdraw) -> Reason | None:
    """O3."""
    if command.amount < 1:
        return Reason.INVALID_AMOUNT
    if command.amount > margin.withdrawable(state, command.account):
        return Reason.INSUFFICIENT_MARGIN
    return None


def _leverage(state: State, command: SetLeverage) -> Reason | None:
    """M8, M16."""
    account, contract = command.account, command.contract
    held = state.leverage(account, contract)
    trial = state.copy()
    if isolates(state, command):
        trial.modes[account, contract] = "isolated"
    places = state.places(account, contract)
    most = min(leverage_max(trial, account, place) for place in places)
    if not 1 <= command.leverage <= most:
        return Reason.INVALID_LEVERAGE
    trial.leverages[account, contract] = command.leverage
    if isolates(state, command):
        trial.modes[account, contract] = "cross"
        return refused_switch(state, trial, account, {contract: "isolated"})[0]
    if command.leverage == held:
        return Reason.UNCHANGED
    if state.mode(account, contract) == "isolated":
        return _isolated_leverage(state, command)
    if command.leverage < held and margin.available(trial, account) < 0:
        return Reason.INSUFFICIENT_MARGIN
    return None


def _isolated_leverage(state: State, command: SetLeverage) -> Reason | None:
    """M8, M16."""
    account, contract = command.account, command.contract
    allowed, places = state.rules.margin.leverage_with_position, state.places(account, contract)
    if any(state.position(account, place).quantity for place in places):
        lowered = command.leverage < state.leverage(account, contract)
        if allowed == "refused" or (allowed == "raised" and lowered):
            return Reason.HAS_POSITION
    if state.orders_of(account, contract):
        return Reason.HAS_ORDERS
    if sum(moved_by_leverage(state, command).values()) > margin.withdrawable(state, account):
        return Reason.INSUFFICIENT_MARGIN
    trial = state.copy()
    change_leverage(trial, command)
    falls = any(margin.in_breach(trial, (account, place)) for place in places)
    return Reason.WOULD_LIQUIDATE if falls else None


def largest_quantity(
    state: State, account: str, contract: str, without: Order | None, new: Order | None
) -> int:
    """Give the largest position that the open orders could lead to (O7)."""
    orders = [o for o in state.orders_of(account, contract) if o is not without]
    orders += [] if new is None else [new]
    open_of: dict[Side, int] = {"buy": 0, "sell": 0}
    for order in orders:
        if not order.reduce_only:
            open_of[order.side] += order.quantity
    held = state.position(account, contract).quantity
    return max(abs(held + open_of["buy"]), abs(held - open_of["sell"]))


def leverage_max(
    state: State,
    account: str,
    contract: str,
    without: Order | None = None,
    new: Order | None = None,
) -> int:
    """Give the largest leverage for the position that the open orders could lead to (O7)."""
    market = state.markets[contract]
    quantity = largest_quantity(state, account, contract, without, new)
    if state.mode(account, contract) == "cross" and market.contract.initial:
        quantity = 0
    most = margin.bracket_of(market.contract, quantity, market.mark)[1].leverage_max
    asked = margin.tabled_initial(market.contract, quantity, market.mark)
    notional = quantity * market.mark * market.contract.unit_value
    return most if asked == 0 else min(most, notional // asked)


def _margin(state: State, command: AddMargin | RemoveMargin) -> Reason | None:
    """M10."""
    misnamed = misplaced(state, command.account, command.leg)
    if misnamed is not None:
        return misnamed
    account, contract = command.account, place_at(command.contract, command.leg)
    if state.mode(account, contract) != "isolated":
        return Reason.NOT_ISOLATED
    if state.position(account, contract).quantity == 0:
        return Reason.NO_POSITION
    if command.amount < 1:
        return Reason.INVALID_AMOUNT
    if isinstance(command, AddMargin):
        if command.amount > margin.withdrawable(state, account):
            return Reason.INSUFFICIENT_MARGIN
        return None
    pocket = (account, contract)
    left = state.money(pocket) - margin.accrued(state, account, contract) - command.amount
    notional = abs(margin.value_at_mark(state, account, contract))
    sign = 1 if state.position(account, contract).quantity > 0 else -1
    needed = margin.opening_margin(state, account, contract, notional, sign)
    if left + min(0, margin.unrealized(state, account, contract)) < needed:
        return Reason.INSUFFICIENT_MARGIN
    trial = state.copy()
    trial.post(balance_name(pocket), f"wallet:{account}", command.amount)
    return Reason.WOULD_LIQUIDATE if margin.in_breach(trial, pocket) else None


def _price(state: State, contract: str, price: int) -> Reason | None:
    return None if on_grid(state.markets[contract].contract, price) else Reason.INVALID_PRICE


def on_grid(details: Contract, price: int) -> bool:
    """Tell whether a price is one that orders may have."""
    return 1 <= price <= details.price_max and price % details.tick == 0


def _form(state: State, command: PlaceOrder) -> Reason | None:
    """O4, up to the price: what can be said without looking at the position."""
    if not state.markets[command.contract].priced:
        return Reason.NO_PRICE
    if state.markets[command.contract].settled:
        return Reason.CONTRACT_SETTLED
    misnamed = misplaced(state, command.account, command.leg)
    if misnamed is not None:
        return misnamed
    if not command.order:
        return Reason.INVALID_ORDER
    taken = None if state.triggering else refused_id(state, command)
    if taken is not None:
        return taken
    if command.quantity < 1:
        return Reason.INVALID_QUANTITY
    if is_oversized(state, command.contract, command.quantity, command.price):
        return Reason.ORDER_SIZE
    if contradicts(command, command.reduce_only):
        return Reason.INVALID_ORDER
    if command.price is None:
        bad = command.post_only or command.time_in_force in ("fok", "gtd")
        return Reason.INVALID_ORDER if bad or _is_mistimed(state, command) else None
    if command.post_only and command.time_in_force not in ("gtc", "gtd"):
        return Reason.INVALID_ORDER
    if _is_mistimed(state, command):
        return Reason.INVALID_ORDER
    return _price(state, command.contract, command.price)


def _is_mistimed(state: State, command: PlaceOrder) -> bool:
    """O16: who ends by himself says when, and nobody else does."""
    ends = isinstance(command.expires_us, int)
    if command.time_in_force != "gtd":
        return ends
    return not isinstance(command.expires_us, int) or command.expires_us <= state.now


def _place(state: State, command: PlaceOrder) -> Reason | None:
    """O4."""
    refused = _form(state, command)
    if refused is not None:
        return refused
    if command.price is not None and not within(
        command.side, command.price, band_edge(state, command.contract, command.side)
    ):
        return Reason.PRICE_BAND
    order = order_of(state, command)
    if order.quantity <= 0:
        return Reason.REDUCE_ONLY
    refused = _exposure(state, order, None, rests=rests_after(command))
    if refused is not None:
        return refused
    if command.time_in_force == "fok" and not can_fill_all(state, command):
        return Reason.FILL_OR_KILL
    return None


def _exposure(state: State, new: Order, old: Order | None, *, rests: bool) -> Reason | None:
    """Position limit, leverage, order limit, post-only and margin of an order (O4, O13)."""
    account, contract = new.account, new.place
    if not new.reduce_only:
        details = state.markets[contract].contract
        if new.price * new.quantity * details.unit_value < details.notional_min:
            return Reason.NOTIONAL_MIN
        if largest_quantity(state, account, contract, old, new) > details.quantity_max:
            return Reason.POSITION_LIMIT
        if state.leverage(account, contract) > leverage_max(state, account, contract, old, new):
            return Reason.INVALID_LEVERAGE
    if old is None and rests and has_enough(state, account, new.contract):
        return Reason.ORDER_LIMIT
    if new.post_only:
        touched = best(state, new.contract, opposite(new.side))
        if touched is not None and within(new.side, touched, new.price):
            return Reason.POST_ONLY
    return afford.refusal(state, new, old, rests=rests)


def _amend(state: State, command: AmendOrder) -> Reason | None:
    """O13."""
    old = state.find_order(command.account, command.order)
    if old is None:
        return Reason.UNKNOWN_ORDER
    if command.quantity < 1:
        return Reason.INVALID_QUANTITY
    if is_oversized(state, old.contract, command.quantity, command.price):
        return Reason.ORDER_SIZE
    refused = _price(state, old.contract, command.price)
    if refused is not None:
        return refused
    if (command.price, command.quantity) == (old.price, old.quantity):
        return Reason.UNCHANGED
    if not within(old.side, command.price, band_edge(state, old.contract, old.side)):
        return Reason.PRICE_BAND
    if old.reduce_only:
        where = (old.account, old.place, old.side)
        allowed = reducible(state, *where) - resting_reduce_only(state, *where, without=old)
        if command.quantity > allowed:
            return Reason.REDUCE_ONLY
    new = replace(old, price=int(command.price), quantity=int(command.quantity))
    return _exposure(state, new, old, rests=True)
