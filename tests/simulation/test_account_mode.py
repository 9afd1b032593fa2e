"""Where the margin mode is the account's, a refusal names the contract that is why."""

import msgspec
import pytest

from engine.core.command import Deposit, PlaceOrder, SetMarginMode, TradeTick
from engine.core.event import MarginModeSet, Rejected
from engine.core.exchange import Exchange
from engine.core.instrument import MarginTerms, Venue
from engine.core.money import Lots, Micros, Price
from engine.core.reason import Reason
from tests.support.worlds import QUOTE, textbook


@pytest.fixture
def exchange() -> Exchange:
    venue = textbook()
    rules = msgspec.structs.replace(venue.rules, margin=MarginTerms(mode_of="account"))
    exchange = Exchange(Venue(rules, venue.contracts, venue.fund))
    for symbol in ("BTCUSDT", "ETHUSDT"):
        exchange.apply(
            TradeTick(at_us=1, contract=symbol, price=Price(10_000), quantity=Lots(1), side="buy")
        )
    exchange.apply(Deposit(at_us=1, account="alice", amount=Micros(100 * QUOTE)))
    return exchange


def bid(contract: str) -> PlaceOrder:
    return PlaceOrder(
        at_us=2,
        account="alice",
        order=contract,
        contract=contract,
        side="buy",
        quantity=Lots(1),
        price=Price(9_500),
    )


def test_the_contract_with_orders_is_named_not_the_one_that_was_sent(exchange: Exchange) -> None:
    exchange.apply(bid("ETHUSDT"))
    for contract in (None, "BTCUSDT"):
        (refused,) = exchange.apply(
            SetMarginMode(at_us=3, account="alice", contract=contract, mode="isolated")
        )
        assert isinstance(refused, Rejected)
        assert (refused.reason, refused.contract) == (Reason.HAS_ORDERS, "ETHUSDT")


def test_all_contracts_switch_and_each_says_so(exchange: Exchange) -> None:
    events = exchange.apply(SetMarginMode(at_us=3, account="alice", mode="isolated"))
    assert [(type(event), event.contract) for event in events] == [  # type: ignore[attr-defined]
        (MarginModeSet, "BTCUSDT"),
        (MarginModeSet, "ETHUSDT"),
    ]
    (refused,) = exchange.apply(
        SetMarginMode(at_us=4, account="alice", contract="NOPE", mode="cross")
    )
    assert isinstance(refused, Rejected)
    assert (refused.reason, refused.contract) == (Reason.UNKNOWN_CONTRACT, "NOPE")
