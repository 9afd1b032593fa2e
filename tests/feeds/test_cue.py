"""Cues wait for their time and their contract's price, and see the touch of that tick."""

from collections.abc import Iterable

import msgspec
import pytest

from engine.config.settings import TopUp, Trader, TraderOrder
from engine.core.command import (
    AddMargin,
    AnyCommand,
    BookTick,
    CancelOrder,
    Deposit,
    FundingTick,
    IndexTick,
    PlaceOrder,
    QuoteTick,
    SetLeverage,
    SetMarginMode,
    Side,
    Tick,
    TradeTick,
)
from engine.core.instrument import MarginTerms, Rules
from engine.core.money import Lots, Micros, Price
from feeds.cue import Cue, cued
from feeds.touch import Touch
from feeds.traders import trader_cues
from tests.feeds.making import CONTRACTS, contract


def trade(at_us: int, price: int = 650_000, symbol: str = "BTCUSDT") -> TradeTick:
    return TradeTick(at_us=at_us, contract=symbol, price=Price(price), quantity=Lots(1), side="buy")


def quote(at_us: int, bid: int, ask: int) -> QuoteTick:
    return QuoteTick(
        at_us=at_us,
        contract="BTCUSDT",
        bid=Price(bid),
        bid_quantity=Lots(1),
        ask=Price(ask),
        ask_quantity=Lots(1),
    )


def call(name: str, after_us: int, symbol: str = "BTCUSDT") -> Cue:
    """A cue whose one command carries its name."""

    def act(touch: Touch) -> Iterable[AnyCommand]:
        yield CancelOrder(at_us=touch.at_us, account=name, order="")

    return Cue(after_us, symbol, act)


def told(ticks: list[Tick], *cues: Cue) -> list[str]:
    """The stream in short: a tick by its time, a cue by its name and time."""
    return [
        f"{command.account}@{command.at_us}"
        if isinstance(command, CancelOrder)
        else str(command.at_us)
        for command in cued(ticks, cues, CONTRACTS)
    ]


def seen(ticks: list[Tick], tick: int = 1) -> list[Touch]:
    """What a cue sees that every tick makes due."""
    touches: list[Touch] = []

    def act(touch: Touch) -> Iterable[AnyCommand]:
        touches.append(touch)
        return ()

    contracts = {"BTCUSDT": contract("BTCUSDT", "0.1", "0.001", 100, tick=tick)}
    cues = [Cue(number, "BTCUSDT", act) for number in range(len(ticks))]
    assert list(cued(ticks, cues, contracts)) == ticks
    return touches


def test_a_cue_follows_the_tick_that_makes_it_due_and_has_its_time() -> None:
    ticks: list[Tick] = [trade(1_000), trade(1_400), trade(1_500), trade(1_700)]
    assert told(ticks, call("late", 500), call("first", 0), call("never", 701)) == [
        "1000",
        *("first@1000", "1400", "1500"),
        *("late@1500", "1700"),
    ]


def test_cues_of_one_tick_go_by_their_time_and_then_by_their_order() -> None:
    cues = [call("c", 9), call("a", 3), call("d", 9), call("b", 5), call("any", 9, "")]
    assert told([trade(1), trade(10)], *cues) == [
        *("1", "10", "any@10", "a@10", "b@10", "c@10", "d@10")
    ]


def test_a_cue_waits_for_a_price_of_its_contract() -> None:
    ticks: list[Tick] = [
        trade(1),
        IndexTick(at_us=2, contract="ETHUSDT", price=Price(1)),
        FundingTick(at_us=3, contract="ETHUSDT", rate_e8=1),
        trade(4, 340_000, "ETHUSDT"),
    ]
    cues = [call("eth", 0, "ETHUSDT"), call("any", 0, "")]
    assert told(ticks, *cues) == ["1", "any@1", "2", "3", "4", "eth@4"]


def test_the_touch_of_trades_has_its_middle_on_the_tick_grid() -> None:
    ticks: list[Tick] = [trade(0, 650_003), trade(1, 650_000), trade(2, 4)]
    assert [(touch.price, touch.middle) for touch in seen(ticks, tick=5)] == [
        (650_003, 650_000),
        (650_000, 650_000),
        (4, None),
    ]


