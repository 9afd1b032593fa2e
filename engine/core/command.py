"""What can be said to the exchange: the whole vocabulary in.

The struct applied is the struct journalled and the struct on the wire. `at_us` is UTC
microseconds and the only clock the core knows. Prices in price units, quantities in lots,
amounts in micros.
"""

from typing import Literal

import msgspec

from engine.core.money import Lots, Micros, Price

Side = Literal["buy", "sell"]
Mode = Literal["isolated", "cross"]
PositionMode = Literal["one_way", "hedge"]
Leg = Literal["long", "short"]
"""Which of the two positions in a contract that an account in hedge mode may have."""
LegOrNone = Leg | msgspec.UnsetType
"""A leg, absent in one-way mode."""


class Command(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """The common head of every command."""

    at_us: int


class TradeTick(Command, frozen=True):
    """A trade that happened on the replayed market; `side` is the aggressor's."""

    contract: str
    price: Price
    quantity: Lots
    side: Side


class QuoteTick(Command, frozen=True):
    """The replayed market's best prices and what it shows there."""

    contract: str
    bid: Price
    bid_quantity: Lots
    ask: Price
    ask_quantity: Lots


class BookTick(Command, frozen=True):
    """Levels of the replayed market's book: (price, quantity shown), 0 takes a level away.

    `reset` says that what was shown before is void.
    """

    contract: str
    bids: tuple[tuple[Price, Lots], ...]
    asks: tuple[tuple[Price, Lots], ...]
    reset: bool = False


class IndexTick(Command, frozen=True, omit_defaults=True):
    """An index price from a file; `source` is whose, where the index has several."""

    contract: str
    price: Price
    source: str = ""


class MarkTick(Command, frozen=True):
    """A mark price from a file."""

    contract: str
    price: Price


class FundingTick(Command, frozen=True):
    """A funding settlement from a file, at the rate of 10^-8 of the notional."""

    contract: str
    rate_e8: int


class Deposit(Command, frozen=True):
    """Money from outside into the wallet; the first one opens the account."""

    account: str
    amount: Micros


class Withdraw(Command, frozen=True):
    """Money out of the wallet."""

    account: str
    amount: Micros


class SetLeverage(Command, frozen=True):
    """Choose the leverage for a contract."""

    account: str
    contract: str
    leverage: int


class SetMarginMode(Command, frozen=True, kw_only=True, omit_defaults=True):
    """Choose isolated or cross margin for a contract; where the mode is the account's, for all.

    There a contract need not be named, and has no effect.
    """

    account: str
    contract: str | None = None
    mode: Mode


class SetAutoMargin(Command, frozen=True):
    """Have an isolated position topped up from the wallet before it is liquidated, or no longer."""

    account: str
    contract: str
    is_on: bool


class SetPositionMode(Command, frozen=True):
    """Choose one position a contract, long or short, or a long and a short one side by side."""

    account: str
    mode: PositionMode


class AddMargin(Command, frozen=True):
    """Move money from the wallet to an isolated position, in hedge mode of one leg."""

    account: str
    contract: str
    amount: Micros
    leg: LegOrNone = msgspec.UNSET


class RemoveMargin(Command, frozen=True):
    """Move money from an isolated position, in hedge mode of one leg, back to the wallet."""

    account: str
    contract: str
    amount: Micros
    leg: LegOrNone = msgspec.UNSET


class PlaceOrder(Command, frozen=True):
    """A new order; `order` is the client's id, `price` absent for a market order.

    A `gtd` order is cancelled at `expires_us`, which no other has. In hedge mode an order names
    the `leg` that it opens (buys of the long, sells of the short one) or closes; in one-way mode
    it names none.
    """

    account: str
    order: str
    contract: str
    side: Side
    quantity: Lots
    price: Price | None = None
    time_in_force: Literal["gtc", "ioc", "fok", "gtd"] = "gtc"
    post_only: bool = False
    reduce_only: bool = False
    expires_us: int | msgspec.UnsetType = msgspec.UNSET
    leg: LegOrNone = msgspec.UNSET


class PlaceStop(Command, frozen=True, omit_defaults=True):
    """An order that waits for a price and is placed, as if it came then, once that is reached.

    A `stop` waits for a move against the trader (a buy: up), a `take_profit` for one in his
    favour, a `trailing` stop for one of `callback_ppm` back from the best price since it was
    placed. `watches` is the price that is looked at. `price` is the limit, absent for a market
    order. `close_on_trigger`: it reduces, and other reduce-only orders of its side yield to it.
    `leg` as for an order.
    """

    account: str
    order: str
    contract: str
    side: Side
    quantity: Lots
    kind: Literal["stop", "take_profit", "trailing"] = "stop"
    watches: Literal["last", "mark", "index"] = "last"
    trigger: Price | None = None
    callback_ppm: int | None = None
    price: Price | None = None
    time_in_force: Literal["gtc", "ioc", "fok"] = "gtc"
    reduce_only: bool = False
    close_on_trigger: bool = False
    leg: LegOrNone = msgspec.UNSET


class AmendOrder(Command, frozen=True):
    """A new price and a new open quantity for a resting order."""

    account: str
    order: str
    price: Price
    quantity: Lots


class AmendStop(Command, frozen=True, omit_defaults=True):
    """A new quantity, trigger or callback, and limit for a stop that waits, all of them said.

    A trailing one goes on from the best price that it has seen.
    """

    account: str
    order: str
    quantity: Lots
    trigger: Price | None = None
    callback_ppm: int | None = None
    price: Price | None = None


class CancelOrder(Command, frozen=True):
    """Take a resting order out of the book, or a stop away."""

    account: str
    order: str


class CancelAll(Command, frozen=True, omit_defaults=True):
    """Take all of an account's orders and stops away, in one contract or in all."""

    account: str
    contract: str | None = None


class CancelAllAfter(Command, frozen=True, omit_defaults=True):
    """Take all orders and stops away if nothing says otherwise in time: a dead man's switch.

    The timer runs for `timeout_us` of log time, of one contract or of all; each command for the
    same begins it anew, and 0 ends it.
    """

    account: str
    timeout_us: int
    contract: str | None = None


class OfferAssignment(Command, frozen=True):
    """Stand ready to take over liquidated positions, up to a position of `quantity`; 0 ends it."""

    account: str
    contract: str
    quantity: Lots


class SettleContract(Command, frozen=True, omit_defaults=True):
    """Close every position of a contract and end its trading, as its venue delists it.

    At `price`, or at the mark where none is named.
    """

    contract: str
    price: Price | None = None


AnyCommand = (
    TradeTick
    | QuoteTick
    | BookTick
    | IndexTick
    | MarkTick
    | FundingTick
    | Deposit
    | Withdraw
    | SetLeverage
    | SetMarginMode
    | SetAutoMargin
    | SetPositionMode
    | AddMargin
    | RemoveMargin
    | PlaceOrder
    | PlaceStop
    | AmendOrder
    | AmendStop
    | CancelOrder
    | CancelAll
    | CancelAllAfter
    | OfferAssignment
    | SettleContract
)
"""For decoding: `msgspec.json.Decoder(AnyCommand)`."""
Tick = TradeTick | QuoteTick | BookTick | IndexTick | MarkTick | FundingTick
"""Commands that a file of market data turns into."""
