"""Why each account was liquidated: every liquidation order with all that led to it and followed.

The rows are arrays, so that thousands of them stay small in a page; their columns are the fields
of `Why` in its order. Money, prices and quantities are exact decimal texts, times are UTC
milliseconds.
"""

import msgspec

from engine.core.account.position import slot_of
from engine.core.command import Mode
from engine.core.event import (
    Event,
    FundingSettled,
    LiquidationResumed,
    LiquidationStarted,
    PoolDrawn,
    TickApplied,
)
from engine.core.instrument import Contract
from engine.report.facts import Fill, Order, Payer
from engine.report.text import NO_UNITS, Units, grouped, money, scaled

ROWS_MAX = 5_000
"""Liquidation orders that a page holds: those of watched accounts and the largest."""

FILLS = {
    "bb": "in the book, against an order",
    "bo": "in the book, against the replayed market",
    "fb": "sold for the fund, against an order",
    "fo": "sold for the fund, against the replayed market",
}
"""Where a forced fill happened and who took it, by the first letters of its stage and `against`."""


SIZED = {
    "whole": "the whole position",
    "heal": "as much as restores the margin",
    "tiers": "down to a lower bracket",
    "parts": "a part of the position",
    "slices": "a slice of the position",
    "netting": "no order: both legs are closed against each other",
    "takeover": "no order: all is taken over",
    "backed": "a part that the fund stands behind; the rest stays open",
}
"""What a liquidation order was to close, by the reduction that its event names."""


