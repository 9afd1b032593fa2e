"""Ticks in bulk give what they give tick by tick, byte for byte, and most are left out."""

import random
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec
import pytest

from engine.bus import frame
from engine.core import snapshot
from engine.core.command import AnyCommand, Deposit, PlaceOrder, Side, Tick, TradeTick
from engine.core.exchange import Exchange
from engine.core.instrument import Venue
from engine.core.money import AMOUNT_MAX, Lots, Micros, Price
from engine.core.tick_run import TickRun
from engine.core.trading import quiet
from engine.services.venue import VenueTask
from tests.support import plots, worlds
from tests.support.replayed import Replayed, fills
from tests.support.simulate import is_swarm
from tests.support.swarm import commands

SEEDS = [seed for seed in range(70_000, 70_048) if plots.of(seed) is None]
"""Of worlds without a plot: those have orders and waits on purpose, and little to leave out."""
STEPS = 250
SIDES: tuple[Side, Side] = ("buy", "sell")
MARKS: tuple[Literal["last", "median", "index_mean", "impact_ema", "file"], ...] = (
    "last",
    "median",
    "index_mean",
    "impact_ema",
    "file",
)
MORE = 24
"""Trades put behind each tick of a trade, so that there are runs to skip."""


def crowded(seed: int) -> tuple[Venue, list[AnyCommand]]:
    """A world of the swarm with many more trades, near the last one and sometimes far from it.

    Three worlds in four are left without what makes every trade matter, and have each mark.
    """
    venue, stream = commands(seed, STEPS, is_swarm(seed))
    if seed % 4:
        replace = msgspec.structs.replace
        contracts = tuple(
            replace(one, depth=replace(one.depth, regimes=())) for one in venue.contracts
        )
        rules = replace(venue.rules, index_feedback_ppm=0, mark=MARKS[seed % len(MARKS)])
        venue = replace(venue, rules=rules, contracts=contracts)
    return venue, list(_crowded(stream, random.Random(seed)))


