"""What a page shows is what the events said: who paid for each liquidation, why, and what led."""

import itertools
import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from engine.core.event import (
    DeficitCovered,
    Deleveraged,
    LiquidationStarted,
    LossSocialized,
    MarginCalled,
    OrderCancelled,
    PoolDrawn,
)
from engine.core.money import Lots, Micros
from engine.core.reason import Reason
from engine.report import charts
from engine.report.calls import CALLS_MAX, Calls
from engine.report.data import data
from engine.report.facts import PAYERS_MAX, Order, Sums
from engine.report.notes import Notes
from engine.report.why import ROWS_MAX, Why, causes, chosen, rows
from tests.report.conftest import Reported

PAYERS = ("own_margin", "insurance_fund", "adl", "socialized", "uncovered")


@pytest.fixture(scope="module")
def whys(reported: Reported) -> tuple[Why, ...]:
    return reported.data.whys


def test_every_liquidation_is_told_and_its_numbers_are_those_of_the_summary(
    whys: tuple[Why, ...], reported: Reported
) -> None:
    assert [why.seq for why in whys] == [row.seq for row in reported.summary.liquidations]
    for why, row in zip(whys, reported.summary.liquidations, strict=True):
        same = ("account", "contract", "mode", "side", "quantity", "mark", "equity", "cause")
        assert [getattr(why, name) for name in same] == [getattr(row, name) for name in same]
        assert (why.bankruptcy, why.average) == (row.bankruptcy_price, row.average_fill)
        assert list(why.filled) == list(msgspec.to_builtins(row.filled).values())
        assert Decimal(why.taker_fee) + Decimal(why.liquidation_fee) == Decimal(row.fee)


def test_who_paid_adds_up_for_each_and_over_all(whys: tuple[Why, ...], reported: Reported) -> None:
    for why in whys:
        assert sum(Decimal(getattr(why, name)) for name in PAYERS) == Decimal(why.loss)
    for name in ("loss", *PAYERS):
        whole = sum(Decimal(getattr(why, name)) for why in whys)
        assert whole == Decimal(getattr(reported.summary.waterfall, name))
    assert sum(Decimal(why.residue) for why in whys) == Decimal(reported.summary.residue)


def test_fills_add_up_where_all_are_told(whys: tuple[Why, ...]) -> None:
    told = [why for why in whys if why.fill_count == len(why.fills)]
    assert len(told) > len(whys) // 2
    for why in told:
        book, fund, *_ = map(Decimal, why.filled)
        assert sum(Decimal(quantity) for *_, quantity in why.fills) == book + fund


def test_winners_are_named_from_the_one_who_bore_most(whys: tuple[Why, ...]) -> None:
    told = [(why.deleveraged, why.deleveraged_count) for why in whys]
    told += [(why.cut, why.cut_count) for why in whys]
    for payers, count in told:
        assert len(payers) == min(count, PAYERS_MAX)
        assert all(
            abs(Decimal(more)) >= abs(Decimal(less))
            for (*_, more), (*_, less) in itertools.pairwise(payers)
        )
    assert any(why.deleveraged_count > PAYERS_MAX for why in whys)


def test_each_account_was_warned_before_as_the_events_say(reported: Reported) -> None:
    """A margin call at 80 % comes before most liquidations, and never after one."""
    orders = reported.chronicle.facts.orders.values()
    assert sum(bool(order.before.called) for order in orders) > len(orders) // 2
    for order in orders:
        for call in order.before.called:
            assert (call.account, call.mode) == (order.began.account, order.began.mode)
            assert call.seq < order.began.seq
        assert all(draw.account == order.began.account for draw in order.before.drawn)


def test_what_came_before_is_told_by_how_long_before(whys: tuple[Why, ...]) -> None:
    agos = [ago for why in whys for _, ago in why.called]
    agos += [ago for why in whys for _, _, ago in why.drawn]
    assert min(agos) == 0
    assert 1_000 < max(agos) < 12 * 60_000


