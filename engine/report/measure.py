"""What a run did to accounts and their money: taken after every command, in whole units.

Accounts under watch are looked at one by one, all clients together by what everybody else has;
so a command costs the same however large the crowd is.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec

from engine.core.account.account import OUTSIDE, Account
from engine.core.command import Command, PlaceOrder
from engine.core.event import (
    BorrowPaid,
    Deleveraged,
    Deposited,
    Event,
    FundingPaid,
    LiquidationFeePaid,
    LiquidationStarted,
    LossSocialized,
    MarginCalled,
    OrderFilled,
    PoolDrawn,
    Rejected,
    Withdrawn,
)
from engine.core.exchange import Exchange
from engine.core.margin.risk import notional
from engine.core.state.standing import available, kept, profit
from engine.core.state.venue import State, keyed
from engine.report.curve import Curve

DAY_US = 86_400_000_000
COUNTED = (Deleveraged, LiquidationStarted, LossSocialized, MarginCalled, PoolDrawn, Rejected)
"""Kinds of events that are counted by the account that they happen to."""
Counts = Counter[type[Event]]


class Course(msgspec.Struct):
    """How money went up and down, in micros: `paid_in` is deposits less withdrawals."""

    paid_in: int = 0
    equity: int = 0
    peak: int = 0
    drawdown: int = 0

    def reach(self, equity: int) -> None:
        """Take in what the money is worth now; a deposit is no profit."""
        self.equity = equity
        result = equity - self.paid_in
        self.peak = max(self.peak, result)
        self.drawdown = max(self.drawdown, self.peak - result)


class Day(msgspec.Struct):
    """What one day of UTC brought or cost an account, in micros; `day` counts from 1970-01-01.

    `realized` is positive where it was earned, fees and funding where they were paid. `top_ups`
    are deposits after the first one; `equity` is what was there at the end.
    """

    day: int
    counts: Counts
    realized: int = 0
    fees: int = 0
    funding: int = 0
    top_ups: int = 0
    equity: int = 0


class Tally(msgspec.Struct):
    """An account under watch.

    `needed` is the least capital, in micros, with which it would have opened what it opened and
    held it: what it paid in less what always lay free, beyond initial margin when an order came
    in that opens a position and beyond maintenance at any time. It is a lower bound once the
    account was liquidated, because what it would have needed after that is not seen. `exposure`
    is the largest value of its positions at the mark, `cuts` what losses of others cost it.
    """

    account: str
    course: Course
    counts: Counts
    curve: Curve
    needed: int = 0
    exposure: int = 0
    cuts: int = 0
    days: list[Day] = []
    cash: int = 0


class Measure:
    """Sees every command with its events, right after it was applied.

    `hit` are the accounts that the counted kinds of events happened to.
    `samples` bounds the points of a curve of equity.
    """

    def __init__(self, exchange: Exchange, watch: tuple[str, ...], samples: int) -> None:
        self._state: State = exchange.state
        self._spare = 0 if exchange.state.rules.strict_trigger else 1
        self.tallies = {name: Tally(name, Course(), Counter(), Curve(samples)) for name in watch}
        self.course = Course()
        self.counts: Counts = Counter()
        self.hit: dict[type[Event], set[str]] = {kind: set() for kind in COUNTED}
        self._handlers: dict[type[Event], Callable[[Tally, Any], None]] = {
            Deposited: self._deposited,
            Withdrawn: self._withdrawn,
            OrderFilled: self._filled,
            FundingPaid: self._funded,
            BorrowPaid: self._borrowed,
            LiquidationStarted: self._breached,
            LiquidationFeePaid: self._charged,
            LossSocialized: self._cut,
        }

    def saw(self, command: Command, events: tuple[Event, ...]) -> None:
        """Take in a command that was applied."""
        day = command.at_us // DAY_US
        for tally in self.tallies.values():
            if not tally.days or tally.days[-1].day < day:
                tally.days.append(Day(day, Counter(), equity=tally.course.equity))
        for event in events:
            self._hear(event)
        for name, tally in self.tallies.items():
            if name in self._state.accounts:
                self._look(tally, self._state.accounts[name], command)
        self.course.reach(_all_equity(self._state))

    def _hear(self, event: Event) -> None:
        kind = type(event)
        account: str = getattr(event, "account", None) or ""
        tally = self.tallies.get(account)
        if kind in COUNTED:
            self.counts[kind] += 1
            self.hit[kind].add(account)
            if tally is not None:
                tally.counts[kind] += 1
                tally.days[-1].counts[kind] += 1
        if isinstance(event, Deposited):
            self.course.paid_in += event.amount
        elif isinstance(event, Withdrawn):
            self.course.paid_in -= event.amount
        handler = self._handlers.get(kind)
        if tally is not None and handler is not None:
            handler(tally, event)

    def _look(self, tally: Tally, account: Account, command: Command) -> None:
        """Take in how an account stands."""
        state = self._state
        wallet = state.balance(account.wallet_key)
        cash: int = wallet
        free: int = wallet
        exposure = open_profit = 0
        legs = [leg for contract in state.markets for leg in state.legs(account.name, contract)]
        cash += sum(state.balance(key) for key in {leg.orders_key: None for leg in legs})
        for position in legs:
            market = state.markets[position.contract]
            if position.mode == "isolated":
                cash += state.balance(position.margin_key)
            if not position.quantity:
                continue
            exposure += notional(market.contract, position, market.mark)
            result = profit(state, position)
            open_profit += result
            if position.mode == "cross":
                free += result - kept(state, position) - self._spare
        if _opened(state, account, command):
            free = min(free, available(state, account))
        tally.needed = max(tally.needed, tally.course.paid_in - free)
        tally.exposure = max(tally.exposure, exposure)
        tally.course.reach(cash + open_profit)
        today = tally.days[-1]
        tally.curve.add(command.at_us, tally.course.equity)
        today.equity = tally.course.equity
        today.realized += cash - tally.cash
        tally.cash = cash

    # --- events of an account under watch ---------------------------------------------------
    def _deposited(self, tally: Tally, event: Deposited) -> None:
        if tally.course.paid_in:
            tally.days[-1].top_ups += event.amount
        _moved(tally, event.amount)

    def _withdrawn(self, tally: Tally, event: Withdrawn) -> None:
        _moved(tally, -event.amount)

    def _filled(self, tally: Tally, event: OrderFilled) -> None:
        _paid(tally, fee=event.fee)

    def _funded(self, tally: Tally, event: FundingPaid) -> None:
        _paid(tally, funding=event.amount)

    def _borrowed(self, tally: Tally, event: BorrowPaid) -> None:
        _paid(tally, fee=event.amount)

    def _charged(self, tally: Tally, event: LiquidationFeePaid) -> None:
        _paid(tally, fee=event.taker_fee + event.liquidation_fee)

    def _cut(self, tally: Tally, event: LossSocialized) -> None:
        tally.cuts += event.amount

    def _breached(self, tally: Tally, event: LiquidationStarted) -> None:
        """What it lacked then shows how much more would have been needed."""
        free = event.equity - event.maintenance - self._spare
        if event.mode == "isolated":
            free += self._state.balance(self._state.accounts[event.account].wallet_key)
        tally.needed = max(tally.needed, tally.course.paid_in - free)


def _opened(state: State, account: Account, command: Command) -> bool:
    """Whether an order of the account came in that opens a position, now or when it is filled."""
    if not isinstance(command, PlaceOrder) or command.account != account.name:
        return False
    held = state.position(account.name, command.contract, command.leg).quantity
    is_same_side = held > 0 if command.side == "buy" else held < 0
    return is_same_side or (not held and command.order in account.orders)


def _moved(tally: Tally, amount: int) -> None:
    """Money from or to outside is not realised."""
    tally.course.paid_in += amount
    tally.cash += amount


def _paid(tally: Tally, *, fee: int = 0, funding: int = 0) -> None:
    """Fees and funding are told apart from what was realised."""
    today = tally.days[-1]
    today.fees += fee
    today.funding += funding
    today.realized += fee + funding


def _all_equity(state: State) -> int:
    """What all clients are worth: all money sums to zero, so it is what the others lack."""
    outside = state.accounts[OUTSIDE]
    others = ["external", "fees", "rounding", "uncovered", outside.wallet_key]
    others += [keyed(kind, pool) for kind in ("fund", "pending_loss") for pool in state.pools]
    open_profit = sum(
        profit(state, position) for position in outside.positions.values() if position.quantity
    )
    return -sum(state.balance(key) for key in others) - open_profit
