"""What the slow exchange remembers, the ledger, and the list of events said so far."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from msgspec import UNSET

from engine.core.command import Mode, PlaceOrder, PlaceStop, Side
from engine.core.event import Event, TickApplied
from engine.core.instrument import Contract, Venue
from tests.support.naive.debt import Debt as Debt
from tests.support.naive.job import Job as Job
from tests.support.naive.place import Place as Place
from tests.support.naive.place import Pocket as Pocket
from tests.support.naive.place import balance_name as balance_name
from tests.support.naive.place import place_at as place_at
from tests.support.naive.place import pocket_id as pocket_id
from tests.support.naive.place import pool_name as pool_name
from tests.support.naive.place import symbol_of as symbol_of
from tests.support.naive.place import told as told

OUTSIDE = "outside"


class Markets(dict[str, "Market"]):
    """Markets by contract, which a place finds too."""

    def __missing__(self, place: Place) -> "Market":
        return dict.__getitem__(self, symbol_of(place))


@dataclass
class Order:
    """A resting or arriving order: `quantity` is still open, `ahead` stands before it (P16)."""

    account: str
    order: str
    contract: str
    side: Side
    quantity: int
    price: int
    post_only: bool
    reduce_only: bool
    arrival: int = 0
    ahead: int = 0
    expires: int | None = None
    leg: object = UNSET

    @property
    def place(self) -> Place:
        """Where the position is that it trades."""
        return place_at(self.contract, self.leg)


@dataclass
class Position:
    """A signed quantity, its signed cost, and when it last left 0 (L5)."""

    quantity: int = 0
    cost: int = 0
    opened: int = 0


@dataclass
class Market:
    """One contract's prices. A name that ends in 2 holds twice the price (P3)."""

    contract: Contract
    priced: bool = False
    settled: bool = False
    quoted: bool = False
    booked: bool = False
    bid: int = 0
    ask: int = 0
    bid_quantity: int = 0
    ask_quantity: int = 0
    last: int = 0
    last_next: int = 0
    source2: int | None = None
    sources: dict[str, tuple[int, int]] = field(default_factory=dict)
    standings: dict[str, str] = field(default_factory=dict)
    stale: bool = False
    marked: int | None = None
    index: int = 0
    mark: int = 0
    mark_before: int = 0
    own_mark: int = 0
    impact2: int = 0
    impact_average: int | None = None
    basis2: int = 0
    rate_e8: int = 0
    interval: int = 0
    calm: int = 0
    lent_until: int = 0
    accrual_mark: int = 0
    accrued_from: int = 0
    """`interval`: that of funding now; `accrued_from`: since when it accrues, 0 before (F5)."""
    sampled_until: int = 0
    settled_until: int = 0
    samples: list[int] = field(default_factory=list)
    premium_sum: int = 0
    premium_count: int = 0
    missing: dict[tuple[Side, int], tuple[int, int]] = field(default_factory=dict)
    book: dict[Side, dict[int, int]] = field(default_factory=lambda: {"buy": {}, "sell": {}})
    noted2: int | None = None
    noted_until: int = 0
    squares: list[int] = field(default_factory=list)


@dataclass
class Stop:
    """A stop as sent; `best` is what a trailing one has seen, `reached` what triggered it."""

    command: PlaceStop
    best: int | None = None
    reached: int | None = None

    @property
    def place(self) -> Place:
        """Where the position is that it trades."""
        return place_at(self.command.contract, self.command.leg)

    def look(self, market: Market) -> None:
        """Look at the price that it watches (O15)."""
        asked = self.command
        price = {"last": market.last, "mark": market.own_mark, "index": market.index}[asked.watches]
        upwards = asked.side == "buy" if asked.kind != "take_profit" else asked.side == "sell"
        if asked.callback_ppm is None:
            level = asked.trigger or 0
            met = price >= level if upwards else price <= level
        elif upwards:
            self.best = price if self.best is None else min(self.best, price)
            met = (price - self.best) * 1_000_000 >= self.best * asked.callback_ppm
        else:
            self.best = price if self.best is None else max(self.best, price)
            met = (self.best - price) * 1_000_000 >= self.best * asked.callback_ppm
        if met and self.reached is None:
            self.reached = price


