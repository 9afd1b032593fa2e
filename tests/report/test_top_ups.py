"""What counts as an answer to a margin call: the first money in time, on the margin that called."""

import msgspec

from engine.core.command import Mode
from engine.core.event import Deposited, Event, LiquidationStarted, MarginAdded, MarginCalled
from engine.core.money import Lots, Micros, Price
from engine.report.calls import Mark
from engine.report.top_ups import ForcedTopUps, TopUps

HOUR_US = 3_600_000_000
LATE_US = 24 * HOUR_US - 1


def called(at_us: int, contract: str = "X", mode: Mode = "isolated") -> MarginCalled:
    return MarginCalled(
        seq=1,
        at_us=at_us,
        account="dave",
        contract=contract,
        mode=mode,
        level=50,
        equity=Micros(9),
        maintenance=Micros(5),
        restore=Micros(1),
    )


def added(at_us: int, amount: int, contract: str = "X") -> MarginAdded:
    paid = Micros(amount)
    return MarginAdded(
        seq=2, at_us=at_us, account="dave", contract=contract, amount=paid, margin=paid
    )


def deposited(at_us: int, amount: int) -> Deposited:
    paid = Micros(amount)
    return Deposited(seq=2, at_us=at_us, account="dave", amount=paid, wallet=paid)


def liquidated(at_us: int, mode: Mode) -> LiquidationStarted:
    return LiquidationStarted(
        seq=3,
        at_us=at_us,
        account="dave",
        contract="X",
        mode=mode,
        side="long",
        quantity=Lots(1),
        mark=Price(1),
        equity=Micros(0),
        maintenance=Micros(1),
        bracket=1,
        bankruptcy_price=None,
        cause=1,
    )


def days(*events: Event) -> dict[tuple[str, str], TopUps]:
    top_ups = ForcedTopUps(("dave",))
    for event in events:
        top_ups.heard(event)
    assert sum(mark.amount for mark in top_ups.marks) == sum(
        day.amount for day in top_ups.days.values()
    )
    return top_ups.days


def test_money_without_a_call_is_no_forced_top_up() -> None:
    assert days(deposited(0, 5), added(1, 5)) == {}


def test_an_answer_counts_once_on_the_day_on_which_it_came() -> None:
    told = days(
        called(LATE_US),
        *(deposited(LATE_US, 7), added(LATE_US, 7), added(LATE_US, 3)),
        *(called(LATE_US), added(LATE_US + 1, 4)),
    )
    assert told == {("1970-01-01", "dave"): TopUps(1, 7), ("1970-01-02", "dave"): TopUps(1, 4)}


def test_only_the_watched_are_marked() -> None:
    watched, others = ForcedTopUps(("dave",)), ForcedTopUps(("erin",))
    for event in (called(0), added(1, 5), called(2, mode="cross"), deposited(3, 6)):
        watched.heard(event)
        others.heard(event)
    assert watched.marks == [
        Mark("top_up", 1, "dave", "X", 5),
        Mark("top_up", 3, "dave", None, 6),
    ]
    assert (others.marks, others.days) == ([], watched.days)


def test_a_call_is_answered_where_it_came_from() -> None:
    assert days(called(0, "X"), added(1, 5, "Y")) == {}
    assert days(called(0, mode="cross"), added(1, 5), deposited(2, 6)) == {
        ("1970-01-01", "dave"): TopUps(1, 6)
    }


def test_a_leg_is_answered_by_margin_of_that_leg() -> None:
    replace = msgspec.structs.replace
    told = ForcedTopUps(("dave",))
    told.heard(replace(called(0), leg="long"))
    told.heard(replace(added(1, 5), leg="short"))
    assert told.days == {}
    told.heard(replace(liquidated(2, "isolated"), leg="short"))
    told.heard(replace(added(3, 6), leg="long"))
    assert told.marks == [Mark("top_up", 3, "dave", "X:long", 6)]


def test_what_comes_after_the_liquidation_is_no_answer() -> None:
    assert days(called(0), liquidated(1, "isolated"), added(2, 5)) == {}
    assert days(called(0, mode="cross"), liquidated(1, "cross"), deposited(2, 5)) == {}
    assert days(called(0), liquidated(1, "cross"), added(2, 5)) == {
        ("1970-01-01", "dave"): TopUps(1, 5)
    }
