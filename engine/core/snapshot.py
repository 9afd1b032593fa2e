"""The whole state as bytes and back, and its hash.

The bytes are JSON in a fixed order, so that equal states have equal bytes on every Python.
`state_hash` leaves out the clock and the event counter, so that a refused command leaves it as it
was, unless a timer fell due before it.
"""

import hashlib
from typing import Any

import msgspec

from engine.core.account.account import OUTSIDE, Account
from engine.core.account.memory import Known
from engine.core.account.position import Position
from engine.core.book.order import Order
from engine.core.book.outside import Outside
from engine.core.book.stop import Stop
from engine.core.book.volatility import Volatility
from engine.core.command import PositionMode
from engine.core.exchange import Exchange
from engine.core.instrument import Venue
from engine.core.money import Lots, Micros, Price
from engine.core.reason import Reason
from engine.core.state.fund import FundTrack
from engine.core.state.market import Market, SourcePrice
from engine.core.state.meter import Meter
from engine.core.state.pause import Pause
from engine.core.state.venue import State


class MarketImage(msgspec.Struct, omit_defaults=True):
    """A market without its book and holders, which follow from orders and positions.

    What has a default is left out where it is not used, so that old snapshots stay readable.
    """

    outside: Outside
    last: Price
    index: Price
    mark: Price
    source: Price
    basis_x2: int
    samples: list[int]
    premium_sum: int
    premium_count: int
    sample_due_us: int
    funding_due_us: int
    rate_e8: int
    volatility: Volatility
    mark_before: Price = Price(0)
    sources: dict[str, SourcePrice] = {}
    source_x2: int = 0
    is_stale: bool = False
    marked: Price = Price(0)
    fair: Price = Price(0)
    impact_x2: int = 0
    impact_e6: int | None = None
    is_settled: bool = False
    borrow_due_us: int = 0
    shortened_us: int = 0
    calm: int = 0
    accrual: int = 0
    accrual_mark: Price = Price(0)
    accrual_us: int = 0
    realized_us: dict[str, int] = {}


class AccountImage(msgspec.Struct, omit_defaults=True):
    """An account; its orders in the order in which they stand in its list.

    `result` is that of the one pool there mostly is, `results` those of pools with a name.
    """

    name: str
    positions: list[Position]
    orders: list[Order]
    result: int
    warned: int
    last_contract: str
    results: dict[str, int] = {}
    carried: dict[str, int] = {}
    stops: list[Stop] = []
    auto_margin: list[str] = []
    switches: dict[str, int] = {}
    position_mode: PositionMode = "one_way"
    known: list[tuple[str, Known]] = []


class Image(msgspec.Struct):
    """Everything that the next command's events depend on.

    `tracks` are there where the profile limits what funds may lose.
    """

    balances: dict[str, Micros]
    accounts: list[AccountImage]
    markets: dict[str, MarketImage]
    opened: int
    arrivals: int
    now_us: int = 0
    timer_us: int = 0
    seq: int = 0
    pauses: dict[str, Pause] | msgspec.UnsetType = msgspec.UNSET
    stalled: dict[str, Reason] | msgspec.UnsetType = msgspec.UNSET
    """Left out where nobody waits, so that old snapshots stay readable."""
    tracks: dict[str, FundTrack] | msgspec.UnsetType = msgspec.UNSET
    offers: dict[str, dict[str, Lots]] | msgspec.UnsetType = msgspec.UNSET
    meters: dict[str, Meter] | msgspec.UnsetType = msgspec.UNSET
    inventory: list[Position] | msgspec.UnsetType = msgspec.UNSET


_FIELDS = MarketImage.__struct_fields__


def take(exchange: Exchange) -> bytes:
    """Return the state as bytes; equal states give equal bytes."""
    state = exchange.state
    image = _image(state)
    image.now_us, image.timer_us, image.seq = state.now_us, state.timer_us, state.seq
    image.meters = state.meters or msgspec.UNSET
    return _encode(image)


def state_hash(exchange: Exchange) -> str:
    """Return the BLAKE2b-256 of the state in lower-case hex.

    What every command moves is left out: the clock, the event counter, the rates of accounts.
    """
    return hashlib.blake2b(_encode(_image(exchange.state)), digest_size=32).hexdigest()