def test_what_set_it_off_is_a_tick_or_another_liquidation(
    whys: tuple[Why, ...], reported: Reported
) -> None:
    seqs = {why.seq for why in whys}
    ticks = reported.data.causes
    for why in whys:
        assert (why.cause in seqs) != (str(why.cause) in ticks)
    assert {cause.event for cause in ticks.values()} == {"TickApplied"}
    assert all(cause.told.startswith("a tick of ") for cause in ticks.values())


def test_marks_of_the_watched_are_all_their_calls_draws_and_liquidations(
    reported: Reported,
) -> None:
    marks = reported.chronicle.calls.marks
    assert {mark.account for mark in marks} == {"isolated", "cross"}
    kinds = {mark.what for mark in marks}
    assert {"call", "draw", "liquidation"} <= kinds
    watched = [row for row in reported.summary.liquidations if row.account in ("isolated", "cross")]
    assert sum(mark.what == "liquidation" for mark in marks) == len(watched)
    drawn = sum(
        len(series["data"])
        for series in reported.data.charts["equity"]["series"]
        if series["type"] == "scatter"
    )
    assert drawn == len(marks)


# --- by hand --------------------------------------------------------------------------------------
def head(seq: int, account: str, contract: str = "X") -> dict[str, Any]:
    return {"seq": seq, "at_us": seq * 1_000, "account": account, "contract": contract}


def call(seq: int, account: str, mode: str = "isolated") -> MarginCalled:
    rest = {"mode": mode, "level": 80, "equity": 5, "maintenance": 4, "restore": 1}
    return msgspec.convert(head(seq, account) | rest | {"type": "MarginCalled"}, MarginCalled)


def started(seq: int, account: str, mode: str = "isolated", **more: object) -> LiquidationStarted:
    rest: dict[str, Any] = {
        "type": "LiquidationStarted", "mode": mode, "side": "long", "quantity": 1, "mark": 9,
        "equity": 1, "maintenance": 2, "bracket": 1, "bankruptcy_price": 8, "cause": seq,
    }  # fmt: skip
    return msgspec.convert(head(seq, account) | rest | more, LiquidationStarted)


def cancelled(seq: int, account: str, reason: Reason) -> OrderCancelled:
    return OrderCancelled(**head(seq, account), order="1", quantity=Lots(1), reason=reason)


def test_calls_are_those_since_the_last_liquidation_and_the_newest_of_many() -> None:
    calls = Calls(())
    for seq in range(1, CALLS_MAX + 4):
        calls.heard(call(seq, "alice"))
    first = calls.before(started(100, "alice"))
    assert [each.seq for each in first.called] == list(range(4, CALLS_MAX + 4))
    assert calls.before(started(101, "alice")).called == ()
    calls.heard(call(102, "alice"))
    assert [each.seq for each in calls.before(started(103, "alice")).called] == [102]


def test_an_isolated_position_and_the_cross_side_are_warned_apart() -> None:
    calls = Calls(())
    calls.heard(call(1, "alice"))
    calls.heard(call(2, "alice", "cross"))
    calls.heard(PoolDrawn(**head(3, "alice"), draw=Micros(7)))
    assert [each.seq for each in calls.before(started(4, "alice")).called] == [1]
    cross = calls.before(started(5, "alice", "cross"))
    assert [each.seq for each in cross.called] == [2]
    assert [each.draw for each in cross.drawn] == [7]


def test_the_legs_of_a_contract_are_warned_apart() -> None:
    replace = msgspec.structs.replace
    calls = Calls(("alice",))
    calls.heard(replace(call(1, "alice"), leg="long"))
    calls.heard(replace(call(2, "alice"), leg="short"))
    for seq, leg in ((3, "long"), (4, "short")):
        calls.heard(PoolDrawn(**head(seq, "alice"), draw=Micros(seq), leg=leg))  # type: ignore[arg-type]
    before = calls.before(replace(started(5, "alice"), leg="short"))
    assert [each.seq for each in before.called] == [2]
    assert [each.draw for each in calls.before(started(6, "alice", "cross")).drawn] == [3, 4]
    contract = call(1, "alice").contract
    places = [mark.contract for mark in calls.marks if mark.what == "call"]
    assert places == [f"{contract}:long", f"{contract}:short"]


