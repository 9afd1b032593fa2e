"""What accounts do some time after a margin call: pay in, reduce, or nothing.

Each account has one temper, drawn beforehand, and its own time to react. The answer to a call is
ordinary commands: money in and, for an isolated position, margin added; or a reduce-only market
order. A later call before the answer changes its amount, not its time. Who holds nothing there
any more when the time has come does nothing.

All of it follows from the events alone, so the same ticks give the same commands, and a log that
holds them needs no crowd to be run again.
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Literal

import msgspec

from engine.config.settings import AtMarginCall, Crowd, Trader
from engine.core.command import AddMargin, AnyCommand, Deposit, PlaceOrder
from engine.core.event import Deposited, Event, MarginCalled
from engine.core.money import PPM, Lots, Micros, div_up
from feeds.crowd import member_name
from feeds.dice import below
from feeds.positions import Positions


class Temper(msgspec.Struct, frozen=True):
    """What one account does after a margin call, `after_us` later."""

    does: Literal["add", "cut"]
    after_us: int
    settings: AtMarginCall


def tempers(dice: Random, crowd: Crowd | None, traders: Sequence[Trader]) -> dict[str, Temper]:
    """Draw who does what, for those who do anything; traders first, then the crowd."""
    asked: list[tuple[str, AtMarginCall | None]] = [
        (trader.name, trader.at_margin_call) for trader in traders
    ]
    if crowd is not None:
        asked += [
            (member_name(crowd, number), crowd.at_margin_call) for number in range(crowd.accounts)
        ]
    return {
        name: temper
        for name, settings in asked
        if settings is not None and (temper := _temper(dice, settings)) is not None
    }


def _temper(dice: Random, settings: AtMarginCall) -> Temper | None:
    share = below(dice, PPM)
    low, high = settings.after_low_us, settings.after_high_us
    after_us = low + below(dice, high - low + 1)
    if share < settings.add_ppm:
        return Temper("add", after_us, settings)
    if share < settings.add_ppm + settings.cut_ppm:
        return Temper("cut", after_us, settings)
    return None


class Purse(msgspec.Struct):
    """What an account can still pay in: out of its wallet, and new money."""

    wallet: int
    outside: int


class Reactions:
    """Hears what the venue says and has the answers of those who were called.

    Hearing costs O(1) an event, an answer O(log answers waiting).
    """

    def __init__(self, who: Mapping[str, Temper]) -> None:
        assert who, "nobody reacts"
        self._who = who
        self._positions = Positions(who)
        self._purses: dict[str, Purse] = {}
        self._called: dict[str, MarginCalled] = {}
        self._due: list[tuple[int, int, str]] = []
        self._calls = 0
        self._answers: dict[str, int] = {}
        self._orders: dict[str, int] = {}
        self.least_us = min(temper.after_us for temper in who.values())

    def heard(self, at_us: int, events: tuple[Event, ...]) -> None:
        """Take in what a command of this time did; the time of an answer counts from it."""
        for event in events:
            if isinstance(event, MarginCalled):
                self._call(at_us, event)
            elif isinstance(event, Deposited):
                self._fill_purse(event)
            else:
                self._positions.heard(event)

    def due_us(self) -> int | None:
        """When the next answer is due, if one is waiting."""
        return self._due[0][0] if self._due else None

    def answer(self) -> tuple[AnyCommand, ...]:
        """Give the commands of the next answer; those due at one time go in order of the calls."""
        at_us, _, margin_id = heapq.heappop(self._due)
        call = self._called.pop(margin_id)
        if not self._positions.of(call.account, call.contract):
            return ()
        temper = self._who[call.account]
        do = self._add if temper.does == "add" else self._cut
        commands = tuple(do(at_us, call, temper.settings))
        if commands:
            self._answers[margin_id] = self._answers.get(margin_id, 0) + 1
        return commands

    def _call(self, at_us: int, event: MarginCalled) -> None:
        temper = self._who.get(event.account)
        if temper is None:
            return
        isolated = event.mode == "isolated"
        margin_id = f"{event.account}:{event.contract}" if isolated else event.account
        if margin_id not in self._called:
            if self._answers.get(margin_id, 0) == temper.settings.times:
                return
            self._calls += 1
            heapq.heappush(self._due, (at_us + temper.after_us, self._calls, margin_id))
        self._called[margin_id] = event

    def _fill_purse(self, event: Deposited) -> None:
        temper = self._who.get(event.account)
        if temper is not None and event.account not in self._purses:
            kept = event.amount * temper.settings.kept_back_ppm // PPM
            fresh = event.amount * temper.settings.budget_ppm // PPM
            self._purses[event.account] = Purse(kept, fresh)

    def _add(self, at_us: int, call: MarginCalled, settings: AtMarginCall) -> Iterator[AnyCommand]:
        purse, isolated = self._purses[call.account], call.mode == "isolated"
        lacks = div_up(call.maintenance * PPM, settings.restore_ppm) - call.equity
        kept = max(0, min(lacks, purse.wallet)) if isolated else 0
        fresh = max(0, min(lacks - kept, purse.outside))
        purse.wallet -= kept
        purse.outside -= fresh
        account = call.account
        if fresh:
            yield Deposit(at_us=at_us, account=account, amount=Micros(fresh))
        if isolated and kept + fresh:
            amount = Micros(kept + fresh)
            yield AddMargin(at_us=at_us, account=account, contract=call.contract, amount=amount)

    def _cut(self, at_us: int, call: MarginCalled, settings: AtMarginCall) -> Iterator[AnyCommand]:
        held = self._positions.of(call.account, call.contract)
        number = self._orders[call.account] = self._orders.get(call.account, 0) + 1
        yield PlaceOrder(
            at_us=at_us,
            account=call.account,
            order=f"call-{number}",
            contract=call.contract,
            side="sell" if held > 0 else "buy",
            quantity=Lots(div_up(abs(held) * settings.share_ppm, PPM)),
            time_in_force="ioc",
            reduce_only=True,
        )
