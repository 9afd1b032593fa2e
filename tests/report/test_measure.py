"""What is measured of a run, against the slow way: every account looked at after every command."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from engine.cli.contest import in_mode
from engine.cli.own_ticks import own_ticks
from engine.cli.run import commands_of
from engine.config.lab import load_lab
from engine.config.settings import Lab
from engine.core.command import Mode
from engine.core.event import Deposited, Event, LiquidationStarted, MarginCalled, Rejected
from engine.core.exchange import Exchange
from engine.report.measure import Measure, Tally
from engine.report.view import ExchangeView

LAB = """
venue = "textbook"
seed = 7
fund = "100"

[rules]
taker_fee = "0.0005"
maker_fee = "0.0002"
sample_interval = "1m"

[contracts.BTCUSDT]
funding = { source = "premium", interval = "8h", interest = "0.0003" }
[contracts.ETHUSDT]

[crowd]
accounts = 60
equity_median = "1000"
equity_max = "5000"
enter = "6h"
leverages = [{ low = 5, high = 30, share = "1" }]

[[accounts]]
name = "trader"
deposit = "4000"
mode = "cross"
orders = [
  { contract = "BTCUSDT", side = "buy", quantity = "0.15", price = "65000", leverage = 10, after = "50m" },
  { contract = "ETHUSDT", side = "sell", quantity = "1.5", price = "3400", leverage = 5, after = "50m" },
  { contract = "BTCUSDT", side = "sell", quantity = "0.05", reduce_only = true, after = "30h" },
]
top_ups = [{ contract = "BTCUSDT", amount = "250", after = "31h" }]

[path]
seed = 3
legs = [
  { lasts = "1h", per = "1m", trades = 2, to = { BTCUSDT = "1.002", ETHUSDT = "0.998" } },
  { lasts = "1h", per = "1m", trades = 2, to = { BTCUSDT = "0.998", ETHUSDT = "1.002" } },
  { lasts = "20h", per = "5m", trades = 2, to = { BTCUSDT = "0.93", ETHUSDT = "1.05" } },
  { lasts = "20h", per = "5m", trades = 2, to = { BTCUSDT = "1.01", ETHUSDT = "0.96" } },
]
[path.markets]
BTCUSDT = { start = "65000", noise = "12", size = "0.001", size_bits = 11 }
ETHUSDT = { start = "3400", noise = "0.7", size = "0.001", size_bits = 15 }
"""  # noqa: E501
MODES: tuple[Mode, ...] = ("isolated", "cross")


class Played(msgspec.Struct):
    """A run as it stands, the events of its newest command, and all that came before."""

    exchange: Exchange
    measure: Measure
    newest: tuple[Event, ...] = ()
    events: list[Event] = []

    @property
    def trader(self) -> Tally:
        """The tally of the account under watch."""
        return self.measure.tallies["trader"]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    path = tmp_path_factory.mktemp("labs") / "mine.toml"
    path.write_text(LAB)
    return load_lab(str(path))


def steps(lab: Lab, folder: Path) -> Iterator[Played]:
    exchange = Exchange(lab.venue)
    played = Played(exchange, Measure(exchange, lab.report.watch, 100))
    folder.mkdir(exist_ok=True)
    for command in commands_of(lab, own_ticks(lab, folder).feed.ticks()):
        played.newest = exchange.apply(command)
        played.events += played.newest
        played.measure.saw(command, played.newest)
        yield played


def ended(lab: Lab, folder: Path) -> Played:
    return list(steps(lab, folder))[-1]


def of_trader(played: Played) -> list[Event]:
    return [event for event in played.events if getattr(event, "account", None) == "trader"]


@pytest.mark.parametrize("mode", MODES)
def test_courses_are_those_of_the_slow_way(lab: Lab, tmp_path: Path, mode: Mode) -> None:
    worst = peak = paid_in = paid = 0
    for played in steps(in_mode(lab, mode), tmp_path):
        view = ExchangeView(played.exchange)
        for event in played.newest:
            if isinstance(event, Deposited):
                paid += event.amount
                paid_in += event.amount if event.account == "trader" else 0
        result = view.equity("trader") - paid_in
        peak = max(peak, result)
        worst = max(worst, peak - result)
        assert played.measure.course.equity == sum(map(view.equity, view.accounts()))
    course = played.trader.course
    assert (course.paid_in, played.measure.course.paid_in) == (paid_in, paid)
    assert (course.equity, course.drawdown) == (view.equity("trader"), worst)
    assert worst > 0
    assert played.trader.curve.points()[-1][1] == view.equity("trader")


@pytest.mark.parametrize("mode", MODES)
def test_counts_are_those_of_the_log(lab: Lab, tmp_path: Path, mode: Mode) -> None:
    played = ended(in_mode(lab, mode), tmp_path)
    measure = played.measure
    for kind in (MarginCalled, LiquidationStarted, Rejected):
        hit = [event.account for event in played.events if isinstance(event, kind)]
        assert measure.counts[kind] == len(hit)
        assert measure.hit[kind] == set(hit)
        assert played.trader.counts[kind] == hit.count("trader")
    assert measure.counts[LiquidationStarted] > 5


def with_deposit(lab: Lab, micros: int) -> Lab:
    (trader,) = lab.accounts
    return msgspec.structs.replace(
        lab, crowd=None, accounts=(msgspec.structs.replace(trader, deposit=micros, top_ups=()),)
    )


@pytest.mark.parametrize("mode", MODES)
def test_the_capital_that_was_needed_would_have_done_and_not_a_micro_less(
    lab: Lab, tmp_path: Path, mode: Mode
) -> None:
    rich = with_deposit(in_mode(lab, mode), 4_000_000_000)
    needed = ended(rich, tmp_path / "rich").trader.needed
    assert 1_500_000_000 < needed < 4_000_000_000
    enough = of_trader(ended(with_deposit(rich, needed), tmp_path / "enough"))
    assert not any(isinstance(event, LiquidationStarted | Rejected) for event in enough)
    less = of_trader(ended(with_deposit(rich, needed - 1), tmp_path / "less"))
    assert any(isinstance(event, LiquidationStarted | Rejected) for event in less)


def test_what_a_liquidated_account_lacked_is_a_bound(lab: Lab, tmp_path: Path) -> None:
    (trader,) = lab.accounts
    orders = (msgspec.structs.replace(trader.orders[0], leverage=50),)
    risky = msgspec.structs.replace(trader, orders=orders, deposit=300_000_000, top_ups=())
    bold = in_mode(msgspec.structs.replace(lab, crowd=None, accounts=(risky,)), "cross")
    played = ended(bold, tmp_path)
    (began,) = (event for event in played.events if isinstance(event, LiquidationStarted))
    assert played.trader.needed == 300_000_000 + began.maintenance - began.equity + 1


@pytest.mark.parametrize("mode", MODES)
def test_days_add_up_to_the_money_that_is_there(lab: Lab, tmp_path: Path, mode: Mode) -> None:
    played = ended(in_mode(lab, mode), tmp_path)
    days = played.trader.days
    assert len(days) == 2
    brought = sum(day.realized - day.fees - day.funding for day in days)
    view = ExchangeView(played.exchange)
    open_profit = sum(view.open_profit("trader", name) for name in ("BTCUSDT", "ETHUSDT"))
    assert played.trader.course.paid_in + brought + open_profit == view.equity("trader")
    assert [day.top_ups for day in days] == [0, 250_000_000]
    assert days[-1].equity == view.equity("trader")
    assert all(day.fees > 0 for day in days)
    assert sum(day.funding for day in days) > 0
