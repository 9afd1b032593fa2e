"""Answers to margin calls on a real exchange: when they come, with how much, and to what end."""

from collections import Counter
from collections.abc import Sequence
from random import Random

import msgspec
import pytest

from engine.config.settings import AtMarginCall, Crowd, LeverageShare, Trader
from engine.core.account.account import OUTSIDE
from engine.core.command import (
    AddMargin,
    Command,
    Deposit,
    Mode,
    PlaceOrder,
    SetMarginMode,
    Side,
    TradeTick,
)
from engine.core.event import MarginCalled, Rejected
from engine.core.exchange import Exchange
from engine.core.instrument import Band, Bracket, Contract, Depth, Rules, Venue
from engine.core.money import Lots, Micros, Price
from engine.services.reacting import pieces
from feeds.positions import Positions
from feeds.reaction import Reactions, Temper, tempers
from tests.golden.runs import WORLDS, world

X = Contract(
    symbol="X",
    price_unit="1",
    lot="1",
    tick=1,
    unit_value=Micros(1_000_000),
    price_max=Price(1_000),
    quantity_max=Lots(1_000),
    brackets=(Bracket(Micros(0), 40_000, Micros(0), 100),),
    depth=Depth(1, (Band(0, Micros(10**12)),), 1, 1_000_000),
)
"""Maintenance is 4 % of the notional, the outside market shows plenty one tick away."""
RULES = Rules(name="test", default_mode="isolated", default_leverage=10)
ADDS = AtMarginCall(add_ppm=1_000_000, after_low_us=5, after_high_us=5)
CUTS = AtMarginCall(cut_ppm=1_000_000, after_low_us=5, after_high_us=5)


def money(amount: float) -> Micros:
    return Micros(round(amount * 1_000_000))


def tick(at_us: int, price: int) -> TradeTick:
    return TradeTick(at_us=at_us, contract="X", price=Price(price), quantity=Lots(1), side="buy")


def opening(mode: Mode = "isolated", deposit: float = 100) -> list[Command]:
    """Dave buys 10 of Alice at 100 with a margin of 100: at 100 his ratio is 40 %."""
    commands: list[Command] = [tick(0, 100)]
    for account, amount, side in (("alice", 5_000, "sell"), ("dave", deposit, "buy")):
        commands.append(Deposit(at_us=1, account=account, amount=money(amount)))
        if mode == "cross":
            commands.append(SetMarginMode(at_us=1, account=account, contract="X", mode=mode))
        commands.append(order(account, "buy" if side == "buy" else "sell"))
    return commands


def order(account: str, side: Side) -> PlaceOrder:
    return PlaceOrder(
        at_us=1,
        account=account,
        order="1",
        contract="X",
        side=side,
        quantity=Lots(10),
        price=Price(100),
    )


class Told:
    """What was applied, in its order, with the commands that were answers."""

    def __init__(self, sent: Sequence[Command], who: Reactions, batch: int = 1_000) -> None:
        self.exchange = Exchange(Venue(RULES, (X,), money(1_000)))
        self.applied: list[Command] = []
        self.rejected: list[Rejected] = []
        self.calls: list[MarginCalled] = []
        for begin in range(0, len(sent), batch):
            for piece in pieces(sent[begin : begin + batch], who):
                for command in piece:
                    events = self.exchange.apply(command)
                    who.heard(command.at_us, events)
                    self.rejected += [each for each in events if isinstance(each, Rejected)]
                    self.calls += [each for each in events if isinstance(each, MarginCalled)]
                self.applied += piece
        given = {id(command) for command in sent}
        self.answers = [each for each in self.applied if id(each) not in given]


def reacting(settings: AtMarginCall, does: str = "add") -> Reactions:
    kind = Temper("add" if does == "add" else "cut", settings.after_low_us, settings)
    return Reactions({"dave": kind})


def added(at_us: int, amount: float) -> AddMargin:
    return AddMargin(at_us=at_us, account="dave", contract="X", amount=money(amount))


def paid(at_us: int, amount: float) -> Deposit:
    return Deposit(at_us=at_us, account="dave", amount=money(amount))


