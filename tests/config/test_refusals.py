"""What the profiles that ship with the project answer to a refused command, played."""

import pytest
from msgspec import UNSET

from engine.config.venue import load_profile
from engine.core.command import CancelOrder, Deposit, IndexTick, PlaceOrder, SetLeverage, TradeTick
from engine.core.event import Event, Rejected
from engine.core.exchange import Exchange
from engine.core.instrument import Venue
from engine.core.money import Lots, Micros, Price

SYMBOL = "BTCUSDT"
PRICE = Price(10_000_000)
"""100,000, at the mark tick of 0.01 that all five have."""


@pytest.mark.parametrize(
    ("venue", "unknown_order", "insufficient_margin", "invalid_leverage"),
    [
        ("binance", "-2011", "-2019", "-4028"),
        ("bybit", "110001", "110007", "110013"),
        ("okx", "51400", "51008", "59102"),
        ("kraken", "notFound", "insufficientAvailableFunds", UNSET),
        ("dydx", "clob/3006", "clob/3007", UNSET),
    ],
)
def test_a_venue_answers_with_its_own_codes(
    venue: str, unknown_order: str, insufficient_margin: str, invalid_leverage: object
) -> None:
    exchange = Exchange(Venue(*load_profile(venue)))
    events: list[Event] = []
    for command in (
        TradeTick(at_us=1, contract=SYMBOL, price=PRICE, quantity=Lots(1), side="buy"),
        IndexTick(at_us=1, contract=SYMBOL, price=PRICE),
        Deposit(at_us=1, account="alice", amount=Micros(100_000_000)),
        CancelOrder(at_us=2, account="alice", order="none"),
        PlaceOrder(
            at_us=2,
            account="alice",
            order="1",
            contract=SYMBOL,
            side="buy",
            quantity=Lots(10_000),
            price=PRICE,
        ),
        SetLeverage(at_us=2, account="alice", contract=SYMBOL, leverage=1_000),
    ):
        events += exchange.apply(command)
    assert [(one.reason.value, one.code) for one in events if isinstance(one, Rejected)] == [
        ("unknown_order", unknown_order),
        ("insufficient_margin", insufficient_margin),
        ("invalid_leverage", invalid_leverage),
    ]
