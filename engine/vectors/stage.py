"""An exchange whose accounts hold given positions and money, without having traded for them.

Scenarios of other projects begin in the middle: accounts hold positions, often below their
maintenance already. A stage opens each position against the outside market at its entry price,
by the engine's own settlement, and posts the balances. While it is being set (`setting`) every
margin account has far more money than it needs, so that marks move and orders rest although
nobody could afford them; when all is in place every invariant is checked, the money is taken
away again, and the next command (`look`) shows the exchange how things stand.

The outside market shows no liquidity: whatever trades here, trades with the orders of the case.
Amounts are exact fractions of quote and base currency; each contract says what its whole numbers
mean.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from math import gcd, lcm
from types import MappingProxyType
from typing import Literal

import msgspec

from engine.config.brackets import BracketTable, Row, tables
from engine.config.read import Place
from engine.core.account.account import OUTSIDE
from engine.core.command import AnyCommand, IndexTick, PlaceOrder, QuoteTick, Side, TradeTick
from engine.core.event import Event
from engine.core.exchange import Exchange
from engine.core.instrument import Band, Bracket, ClosingFee, Contract, Depth, Funding, Rules, Venue
from engine.core.invariants import check, check_sums
from engine.core.money import PPM, Lots, Micros, Price
from engine.core.state.standing import isolated_risk
from engine.core.state.venue import State
from engine.core.trading.fill import Fill, settle

ENDLESS = 10**40
"""A price or quantity that no case reaches."""
RICH = 10**60
"""More than any position can lose."""
NO_LIQUIDITY = Depth(
    half_spread_ppm=0, bands=(Band(0, Micros(0)),), levels_per_band=1, half_life_us=1
)


def exact(number: object) -> Fraction:
    """Read a decimal without rounding it: a float is taken as it is printed.

    >>> exact("0.1"), exact(0.1), exact(2)
    (Fraction(1, 10), Fraction(1, 10), Fraction(2, 1))
    """
    return Fraction(str(number))


def step_of(values: Iterable[Fraction]) -> Fraction:
    """Return the largest step of which all values are multiples, 1 where all are zero.

    >>> step_of([Fraction("0.25"), Fraction(1), Fraction("0.1")])
    Fraction(1, 20)
    """
    listed = [value for value in values if value]
    if not listed:
        return Fraction(1)
    scale = lcm(*(value.denominator for value in listed))
    return Fraction(gcd(*(int(value * scale) for value in listed)), scale)


def whole(value: Fraction) -> int:
    """Return a fraction that must be a whole number. Raises `ValueError` for any other."""
    if value.denominator != 1:
        raise ValueError(f"{value} is not a whole number of units")
    return value.numerator


class Listing(msgspec.Struct, frozen=True):
    """A contract of a stage: quote per price unit, base per lot, and its table in money units."""

    symbol: str
    price_step: Fraction
    lot: Fraction
    brackets: tuple[Bracket, ...]
    multiplier: Fraction = Fraction(1)
    funding: Funding = Funding()
    brackets_by: Literal["notional", "lots"] = "notional"
    initial: tuple[Bracket, ...] = ()
    closing_fee: ClosingFee | None = None


def flat(rate: Fraction) -> tuple[Bracket, ...]:
    """Return a table of one rate that never limits the leverage."""
    return (Bracket(Micros(0), whole(rate * PPM), Micros(0), PPM),)


def published(
    rows: Iterable[tuple[str, str]], family: Literal["deduction", "marginal"] = "deduction"
) -> tuple[Bracket, ...]:
    """Convert a published table of (floor, rate) as a lab's is, floors in micros of quote.

    The leverages, which no case states, are as large as the engine allows.

    >>> [row.deduction for row in published([("0", "0.005"), ("50000", "0.05")])]
    [0, 2250000000]
    """
    listed = tuple(
        Row(floor=floor, rate=rate, leverage=max(1, (PPM - 1) // int(exact(rate) * PPM)))
        for floor, rate in rows
    )
    return tables(BracketTable(rows=listed, family=family), Place("a published table")).maintenance


def scaled(table: Iterable[Bracket], money: Fraction) -> tuple[Bracket, ...]:
    """Return a table in micros of quote as one in other money units."""
    micro = Fraction(1, PPM) / money
    return tuple(
        msgspec.structs.replace(
            row,
            floor=Micros(whole(row.floor * micro)),
            deduction=Micros(whole(row.deduction * micro)),
        )
        for row in table
    )


def contract_of(listing: Listing, money: Fraction) -> Contract:
    """Return a contract whose money units are worth so much quote currency."""
    unit_value = listing.price_step * listing.lot * listing.multiplier / money
    return Contract(
        symbol=listing.symbol,
        price_unit=str(listing.price_step),
        lot=str(listing.lot),
        tick=1,
        unit_value=Micros(whole(unit_value)),
        price_max=Price(ENDLESS),
        quantity_max=Lots(ENDLESS),
        brackets=listing.brackets,
        depth=NO_LIQUIDITY,
        funding=listing.funding,
        brackets_by=listing.brackets_by,
        initial=listing.initial,
        closing_fee=listing.closing_fee,
    )


class Stage:
    """An exchange being set up; `money` is the quote currency in one money unit.

    Each pool of the insurance fund begins with `fund`, or with what `pools` says of it.
    """

    def __init__(
        self,
        rules: Rules,
        listings: Sequence[Listing],
        money: Fraction,
        fund: Fraction,
        pools: Mapping[str, Fraction] = MappingProxyType({}),
    ) -> None:
        self.money = money
        self._listings = {listing.symbol: listing for listing in listings}
        contracts = tuple(contract_of(listing, money) for listing in listings)
        cash = {name: Micros(self.units(amount)) for name, amount in pools.items()}
        self.exchange = Exchange(Venue(rules, contracts, Micros(self.units(fund)), cash))
        self._now_us = 0

    @property
    def state(self) -> State:
        """The state of the exchange."""
        return self.exchange.state

    # --- units ------------------------------------------------------------------------------
    def units(self, amount: Fraction) -> int:
        """Return an amount of quote currency in money units."""
        return whole(amount / self.money)

    def quote(self, amount: int) -> Fraction:
        """Return money units in quote currency."""
        return amount * self.money

    def price(self, contract: str, price: Fraction) -> Price:
        """Return a price in the contract's units."""
        return Price(whole(price / self._listings[contract].price_step))

    def lots(self, contract: str, size: Fraction) -> int:
        """Return a size in lots."""
        return whole(size / self._listings[contract].lot)

    def shown(self, contract: str, price: Fraction) -> Fraction:
        """Return a price in units, possibly between two of them, in quote currency."""
        return price * self._listings[contract].price_step

    def sized(self, contract: str, lots: int) -> Fraction:
        """Return lots in base currency."""
        return lots * self._listings[contract].lot

    # --- setting it -------------------------------------------------------------------------
    def apply(self, command: AnyCommand) -> tuple[Event, ...]:
        """Apply a command and check what can be checked after it."""
        events = self.exchange.apply(command)
        check_sums(self.state)
        return events

    def now(self) -> int:
        """Return the time of the next command."""
        self._now_us += 1
        return self._now_us

    def mark(self, contract: str, price: Fraction) -> None:
        """Move last and mark to a price; nothing can be bought or sold there."""
        if not self.state.markets[contract].has_price:
            self.apply(
                QuoteTick(
                    at_us=self.now(),
                    contract=contract,
                    bid=Price(1),
                    bid_quantity=Lots(0),
                    ask=Price(ENDLESS),
                    ask_quantity=Lots(0),
                )
            )
        at, price_units = self.now(), self.price(contract, price)
        self.apply(
            TradeTick(at_us=at, contract=contract, price=price_units, quantity=Lots(1), side="buy")
        )
        assert self.state.markets[contract].mark == price_units

    def open(self, account: str, contract: str, size: Fraction, entry: Fraction) -> None:
        """Give an account a cross position at its entry price; outside takes the other side."""
        state = self.state
        lots, price = self.lots(contract, size), self.price(contract, entry)
        state.open_account(account)
        sign = 1 if lots > 0 else -1
        for name, side in ((account, sign), (OUTSIDE, -sign)):
            position = state.hold(name, contract)
            position.mode = "cross"
            settle(state, position, Fill(side, abs(lots), price), fee_ppm=0)

    def isolate(self, account: str, contract: str, margin: Fraction) -> None:
        """Make a position isolated with so much margin of its own, new money from outside."""
        position = self.state.accounts[account].positions[contract]
        assert position.quantity, "only an open position is isolated here"
        position.mode = "isolated"
        self.state.post("external", position.margin_key, self.units(margin))

    def wallet(self, account: str, amount: Fraction) -> None:
        """Set an account's wallet."""
        key = self.state.open_account(account).wallet_key
        self.state.post("external", key, self.units(amount) - self.state.balance(key))

    def order(
        self, account: str, side: Side, size: Fraction, price: Fraction, contract: str
    ) -> tuple[Event, ...]:
        """Place a limit order that rests until it is cancelled."""
        at_us = self.now()
        return self.apply(
            PlaceOrder(
                at_us=at_us,
                account=account,
                order=f"order {at_us}",
                contract=contract,
                side=side,
                quantity=Lots(self.lots(contract, size)),
                price=self.price(contract, price),
            )
        )

    @contextmanager
    def setting(self) -> Iterator[None]:
        """Let everybody be rich; at the end check every invariant and take the money away."""
        keys = [
            key
            for name, account in self.state.accounts.items()
            if name != OUTSIDE
            for key in (
                account.wallet_key,
                *(p.margin_key for p in account.positions.values() if p.mode == "isolated"),
            )
        ]
        for key in keys:
            self.state.post("external", key, RICH)
        yield
        check(self.state)
        for key in keys:
            self.state.post(key, "external", RICH)

    def look(self) -> tuple[Event, ...]:
        """Let the exchange see how things stand, by a command that moves no price."""
        contract = next(iter(self._listings))
        return self.apply(IndexTick(at_us=self.now(), contract=contract, price=Price(1)))

    # --- reading it -------------------------------------------------------------------------
    def cash(self, account: str) -> Fraction:
        """Return the wallet less what the cross positions cost: a ledger of cash alone."""
        held = self.state.accounts[account]
        cost = sum(position.cost for position in held.cross_positions())
        return self.quote(self.state.balance(held.wallet_key) - cost)

    def sizes(self, account: str) -> dict[str, Fraction]:
        """Return an account's open positions by contract."""
        return {
            contract: self.sized(contract, position.quantity)
            for contract, position in self.state.accounts[account].positions.items()
            if position.quantity
        }

    def equity(self, account: str) -> Fraction:
        """Return all that an account is worth, its isolated positions included."""
        held = self.state.accounts[account]
        equity = self.exchange.equity_of(account)
        for position in held.positions.values():
            if position.mode == "isolated":
                equity += isolated_risk(self.state, position).equity
        return self.quote(equity)

    @property
    def fund(self) -> Fraction:
        """The insurance fund's cash."""
        return self.quote(self.state.fund)