class Why(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """One liquidation order.

    `called` are levels of margin calls, `drawn` contracts (or legs) and amounts of pool draws, each
    with how many milliseconds before `at`, and since the margin account was liquidated last.
    `filled` are quantities in book, fund, ADL, off the book, assigned and kept by the fund; `sized`
    says how large the order is, `spared` what it left of the position; `fills` a code of `FILLS`,
    price and quantity. `deleveraged` and `cut` are account, quantity and amount of those who bore
    most, `..._count` says how many did. `left` are quantity, equity and maintenance after it.
    """

    seq: int
    at: int
    account: str
    contract: str
    mode: Mode
    side: str
    quantity: str
    mark: str
    notional: str
    equity: str
    maintenance: str
    bracket: int
    bankruptcy: str | None
    average: str | None
    outside: str | None
    cause: int
    loss: str
    own_margin: str
    insurance_fund: str
    adl: str
    socialized: str
    uncovered: str
    pending: str
    taker_fee: str
    liquidation_fee: str
    residue: str
    refunded: str
    called: tuple[tuple[int, int], ...]
    drawn: tuple[tuple[str, str, int], ...]
    cancelled: int
    filled: tuple[str, ...]
    fills: tuple[tuple[str, str, str], ...]
    fill_count: int
    deleveraged: tuple[tuple[str, str, str], ...]
    deleveraged_count: int
    cut: tuple[tuple[str, str, str], ...]
    cut_count: int
    left: tuple[str, str, str] | None
    sized: str
    spared: str
    assignment: str


class Cause(msgspec.Struct, frozen=True):
    """What set off a first liquidation: a command or a timer, by its first event."""

    event: str
    at: int
    told: str


def notional(order: Order, contracts: dict[str, Contract]) -> int:
    """What the position was worth at the mark, in micros; 0 without a position."""
    began = order.began
    contract = contracts.get(began.contract)
    return began.quantity * began.mark * contract.unit_value if contract else 0


def chosen(
    orders: dict[int, Order], contracts: dict[str, Contract], watch: tuple[str, ...]
) -> list[Order]:
    """The orders that a page tells of, by time; costs O(n log n)."""
    if len(orders) <= ROWS_MAX:
        return list(orders.values())
    ranked = sorted(
        orders.values(),
        key=lambda order: (order.began.account not in watch, -notional(order, contracts)),
    )
    return sorted(ranked[:ROWS_MAX], key=lambda order: order.began.seq)


def rows(orders: list[Order], contracts: dict[str, Contract]) -> tuple[Why, ...]:
    """Tell of every order."""
    units = {symbol: Units.of(contract) for symbol, contract in contracts.items()}
    return tuple(
        _why(order, units.get(order.began.contract, NO_UNITS), notional(order, contracts))
        for order in orders
    )


def causes(orders: list[Order], contracts: dict[str, Contract]) -> dict[str, Cause]:
    """What set them off, by the seq of the event that they name; liquidations left out."""
    return {
        str(order.began.cause): Cause(
            type(order.cause).__name__, order.cause.at_us // 1_000, _told(order.cause, contracts)
        )
        for order in orders
        if not isinstance(order.cause, LiquidationStarted)
    }


def _told(event: Event, contracts: dict[str, Contract]) -> str:
    if isinstance(event, TickApplied):
        units = Units.of(contracts[event.contract])
        prices = (grouped(units.price(price)) for price in (event.bid, event.ask, event.last))
        return "a tick of {}: bid {}, ask {}, last {}".format(event.contract, *prices)
    if isinstance(event, FundingSettled):
        return f"funding of {event.contract} at {scaled(event.rate_e8, 6)} %"
    account, contract = getattr(event, "account", None), getattr(event, "contract", None)
    if isinstance(event, LiquidationResumed):
        return f"the end of the wait of {account}{f' in {contract}' if contract else ''}"
    of = f" of {account}" if account else ""
    return f"a command{of}{f' in {contract}' if contract else ''}"


def _why(order: Order, units: Units, worth: int) -> Why:
    began, sums, before, ended = order.began, order.sums, order.before, order.ended
    bankruptcy = began.bankruptcy_price
    return Why(
        seq=began.seq,
        at=began.at_us // 1_000,
        account=began.account,
        contract=began.contract,
        mode=began.mode,
        side=began.side,
        quantity=units.quantity(began.quantity),
        mark=units.price(began.mark),
        notional=money(worth),
        equity=money(began.equity),
        maintenance=money(began.maintenance),
        bracket=began.bracket,
        bankruptcy=None if bankruptcy is None else units.price(bankruptcy),
        average=units.average(order.book_value, order.book + order.fund),
        outside=units.price(order.outside_price) if order.outside else None,
        cause=began.cause,
        loss=money(sums.loss),
        own_margin=money(sums.own_margin),
        insurance_fund=money(sums.insurance_fund),
        adl=money(sums.adl),
        socialized=money(sums.socialized),
        uncovered=money(sums.uncovered),
        pending=money(sums.pending),
        taker_fee=money(order.taker_fee),
        liquidation_fee=money(order.liquidation_fee),
        residue=money(sums.residue),
        refunded=money(order.refunded),
        called=tuple((call.level, _ago(call, began)) for call in before.called),
        drawn=tuple(_drawn(draw, began) for draw in before.drawn),
        cancelled=before.cancelled,
        filled=_filled(order, units),
        fills=tuple(_fill(each, units) for each in order.fills),
        fill_count=order.fill_count,
        deleveraged=tuple(_payer(each, units) for each in order.deleveraged),
        deleveraged_count=order.deleveraged_count,
        cut=tuple(_payer(each, units) for each in order.cut),
        cut_count=order.cut_count,
        left=None
        if ended is None
        else (units.quantity(ended.quantity), money(ended.equity), money(ended.maintenance)),
        sized=SIZED[began.reduction],
        spared=units.quantity(began.spared),
        assignment=money(sums.assignment),
    )


def _filled(order: Order, units: Units) -> tuple[str, ...]:
    return (
        units.quantity(order.book),
        units.quantity(order.fund),
        units.quantity(order.adl),
        units.quantity(order.outside),
        units.quantity(order.assigned),
        units.quantity(order.kept),
    )


def _drawn(draw: PoolDrawn, began: LiquidationStarted) -> tuple[str, str, int]:
    return slot_of(draw.contract, draw.leg), money(draw.draw), _ago(draw, began)


def _ago(event: Event, began: LiquidationStarted) -> int:
    return began.at_us // 1_000 - event.at_us // 1_000


def _fill(fill: Fill, units: Units) -> tuple[str, str, str]:
    code = fill.stage[0] + fill.against[0]
    assert code in FILLS, f"no code for a fill in {fill.stage} against {fill.against}"
    return code, units.price(fill.price), units.quantity(fill.quantity)


def _payer(payer: Payer, units: Units) -> tuple[str, str, str]:
    return payer.account, units.quantity(payer.quantity), money(payer.amount)
