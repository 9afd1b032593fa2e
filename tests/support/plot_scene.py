"""The stage of a plot: its contract, its accounts, and commands that draw no dice."""

from collections.abc import Iterator
from typing import Any

from engine.core.command import (
    AnyCommand,
    Deposit,
    IndexTick,
    Mode,
    PlaceOrder,
    SetLeverage,
    SetMarginMode,
    Side,
)
from engine.core.money import Lots, Micros, Price
from tests.support import legs
from tests.support.model import PRICE_START, Model
from tests.support.steps import quotes, trades
from tests.support.worlds import QUOTE

Told = Iterator[AnyCommand]
PRICE = PRICE_START
LEVERAGE = 10


class Scene:
    """Gives the commands of a plot; prices are those of `PRICE`, of the venue's first contract."""

    def __init__(self, model: Model, act: str) -> None:
        self.model = model
        self.contract = model.symbols[0]
        self.rich, self.victim, self.other = (f"{name}{act}" for name in ("uma", "vic", "wendy"))
        self._act, self._orders = act, 0

    def lots(self, quote: int, contract: str = "") -> int:
        """Give the lots that are worth so much where the plot begins."""
        details = self.model.details[contract or self.contract]
        return max(1, quote * QUOTE // (PRICE * details.unit_value))

    def stands(self, price: int, contract: str = "", *, index: int = 0) -> Told:
        """Let index, last and quotes stand there, and nobody offer anything."""
        model, where = self.model, contract or self.contract
        names = [one.name for one in model.details[where].index.sources] or [""]
        for name in names:
            yield IndexTick(
                at_us=model.now, contract=where, price=Price(index or price), source=name
            )
        for told in (trades(model, where, price), quotes(model, where, price - 50, 0, price + 50)):
            command = told()
            if command is not None:
                yield command

    def joins(self, account: str, quote: float, mode: Mode = "cross") -> Told:
        """Put money in and trade at `LEVERAGE`; a rich account stays unknown to other moves."""
        model, where = self.model, self.contract
        amount = int(quote * QUOTE)
        legs.deposited(model, account)
        if account != self.rich:
            model.money[account] = amount
        yield Deposit(at_us=model.now, account=account, amount=Micros(amount))
        yield from self.chooses(account, where, mode)
        if model.venue.rules.default_leverage != LEVERAGE:
            model.leverages[account, where] = LEVERAGE
            yield SetLeverage(at_us=model.now, account=account, contract=where, leverage=LEVERAGE)

    def chooses(self, account: str, contract: str, mode: Mode) -> Told:
        """Choose a margin mode where it is another."""
        model = self.model
        if model.modes.get((account, contract), model.venue.rules.default_mode) != mode:
            model.modes[account, contract] = mode
            yield SetMarginMode(at_us=model.now, account=account, contract=contract, mode=mode)

    def order(
        self,
        account: str,
        side: Side,
        lots: int,
        price: int | None = None,
        *,
        closes: bool = False,
        **more: Any,
    ) -> PlaceOrder:
        """An order, in hedge mode of the leg that it opens or closes."""
        self._orders += 1
        hedged = account in self.model.hedged
        return PlaceOrder(
            **{
                "at_us": self.model.now,
                "account": account,
                "order": f"p{self._act}{self._orders}",
                "contract": self.contract,
                "side": side,
                "quantity": Lots(lots),
                "price": None if price is None else Price(price),
                **({"leg": "long" if (side == "buy") != closes else "short"} if hedged else {}),
                **more,
            }
        )

    def trade(self, buyer: str, seller: str, lots: int, price: int) -> Told:
        """Let two accounts trade with each other, each to open something."""
        yield self.order(seller, "sell", lots, price)
        yield self.order(buyer, "buy", lots, price)

    def falls(self, price: int, least: int) -> Told:
        """Let the last price slide, in steps smaller than any maintenance, and quotes follow."""
        while price > least:
            command = trades(self.model, self.contract, price)()
            if command is not None:
                yield command
            price -= 25
        yield from self.stands(least)
