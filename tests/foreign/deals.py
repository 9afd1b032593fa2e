"""What the events of a run say about who traded with whom, in the words of the cases."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from engine.core.event import (
    ClosedOutside,
    Deleveraged,
    Event,
    LiquidationFeePaid,
    LiquidationFilled,
    LiquidationStarted,
    OrderFilled,
)
from engine.core.money import PPM
from engine.vectors.stage import Stage
from tests.foreign.case import Outcome


def fills(stage: Stage, events: Iterable[Event]) -> list[Outcome]:
    """Return every trade between two accounts, forced or not, in order.

    What was closed against the outside market counts as a trade with `outside`. `fund_delta` is
    what a forced fill brought the fund: its liquidation fee, less what the price lacked.
    """
    listed = list(events)
    fees = dict.fromkeys((e.liquidation for e in listed if isinstance(e, LiquidationFilled)), 0)
    for event in listed:
        if isinstance(event, LiquidationFeePaid):
            fees[event.liquidation] += event.liquidation_fee
    return list(_fills(stage, listed, fees))


def _fills(stage: Stage, events: list[Event], fees: dict[int, int]) -> Iterator[Outcome]:
    maker: OrderFilled | None = None
    account = ""
    for event in events:
        if isinstance(event, LiquidationStarted):
            account = event.account
        elif isinstance(event, OrderFilled) and event.role == "maker":
            maker = event
        elif isinstance(event, OrderFilled | LiquidationFilled):
            assert maker is not None, "on a stage only resting orders have liquidity"
            fill = {
                "taker": event.account,
                "maker": maker.account,
                "contract": event.contract,
                "size": stage.sized(event.contract, event.quantity),
                "price": stage.shown(event.contract, Fraction(event.price)),
                "maker_fee": stage.quote(maker.fee),
            }
            if isinstance(event, OrderFilled):
                yield fill | {"taker_fee": stage.quote(event.fee)}
            else:
                yield fill | {"fund_delta": _to_fund(stage, event, fees)}
        elif isinstance(event, Deleveraged):
            size = stage.sized(event.contract, event.quantity)
            closed = _closing(account, event.account, event.contract, size)
            yield closed | {"price": stage.quote(event.value) / size, "type": "deleverage"}
        elif isinstance(event, ClosedOutside):
            size = stage.sized(event.contract, event.quantity)
            price = stage.shown(event.contract, Fraction(event.price))
            closed = _closing(account, "outside", event.contract, size)
            yield closed | {"price": price, "type": "outside"}


def _closing(taker: str, maker: str, contract: str, size: Fraction) -> Outcome:
    return {"taker": taker, "maker": maker, "contract": contract, "size": size}


def _to_fund(stage: Stage, fill: LiquidationFilled, fees: dict[int, int]) -> Fraction:
    """Take a fill's fee out of those that its liquidation paid in the end, the first fill first."""
    if fill.stage == "fund":
        return stage.quote(-fill.insurance_fund)
    unit_value = stage.state.markets[fill.contract].contract.unit_value
    value = fill.quantity * fill.price * unit_value
    owed = value * stage.state.rules.liquidation_fee_ppm // PPM
    paid = min(owed, fees[fill.liquidation])
    fees[fill.liquidation] -= paid
    return stage.quote(paid)


def liquidated(events: Iterable[Event]) -> list[str]:
    """Return whose positions were liquidated, each once, in order."""
    started = (event for event in events if isinstance(event, LiquidationStarted))
    return list(dict.fromkeys(event.account for event in started if event.quantity))


def deleveraged(events: Iterable[Event]) -> list[str]:
    """Return whose positions were closed as winners, in order."""
    return list(dict.fromkeys(event.account for event in events if isinstance(event, Deleveraged)))


def accounts(stage: Stage, names: Iterable[str]) -> Outcome:
    """Return what accounts own: cash and signed sizes."""
    return {
        name: {"quote_balance": stage.cash(name), "positions": stage.sizes(name)} for name in names
    }
