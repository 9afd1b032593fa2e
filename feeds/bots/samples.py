"""Bots that show how one is written, and are a load for a lab.

`maker` quotes both sides, `taker` runs after the price, `long` borrows as much as it may and pays
in when it is warned, as long as its purse lasts, `noise` does what its dice say, `hunter` sells
into the liquidations of others.

Whoever leaves orders in the book keeps a dead man's switch (`Switch`): should it die, they are
taken away after a while instead of waiting for somebody who knows better.
"""

from collections.abc import Callable
from random import Random

from engine.core.command import AddMargin, SetLeverage, Side
from engine.core.event import Event, MarginCalled, OrderCancelled, OrderFilled, Rejected
from engine.core.money import Micros
from engine.core.reason import Reason
from engine.services.market_data import BookTop
from engine.services.public import Liquidation
from feeds.bots.bot import Bot
from feeds.bots.client import Client

PPM = 1_000_000
SWITCH_US = 60_000_000
"""A minute of the log's time, in which a bot that is killed and started again is back."""


class Idle:
    """Trades one contract, and answers nothing; each sample answers what it looks at."""

    def __init__(self, contract: str) -> None:
        self.contract = contract

    async def begin(self, client: Client) -> None:
        """Wait for what comes."""

    async def priced(self, top: BookTop, client: Client) -> None:
        """Look at something else."""

    async def forced(self, forced: Liquidation, client: Client) -> None:
        """Look at something else."""

    async def heard(self, event: Event, client: Client) -> None:
        """Look at something else."""


class Switch:
    """A dead man's switch over the orders in a contract, set anew while a bot hears of time.

    It is set again once a third of its time has gone by, so that two of three may be lost.
    """

    def __init__(self, contract: str, timeout_us: int) -> None:
        self._contract, self._timeout_us = contract, timeout_us
        self._set_us: int | None = None

    async def hold(self, now_us: int, client: Client) -> None:
        """Say that the bot lives, if it is time to."""
        if self._set_us is None or now_us - self._set_us >= self._timeout_us // 3:
            self._set_us = now_us
            await client.cancel_all_after(self._timeout_us, self._contract)


class Maker(Idle):
    """Keeps a bid and an ask around the middle, as long as it does not hold too much."""

    def __init__(
        self, contract: str, quantity: int, *, half_ppm: int = 500, switch_us: int = SWITCH_US
    ) -> None:
        super().__init__(contract)
        self._quantity, self._half_ppm = quantity, half_ppm
        self._switch = Switch(contract, switch_us)
        self._quoted = 0

    async def begin(self, client: Client) -> None:
        """Take back what an earlier life left in the book."""
        await self._clear(client)

    async def priced(self, top: BookTop, client: Client) -> None:
        """Quote anew when the middle has left what was quoted around by half the spread."""
        await self._switch.hold(top.at_us, client)
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
        """Quote anew at the next price if it was taken for dead."""
        if isinstance(event, OrderCancelled) and event.reason is Reason.DEAD_MAN_SWITCH:
            self._quoted = 0

    async def _clear(self, client: Client) -> None:
        for order in list(client.orders):
            await client.cancel(order)


class Taker(Idle):
    """Buys after the price has risen `streak` times running, sells after it has fallen so."""

    def __init__(self, contract: str, quantity: int, *, streak: int = 3) -> None:
        super().__init__(contract)
        self._quantity, self._streak = quantity, streak
        self._run = 0
        self._last: int | None = None

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


class Long(Idle):
    """Is long at a high leverage, and adds margin when it is warned until its purse is empty."""

    def __init__(self, contract: str, quantity: int, *, leverage: int = 20, calls: int = 2) -> None:
        super().__init__(contract)
        self._quantity, self._leverage, self._calls = quantity, leverage, calls

    async def begin(self, client: Client) -> None:
        """Buy, if nothing is held."""
        if client.position(self.contract) == 0:
            setting = SetLeverage(
                at_us=0, account=client.bot, contract=self.contract, leverage=self._leverage
            )
            await client.send(setting)
            await client.place(self.contract, "buy", self._quantity)

    async def heard(self, event: Event, client: Client) -> None:
        """Pay in what a margin call asks for."""
        if isinstance(event, MarginCalled) and event.mode == "isolated" and self._calls > 0:
            self._calls -= 1
            amount = Micros(max(1, event.restore))
            await client.send(
                AddMargin(at_us=0, account=client.bot, contract=self.contract, amount=amount)
            )


class Noise(Idle):
    """Buys and sells a little, as its dice say."""

    def __init__(self, contract: str, quantity: int, *, seed: int = 1) -> None:
        super().__init__(contract)
        self._quantity = quantity
        self._dice = Random(seed)

    async def priced(self, top: BookTop, client: Client) -> None:
        """Throw the dice: one in four is an order."""
        if self._dice.randrange(4) == 0:
            side = self._dice.choice(("buy", "sell"))
            quantity = 1 + self._dice.randrange(self._quantity)
            await client.place(self.contract, "buy" if side == "buy" else "sell", quantity)


class Hunter(Idle):
    """Sells into the liquidation of longs, and is back before the price is.

    Forced sales move the price, and the next account below it is liquidated by that. The hunter
    sells with each of the first `most` that it sees running, buys back once `quiet_us` of the
    log's time have gone by without one, and the other way round against shorts.
    """

    def __init__(
        self, contract: str, quantity: int, *, most: int = 5, quiet_us: int = 10_000_000
    ) -> None:
        super().__init__(contract)
        self._quantity, self._most, self._quiet_us = quantity, most, quiet_us
        self._now_us = self._forced_us = 0
        self._under_way: set[str] = set()

    async def forced(self, forced: Liquidation, client: Client) -> None:
        """Go along with whoever is closed by force, unless it holds enough, or the other side."""
        self._forced_us = max(self._forced_us, forced.at_us)
        side: Side = "sell" if forced.side == "long" else "buy"
        held = client.position(self.contract) * (1 if side == "buy" else -1)
        room = self._most - len(self._under_way)
        if 0 <= held < room * self._quantity and not self._is_quiet():
            self._under_way.add(await client.place(self.contract, side, self._quantity))

    async def priced(self, top: BookTop, client: Client) -> None:
        """Close what is held once nobody has been forced for a while."""
        self._now_us = max(self._now_us, top.at_us)
        held = client.position(self.contract)
        if held and self._is_quiet() and not self._under_way:
            side: Side = "buy" if held < 0 else "sell"
            order = await client.place(self.contract, side, abs(held), reduce_only=True)
            self._under_way.add(order)

    async def heard(self, event: Event, client: Client) -> None:
        """Note that an order has become something, or nothing."""
        if not isinstance(event, OrderFilled | OrderCancelled | Rejected) or not event.order:
            return
        if not client.patience.keeps(event.order):
            self._under_way.discard(event.order)

    def _is_quiet(self) -> bool:
        return self._now_us - self._forced_us > self._quiet_us


SAMPLES: dict[str, Callable[[str, int], Bot]] = {
    "maker": Maker,
    "taker": Taker,
    "long": Long,
    "noise": Noise,
    "hunter": Hunter,
}