class State:
    """Everything that a command can change."""

    def __init__(self, venue: Venue) -> None:
        self.venue = venue
        self.rules = venue.rules
        self.markets = Markets({c.symbol: Market(c) for c in sorted(venue.contracts, key=_symbol)})
        self.hedged: set[str] = set()
        self.ledger: dict[str, int] = {}
        self.accounts: list[str] = []
        self.positions: dict[tuple[str, str], Position] = {}
        self.modes: dict[tuple[str, str], Mode] = {}
        self.leverages: dict[tuple[str, str], int] = {}
        self.orders: list[Order] = []
        self.stops: list[Stop] = []
        self.results: dict[tuple[Pocket, str], int] = {}
        self.began_with: dict[tuple[str, str], int] = {}
        self.period_until: int | None = None
        self.offloaded_until = 0
        self.had: list[tuple[int, dict[str, int]]] = []
        self.stopped: set[str] = set()
        self.held_last: dict[str, str] = {}
        self.stalled: set[Pocket] = set()
        self.crossed: dict[Pocket, set[int]] = {}
        self.drawing: set[tuple[str, str]] = set()
        self.waiting: dict[Pocket, Job] = {}
        self.offers: dict[tuple[str, str], int] = {}
        self.switches: dict[tuple[str, str | None], int] = {}
        self.triggering = False
        self.accepted: list[tuple[int, PlaceOrder | PlaceStop]] = []
        self.tokens: dict[str, tuple[Fraction, int]] = {}
        self.dirty: set[str] = set()
        self.auto_margin: set[Pocket] = set()
        self.funded_until: dict[tuple[str, str], int] = {}
        self.arrivals = 0
        self.openings = 0
        self.clock = 0
        self.dry_run_of: State | None = None
        self.now = 0
        self.seq = 0
        self.events: list[Event] = []
        self.first_seq: int | None = None
        self.head: dict[str, object] | None = None
        for pool in self.pools():
            self.post("external", pool_name("fund", pool), venue.pools.get(pool, venue.fund))

    def copy(self) -> "State":
        """Copy everything but the venue, for a trial."""
        frozen = [self.venue, self.rules, *self.venue.contracts, *self.events]
        return copy.deepcopy(self, {id(thing): thing for thing in frozen})

    # -- the ledger (A3) --

    def post(self, debit: str, credit: str, amount: int) -> None:
        """Move money from one ledger account to another."""
        self.ledger[debit] = self.ledger.get(debit, 0) - amount
        self.ledger[credit] = self.ledger.get(credit, 0) + amount

    def balance(self, name: str) -> int:
        """Tell what a ledger account holds."""
        return self.ledger.get(name, 0)

    def money(self, pocket: Pocket) -> int:
        """Tell what a margin account holds, unrealised results left out."""
        return self.balance(balance_name(pocket))

    # -- pools (A5) --

    def pool(self, contract: str) -> str:
        """Name the pool that a contract belongs to; no contract belongs to the nameless one."""
        if self.rules.fund_pools == "one" or not contract:
            return ""
        group = self.markets[contract].contract.group
        return group if group and self.rules.fund_pools == "group" else symbol_of(contract)

    def pools(self) -> list[str]:
        """List all pools by name."""
        return sorted({self.pool(contract) for contract in self.markets}) or [""]

    def fund_name(self, contract: str) -> str:
        """Name the ledger account of the fund that a contract belongs to."""
        return pool_name("fund", self.pool(contract))

    def held_by_fund(self, contract: str) -> int:
        """Tell what the fund of a contract holds in it (I1)."""
        return self.position(self.fund_name(contract), symbol_of(contract)).quantity

    def fund_of(self, contract: str) -> int:
        """Tell the cash of the fund that a contract belongs to."""
        return self.balance(self.fund_name(contract))

    # -- results (M11) --

    def add_result(self, pocket: Pocket, contract: str, amount: int) -> None:
        """Count what a margin account gained in a contract (M11)."""
        key = (pocket, self.pool(contract))
        self.results[key] = self.results.get(key, 0) + amount

    def hand_over_result(self, account: str, contract: str) -> None:
        """Let an isolated position's result count with its account's cross side (M11)."""
        result = self.results.pop(((account, contract), self.pool(contract)), 0)
        self.add_result((account, None), contract, result)

    # -- who has what --

    def places(self, account: str, contract: str | None = None) -> list[Place]:
        """List the places that an account has, in one contract or in all, sorted (A2)."""
        symbols = self.markets if contract is None else [contract]
        if account not in self.hedged:
            return list(symbols)
        return [f"{symbol}:{leg}" for symbol in symbols for leg in ("long", "short")]

    def place_on(self, account: str, contract: str, sign: int) -> Place:
        """Give the place in which an account's position of that side is or would be."""
        return self.places(account, contract)[0 if sign > 0 else -1]

    def position(self, account: str, contract: str) -> Position:
        """Give the position, one of quantity 0 where there is none."""
        return self.positions.setdefault((account, contract), Position())

    def mode(self, account: str, contract: str) -> Mode:
        """Give the margin mode (A2); the outside market and funds are never isolated."""
        if account == OUTSIDE or account.partition(":")[0] == "fund":
            return "cross"
        return self.modes.get((account, symbol_of(contract)), self.rules.default_mode)

    def leverage(self, account: str, contract: str) -> int:
        """Give the leverage that is set (A2)."""
        return self.leverages.get((account, symbol_of(contract)), self.rules.default_leverage)

    def pocket(self, account: str, contract: str) -> Pocket:
        """Give the margin account that a position belongs to."""
        return (account, contract if self.mode(account, contract) == "isolated" else None)

    def contracts_of(self, pocket: Pocket) -> list[str]:
        """List the places at which a margin account has a position, sorted."""
        account, only = pocket
        return [
            place
            for place in self.places(account)
            if self.position(account, place).quantity != 0
            and self.pocket(account, place) == pocket
            and only in (None, place)
        ]

    def waits(self, pocket: Pocket) -> bool:
        """Tell whether a margin account with a position waits (C3)."""
        job = self.waiting.get(pocket)
        return job is not None and not job.is_over and bool(self.contracts_of(pocket))

    def pockets(self) -> list[Pocket]:
        """List all margin accounts by id; `outside` is not one that anybody looks at."""
        found: list[Pocket] = [(account, None) for account in self.accounts]
        found += [
            (account, place)
            for account in self.accounts
            for place in self.places(account)
            if self.mode(account, place) == "isolated"
        ]
        return sorted(found, key=pocket_id)

    def orders_of(self, account: str, contract: str | None = None) -> list[Order]:
        """List an account's resting orders by arrival, in one contract, at one place or in all."""
        own = [order for order in self.orders if order.account == account]
        return sorted(
            (o for o in own if contract in (None, o.contract, o.place)),
            key=lambda order: order.arrival,
        )

    def find_order(self, account: str, order: str) -> Order | None:
        """Find a resting order."""
        return next((o for o in self.orders if (o.account, o.order) == (account, order)), None)

    def find_stop(self, account: str, order: str) -> Stop | None:
        """Find a stop that waits."""
        named = (stop for stop in self.stops if stop.command.account == account)
        return next((stop for stop in named if stop.command.order == order), None)

    def stops_of(self, account: str, contract: str | None = None) -> list[Stop]:
        """List an account's stops by arrival, in one contract, at one place or in all."""
        own = [stop for stop in self.stops if stop.command.account == account]
        return [stop for stop in own if contract in (None, stop.command.contract, stop.place)]

    # -- events --

    def begin(self, at_us: int) -> None:
        """Start a command or a timer."""
        self.now = at_us
        self.had.append(
            (at_us, {pool: self.balance(pool_name("fund", pool)) for pool in self.pools()})
        )
        self.first_seq = None
        self.head = None

    def emit(self, kind: Callable[..., Event], /, **fields: object) -> int:
        """Say what happened and give its number; a tick says first that it was one (P13).

        A place that is named as the contract is told as contract and leg.
        """
        place = fields.get("contract")
        if isinstance(place, str) and symbol_of(place) != place:
            fields["contract"] = symbol_of(place)
            fields["leg"] = place.rpartition(":")[2]
        if self.head is not None:
            head, self.head = self.head, None
            self.emit(TickApplied, **head)
        self.seq += 1
        if self.first_seq is None:
            self.first_seq = self.seq
        self.events.append(kind(seq=self.seq, at_us=self.now, **fields))
        return self.seq

    def first_event(self) -> int:
        """Give the number of the command's or timer's first event (L3)."""
        if self.head is not None:
            head, self.head = self.head, None
            self.emit(TickApplied, **head)
        # where time alone set it off (F5) nothing has been told yet: it is the next one
        return self.seq + 1 if self.first_seq is None else self.first_seq


def _symbol(contract: Contract) -> str:
    return contract.symbol
