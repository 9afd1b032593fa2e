"""Who takes notice of a scene's run: of what positions came to, and of accounts at a moment."""

from collections.abc import Mapping, Sequence

import msgspec

from engine.core.command import Command
from engine.core.event import Event, LiquidationStarted
from engine.core.exchange import Exchange
from engine.core.margin.risk import notional
from engine.core.state.standing import kept
from engine.report.statement import Statement
from engine.report.view import ExchangeView
from engine.scenes.setting import Moment


class Fate:
    """What positions of scripted accounts came to, whether they are under watch or not.

    `marks` are those at which a position was liquidated first, in price units.
    """

    def __init__(self, accounts: Sequence[str], units: Mapping[str, int]) -> None:
        """Take the accounts, and what a lot gains by one price unit, by contract."""
        self.statement = Statement(tuple(accounts), units)
        self.marks: dict[tuple[str, str], int] = {}

    def saw(self, command: Command, events: tuple[Event, ...]) -> None:
        """Take in a command that was applied."""
        del command
        if not events:
            return
        self.statement.heard(events)
        for event in events:
            if isinstance(event, LiquidationStarted) and event.account in self.statement.lines:
                self.marks.setdefault((event.account, event.contract), event.mark)


class Standing(msgspec.Struct, frozen=True):
    """An account at a moment, in micros: its positions together, whatever margin carries them."""

    equity: int
    maintenance: int
    exposure: int


class Moments:
    """How accounts stand right after the first command at or after each moment."""

    def __init__(
        self, exchange: Exchange, accounts: Sequence[str], moments: Sequence[Moment]
    ) -> None:
        self.standings: dict[tuple[str, str], Standing] = {}
        self._exchange, self._accounts = exchange, accounts
        self._waiting = sorted(moments, key=lambda moment: -moment.after_us)
        self._first_us: int | None = None

    def saw(self, command: Command, events: tuple[Event, ...]) -> None:
        """Take in a command that was applied."""
        del events
        if self._first_us is None:
            self._first_us = command.at_us
        while self._waiting and self._waiting[-1].after_us <= command.at_us - self._first_us:
            moment = self._waiting.pop()
            for account in self._accounts:
                self.standings[account, moment.name] = self._standing(account)

    def _standing(self, account: str) -> Standing:
        state = self._exchange.state
        maintenance = exposure = 0
        if account in state.accounts:
            for position in state.accounts[account].positions.values():
                if position.quantity:
                    market = state.markets[position.contract]
                    maintenance += kept(state, position)
                    exposure += notional(market.contract, position, market.mark)
        equity = ExchangeView(self._exchange).equity(account)
        return Standing(equity, maintenance, exposure)