def cut(at_us: int, number: int, lots: int, side: Side = "sell") -> PlaceOrder:
    return PlaceOrder(
        at_us=at_us,
        account="dave",
        order=f"call-{number}",
        contract="X",
        side=side,
        quantity=Lots(lots),
        time_in_force="ioc",
        reduce_only=True,
    )


def test_an_isolated_position_gets_what_brings_its_ratio_back() -> None:
    # At 97: equity 100 - 30 = 70, maintenance 38.8, ratio 55 %; 38.8 / 0.4 - 70 = 27.
    sent = [*opening(), tick(10, 97), tick(14, 97), tick(15, 97), tick(20, 97)]
    told = Told(sent, reacting(ADDS))
    assert [(each.level, each.equity) for each in told.calls] == [(50, money(70))]
    assert told.answers == [paid(15, 27), added(15, 27)]
    assert told.applied[-4:] == [paid(15, 27), added(15, 27), tick(15, 97), tick(20, 97)]
    assert told.rejected == []
    assert told.exchange.state.balance("isolated:dave:X") == money(127)


def test_the_cross_pool_gets_a_deposit() -> None:
    told = Told([*opening("cross"), tick(10, 97), tick(20, 97)], reacting(ADDS))
    assert told.answers == [paid(15, 27)]
    assert told.exchange.state.balance("wallet:dave") == money(127)


def test_money_kept_back_goes_first_and_a_budget_ends() -> None:
    # A fifth of 125 lies in the wallet; a tenth of 125 is all the new money that there will be.
    settings = msgspec.structs.replace(ADDS, kept_back_ppm=200_000, budget_ppm=100_000)
    sent = [*opening(deposit=125), tick(10, 97), tick(20, 94), tick(30, 92), tick(40, 92)]
    told = Told(sent, reacting(settings))
    # At 94 the margin is 127: equity 67, maintenance 37.6, ratio 56 %; 94 - 67 = 27 again, of
    # which 12.5 - 2 = 10.5 is left. At 92: equity 57.5, maintenance 36.8, ratio 64 %: no level is
    # crossed, and there would be nothing to bring.
    assert told.answers == [paid(15, 2), added(15, 27), paid(25, 10.5), added(25, 10.5)]
    assert told.rejected == []


def test_nothing_is_sent_when_the_money_is_gone() -> None:
    settings = msgspec.structs.replace(ADDS, budget_ppm=0)
    told = Told([*opening(), tick(10, 97), tick(20, 97)], reacting(settings))
    assert (len(told.calls), told.answers) == (1, [])


def test_a_position_is_cut_by_its_share_rounded_up() -> None:
    for share_ppm, lots in ((500_000, 5), (330_000, 4), (1, 1), (1_000_000, 10)):
        settings = msgspec.structs.replace(CUTS, share_ppm=share_ppm)
        told = Told([*opening(), tick(10, 97), tick(16, 97)], reacting(settings, "cut"))
        assert told.answers == [cut(15, 1, lots)]
        assert told.exchange.state.accounts["dave"].positions["X"].quantity == 10 - lots


def test_a_short_position_is_bought_back() -> None:
    sent: list[Command] = [
        msgspec.structs.replace(each, side="sell" if each.side == "buy" else "buy")
        if isinstance(each, PlaceOrder)
        else each
        for each in opening()
    ]
    told = Told([*sent, tick(10, 103), tick(20, 103)], reacting(CUTS, "cut"))
    assert told.answers == [cut(15, 1, 5, "buy")]


def test_a_later_call_changes_the_amount_and_not_the_time() -> None:
    # At 94: equity 40, maintenance 37.6; 94 - 40 = 54.
    told = Told([*opening(), tick(10, 97), tick(14, 94), tick(20, 97)], reacting(ADDS))
    assert [each.level for each in told.calls] == [50, 90]
    assert told.answers == [paid(15, 54), added(15, 54)]


