"""What a bot is, and how it is run: it hears, and says commands through its client."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from engine.core.event import Event, OrderAccepted
from engine.services.market_data import BookTop
from engine.services.public import Liquidation
from feeds.bots.client import Client


class Bot(Protocol):
    """A way to trade one contract."""

    contract: str

    async def begin(self, client: Client) -> None:
        """Say what it says first, whenever it is started."""

    async def priced(self, top: BookTop, client: Client) -> None:
        """Answer that the best prices of its contract have moved."""

    async def forced(self, forced: Liquidation, client: Client) -> None:
        """Answer that somebody's position in its contract is being closed by force."""

    async def heard(self, event: Event, client: Client) -> None:
        """Answer that something happened to its account."""


def _deaf(_: Event) -> None:
    """Count nothing."""


async def run_bot(
    bot: Bot, client: Client, stop: asyncio.Event, ear: Callable[[Event], None] = _deaf
) -> int:
    """Let a bot trade until `stop` is set; how many of its orders were accepted meanwhile.

    It begins with the first price that it hears. What happened to its account before that it
    knows, but does not answer. `ear` hears every event of its account.
    """
    accepted = 0
    began = False
    async for heard in client.events():
        if stop.is_set():
            break
        if isinstance(heard, Event):
            ear(heard)
        if isinstance(heard, BookTop) and heard.contract == bot.contract:
            if not began:
                began = True
                await bot.begin(client)
            await bot.priced(heard, client)
        elif began and isinstance(heard, Liquidation) and heard.contract == bot.contract:
            await bot.forced(heard, client)
        elif began and isinstance(heard, Event):
            accepted += isinstance(heard, OrderAccepted)
            await bot.heard(heard, client)
    await client.close()
    return accepted
