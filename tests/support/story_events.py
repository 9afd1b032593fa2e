"""Events as the lines of a story: the fields that matter, exactly.

`LINES` has one pattern an event. Fields in `IF_ANY` are added where they are not zero, and a story
that names another field of the event gets it too. BTC is not written; a leg stands behind the
contract.
"""

from enum import Enum
from typing import Any

import msgspec

from engine.core.event import (
    Assigned,
    AssignmentOffered,
    AutoMarginSet,
    BorrowPaid,
    CancelTimerFired,
    CancelTimerSet,
    ClosedOutside,
    ContractSettled,
    DeficitCovered,
    Deleveraged,
    Deposited,
    Event,
    FundingIntervalSet,
    FundingPaid,
    FundingRateFixed,
    FundingSettled,
    IndexFeedChanged,
    IndexSourceChanged,
    InventoryFunded,
    InventorySold,
    LeverageSet,
    LiquidationAverted,
    LiquidationEnded,
    LiquidationFeePaid,
    LiquidationFilled,
    LiquidationPaused,
    LiquidationResumed,
    LiquidationStarted,
    LiquidationWaits,
    LossSocialized,
    MarginAdded,
    MarginCalled,
    MarginModeSet,
    MarginRemoved,
    MarkMoved,
    OrderAccepted,
    OrderAmended,
    OrderCancelled,
    OrderFilled,
    OrdersCancelled,
    OrderTrimmed,
    PairsNetted,
    PeriodSettled,
    PoolDrawn,
    PositionModeSet,
    PositionSettled,
    Rejected,
    ResidueTaken,
    StopAccepted,
    StopAmended,
    StopTriggered,
    TakenOver,
    TickApplied,
    Withdrawn,
)

LINES: dict[type[Event], str] = {
    Rejected: "refused {who} {reason}",
    TickApplied: "tick {contract} {last}",
    MarkMoved: "mark {contract} {mark}",
    IndexSourceChanged: "source {contract} {source} {standing} {price}",
    IndexFeedChanged: "index {contract} stale {is_stale}",
    Deposited: "deposited {account} {amount} wallet {wallet}",
    Withdrawn: "withdrawn {account} {amount} wallet {wallet}",
    LeverageSet: "leverage {account} {contract} {leverage}x",
    MarginModeSet: "mode {account} {contract} {mode} margin {margin}",
    AutoMarginSet: "refills {account} {contract} {is_on}",
    MarginAdded: "added {account} {contract} {amount} margin {margin} {why}",
    MarginRemoved: "removed {account} {contract} {amount} margin {margin} {why}",
    PositionModeSet: "legs {account} {mode}",
    OrderAccepted: "accepted {id} {side} {quantity} {contract} @ {price}",
    StopAccepted: "waits {id} {kind} {side} {quantity} {contract} {watches} {trigger}",
    StopAmended: "moved {id} {quantity} {contract} {trigger}",
    StopTriggered: "triggered {id} {contract} {price}",
    OrdersCancelled: "cleared {account} {contract} {count}",
    CancelTimerSet: "clears {account} {contract} at {until}",
    CancelTimerFired: "silent {account} {contract} {count}",
    ContractSettled: "ends {contract} @ {price}",
    PositionSettled: "settles {account} {side} {quantity} {contract} @ {price} realized {realized}",
    OrderAmended: "amended {id} {quantity} {contract} @ {price}",
    OrderTrimmed: "trimmed {id} {contract} {quantity}",
    OrderCancelled: "cancelled {id} {contract} {quantity} {reason}",
    OrderFilled: "filled {id} {side} {quantity} {contract} @ {price} {taken} position {position}",
    FundingSettled: "funding {contract} {rate} mark {mark}",
    FundingPaid: "paid {account} {contract} {amount}",
    FundingIntervalSet: "interval {contract} {interval_us}",
    FundingRateFixed: "rate {contract} {rate} mark {mark}",
    BorrowPaid: "interest {account} {contract} {amount} on {loan}",
    MarginCalled: "called {who} {contract} {level}% equity {equity} "
    "maintenance {maintenance} restore {restore}",
    PoolDrawn: "draws {account} {contract} {draw}",
    LiquidationWaits: "waits {who} {contract} {reason}",
    LiquidationStarted: "breach {who} {contract} {side} {quantity} mark {mark} equity {equity} "
    "maintenance {maintenance} bankruptcy {bankruptcy_price}",
    LiquidationFilled: "{stage} {account} {quantity} {contract} @ {price}",
    LiquidationFeePaid: "fee {account} {contract} {taker_fee} and {liquidation_fee}",
    Deleveraged: "deleverage {account} {side} {quantity} {contract} for {value} "
    "realized {realized}",
    Assigned: "assign {account} {side} {quantity} {contract} for {value} assignment {assignment}",
    TakenOver: "keep {account} {side} {quantity} {contract} for {value} held {held}",
    InventorySold: "sell {against} {side} {quantity} {contract} for {value} realized {realized} "
    "held {held}",
    InventoryFunded: "funded {contract} {amount}",
    AssignmentOffered: "offers {account} {contract} {quantity}",
    ClosedOutside: "outside {account} {quantity} {contract} @ {price}",
    PairsNetted: "nets {account} {quantity} {contract} @ {price}",
    LossSocialized: "socialize {who} {amount}",
    DeficitCovered: "deficit {account} {contract} {deficit}",
    PeriodSettled: "settled {pool} {pending}",
    ResidueTaken: "residue {account} {contract} {amount} to {to}",
    LiquidationEnded: "ended {account} {contract} {quantity} equity {equity} "
    "maintenance {maintenance}",
    LiquidationPaused: "waits {who} {why} until {until}",
    LiquidationResumed: "resumes {who}",
    LiquidationAverted: "averted {account} equity {equity} maintenance {maintenance}",
}
IF_ANY: dict[type[Event], tuple[str, ...]] = {
    OrderFilled: ("realized", "fee"),
    LiquidationStarted: ("spared",),
    LiquidationFilled: ("insurance_fund",),
    Assigned: ("insurance_fund", "realized"),
    TakenOver: ("insurance_fund", "realized"),
    InventorySold: ("uncovered",),
    InventoryFunded: ("uncovered",),
    DeficitCovered: ("insurance_fund", "socialized", "uncovered", "pending"),
    PeriodSettled: ("insurance_fund", "socialized", "uncovered"),
}


