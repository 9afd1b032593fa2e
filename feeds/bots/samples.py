"""Bots that show how one is written, and are a load for a lab.

`maker` quotes both sides, `taker` runs after the price, `long` borrows as much as it may and pays
in when it is warned, as long as its purse lasts, `noise` does what its dice say.
"""

from collections.abc import Callable
from random import Random

from engine.core.command import AddMargin, SetLeverage
from engine.core.event import Event, MarginCalled
from engine.core.money import Micros
from engine.services.market_data import BookTop
from feeds.bots.bot import Bot
from feeds.bots.client import Client

PPM = 1_000_000


class Maker:
    """Keeps a bid and an ask around the middle, as long as it does not hold too much."""

    def __init__(self, contract: str, quantity: int, *, half_ppm: int = 500) -> None:
        self.contract = contract
        self._quantity, self._half_ppm = quantity, half_ppm
        self._quoted = 0

    async def begin(self, client: Client) -> None:
        """Take back what an earlier life left in the book."""
        await self._clear(client)

    async def priced(self, top: BookTop, client: Client) -> None:
        """Quote anew when the middle has left what was quoted around by half the spread."""
        if top.bid is None or top.ask is None:
            return
        middle = (top.bid + top.ask) // 2
        half = max(1, middle * self._half_ppm // PPM)
        if abs(middle - self._quoted) < half:
            return
        self._quoted = middle
        await self._clear(client)
        held = client.position(self.contract)
        if held < 10 * self._quantity:
            await client.place(self.contract, "buy", self._quantity, top.bid - half)
        if held > -10 * self._quantity:
            await client.place(self.contract, "sell", self._quantity, top.ask + half)

    async def heard(self, event: Event, client: Client) -> None:
        """It looks at prices alone."""

    async def _clear(self, client: Client) -> None:
        for order in list(client.orders):
            await client.cancel(order)


class Taker:
    """Buys after the price has risen `streak` times running, sells after it has fallen so."""

    def __init__(self, contract: str, quantity: int, *, streak: int = 3) -> None:
        self.contract = contract
        self._quantity, self._streak = quantity, streak
        self._run = 0
        self._last: int | None = None

    async def begin(self, client: Client) -> None:
        """It waits for the price to move."""

    async def priced(self, top: BookTop, client: Client) -> None:
        """Count moves of one direction, and follow them."""
        if top.bid is None or top.ask is None:
            return
        middle = top.bid + top.ask
        if self._last is not None and middle != self._last:
            up = middle > self._last
            self._run = max(self._run, 0) + 1 if up else min(self._run, 0) - 1
        self._last = middle
        if abs(self._run) >= self._streak:
            side = "buy" if self._run > 0 else "sell"
            self._run = 0
            await client.place(self.contract, "buy" if side == "buy" else "sell", self._quantity)

    async def heard(self, event: Event, client: Client) -> None:
        """It looks at prices alone."""


class Long:
    """Is long at a high leverage, and adds margin when it is warned until its purse is empty."""

    def __init__(self, contract: str, quantity: int, *, leverage: int = 20, calls: int = 2) -> None:
        self.contract = contract
        self._quantity, self._leverage, self._calls = quantity, leverage, calls

    async def begin(self, client: Client) -> None:
        """Buy, if nothing is held."""
        if client.position(self.contract) == 0:
            setting = SetLeverage(
                at_us=0, account=client.bot, contract=self.contract, leverage=self._leverage
            )
            await client.send(setting)
            await client.place(self.contract, "buy", self._quantity)

    async def priced(self, top: BookTop, client: Client) -> None:
        """It holds, whatever the price does."""

    async def heard(self, event: Event, client: Client) -> None:
        """Pay in what a margin call asks for."""
        if isinstance(event, MarginCalled) and event.mode == "isolated" and self._calls > 0:
            self._calls -= 1
            amount = Micros(max(1, event.restore))
            await client.send(
                AddMargin(at_us=0, account=client.bot, contract=self.contract, amount=amount)
            )


class Noise:
    """Buys and sells a little, as its dice say."""

    def __init__(self, contract: str, quantity: int, *, seed: int = 1) -> None:
        self.contract = contract
        self._quantity = quantity
        self._dice = Random(seed)

    async def begin(self, client: Client) -> None:
        """It waits for its dice."""

    async def priced(self, top: BookTop, client: Client) -> None:
        """Throw the dice: one in four is an order."""
        if self._dice.randrange(4) == 0:
            side = self._dice.choice(("buy", "sell"))
            quantity = 1 + self._dice.randrange(self._quantity)
            await client.place(self.contract, "buy" if side == "buy" else "sell", quantity)

    async def heard(self, event: Event, client: Client) -> None:
        """It looks at its dice alone."""


SAMPLES: dict[str, Callable[[str, int], Bot]] = {
    "maker": Maker,
    "taker": Taker,
    "long": Long,
    "noise": Noise,
}
