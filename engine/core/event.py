"""What the exchange says happened: the whole vocabulary out.

`seq` counts from 1 without gaps, `at_us` is the time of the command or timer. Prices in price
units, quantities in lots, money in micros. In the events of a liquidation `liquidation` is the
`seq` of its `LiquidationStarted`. `loss` and who bore it are signed and add up by the identity
loss = own_margin + insurance_fund + assignment + adl + socialized + uncovered + pending over all
events of a run, where a `PeriodSettled` takes its `pending` off again. `fund` is the insurance
fund's cash afterwards. `leg` is there where the position or isolated margin account in question
is one leg of an account in hedge mode. All events are imported from here, wherever they stand.
"""

from typing import Literal

import msgspec

from engine.core.account_event import AssignmentOffered as AssignmentOffered
from engine.core.account_event import AutoMarginSet as AutoMarginSet
from engine.core.account_event import Deposited as Deposited
from engine.core.account_event import LeverageSet as LeverageSet
from engine.core.account_event import LiquidationAverted as LiquidationAverted
from engine.core.account_event import MarginAdded as MarginAdded
from engine.core.account_event import MarginCalled as MarginCalled
from engine.core.account_event import MarginModeSet as MarginModeSet
from engine.core.account_event import MarginRemoved as MarginRemoved
from engine.core.account_event import PoolDrawn as PoolDrawn
from engine.core.account_event import PositionModeSet as PositionModeSet
from engine.core.account_event import Withdrawn as Withdrawn
from engine.core.command import LegOrNone, Mode, Side
from engine.core.event_head import Event as Event
from engine.core.fund_event import InventoryFunded as InventoryFunded
from engine.core.fund_event import InventorySold as InventorySold
from engine.core.fund_event import ResidueTaken as ResidueTaken
from engine.core.fund_event import TakenOver as TakenOver
from engine.core.funding_event import FundingPaid as FundingPaid
from engine.core.funding_event import FundingSettled as FundingSettled
from engine.core.money import Lots, Micros, Price
from engine.core.reason import Reason
from engine.core.trading_event import BorrowPaid as BorrowPaid
from engine.core.trading_event import CancelTimerFired as CancelTimerFired
from engine.core.trading_event import CancelTimerSet as CancelTimerSet
from engine.core.trading_event import ContractSettled as ContractSettled
from engine.core.trading_event import FundingIntervalSet as FundingIntervalSet
from engine.core.trading_event import FundingRateFixed as FundingRateFixed
from engine.core.trading_event import IndexFeedChanged as IndexFeedChanged
from engine.core.trading_event import IndexSourceChanged as IndexSourceChanged
from engine.core.trading_event import OrdersCancelled as OrdersCancelled
from engine.core.trading_event import PositionSettled as PositionSettled
from engine.core.trading_event import StopAccepted as StopAccepted
from engine.core.trading_event import StopAmended as StopAmended
from engine.core.trading_event import StopTriggered as StopTriggered
from engine.core.waiting_event import LiquidationPaused as LiquidationPaused
from engine.core.waiting_event import LiquidationResumed as LiquidationResumed
from engine.core.waiting_event import LiquidationWaits as LiquidationWaits


class Rejected(Event, frozen=True):
    """A command was refused and nothing changed; `code` is the venue's own, if it has one.

    `retry_after_us`: sent again so much later in log time, it is not refused for its rate.
    """

    command: str
    reason: Reason
    account: str | None = None
    contract: str | None = None
    order: str | None = None
    code: str | msgspec.UnsetType = msgspec.UNSET
    retry_after_us: int | msgspec.UnsetType = msgspec.UNSET


class TickApplied(Event, frozen=True):
    """The replayed market moved and somebody was touched by it; always the tick's first event."""

    contract: str
    bid: Price
    ask: Price
    last: Price


class MarkMoved(Event, frozen=True):
    """Trading on the venue itself moved its prices."""

    contract: str
    last: Price
    index: Price
    mark: Price