def line_of(event: Event, asked: list[str], causes: dict[int, str]) -> str:
    """Write an event; `asked` are the words of a story's line, among them further fields.

    >>> event = Deposited(seq=1, at_us=9, account="bob", amount=5, wallet=1_005)
    >>> line_of(event, "deposited bob 5 wallet 1_005 seq 1".split(), {})
    'deposited bob 5 wallet 1_005 seq 1'
    """
    kind = type(event)
    pattern = LINES[kind]
    line = " ".join(pattern.format(**_words(event)).split())
    fields = {name: getattr(event, name) for name in kind.__struct_fields__}
    more = [name for name in IF_ANY.get(kind, ()) if fields[name]]
    behind = asked[len(line.split()) :]
    more += [word for word in behind if word in fields and word not in more]
    for name in more:
        value = fields[name]
        line += f" {name} {causes.get(value, 'elsewhere') if name == 'cause' else word_of(value)}"
    return line


def word_of(value: object) -> str:
    """Write one value.

    >>> word_of(-1_000), word_of(None), word_of("buy")
    ('-1_000', 'none', 'buy')
    """
    if isinstance(value, Enum):
        return str(value.value)
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:_}" if isinstance(value, int) else str(value)


def name_of(event: Event) -> str:
    """Name an event that caused a liquidation: who was liquidated, else what it says first.

    >>> name_of(Deposited(seq=1, at_us=9, account="bob", amount=5, wallet=5))
    'deposited'
    """
    if isinstance(event, LiquidationStarted):
        return event.account if event.contract == "BTC" else f"{event.account}.{event.contract}"
    return LINES[type(event)].split()[0]


def time_of_day(at_us: int) -> str:
    """Write a time like a story does.

    >>> time_of_day(1_704_067_200_000_000), time_of_day(1_704_103_201_500_000)
    ('00:00:00', '10:00:01.5')
    """
    seconds, micros = divmod(at_us % 86_400_000_000, 1_000_000)
    part = f".{micros:06d}".rstrip("0.")
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{part}"


def _words(event: Event) -> dict[str, str]:
    values: dict[str, Any] = msgspec.structs.asdict(event)
    words = {name: word_of(value) for name, value in values.items()}
    words["who"] = words.get("account", "")
    leg, slot = values.get("leg", msgspec.UNSET), str(values.get("contract"))
    if values.get("contract") in ("BTC", None):
        words["contract"] = ""
    if leg is not msgspec.UNSET:
        words["contract"], slot = f"{words['contract']} {leg}", f"{slot}:{leg}"
    match event:
        case MarginAdded(why="asked") | MarginRemoved(why="asked"):
            words["why"] = ""
        case Rejected():
            words["who"] = event.account or event.command
        case OrderFilled():
            words["taken"] = event.role + ("" if event.against == "book" else f" {event.against}")
        case FundingSettled() | FundingRateFixed():
            sign, whole = "-" if event.rate_e8 < 0 else "", abs(event.rate_e8) // 1_000_000
            part = f".{abs(event.rate_e8) % 1_000_000:06d}".rstrip("0.")
            words["rate"] = f"{sign}{whole}{part}%"
        case LiquidationFilled():
            words["stage"] = "close" if event.stage == "book" else "cover"
        case (
            MarginCalled(mode="isolated")
            | LiquidationStarted(mode="isolated")
            | LiquidationWaits(mode="isolated")
        ):
            words["who"], words["contract"] = f"{event.account}:{slot}", ""
        case CancelTimerSet():
            at_us = event.until_us
            words["until"] = "never" if at_us is None else time_of_day(at_us)
        case LiquidationPaused():
            words["until"] = time_of_day(event.until_us)
            words["who"] = f"{event.account}{f':{slot}' if event.contract else ''}"
        case LiquidationResumed(contract=str()) | LossSocialized(contract=str()):
            words["who"] = f"{event.account}:{slot}"
    if "order" in words:
        words["id"] = f"{words['account']}/{words['order']}"
    return words
