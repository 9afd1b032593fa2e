"""Everything the exchange knows, and the few ways to change it.

All money moves through `post` and all events leave through `stamp` and `emit`, so that neither
the watch nor the order of events can be bypassed.
"""

from typing import TypedDict

import msgspec
from msgspec import UNSET
from sortedcontainers import SortedList

from engine.core.account.account import OUTSIDE, Account
from engine.core.account.ledger import Ledger
from engine.core.account.position import Position, slot_of
from engine.core.book.order import Order
from engine.core.command import Command, LegOrNone, PositionMode
from engine.core.event import Event, Rejected, TickApplied
from engine.core.instrument import Venue
from engine.core.money import Lots, Micros
from engine.core.reason import Reason
from engine.core.state.fund import FundTrack
from engine.core.state.market import Market
from engine.core.state.meter import Meter
from engine.core.state.pause import Pause
from engine.core.state.watch import Watch

LEGS: tuple[LegOrNone, ...] = ("long", "short")
ONE_WAY: tuple[LegOrNone, ...] = (UNSET,)


class Stamp(TypedDict):
    """The head of an event."""

    seq: int
    at_us: int


def keyed(kind: str, pool: str) -> str:
    """Return the ledger account of a pool.

    >>> keyed("fund", ""), keyed("pending_loss", "BTC")
    ('fund', 'pending_loss:BTC')
    """
    return f"{kind}:{pool}" if pool else kind


