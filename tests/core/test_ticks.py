"""Ticks that are refused, and what an index from a file does (O2, P1, P8)."""

import pytest

from engine.core.command import AnyCommand, IndexTick, QuoteTick, TradeTick
from engine.core.event import Rejected
from engine.core.money import Lots, Price
from engine.core.reason import Reason
from engine.core.snapshot import state_hash
from tests.support.replayed import START_US, SYMBOL, Replayed, refusals

HIGHEST = 200_000


def trade(price: int, lots: int = 1, contract: str = SYMBOL) -> TradeTick:
    return TradeTick(
        at_us=START_US, contract=contract, price=Price(price), quantity=Lots(lots), side="buy"
    )


def quote(bid: int, ask: int, *, bid_lots: int = 1, ask_lots: int = 1) -> QuoteTick:
    return QuoteTick(
        at_us=START_US,
        contract=SYMBOL,
        bid=Price(bid),
        bid_quantity=Lots(bid_lots),
        ask=Price(ask),
        ask_quantity=Lots(ask_lots),
    )


def index(price: int, contract: str = SYMBOL) -> IndexTick:
    return IndexTick(at_us=START_US, contract=contract, price=Price(price))


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (trade(1_000, contract="DOGE"), Reason.UNKNOWN_CONTRACT),
        (trade(0), Reason.INVALID_PRICE),
        (trade(HIGHEST + 1), Reason.INVALID_PRICE),
        (trade(1_000, 0), Reason.INVALID_QUANTITY),
        (
            QuoteTick(
                at_us=START_US,
                contract="DOGE",
                bid=Price(1),
                bid_quantity=Lots(1),
                ask=Price(2),
                ask_quantity=Lots(1),
            ),
            Reason.UNKNOWN_CONTRACT,
        ),
        (quote(0, 1_000), Reason.INVALID_PRICE),
        (quote(1_000, 1_000), Reason.INVALID_PRICE),
        (quote(1_000, HIGHEST + 5), Reason.INVALID_PRICE),
        (quote(1_001, 1_005), Reason.INVALID_PRICE),  # the grid has steps of five
        (quote(1_000, 1_006), Reason.INVALID_PRICE),
        (quote(1_000, 1_005, bid_lots=-1), Reason.INVALID_QUANTITY),
        (quote(1_000, 1_005, ask_lots=-1), Reason.INVALID_QUANTITY),
        (index(1_000, "DOGE"), Reason.UNKNOWN_CONTRACT),
        (index(0), Reason.INVALID_PRICE),
        (index(HIGHEST + 1), Reason.INVALID_PRICE),
    ],
)
def test_a_bad_tick_is_refused_and_changes_nothing(command: AnyCommand, reason: Reason) -> None:
    replayed = Replayed(tick=5)
    replayed.quote(1_000, 1, 1_005, 1)
    before = state_hash(replayed.exchange)
    (event,) = replayed.apply(command)
    assert isinstance(event, Rejected)
    assert refusals([event]) == [reason]
    assert state_hash(replayed.exchange) == before


def test_quotes_may_show_nothing() -> None:
    replayed = Replayed()
    assert replayed.quote(999, 0, 1_001, 0) == ()
    assert replayed.levels("buy")[0][0] < 999


def test_an_index_before_the_first_tick_is_remembered() -> None:
    replayed = Replayed()
    assert replayed.apply(index(1_200)) == ()
    assert (replayed.market.has_price, replayed.market.index) == (False, 0)
    replayed.trade(1_000)
    assert (replayed.market.last, replayed.market.index) == (1_000, 1_200)


def test_an_index_of_a_priced_contract_counts_at_once() -> None:
    replayed = Replayed()
    replayed.trade(1_000)
    assert replayed.market.index == 1_000  # the mid, as long as there is no other
    replayed.apply(index(990))
    assert replayed.market.index == 990