def _crowded(stream: Iterator[AnyCommand], dice: random.Random) -> Iterator[AnyCommand]:
    at_us = 0
    for command in stream:
        yield command
        at_us = max(at_us, command.at_us)
        if isinstance(command, TradeTick) and command.price > 0 and at_us <= AMOUNT_MAX:
            for _ in range(dice.randrange(MORE)):
                far = dice.choice([0, 1, 1, 2, 5, command.price // 50])
                price = Price(command.price + dice.randint(-far, far))
                lots = Lots(0 if dice.random() < 0.02 else dice.randrange(1, 5))
                side: Side = dice.choice(SIDES)
                at_us += dice.choice([0, 0, 1, 1_000])
                yield TradeTick(
                    at_us=at_us, contract=command.contract, price=price, quantity=lots, side=side
                )


def in_runs(stream: Sequence[AnyCommand], *, framed: bool) -> Iterator[Sequence[AnyCommand]]:
    """The same commands with neighbouring ticks in runs."""
    ticks: list[Tick] = []
    for command in stream:
        if isinstance(command, Tick):
            ticks.append(command)
            continue
        if ticks:
            yield run_of(ticks, framed=framed)
            ticks = []
        yield (command,)
    if ticks:
        yield run_of(ticks, framed=framed)


def run_of(ticks: Sequence[Tick], *, framed: bool) -> TickRun:
    return frame.decode(frame.encode(ticks)) if framed else TickRun.of(ticks)


def test_a_part_of_a_run_is_a_run_of_those_ticks() -> None:
    _, stream = crowded(SEEDS[0])
    ticks = [command for command in stream if isinstance(command, Tick)][:9]
    for framed in (False, True):
        part = run_of(ticks, framed=framed).part(2, 7)
        assert (list(part), part[0], part[-1]) == (ticks[2:7], ticks[2], ticks[6])
        assert part.at_us == [tick.at_us for tick in ticks[2:7]]
        assert list(part.part(1, 3)) == ticks[3:5]


@pytest.mark.parametrize("seed", SEEDS)
def test_runs_give_the_events_and_the_state_of_single_ticks(seed: int) -> None:
    venue, stream = crowded(seed)
    single, bulk = Exchange(venue), VenueTask(Exchange(venue))
    events = done = 0
    for piece in in_runs(stream, framed=seed % 2 == 0):
        expected = tuple(event for command in piece for event in single.apply(command))
        assert bulk.apply(piece) == expected
        done += len(piece)
        events += len(expected)
        assert (bulk.counters.commands, bulk.counters.events) == (done, events)
        assert snapshot.take(bulk.exchange) == snapshot.take(single)


def test_wherever_a_run_is_looked_at_what_is_left_out_would_have_left_no_trace() -> None:
    left_out = trades = 0
    for seed in SEEDS:
        venue, stream = crowded(seed)
        single, bulk = Exchange(venue), Exchange(venue)
        for piece in in_runs(stream, framed=False):
            start = 0
            while start < len(piece):
                end, newest = start, list[int]()
                if isinstance(piece, TickRun):
                    trades += isinstance(piece[start], TradeTick)
                    end, newest = bulk.quiet(piece, start)
                assert [bulk.apply(piece[number]) for number in newest] == [()] * len(newest)
                for number in range(start, end):
                    assert single.apply(piece[number]) == ()
                if end > start:
                    assert snapshot.take(bulk) == snapshot.take(single)
                if end < len(piece):
                    assert bulk.apply(piece[end]) == single.apply(piece[end])
                left_out += end - start - len(newest)
                start = end + 1
        assert snapshot.take(bulk) == snapshot.take(single)
    assert left_out > trades // 5, "the worlds have too little to leave out"


def test_at_the_edges_of_what_is_quiet_a_trade_leaves_no_trace() -> None:
    looked = 0
    for seed in SEEDS:
        venue, stream = crowded(seed)
        exchange, dice = Exchange(venue), random.Random(seed)
        for command in stream:
            exchange.apply(command)
            if dice.random() < 0.02:
                symbol = dice.choice(list(exchange.state.markets))
                looked += _edges_are_quiet(exchange, symbol, dice)
    assert looked > 80


def _edges_are_quiet(exchange: Exchange, symbol: str, dice: random.Random) -> int:
    """Play a trade at an edge and one inside; as many as were played."""
    market = exchange.state.markets[symbol]
    found = quiet.prices_of(exchange.state, market)
    if not found or exchange.state.now_us + 1 >= exchange.state.timer_us:
        return 0
    data, venue = snapshot.take(exchange), exchange.state.venue
    last = TradeTick(
        at_us=exchange.state.now_us + 1,
        contract=symbol,
        price=Price(dice.choice(found)),
        quantity=Lots(3),
        side="buy",
    )
    after = snapshot.restore(venue, data)
    assert after.apply(last) == ()
    for price in (found[0], found[-1]):
        for side in SIDES:
            tick = msgspec.structs.replace(last, price=Price(price), quantity=Lots(9), side=side)
            first = snapshot.restore(venue, data)
            assert first.apply(tick) == (), (price, found)
            assert first.apply(last) == ()
            assert snapshot.take(first) == snapshot.take(after)
    return 1


def quiet_at(exchange: Exchange, symbol: str = "BTCUSDT") -> range:
    return quiet.prices_of(exchange.state, exchange.state.markets[symbol])


def traded(exchange: Exchange, price: int, at_us: int = 1) -> None:
    exchange.apply(
        TradeTick(at_us=at_us, contract="BTCUSDT", price=Price(price), quantity=Lots(1), side="buy")
    )


def test_what_is_quiet_is_bounded_by_orders_and_bands() -> None:
    exchange = Exchange(worlds.textbook())
    assert not quiet_at(exchange)  # its first trade sets timers
    traded(exchange, 10_000)
    assert quiet_at(exchange) == range(1, 200_001)
    exchange.apply(Deposit(at_us=2, account="alice", amount=Micros(10**9)))
    for order, side, price in (("1", "buy", 9_000), ("2", "sell", 11_000)):
        exchange.apply(
            PlaceOrder(
                at_us=3,
                account="alice",
                order=order,
                contract="BTCUSDT",
                side="buy" if side == "buy" else "sell",
                quantity=Lots(1),
                price=Price(price),
            )
        )
    assert quiet_at(exchange) == range(9_001, 11_000)
    exchange.apply(
        PlaceOrder(
            at_us=4, account="alice", order="3", contract="BTCUSDT", side="buy", quantity=Lots(50)
        )
    )
    low, high = exchange.state.watch.band("BTCUSDT")
    assert low is not None
    assert high is not None
    assert quiet_at(exchange) == range(max(9_001, low), min(10_999, high) + 1)


@pytest.mark.parametrize(
    "terms", [{"trigger_price": "index"}, *({"mark": mark} for mark in MARKS)], ids=repr
)
def test_where_the_index_is_the_middle_of_the_book_a_trade_moves_every_mark(
    terms: dict[str, str],
) -> None:
    venue = worlds.textbook()
    rules = msgspec.structs.replace(venue.rules, **terms)
    exchange = Exchange(msgspec.structs.replace(venue, rules=rules))
    traded(exchange, 10_000)
    exchange.apply(Deposit(at_us=2, account="alice", amount=Micros(10**9)))
    exchange.apply(
        PlaceOrder(
            at_us=3, account="alice", order="1", contract="BTCUSDT", side="buy", quantity=Lots(50)
        )
    )
    market = exchange.state.markets["BTCUSDT"]
    assert (market.source, market.source_x2) == (0, 0)
    assert len(quiet_at(exchange)) < 200_000
    assert all(_edges_are_quiet(exchange, "BTCUSDT", random.Random(seed)) for seed in range(8))


def test_an_ask_at_the_first_tick_lets_no_trade_pass() -> None:
    replayed = Replayed(worlds.depth([(0, 0), (10_000, 50_000)], half_spread_ppm=0))
    replayed.trade(1)
    replayed.deposit("alice")
    replayed.order("alice", "sell", 5, 2)
    assert quiet_at(replayed.exchange) == range(1, 2)
    replayed.order("alice", "sell", 5, 1)
    assert replayed.market.ladder.best_price("sell") == 1
    assert not quiet_at(replayed.exchange)


def test_where_fills_move_the_index_no_trade_is_quiet() -> None:
    venue = worlds.textbook()
    exchange = Exchange(venue)
    traded(exchange, 10_000)
    assert quiet_at(exchange)
    rules = msgspec.structs.replace(venue.rules, index_feedback_ppm=1)
    exchange = Exchange(msgspec.structs.replace(venue, rules=rules))
    traded(exchange, 10_000)
    assert not quiet_at(exchange)


def test_an_order_at_a_touch_that_shows_nothing_is_met_by_the_next_trade() -> None:
    replayed = Replayed()
    replayed.quote(999, 10, 1_001, 0)
    replayed.deposit("alice")
    replayed.order("alice", "buy", 5, 1_001)
    assert replayed.market.ladder.best_price("buy") == 1_001
    assert not quiet_at(replayed.exchange)
    assert fills(replayed.trade(1_002)) == [("alice", 5, 1_001)]


def test_a_run_is_from_a_time_on_only_if_it_goes_forward() -> None:
    def run(*times: int) -> TickRun:
        price, lots = Price(1), Lots(1)
        return TickRun.of(
            [
                TradeTick(at_us=at, contract="X", price=price, quantity=lots, side="buy")
                for at in times
            ]
        )

    assert run(5, 7).is_from(5)
    assert not run(5, 7).is_from(6)
    assert not run(5, 4).is_from(0)