@pytest.mark.parametrize(
    ("bid", "ask", "middle"),
    [(650_000, 650_001, None), (650_000, 650_002, 650_001), (650_000, 650_005, 650_002)],
)
def test_the_touch_of_quotes_has_a_middle_where_the_spread_has_room(
    bid: int, ask: int, middle: int | None
) -> None:
    touches = seen([quote(0, bid, ask), trade(1, 700_000), quote(2, 1, 100)])
    assert [(touch.price, touch.middle) for touch in touches] == [
        ((bid + ask) // 2, middle),
        (50, 50),  # the cue that the trade made due waited for the next quote
        (50, 50),
    ]


def book(
    at_us: int, bids: dict[int, int], asks: dict[int, int], *, reset: bool = False
) -> BookTick:
    """A message of a book: lots by price."""
    bid, ask = (
        tuple((Price(price), Lots(lots)) for price, lots in side.items()) for side in (bids, asks)
    )
    return BookTick(at_us=at_us, contract="BTCUSDT", bids=bid, asks=ask, reset=reset)


def test_the_touch_of_a_book_is_the_best_of_its_two_sides() -> None:
    """The book goes on where the venue has it: levels go, come, and drop those that they cross."""
    ticks: list[Tick] = [
        trade(0, 100),
        book(1, {90: 3, 80: 1}, {96: 1}, reset=True),
        quote(2, 1, 100),
        trade(3, 500),
        book(4, {90: 0}, {}),
        book(5, {97: 2}, {98: 9}),
        book(6, {}, {98: 0}),
    ]
    assert [(touch.at_us, touch.price, touch.middle) for touch in seen(ticks)] == [
        (0, 100, 100),
        (1, 93, 93),
        *[(4, 88, 88)] * 3,  # quote and trade say nothing more
        (5, 97, None),
        (6, 97, None),  # no ask is left: it stands a tick above the bid
    ]


def test_a_book_has_a_touch_once_it_has_a_level() -> None:
    assert [
        (touch.at_us, touch.price)
        for touch in seen([book(0, {}, {}, reset=True), book(1, {}, {50: 1})])
    ] == [(1, 49), (1, 49)]


DAVE = Trader(
    name="dave",
    deposit=Micros(5_000_000),
    mode="isolated",
    orders=(
        TraderOrder(contract="BTCUSDT", side="buy", quantity=Lots(2), leverage=20, after_us=5),
        TraderOrder(
            contract="BTCUSDT",
            side="sell",
            quantity=Lots(1),
            price=Price(660_000),
            leverage=20,
            after_us=6,
            reduce_only=True,
        ),
        TraderOrder(contract="ETHUSDT", side="sell", quantity=Lots(3), leverage=10),
    ),
)


def sent_by_dave(rules: Rules) -> list[AnyCommand]:
    ticks: list[Tick] = [trade(100), trade(104), trade(105), trade(106), trade(107, 34, "ETHUSDT")]
    cues = trader_cues([DAVE], CONTRACTS, rules)
    return [each for each in cued(ticks, cues, CONTRACTS) if not isinstance(each, TradeTick)]


def order(at_us: int, number: str, symbol: str, side: Side, lots: int) -> PlaceOrder:
    return PlaceOrder(
        at_us=at_us, account="dave", order=number, contract=symbol, side=side, quantity=Lots(lots)
    )


def test_a_trader_deposits_at_the_start_and_orders_at_his_times() -> None:
    assert sent_by_dave(Rules(name="x", default_mode="cross", default_leverage=10)) == [
        Deposit(at_us=100, account="dave", amount=Micros(5_000_000)),
        SetMarginMode(at_us=100, account="dave", contract="BTCUSDT", mode="isolated"),
        SetMarginMode(at_us=100, account="dave", contract="ETHUSDT", mode="isolated"),
        SetLeverage(at_us=105, account="dave", contract="BTCUSDT", leverage=20),
        order(105, "1", "BTCUSDT", "buy", 2),
        msgspec.structs.replace(
            order(106, "2", "BTCUSDT", "sell", 1), price=Price(660_000), reduce_only=True
        ),
        order(107, "3", "ETHUSDT", "sell", 3),
    ]


def test_a_trader_sends_no_setting_that_is_so_already() -> None:
    sent = sent_by_dave(Rules(name="x", default_mode="isolated", default_leverage=20))
    settings = [each for each in sent if isinstance(each, SetMarginMode | SetLeverage)]
    assert settings == [SetLeverage(at_us=107, account="dave", contract="ETHUSDT", leverage=10)]


def test_a_top_up_is_margin_where_the_contract_is_isolated() -> None:
    top_up = TopUp(contract="ETHUSDT", amount=Micros(700), after_us=4)
    ticks: list[Tick] = [trade(100), trade(104), trade(107, 34, "ETHUSDT")]
    deposit = Deposit(at_us=107, account="dave", amount=Micros(700))
    margin = AddMargin(at_us=107, account="dave", contract="ETHUSDT", amount=Micros(700))
    trader = msgspec.structs.replace(DAVE, orders=(), top_ups=(top_up,))
    for mode, sent in (("isolated", [deposit, margin]), ("cross", [deposit])):
        cues = trader_cues([msgspec.structs.replace(trader, mode=mode)], CONTRACTS, Rules(name="x"))
        assert [each for each in cued(ticks, cues, CONTRACTS) if each.at_us == 107][1:] == sent


def test_a_trader_speaks_to_each_venue_as_its_margin_modes_are() -> None:
    """Where the mode is the account's it is set once; where a leverage isolates, cross has none."""
    whole = Rules(name="x", default_mode="cross", margin=MarginTerms(mode_of="account"))
    assert [each for each in sent_by_dave(whole) if isinstance(each, SetMarginMode)] == [
        SetMarginMode(at_us=100, account="dave", mode="isolated")
    ]
    alone = Rules(name="x", margin=MarginTerms(leverage_isolates=True))
    for mode, leverages in (("isolated", [20]), ("cross", [])):
        trader = msgspec.structs.replace(DAVE, mode=mode)
        cues = trader_cues([trader], CONTRACTS, alone)
        sent = cued([trade(100), trade(105), trade(106)], cues, CONTRACTS)
        assert [each.leverage for each in sent if isinstance(each, SetLeverage)] == leverages
