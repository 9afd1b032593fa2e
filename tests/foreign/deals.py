"""What the events of a run say about who traded with whom, in the words of the cases."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from engine.core.event import (
    ClosedOutside,
    Deleveraged,
    Event,
    LiquidationFilled,
    LiquidationStarted,
    OrderFilled,
)
from tests.foreign.case import Outcome
from tests.support.stage import Stage


def fills(stage: Stage, events: Iterable[Event]) -> list[Outcome]:
    """Return every trade between two accounts, forced or not, in order.

    What was closed against the outside market counts as a trade with `outside`.
    """
    return list(_fills(stage, events))


def _fills(stage: Stage, events: Iterable[Event]) -> Iterator[Outcome]:
    maker: OrderFilled | None = None
    account = ""
    for event in events:
        if isinstance(event, LiquidationStarted):
            account = event.account
        elif isinstance(event, OrderFilled) and event.role == "maker":
            maker = event
        elif isinstance(event, OrderFilled | LiquidationFilled):
            assert maker is not None, "on a stage only resting orders have liquidity"
            yield {
                "taker": event.account,
                "maker": maker.account,
                "contract": event.contract,
                "size": stage.sized(event.contract, event.quantity),
                "price": stage.shown(event.contract, Fraction(event.price)),
                "taker_fee": stage.quote(event.fee),
                "maker_fee": stage.quote(maker.fee),
                "fund_delta": stage.quote(_to_fund(event)),
            }
        elif isinstance(event, Deleveraged):
            size = stage.sized(event.contract, event.quantity)
            price = stage.quote(event.value) * Fraction(1) / size
            yield _closing(account, event.account, event.contract, size, price) | {
                "type": "deleverage"
            }
        elif isinstance(event, ClosedOutside):
            size = stage.sized(event.contract, event.quantity)
            price = stage.shown(event.contract, Fraction(event.price))
            yield _closing(account, "outside", event.contract, size, price) | {"type": "outside"}


def _closing(taker: str, maker: str, contract: str, size: Fraction, price: Fraction) -> Outcome:
    return {"taker": taker, "maker": maker, "contract": contract, "size": size, "price": price}


def _to_fund(event: OrderFilled | LiquidationFilled) -> int:
    """What a fill brought the fund: its liquidation fee, less what the price lacked."""
    if isinstance(event, OrderFilled):
        return 0
    return event.fee - event.insurance_fund


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