def test_who_was_liquidated_in_between_sends_nothing() -> None:
    for settings, does in ((ADDS, "add"), (CUTS, "cut")):
        told = Told(
            [*opening(), tick(10, 97), tick(14, 90), tick(20, 90)], reacting(settings, does)
        )
        assert told.exchange.state.accounts["dave"].positions["X"].quantity == 0
        assert told.answers == []


def test_nobody_reacts_more_often_than_he_wants_to() -> None:
    settings = msgspec.structs.replace(CUTS, times=2, share_ppm=100_000)
    wild = [tick(10 * n, 97 if n % 2 else 101) for n in range(1, 12)]
    told = Told([*opening(), *wild], reacting(settings, "cut"))
    assert len(told.calls) > 2
    assert told.answers == [cut(15, 1, 1), cut(35, 2, 1)]


def test_an_answer_that_is_due_after_the_last_tick_is_never_sent() -> None:
    assert Told([*opening(), tick(10, 97), tick(14, 97)], reacting(ADDS)).answers == []


def test_the_time_counts_from_the_command_that_let_a_timer_fire() -> None:
    call = MarginCalled(
        seq=1,
        at_us=3,
        account="dave",
        contract="X",
        mode="isolated",
        level=50,
        equity=money(70),
        maintenance=money(38.8),
        restore=money(7.6),
    )
    who = reacting(CUTS, "cut")
    who.heard(100, (call,))
    assert who.due_us() == 105


@pytest.mark.parametrize("batch", [1, 2, 3, 7])
@pytest.mark.parametrize("does", ["add", "cut"])
def test_where_batches_end_changes_nothing(batch: int, does: str) -> None:
    settings = msgspec.structs.replace(ADDS, times=9, budget_ppm=5_000_000, share_ppm=100_000)
    dice = Random(4)
    ticks = [tick(3 * n, 97 + dice.getrandbits(2) - (n // 20)) for n in range(1, 80)]
    whole = Told([*opening(), *ticks], reacting(settings, does))
    assert len(whole.answers) > 3
    assert Told([*opening(), *ticks], reacting(settings, does), batch).applied == whole.applied
    times = [each.at_us for each in whole.applied]
    assert times == sorted(times)


CROWD = Crowd(
    accounts=4_000,
    equity_median=money(1),
    equity_max=money(2),
    leverages=(LeverageShare(1, 2, 1_000_000),),
    enter_us=1,
    at_margin_call=AtMarginCall(
        add_ppm=200_000, cut_ppm=300_000, after_low_us=1_000, after_high_us=9_000
    ),
)


def test_tempers_are_shared_out_as_set_and_drawn_once() -> None:
    who = tempers(Random(3), CROWD, ())
    does = Counter(temper.does for temper in who.values())
    assert does == {"add": 805, "cut": 1_228}
    after = [temper.after_us for temper in who.values()]
    assert (min(after), max(after)) == (1_003, 9_000)
    assert tempers(Random(3), CROWD, ()) == who
    assert Reactions(who).least_us == 1_003


def test_who_does_nothing_is_not_there() -> None:
    silent = msgspec.structs.replace(CROWD, at_margin_call=None)
    dave = Trader(name="dave", deposit=money(1), mode="cross", at_margin_call=ADDS)
    erin = Trader(name="erin", deposit=money(1), mode="cross")
    assert tempers(Random(3), silent, (dave, erin)) == {"dave": Temper("add", 5, ADDS)}
    assert tempers(Random(3), None, (erin,)) == {}


def test_positions_are_those_of_the_exchange() -> None:
    """Through fills, forced closings and deleveraging, on worlds of the swarm."""
    for name in WORLDS:
        venue, stream = world(name)
        exchange = Exchange(venue)
        accounts = {each.account for each in stream if isinstance(each, Deposit)} - {OUTSIDE}
        positions = Positions(accounts)
        for command in stream:
            for event in exchange.apply(command):
                positions.heard(event)
            held = {
                (account.name, symbol): position.quantity
                for account in exchange.state.accounts.values()
                if account.name in accounts
                for symbol, position in account.positions.items()
            }
            assert {key: positions.of(*key) for key in held} == held