class OrderAccepted(Event, frozen=True):
    """An order passed every check; `price` is the limit, for a market order the band's edge."""

    account: str
    order: str
    contract: str
    side: Side
    quantity: Lots
    price: Price
    leg: LegOrNone = msgspec.UNSET


class OrderAmended(Event, frozen=True):
    """A resting order has a new price or a new open quantity."""

    account: str
    order: str
    contract: str
    price: Price
    quantity: Lots


class OrderTrimmed(Event, frozen=True):
    """A reduce-only order shrank with its position."""

    account: str
    order: str
    contract: str
    quantity: Lots


class OrderCancelled(Event, frozen=True):
    """An order ended with `quantity` unfilled."""

    account: str
    order: str
    contract: str
    quantity: Lots
    reason: Reason


class OrderFilled(Event, frozen=True):
    """A fill of a client's order; `realized` and `fee` were posted, `position` is signed."""

    account: str
    order: str
    contract: str
    side: Side
    quantity: Lots
    price: Price
    role: Literal["maker", "taker"]
    against: Literal["book", "outside", "liquidation"]
    fee: Micros
    realized: Micros
    position: Lots
    leg: LegOrNone = msgspec.UNSET


class LiquidationStarted(Event, frozen=True, omit_defaults=True):
    """A liquidation order: one position of an isolated or cross margin account.

    `quantity` is 0 where a negative balance without a position is made good; `spared` lots of the
    position are not part of the order, whose size is named by `reduction`: `whole`, a policy of
    the venue, `netting` where it is closed against the short leg without an order, or `takeover`
    where no order is sent before the rest is taken over. `equity` and
    `maintenance` are the margin account's, `bracket` counts from 1 (0 without a position),
    `bankruptcy_price` is rounded against the trader's delay and absent where it is not positive.
    `cause` is the `seq` of the command's first event or of the liquidation before it. Of a
    `backed` order the rest stays open.
    """

    account: str
    contract: str
    mode: Mode
    side: Literal["long", "short"]
    quantity: Lots
    mark: Price
    equity: Micros
    maintenance: Micros
    bracket: int
    bankruptcy_price: Price | None
    cause: int
    reduction: Literal[
        "whole", "heal", "tiers", "parts", "slices", "takeover", "backed", "netting"
    ] = "whole"
    spared: Lots = Lots(0)
    leg: LegOrNone = msgspec.UNSET


class LiquidationFilled(Event, frozen=True):
    """A forced fill in the book; in stage `fund` the fund pays what the price lacks, or gains."""

    liquidation: int
    account: str
    contract: str
    side: Side
    quantity: Lots
    price: Price
    stage: Literal["book", "fund"]
    against: Literal["book", "outside"]
    loss: Micros
    own_margin: Micros
    insurance_fund: Micros
    fund: Micros
    leg: LegOrNone = msgspec.UNSET


class LiquidationFeePaid(Event, frozen=True):
    """What a step's fills owed was paid from what was left, as far as that went."""

    liquidation: int
    account: str
    contract: str
    taker_fee: Micros
    liquidation_fee: Micros
    fund: Micros
    leg: LegOrNone = msgspec.UNSET


class Deleveraged(Event, frozen=True):
    """A winner's position was closed against the liquidated one at the price of the profile.

    `account` is the winner, `value` the money of the trade, `realized` the winner's result. Where
    the insurance fund's inventory is closed, `liquidation` and what adds up are 0.
    """

    liquidation: int
    account: str
    contract: str
    side: Side
    quantity: Lots
    value: Micros
    realized: Micros
    loss: Micros
    own_margin: Micros
    adl: Micros
    leg: LegOrNone = msgspec.UNSET