class State:
    """The one mutable object of the core; handlers and stages get it in person."""

    def __init__(self, venue: Venue) -> None:
        self.venue = venue
        self.rules = venue.rules
        self.ledger = Ledger()
        self.accounts: dict[str, Account] = {OUTSIDE: Account(OUTSIDE)}
        self.markets = {
            contract.symbol: Market(contract)
            for contract in sorted(venue.contracts, key=lambda contract: contract.symbol)
        }
        self.watch = Watch()
        self.accrues = any(contract.funding.accrues for contract in venue.contracts)
        self.pauses: dict[str, Pause] = {}
        self.stalled: dict[str, Reason] = {}
        """Margin accounts whose liquidation waits, and for what."""
        self.expiries: SortedList[tuple[int, int, str, str]] = SortedList()
        """Resting orders that end by themselves: when, arrival, account and order."""
        self._codes = {(one.command, one.reason): one.code for one in venue.rules.refusals}
        self.inventory: dict[str, Position] = {}
        """By contract: what the insurance funds hold themselves (I1)."""
        self.offers: dict[str, dict[str, Lots]] = {}
        """By contract and account: up to which position liquidated ones are taken over (C4)."""
        self.switches: SortedList[tuple[int, str, str]] = SortedList()
        """When orders go unless their client speaks (O20): due time, account, contract or ""."""
        self.meters: dict[str, Meter] = {}
        """What accounts have used of their rate of commands (O19)."""
        self.now_us = 0
        self.timer_us = 0
        self.seq = 0
        self.opened = 0
        self.arrivals = 0
        self.events: list[Event] = []
        self._first_seq = 0
        self._pending_tick: Market | None = None
        self._owners: dict[str, str] = {}
        self._pools = {one.symbol: venue.pool_of(one) for one in venue.contracts}
        self.pools = list(venue.funds())
        for pool, cash in venue.funds().items():
            self.ledger.post("external", keyed("fund", pool), cash)
        terms = venue.rules.fund
        is_tracked = terms.day_loss_ppm or terms.drawdown_ppm
        tracked = self.pools if is_tracked else []
        self.tracks = {keyed("fund", pool): FundTrack() for pool in tracked}
        self._noted: dict[str, None] = {}

    # --- events -----------------------------------------------------------------------------
    def begin(self, at_us: int, tick: Market | None = None) -> None:
        """Start a command or timer: its first event is the cause of what it sets off."""
        self.now_us = at_us
        self._noted.clear()
        self._first_seq = 0
        self._pending_tick = tick

    def stamp(self) -> Stamp:
        """Return the head of the next event; a tick introduces itself before its first one."""
        if self._pending_tick is not None:
            market, self._pending_tick = self._pending_tick, None
            if market.has_price:
                self._introduce(market)
        self.seq += 1
        self._first_seq = self._first_seq or self.seq
        return {"seq": self.seq, "at_us": self.now_us}

    def _introduce(self, market: Market) -> None:
        self.emit(
            TickApplied(
                **self.stamp(),
                contract=market.contract.symbol,
                bid=market.outside.bid,
                ask=market.outside.ask,
                last=market.printed or market.last,
            )
        )

    def emit(self, event: Event) -> None:
        """Say what happened; the event was stamped just before."""
        assert event.seq == self.seq, "an event is emitted right after its stamp"
        self.events.append(event)

    def first_seq(self) -> int:
        """Return the seq of the command's first event, which may be the next one."""
        if self._first_seq:
            return self._first_seq
        return self.seq + 1

    def reject(
        self,
        command: Command,
        reason: Reason,
        retry_after_us: int | msgspec.UnsetType = msgspec.UNSET,
        *,
        contract: str | None = None,
    ) -> None:
        """Refuse a command; nothing has changed. `contract` is why, if it names another."""
        self._pending_tick = None
        self.emit(
            Rejected(
                **self.stamp(),
                command=type(command).__name__,
                reason=reason,
                account=getattr(command, "account", None),
                contract=contract or getattr(command, "contract", None),
                order=getattr(command, "order", None),
                code=self._code_of(type(command).__name__, reason),
                retry_after_us=retry_after_us,
            )
        )

    def _code_of(self, command: str, reason: Reason) -> str | msgspec.UnsetType:
        """Return the venue's own code for a refusal, if it has one."""
        general = self._codes.get(("", reason.value), msgspec.UNSET)
        return self._codes.get((command, reason.value), general)

    # --- money ------------------------------------------------------------------------------
    def balance(self, key: str) -> Micros:
        """Return a ledger account's balance."""
        return self.ledger.balance(key)

    @property
    def fund(self) -> Micros:
        """The insurance fund's cash, all pools together."""
        return Micros(sum(self.ledger.balance(keyed("fund", pool)) for pool in self.pools))

    def pool_of(self, contract: str) -> str:
        """Return the pool that bears a contract's losses; no contract has none."""
        return self._pools.get(contract, "")

    def fund_key(self, contract: str) -> str:
        """Return the ledger account of the insurance fund that bears a contract's losses."""
        return keyed("fund", self.pool_of(contract))

    def fund_of(self, contract: str) -> Micros:
        """Return the cash of the insurance fund that bears a contract's losses."""
        return self.balance(self.fund_key(contract))

    def post(self, source: str, target: str, amount: int) -> None:
        """Move money; whoever's margin account it is will be looked at again."""
        if not amount:
            return
        if self.tracks:
            self._note(source)
            self._note(target)
        self.ledger.post(source, target, amount)
        for key in (source, target):
            owner = self._owners.get(key)
            if owner is not None:
                self.watch.touch(owner)

    def _note(self, key: str) -> None:
        """Note what a fund had before the first change of a command."""
        track = self.tracks.get(key)
        if track is not None and key not in self._noted:
            self._noted[key] = None
            track.note(self.now_us, self.balance(key), self.rules.fund)

    # --- accounts and positions -------------------------------------------------------------
    def waits(self, margin_id: str) -> bool:
        """Say whether a margin account in breach waits (Decision L18)."""
        pause = self.pauses.get(margin_id)
        return pause is not None and not pause.is_over

    def open_account(self, name: str) -> Account:
        """Return the account, made if it is new."""
        account = self.accounts.get(name)
        if account is None:
            account = Account(name, position_mode=self.rules.position_modes[0])
            self.keep(account)
        return account

    def keep(self, account: Account) -> None:
        """Keep an account and watch its wallet."""
        self.accounts[account.name] = account
        if account.name != OUTSIDE:
            self._owners[account.wallet_key] = account.name

    def position(self, account: str, contract: str, leg: LegOrNone = UNSET) -> Position:
        """Return a position to read: the stored one, or a flat one with the profile's defaults."""
        stored = self.accounts[account].positions.get(slot_of(contract, leg))
        if stored is not None:
            return stored
        mode = "cross" if account == OUTSIDE else self.rules.default_mode
        return Position(account, contract, mode, self.rules.default_leverage, leg=leg)

    def traded(self, order: Order) -> Position:
        """Return the position that an order trades, to read."""
        return self.position(order.account, order.contract, order.leg)

    def legs(self, account: str, contract: str) -> list[Position]:
        """Return an account's positions in a contract to read, flat ones too; settings are shared.

        In one-way mode there is one.
        """
        hedged = self.accounts[account].position_mode == "hedge"
        return [self.position(account, contract, leg) for leg in (LEGS if hedged else ONE_WAY)]

    def hold(self, account: str, contract: str, leg: LegOrNone = UNSET) -> Position:
        """Return a position to change; it is stored from now on, and so is its other leg."""
        if slot_of(contract, leg) not in self.accounts[account].positions:
            for position in self.legs(account, contract):
                self.store(position)
        return self.accounts[account].positions[slot_of(contract, leg)]

    def held_legs(self, account: str, contract: str) -> list[Position]:
        """Return the positions that share their settings, to change; they are stored then."""
        return [self.hold(account, contract, one.leg) for one in self.legs(account, contract)]

    def store(self, position: Position) -> None:
        """Keep a position and watch its isolated margin."""
        self.accounts[position.account].positions[position.slot] = position
        if position.account != OUTSIDE:
            margin_id = f"{position.account}:{position.slot}"
            self._owners[position.isolated_key] = margin_id
        if position.quantity:
            self._holders(position)[position.account, position.leg] = position

    def rename(self, account: Account, mode: PositionMode) -> None:
        """Give an account the places of another position mode; settings stay, all is flat.

        What its margin accounts of the old places waited for is forgotten (Decision M17).
        """
        account.position_mode = mode
        flat = {one.contract: one for one in account.positions.values()}
        for position in account.positions.values():
            assert not position.quantity, "only a flat position changes its place"
            del self._owners[position.isolated_key]
            self.pauses.pop(f"{account.name}:{position.slot}", None)
            self.watch.guard(f"{account.name}:{position.slot}", [])
        account.positions.clear()
        for contract, before in flat.items():
            for position in self.legs(account.name, contract):
                position.mode, position.leverage = before.mode, before.leverage
                self.store(position)

    def _holders(self, position: Position) -> dict[tuple[str, LegOrNone], Position]:
        return self.markets[position.contract].holders

    def touch(self, position: Position) -> None:
        """Have the margin account of a position looked at."""
        if position.account != OUTSIDE:
            self.watch.touch(position.margin_id)

    def resized(self, position: Position, was: int) -> None:
        """Note that a position's quantity changed: who holds what, since when, and the watch."""
        holders, holder = self._holders(position), (position.account, position.leg)
        if position.quantity and not was:
            self.opened += 1
            position.opened = self.opened
            holders[holder] = position
        elif was and not position.quantity:
            position.opened = 0
            del holders[holder]
            account = self.accounts[position.account]
            carried = account.carried.pop(position.slot, 0)
            account.add_result(self.pool_of(position.contract), -carried)
            if position.mode == "cross":
                account.last_contract = position.contract
        self.touch(position)

    # --- orders -----------------------------------------------------------------------------
    def rest(self, order: Order) -> None:
        """Put an order into the book, behind what the replayed market shows at its price."""
        market = self.markets[order.contract]
        order.ahead = 0
        if self.rules.queue != "front":
            order.ahead = market.outside.shown_at(
                market.contract, order.side, order.price, self.now_us
            )
        market.ladder.add(order)
        market.dirty = True
        self.accounts[order.account].orders[order.order] = order
        self.expect_end(order)

    def expect_end(self, order: Order) -> None:
        """Note when an order's own time is over."""
        if isinstance(order.expires_us, int):
            self.expiries.add((order.expires_us, order.arrival, order.account, order.order))
            self.timer_us = min(self.timer_us, order.expires_us)

    def arm(self, name: str, contract: str, until_us: int | None) -> None:
        """Begin anew or end the timer at which orders of a contract ("": of all) go."""
        switches = self.accounts[name].switches
        before_us = switches.pop(contract, None)
        if before_us is not None:
            self.switches.remove((before_us, name, contract))
        if until_us is not None:
            switches[contract] = until_us
            self.switches.add((until_us, name, contract))
            self.timer_us = min(self.timer_us, until_us)

    def unrest(self, order: Order) -> None:
        """Take an order out of the book."""
        market = self.markets[order.contract]
        market.ladder.remove(order)
        market.dirty = True
        if isinstance(order.expires_us, int):
            entry = (order.expires_us, order.arrival, order.account, order.order)
            self.expiries.remove(entry)
        del self.accounts[order.account].orders[order.order]
