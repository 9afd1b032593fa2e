"""What events do not tell: prices between them and the equity of watched accounts.

Prices are taken from every tick. Equity and mark cost a look at the exchange, so they are taken
at the end of every tick that made something happen, and between those on an even grid of the
log's time, whose step becomes twice as long as often as is needed to bound the whole work.
"""

from engine.core.command import Tick, TradeTick
from engine.report.curve import Curve
from engine.report.prices import Prices
from engine.report.setting import Setting
from engine.report.view import ExchangeView

_GRID_US = 1_000
_LOOKS_PER_POINT = 4


class Samples:
    """The curves of a run."""

    def __init__(self, setting: Setting) -> None:
        limit = setting.samples
        symbols = [contract.symbol for contract in setting.venue.contracts]
        marked = symbols if setting.venue.rules.mark != "last" else []
        self.last = {symbol: Curve(limit) for symbol in symbols}
        self.mark = {symbol: Curve(limit) for symbol in marked}
        self.equity = {account: Curve(limit) for account in setting.watch}
        self.due_us = 0
        self._grid_us = _GRID_US
        self._looks = 0
        self._looks_max = limit * _LOOKS_PER_POINT

    def look(self, at_us: int, view: ExchangeView) -> None:
        """Take in how everything stands; `due_us` is when the next look is due."""
        for symbol, curve in self.last.items():
            if price := view.last(symbol):
                curve.add(at_us, price)
        for symbol, curve in self.mark.items():
            if price := view.mark(symbol):
                curve.add(at_us, price)
        for account, curve in self.equity.items():
            if view.has_account(account):
                curve.add(at_us, view.equity(account))
        if at_us >= self.due_us:
            self._looks += 1
            if self._looks == self._looks_max:
                self._looks //= 2
                self._grid_us *= 2
            self.due_us = (at_us // self._grid_us + 1) * self._grid_us


class Witness:
    """Sees every tick that was applied, right after it; costs O(1) between two looks."""

    def __init__(self, view: ExchangeView, prices: Prices, samples: Samples) -> None:
        self._view = view
        self._prices = prices
        self._samples = samples
        self._seq = 0

    def saw(self, tick: Tick) -> None:
        """Take in the price of a trade; of quotes, the first, from which the last price starts."""
        if isinstance(tick, TradeTick):
            self._prices.saw(tick.contract, tick.price)
            self._samples.last[tick.contract].add(tick.at_us, tick.price)
        elif tick.contract not in self._prices.ranges and (last := self._view.last(tick.contract)):
            self._prices.saw(tick.contract, last)
        self._prices.showed(tick.contract, self._view.depth_ppm(tick.contract))
        seq = self._view.seq()
        if seq != self._seq or tick.at_us >= self._samples.due_us:
            self._seq = seq
            self._samples.look(tick.at_us, self._view)