def restore(venue: Venue, data: bytes) -> Exchange:
    """Return an exchange that goes on where the snapshot was taken.

    Raises msgspec.ValidationError if the bytes are not a snapshot, ValueError if it was taken
    of a venue with other contracts.
    """
    image = msgspec.json.decode(data, type=Image)
    exchange = Exchange(venue)
    state = exchange.state
    if set(image.markets) != set(state.markets):
        raise ValueError(
            f"the snapshot has {sorted(image.markets)}, the venue {sorted(state.markets)}: "
            "restore it with the venue that it was taken of"
        )
    state.ledger.balances = dict(image.balances)
    for symbol, picture in image.markets.items():
        _restore_market(state.markets[symbol], picture)
    for one in image.accounts:
        _restore_account(state, one)
    resting = [order for one in image.accounts for order in one.orders]
    for order in sorted(resting, key=lambda order: order.arrival):
        state.markets[order.contract].ladder.add(order)
        state.expect_end(order)
    state.tracks = image.tracks or {}
    state.opened, state.arrivals = image.opened, image.arrivals
    state.stalled = dict(image.stalled or {})
    state.now_us, state.timer_us, state.seq = image.now_us, image.timer_us, image.seq
    state.pauses = image.pauses or {}
    state.offers = image.offers or {}
    state.meters = image.meters or {}
    for own in image.inventory or []:
        state.inventory[own.contract] = own
        state.markets[own.contract].holders[own.account, own.leg] = own
    return exchange


def _encode(image: Image) -> bytes:
    # sorted keys: the order in which accounts first posted must not matter
    plain = msgspec.to_builtins(image, str_keys=True)  # the keys of what is missing are numbers
    return msgspec.json.encode(plain, order="deterministic")


def _image(state: State) -> Image:
    return Image(
        balances={key: amount for key, amount in state.ledger.balances.items() if amount},
        accounts=[
            AccountImage(
                name,
                [account.positions[slot] for slot in sorted(account.positions)],
                list(account.orders.values()),
                account.results.get("", 0),
                account.warned,
                account.last_contract,
                {pool: result for pool, result in account.results.items() if pool and result},
                {slot: profit for slot, profit in account.carried.items() if profit},
                list(account.stops.values()),
                account.auto_margin,
                account.switches,
                account.position_mode,
                list(account.memory.known.items()),
            )
            for name, account in sorted(state.accounts.items())
        ],
        markets={symbol: _picture(market) for symbol, market in state.markets.items()},
        opened=state.opened,
        arrivals=state.arrivals,
        pauses=state.pauses or msgspec.UNSET,
        stalled=dict(state.stalled) or msgspec.UNSET,
        tracks=state.tracks or msgspec.UNSET,
        offers={symbol: by for symbol, by in state.offers.items() if by} or msgspec.UNSET,
        inventory=[own for _, own in sorted(state.inventory.items()) if own.quantity]
        or msgspec.UNSET,
    )


def _picture(market: Market) -> MarketImage:
    values: dict[str, Any] = {field: getattr(market, field) for field in _FIELDS}
    return MarketImage(**values)


def _restore_market(market: Market, picture: MarketImage) -> None:
    for field in _FIELDS:
        setattr(market, field, getattr(picture, field))


def _restore_account(state: State, picture: AccountImage) -> None:
    account = Account(picture.name, position_mode=picture.position_mode)
    state.keep(account)
    if picture.name != OUTSIDE:
        state.watch.touch(picture.name)
    account.results = {"": picture.result, **picture.results}
    account.carried, account.warned = picture.carried, picture.warned
    account.last_contract = picture.last_contract
    account.auto_margin = picture.auto_margin
    for position in picture.positions:
        state.store(position)
        state.touch(position)
    for order in picture.orders:
        account.orders[order.order] = order
    for stop in picture.stops:
        account.stops[stop.order] = stop
        state.markets[stop.contract].stops.add(stop)
    account.memory.known.update(picture.known)
    for contract, until_us in picture.switches.items():
        state.arm(picture.name, contract, until_us)