def test_the_steps_of_one_liquidation_have_the_same_calls_and_their_own_cancellations() -> None:
    calls = Calls(())
    calls.heard(call(1, "alice", "cross"))
    calls.heard(cancelled(2, "alice", Reason.LIQUIDATION))
    calls.heard(cancelled(3, "alice", Reason.LIQUIDATION))
    calls.heard(cancelled(4, "alice", Reason.CANCELLED))
    first = calls.before(started(5, "alice", "cross"))
    second = calls.before(started(6, "alice", "cross", at_us=5_000))
    assert (first.cancelled, second.cancelled) == (2, 0)
    assert first.called == second.called != ()


def test_a_page_holds_the_watched_and_the_largest(reported: Reported) -> None:
    orders = itertools.cycle(reported.chronicle.facts.orders.values())
    contracts = reported.setting.contracts
    replace = msgspec.structs.replace
    many: dict[int, Order] = {}
    for seq, one in zip(range(1, ROWS_MAX + 11), orders, strict=False):
        account = "cross" if seq <= 3 else f"crowd-{seq}"
        began = replace(
            one.began, seq=seq, quantity=seq, account=account, contract="BTCUSDT", mark=1
        )
        many[seq] = replace(one, began=began)
    kept = [order.began.seq for order in chosen(many, contracts, ("cross",))]
    assert kept == [1, 2, 3, *range(14, ROWS_MAX + 11)]
    size = len(msgspec.json.encode(rows(chosen(many, contracts, ()), contracts)))
    assert size < 3_000_000


def test_a_balance_made_good_without_a_position_is_told_too(reported: Reported) -> None:
    one = next(iter(reported.chronicle.facts.orders.values()))
    began = started(9, "alice", contract="", quantity=0, mark=0, bracket=0, bankruptcy_price=None)
    order = msgspec.structs.replace(one, began=began, cause=began, ended=None, fills=[])
    (why,) = rows([order], reported.setting.contracts)
    assert (why.quantity, why.mark, why.notional, why.bankruptcy, why.left) == (
        "0", "0", "0", None, None
    )  # fmt: skip
    assert causes([order], reported.setting.contracts) == {}


def test_a_waterfall_that_does_not_add_up_is_never_drawn() -> None:
    with pytest.raises(AssertionError, match="does not add up"):
        charts.waterfall(Sums(loss=5, own_margin=4))


def test_a_run_that_did_not_end_has_no_page(reported: Reported) -> None:
    with pytest.raises(AssertionError, match="did not end"):
        data(reported.setting, reported.chronicle, Notes(reported.notes.curves, None))


def test_the_bars_of_the_waterfall_end_at_the_loss(reported: Reported) -> None:
    base, bars = reported.data.charts["waterfall"]["series"]
    tops = [low + bar["value"] for low, bar in zip(base["data"], bars["data"], strict=True)]
    assert max(tops[1:]) == pytest.approx(tops[0])


def test_the_cascade_has_a_place_for_every_liquidation(reported: Reported) -> None:
    _, places = reported.data.charts["cascade"]["series"]
    assert sum(place[4] for place in places["data"]) == len(reported.summary.liquidations)


def test_bubbles_are_as_large_as_their_notionals(reported: Reported) -> None:
    bubbles = [
        (value[2], value[3])
        for series in reported.data.charts["price"]["series"]
        if series["type"] == "scatter"
        for value in series["data"]
    ]
    notional = {why.seq: Decimal(why.notional) for why in reported.data.whys}
    assert len(bubbles) == len(notional)
    ranked = sorted(bubbles, key=lambda bubble: notional[bubble[1]])
    sizes = [size for size, _ in ranked]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1] == charts.BUBBLE_MAX


def test_it_is_plain_json(reported: Reported) -> None:
    text = msgspec.json.encode(reported.data)
    assert json.loads(text)["columns"] == list(Why.__struct_fields__)
    assert b"NaN" not in text


def test_events_of_payers_exist_in_the_demo(reported: Reported) -> None:
    """Else the tests above would say nothing about them."""
    handlers = {Deleveraged, LossSocialized, DeficitCovered}
    sums = reported.chronicle.facts.sums
    assert handlers
    assert min(sums.adl, sums.socialized, sums.insurance_fund) > 0
