"""Frames of ticks: nothing is lost, and what is none is told from what is one."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bus.frame import decode, encode
from engine.core.command import (
    BookTick,
    FundingTick,
    IndexTick,
    MarkTick,
    QuoteTick,
    Tick,
    TradeTick,
)
from engine.core.money import Lots, Price
from engine.core.tick_run import TickRun

TIMES = st.integers(0, 2**53 - 1)
PRICES = st.integers(1 - 2**53, 2**53 - 1).map(Price)
LOTS = st.integers(0, 2**53 - 1).map(Lots)
LEVELS = st.lists(st.tuples(PRICES, LOTS), max_size=3).map(tuple)
NAMES = st.sampled_from(["BTCUSDT", "ETHUSDT", ""])
TICKS: st.SearchStrategy[Tick] = st.one_of(
    st.builds(
        TradeTick,
        at_us=TIMES,
        contract=NAMES,
        price=PRICES,
        quantity=LOTS,
        side=st.sampled_from(["buy", "sell"]),
    ),
    st.builds(
        QuoteTick,
        at_us=TIMES,
        contract=NAMES,
        bid=PRICES,
        bid_quantity=LOTS,
        ask=PRICES,
        ask_quantity=LOTS,
    ),
    st.builds(BookTick, at_us=TIMES, contract=NAMES, bids=LEVELS, asks=LEVELS, reset=st.booleans()),
    st.builds(IndexTick, at_us=TIMES, contract=NAMES, price=PRICES, source=NAMES),
    st.builds(MarkTick, at_us=TIMES, contract=NAMES, price=PRICES),
    st.builds(FundingTick, at_us=TIMES, contract=NAMES, rate_e8=st.integers(-(10**8), 10**8)),
)


@given(st.lists(TICKS, max_size=40))
def test_a_frame_keeps_every_tick_and_their_order(ticks: list[Tick]) -> None:
    assert tuple(decode(encode(ticks))) == tuple(ticks)


@given(st.lists(TICKS, min_size=1, max_size=40))
def test_a_frame_has_the_columns_of_ticks_that_were_made(ticks: list[Tick]) -> None:
    found, expected = decode(encode(ticks)), TickRun.of(ticks)
    assert len(found) == len(ticks)
    assert found[len(ticks) - 1] == ticks[-1]
    assert found[1:] == tuple(ticks[1:])
    assert found.contracts == expected.contracts
    assert (found.at_us, found.prices, found.which) == (
        expected.at_us,
        expected.prices,
        expected.which,
    )
    assert found.may_be_quiet == expected.may_be_quiet


def test_columns_are_smaller_than_rows() -> None:
    ticks = [
        TradeTick(at_us=10**15 + at, contract="X", price=Price(100), quantity=Lots(1), side="buy")
        for at in range(1_000)
    ]
    assert len(encode(ticks)) * 3 < len(msgspec.msgpack.encode(ticks))


BOX = ["TradeTick", "X", [1, 2], [5, 5], [1, 1], ["buy", "sell"]]


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\xc1",
        msgspec.msgpack.encode([[0, 0], [[*BOX[:5], ["buy"]]]]),
        msgspec.msgpack.encode([[0, 0], [[*BOX[:5], ["buy", "up"]]]]),
        msgspec.msgpack.encode([[0, 0], [[*BOX[:3], [5, 5.5], *BOX[4:]]]]),
        msgspec.msgpack.encode([[0], [BOX]]),
        msgspec.msgpack.encode([[0, 0, 0], [BOX]]),
        msgspec.msgpack.encode([[0, 1], [BOX]]),
        msgspec.msgpack.encode([[0, -1], [BOX]]),
        msgspec.msgpack.encode([[0, 0], [["PlaceOrder", *BOX[1:]]]]),
        msgspec.msgpack.encode([[0, 0], [BOX]])[:-1],
    ],
)
def test_what_is_no_frame_is_refused(frame: bytes) -> None:
    with pytest.raises((msgspec.MsgspecError, ValueError)):
        decode(frame)
