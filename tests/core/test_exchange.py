"""The door itself: what may be asked of it, and what it does when waves do not end."""

import pytest

from engine.core.liquidation import waterfall
from tests.support.story import Day

DAY = """
    alice     wallet 2_000
    dave      wallet 2_000
    alice     long 10 @ 1_000 cross
    dave      long 10 @ 1_000 isolated
    bob       short 20 @ 1_000
"""
CHAIN = """
    dave      wallet 1_000
    alice     wallet 1_090
    dave      long 10 @ 1_000 isolated
    alice     long 10 @ 1_000 cross
    bob       short 20 @ 1_000
    carol     bids 10 @ 900
    carol     bids 10 @ 880
"""


def test_equity_of_an_account_and_of_an_isolated_position() -> None:
    exchange = Day().tell(DAY).exchange
    assert (exchange.equity_of("alice"), exchange.equity_of("bob")) == (2_000, 1_000_000)
    assert (exchange.equity_of("dave"), exchange.equity_of("dave", "BTC")) == (1_000, 1_000)


def test_equity_follows_the_mark() -> None:
    day = Day().tell(DAY)
    day.play("tick 950")
    assert day.exchange.equity_of("alice") == 1_500
    assert day.exchange.equity_of("bob") == 1_001_000
    assert day.exchange.equity_of("dave") == 1_000
    assert day.exchange.equity_of("dave", "BTC") == 500


def test_waves_that_do_not_end_are_a_bug_and_not_a_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    day = Day().tell(CHAIN)
    monkeypatch.setattr(waterfall, "WAVES_MAX", 2)  # Dave's, then Alice's, then none in breach
    with pytest.raises(AssertionError, match="must come to an end"):
        day.play("tick 909")


def test_three_looks_are_enough_for_two_waves(monkeypatch: pytest.MonkeyPatch) -> None:
    day = Day().tell(CHAIN)
    monkeypatch.setattr(waterfall, "WAVES_MAX", 3)
    assert day.play("tick 909") != []
