"""What the command generator remembers of what it has sent; never what an exchange did with it."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from engine.core.command import AnyCommand, Side
from engine.core.instrument import Contract, Venue
from tests.support.worlds import QUOTE

START_US = 1_700_000_000_000_000
PRICE_START = 10_000
TRADERS = ("alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan")
MAKERS = ("quinn", "rupert", "sybil")
STEPS_US = (0, 0, 0, 1_000, 250_000, 5_000_000, 60_000_000, 900_000_000, 7_200_000_000)


@dataclass
class Placed:
    """An order that was sent and may still rest."""

    account: str
    order: str
    contract: str
    side: Side
    price: int
    quantity: int


@dataclass
class Model:
    """What the generator remembers of what it has sent."""

    dice: random.Random
    venue: Venue
    now: int = START_US
    prices: dict[str, int] = field(default_factory=dict)
    money: dict[str, int] = field(default_factory=dict)
    leverages: dict[tuple[str, str], int] = field(default_factory=dict)
    net: dict[tuple[str, str], int] = field(default_factory=dict)
    placed: list[Placed] = field(default_factory=list)
    orders: int = 0
    story: list[Callable[[], AnyCommand]] = field(default_factory=list)

    def __post_init__(self) -> None:
        dice = self.dice
        self.details: dict[str, Contract] = {c.symbol: c for c in self.venue.contracts}
        self.symbols = list(self.details)
        self.traders = list(TRADERS[: dice.randrange(2, len(TRADERS) + 1)])
        self.makers = list(MAKERS[: dice.randrange(1, len(MAKERS) + 1)])
        self.quoting = {s: dice.choice(("trades", "quotes", "both")) for s in self.symbols}
        self.spread_ticks = dice.choice((1, 2, 10))
        self.volatility = dice.choice((2_000, 5_000, 15_000))
        self.crash_chance = dice.choice((0.02, 0.06, 0.15))
        self.bias = dice.choice((0.2, 0.5, 0.8))
        self.pace = dice.choice((3, 6, len(STEPS_US)))
        self.wick: dict[str, int] = {}

    def symbol(self) -> str:
        """Draw a contract, mostly one that has a price."""
        priced = [s for s in self.symbols if s in self.prices]
        return self.dice.choice(priced if priced and self.dice.random() < 0.99 else self.symbols)

    def account(self) -> str:
        """Draw an account that has deposited."""
        return self.dice.choice(list(self.money))

    def on_grid(self, contract: str, price: int) -> int:
        """Round a price to the grid and into the range."""
        details = self.details[contract]
        ticks = max(1, min(price // details.tick, details.price_max // details.tick))
        return ticks * details.tick

    def around(self, contract: str, ppm: int) -> int:
        """Give the grid price that is that far from the price last sent."""
        price = self.prices.get(contract, PRICE_START)
        return self.on_grid(contract, price + price * ppm // 1_000_000)

    def lots(self, account: str, contract: str, part: float) -> int:
        """Give the lots that a part of an account's buying power would pay."""
        price = self.prices.get(contract, PRICE_START)
        leverage = self.leverages.get((account, contract), self.venue.rules.default_leverage)
        power = max(self.money.get(account, 0), QUOTE) * leverage * part
        return max(1, int(power) // (price * self.details[contract].unit_value))