class Assigned(Event, frozen=True):
    """Somebody who stood ready took lots over at their bankruptcy price, or better for him.

    `value` is what he trades at; `insurance_fund` is what the fund paid for his profit, which is
    `assignment` below 0. `realized` is his result where he held the other side.
    """

    liquidation: int
    account: str
    contract: str
    side: Side
    quantity: Lots
    value: Micros
    realized: Micros
    loss: Micros
    own_margin: Micros
    insurance_fund: Micros
    assignment: Micros
    fund: Micros
    leg: LegOrNone = msgspec.UNSET


class ClosedOutside(Event, frozen=True):
    """What nobody took was closed off the book against the outside market at the mark."""

    liquidation: int
    account: str
    contract: str
    quantity: Lots
    price: Price
    loss: Micros
    leg: LegOrNone = msgspec.UNSET


class PairsNetted(Event, frozen=True):
    """As many lots of an account's long leg as of its short one were closed at the mark.

    Nothing was traded; `loss` is what both legs together lost since their entry, `long_realized`
    and `short_realized` the result of each.
    """

    liquidation: int
    account: str
    contract: str
    quantity: Lots
    price: Price
    long_realized: Micros
    short_realized: Micros
    loss: Micros
    own_margin: Micros


class DeficitCovered(Event, frozen=True, omit_defaults=True):
    """A negative balance was made good: by the fund, by winners, or by nobody yet.

    `pending` waits until the period is settled.
    """

    liquidation: int
    account: str
    contract: str
    deficit: Micros
    insurance_fund: Micros
    socialized: Micros
    uncovered: Micros
    fund: Micros
    pending: Micros = Micros(0)
    leg: LegOrNone = msgspec.UNSET


class PeriodSettled(Event, frozen=True):
    """A period of profit and loss is over; what waited in a pool was paid.

    `pool` names a pool of the insurance fund, "" where the venue has one.
    """

    pool: str
    pending: Micros
    insurance_fund: Micros
    socialized: Micros
    uncovered: Micros
    fund: Micros


class LossSocialized(Event, frozen=True):
    """A trader was cut; `contract` names an isolated position, absent for the cross pool.

    `liquidation` is 0 where the losses of a period are settled.
    """

    liquidation: int
    account: str
    contract: str | None
    amount: Micros
    leg: LegOrNone = msgspec.UNSET


class LiquidationEnded(Event, frozen=True):
    """The liquidation order is done; `quantity` of the position is left."""

    liquidation: int
    account: str
    contract: str
    quantity: Lots
    equity: Micros
    maintenance: Micros
    leg: LegOrNone = msgspec.UNSET


AnyEvent = (
    Rejected
    | TickApplied
    | MarkMoved
    | IndexSourceChanged
    | IndexFeedChanged
    | Deposited
    | Withdrawn
    | LeverageSet
    | MarginModeSet
    | AutoMarginSet
    | PositionModeSet
    | MarginAdded
    | MarginRemoved
    | AssignmentOffered
    | OrderAccepted
    | StopAccepted
    | StopAmended
    | StopTriggered
    | OrdersCancelled
    | CancelTimerSet
    | CancelTimerFired
    | OrderAmended
    | OrderTrimmed
    | OrderCancelled
    | OrderFilled
    | FundingSettled
    | FundingPaid
    | FundingIntervalSet
    | FundingRateFixed
    | BorrowPaid
    | MarginCalled
    | PoolDrawn
    | LiquidationWaits
    | LiquidationStarted
    | LiquidationFilled
    | LiquidationFeePaid
    | Deleveraged
    | Assigned
    | TakenOver
    | InventorySold
    | InventoryFunded
    | ClosedOutside
    | PairsNetted
    | DeficitCovered
    | PeriodSettled
    | LossSocialized
    | ResidueTaken
    | LiquidationEnded
    | LiquidationPaused
    | LiquidationResumed
    | LiquidationAverted
    | ContractSettled
    | PositionSettled
)
"""For decoding: `msgspec.json.Decoder(AnyEvent)`."""
