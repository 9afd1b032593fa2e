"""The books that ship with the project, in whole liquidations: haste costs, thin ones run dry.

Ten traders are long at 65,000, each with a little less margin than the one before him, so that
each tick, half a percent of a percent lower, leaves one more of them behind. The mark is the
file's, whatever is traded here, so both days differ in nothing but the time between their ticks.
"""

from pathlib import Path

import pytest

from engine.config.lab import load_lab
from engine.core.command import AddMargin, Deposit, PlaceOrder, SetLeverage, Side, TradeTick
from engine.core.event import Deleveraged, Event, LiquidationFilled, LiquidationStarted
from engine.core.exchange import Exchange
from engine.core.instrument import Contract
from engine.core.money import PPM, Lots, Micros, Price

PRESETS = ("calm-btc", "busy-btc", "crash", "sol-like", "thin-altcoin")
SYMBOL = "BTCUSDT"
ENTRY = 650_000
HOUR_US, SECOND_US = 3_600_000_000, 1_000_000
TRADERS = 10
LAB = """
venue = "textbook"
seed = 1
fund = "1000000000"
[rules]
mark = "median"
sample_interval = "24h"
[contracts.BTCUSDT]
depth = "{}"
"""


class Market:
    """A venue whose one contract has a preset's book, and a clock."""

    def __init__(self, preset: str, folder: Path) -> None:
        path = folder / "lab.toml"
        path.write_text(LAB.format(preset))
        venue = load_lab(str(path)).venue
        self.contract: Contract = venue.contracts[0]
        self.exchange = Exchange(venue)
        self.at_us = 0
        self.tick(ENTRY)

    def tick(self, price: int, after_us: int = 0) -> tuple[Event, ...]:
        self.at_us += after_us
        side: Side = "sell"
        tick = TradeTick(
            at_us=self.at_us, contract=SYMBOL, price=Price(price), quantity=Lots(1), side=side
        )
        return self.exchange.apply(tick)

    def lots(self, notional: int) -> Lots:
        """How many lots micros buy at the entry."""
        return Lots(notional // (ENTRY * self.contract.unit_value))

    def meet(self, account: str, lots: Lots, leverage: int) -> None:
        """Let an account go long against another one, in the middle of the spread."""
        at_us, value = self.at_us, lots * ENTRY * self.contract.unit_value
        against = f"against-{account}"
        for name in (against, account):
            self.exchange.apply(Deposit(at_us=at_us, account=name, amount=Micros(2 * value)))
        self.exchange.apply(
            SetLeverage(at_us=at_us, account=account, contract=SYMBOL, leverage=leverage)
        )
        sides: tuple[tuple[str, Side], ...] = ((against, "sell"), (account, "buy"))
        for name, side in sides:
            self.exchange.apply(
                PlaceOrder(
                    at_us=at_us,
                    account=name,
                    order="1",
                    contract=SYMBOL,
                    side=side,
                    quantity=lots,
                    price=Price(ENTRY),
                )
            )


def lost(preset: str, folder: Path, apart_us: int) -> int:
    """What ten liquidations lose together, with so much time between one and the next.

    Each is worth half of what the book shows within 10 bp.
    """
    market = Market(preset, folder)
    (shown,) = (band.notional for band in market.contract.depth.bands if band.distance_ppm == 1_000)
    lots = market.lots(shown // 2)
    value = lots * ENTRY * market.contract.unit_value
    for number in range(TRADERS):
        market.meet(f"trader-{number}", lots, leverage=10)
        margin = Micros(1 + value * number // 20_000)
        market.exchange.apply(
            AddMargin(
                at_us=market.at_us, account=f"trader-{number}", contract=SYMBOL, amount=margin
            )
        )
    total = 0
    for number in range(TRADERS):
        # 10 % below the entry is the bankruptcy, 9.55 % the trigger, of the first
        price = ENTRY * (90_450 - 5 * number) // 100_000
        events = market.tick(price, apart_us)
        started = [event.account for event in events if isinstance(event, LiquidationStarted)]
        assert started == [f"trader-{number}"]
        total += sum(event.loss for event in events if isinstance(event, LiquidationFilled))
    return total


@pytest.mark.parametrize("preset", PRESETS)
def test_ten_liquidations_in_a_second_cost_more_than_ten_in_an_hour(
    preset: str, tmp_path: Path
) -> None:
    hurried = lost(preset, tmp_path, SECOND_US // TRADERS)
    spread = lost(preset, tmp_path, HOUR_US // TRADERS)
    assert hurried > spread > 0


def test_a_thin_book_runs_dry_and_a_deep_one_does_not(tmp_path: Path) -> None:
    """Half a million of a long: the thin book bids for half of that, five percent deep.

    Then there is nothing left to sell to, whatever the fund could pay, and a winner is closed.
    """
    for preset, is_dry in (("thin-altcoin", True), ("calm-btc", False)):
        market = Market(preset, tmp_path)
        lots = market.lots(500_000 * PPM)
        market.meet("alice", lots, leverage=5)
        events = market.tick(ENTRY * 8_035 // 10_000, SECOND_US)
        fills = [event for event in events if isinstance(event, LiquidationFilled)]
        winners = sum(event.quantity for event in events if isinstance(event, Deleveraged))
        assert sum(event.quantity for event in fills) + winners == lots
        assert (winners > 0) is is_dry
        if not is_dry:
            continue
        shown = market.contract.depth.bands[-1].notional
        worth = sum(event.price * event.quantity for event in fills) * market.contract.unit_value
        assert shown * 95 // 100 < worth <= shown
        assert min(event.price for event in fills) < ENTRY * 8_035 * 96 // 1_000_000


def test_a_book_of_the_crash_empties_with_the_volatility(tmp_path: Path) -> None:
    """A minute of seconds that move by 1, 2 and 4 bp: all, a tenth, a fiftieth is left."""
    found = []
    for steps in (65, 130, 260):
        market = Market("crash", tmp_path)
        for second in range(61):
            market.tick(ENTRY + steps * (second % 2), SECOND_US)
        found.append(market.exchange.state.markets[SYMBOL].outside.regime_ppm)
    assert found == [PPM, PPM // 10, PPM // 50]
