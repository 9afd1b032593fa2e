"""What the command generator remembers of what it has sent; never what an exchange did with it."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from engine.core.command import AnyCommand, Mode, PlaceOrder, PlaceStop, Side
from engine.core.instrument import Contract, Venue
from tests.support.worlds import QUOTE

START_US = 1_700_000_000_000_000
PRICE_START = 10_000
TRADERS = ("alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan")
MAKERS = ("quinn", "rupert", "sybil")
STEPS_US = (0, 0, 0, 1_000, 250_000, 5_000_000, 60_000_000, 900_000_000, 7_200_000_000)

STYLES = {
    "trades": ("trade",),
    "quotes": ("quote",),
    "both": ("quote", "trade"),
    "book": ("book", "book", "trade"),
    "all": ("book", "quote", "trade"),
}
"""What a contract's file could be: the ticks that it holds."""


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
    modes: dict[tuple[str, str], Mode] = field(default_factory=dict)
    hedged: set[str] = field(default_factory=set)
    orders: int = 0
    sent: list[PlaceOrder | PlaceStop] = field(default_factory=list)
    stops: list[PlaceStop] = field(default_factory=list)
    story: list[Callable[[], AnyCommand | None]] = field(default_factory=list)
    touches: dict[str, dict[Side, int]] = field(default_factory=dict)
    levels: dict[str, dict[Side, list[int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        dice = self.dice
        self.details: dict[str, Contract] = {c.symbol: c for c in self.venue.contracts}
        self.symbols = list(self.details)
        self.traders = list(TRADERS[: dice.randrange(2, len(TRADERS) + 1)])
        self.makers = list(MAKERS[: dice.randrange(1, len(MAKERS) + 1)])
        self.quoting = {s: dice.choice(tuple(STYLES)) for s in self.symbols}
        self.spread_ticks = dice.choice((1, 2, 10))
        self.volatility = dice.choice((3_000, 10_000, 30_000))
        self.crash_chance = dice.choice((0.02, 0.06, 0.15))
        self.bias = dice.choice((0.2, 0.5, 0.8))
        self.pace = dice.choice((3, 6, len(STEPS_US)))
        self.wick: dict[str, int] = {}

    def forget_passed(self, contract: str, price: int) -> None:
        """Forget the orders that the replayed market has passed: they are filled."""
        self.placed = [
            o
            for o in self.placed
            if o.contract != contract or (o.price < price if o.side == "buy" else o.price > price)
        ]

    def symbol(self) -> str:
        """Draw a contract, mostly one that has a price."""
        priced = [s for s in self.symbols if s in self.prices]
        return self.dice.choice(priced if priced and self.dice.random() < 0.99 else self.symbols)

    def account(self) -> str:
        """Draw an account that has deposited."""
        return self.dice.choice(list(self.money))

    def fresh(self) -> str:
        """Give an account that has never been used, as long as there is one."""
        unused = [name for name in TRADERS if name not in self.money]
        if not unused:
            return self.dice.choice(self.traders)
        self.traders.append(unused[0])
        self.money[unused[0]] = 0
        if self.venue.rules.position_modes[0] == "hedge":
            self.hedged.add(unused[0])
        return unused[0]

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
        leverage = self.leverages.get((account, contract), self.venue.rules.default_leverage)
        power = int(max(self.money.get(account, 0), QUOTE) * leverage * part)
        if self.dice.random() < 0.96:
            power = min(power, self.notional_max(contract, leverage))
        return max(1, power // self.value_of_lot(contract))

    def value_of_lot(self, contract: str) -> int:
        """Give the value of one lot at the price last sent."""
        return self.prices.get(contract, PRICE_START) * self.details[contract].unit_value

    def notional_max(self, contract: str, leverage: int) -> int:
        """Give about the largest notional that brackets and position limit allow."""
        details = self.details[contract]
        each = self.value_of_lot(contract) if details.brackets_by == "lots" else 1
        floors = [row.floor * each for row in details.brackets if row.leverage_max < leverage]
        by_limit = details.quantity_max * self.value_of_lot(contract)
        return min([*floors, by_limit]) * 8 // 10

    def lots_worth(self, contract: str, quote: int, times: float) -> int:
        """Give the lots worth so many times that many quote, as far as brackets allow."""
        value = min(int(quote * QUOTE * times), self.notional_max(contract, max(1, int(times))))
        return max(1, value // self.value_of_lot(contract))

    def high_leverage(self, contract: str) -> int:
        """Draw a leverage that a small move ends."""
        largest = max(row.leverage_max for row in self.details[contract].brackets)
        return self.dice.choice((10, 20, 50, largest))
