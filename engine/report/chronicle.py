"""Everything that a page tells of a run, as far as events tell it.

A run in progress and a reader of its log hand over the same events, so both come to the same
page, byte for byte.
"""

from engine.core.event import Deposited, Event, MarkMoved
from engine.report.calls import Calls
from engine.report.curve import Curve
from engine.report.facts import Facts
from engine.report.funds import Funds
from engine.report.prices import Prices
from engine.report.setting import Setting
from engine.report.statement import Statement
from engine.report.top_ups import ForcedTopUps


class Chronicle:
    """Takes in every event.

    `fund` is the insurance fund's cash after every change, `moved` and `marked` are last price
    and mark of each contract where trading on the venue itself moved them, `traded` the prices
    at which it traded.
    """

    def __init__(self, setting: Setting) -> None:
        limit = setting.samples
        symbols = [contract.symbol for contract in setting.venue.contracts]
        self.calls = Calls(setting.watch)
        self.facts = Facts(self.calls)
        self.funds = Funds(setting.venue)
        self.statement = Statement(setting.watch, setting.unit_values)
        self.top_ups = ForcedTopUps(setting.watch)
        self.fund = Curve(limit)
        self.moved = {symbol: Curve(limit) for symbol in symbols}
        self.marked = {symbol: Curve(limit) for symbol in symbols}
        self.traded = Prices()
        self.accounts: set[str] = set()
        self.events = 0

    def heard(self, events: tuple[Event, ...]) -> None:
        """Take in a batch, in which the events of a command are together."""
        self.events += len(events)
        self.facts.heard(events)
        self.statement.heard(events)
        self.traded.heard(events)
        for event in events:
            self.top_ups.heard(event)
            if self.funds.heard(event):
                self.fund.add(event.at_us, self.funds.cash)
            elif isinstance(event, MarkMoved):
                self.moved[event.contract].add(event.at_us, event.last)
                self.marked[event.contract].add(event.at_us, event.mark)
            elif isinstance(event, Deposited):
                self.accounts.add(event.account)
