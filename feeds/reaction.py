"""What accounts do some time after a margin call: pay in, reduce, or nothing.

Each account has one temper, drawn beforehand, and its own time to react. The answer to a call is
ordinary commands: money in and, for an isolated position, margin added; or a reduce-only market
order. A later call before the answer changes its amount, not its time. Who holds nothing there
any more when the time has come does nothing.

In hedge mode the leg that was called is the one that gets margin or is reduced.

All of it follows from the events alone, so the same ticks give the same commands, and a log that
holds them needs no crowd to be run again. What was heard and still matters is the `memory`.
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Literal

import msgspec

from engine.config.settings import AtMarginCall, Crowd, Trader
from engine.core.account.position import slot_of
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


class Heard(msgspec.Struct, forbid_unknown_fields=True):
    """What was heard and still matters.

    `called` is the newest call of each margin account that has not been answered yet, `due` a heap
    of when, in which order of the calls, and whose; `answers` and `orders` are numbers so far.
    """

    purses: dict[str, Purse] = {}
    called: dict[str, MarginCalled] = {}
    due: list[tuple[int, int, str]] = []
    calls: int = 0
    answers: dict[str, int] = {}
    orders: dict[str, int] = {}
    lots: list[tuple[str, str, int]] = []


class Reactions:
    """Hears what the venue says and has the answers of those who were called.

    Hearing costs O(1) an event, an answer O(log answers waiting), the memory O(accounts).
    """

    def __init__(self, who: Mapping[str, Temper]) -> None:
        assert who, "nobody reacts"
        self._who = who
        self._positions = Positions(who)
        self._heard = Heard()
        self.least_us = min(temper.after_us for temper in who.values())

    def memory(self) -> bytes:
        """All that was heard and still matters, as JSON."""
        return msgspec.json.encode(
            msgspec.structs.replace(self._heard, lots=list(self._positions.held()))
        )

    def remember(self, memory: bytes) -> None:
        """Go on from a memory. Raises `msgspec.MsgspecError`, a `ValueError`, if it is none."""
        self._heard = msgspec.json.decode(memory, type=Heard)
        self._positions.hold(self._heard.lots)
        self._heard.lots = []

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
        return self._heard.due[0][0] if self._heard.due else None

    def answer(self) -> tuple[AnyCommand, ...]:
        """Give the commands of the next answer; those due at one time go in order of the calls."""
        heard = self._heard
        at_us, _, margin_id = heapq.heappop(heard.due)
        call = heard.called.pop(margin_id)
        if not self._held(call):
            return ()
        temper = self._who[call.account]
        do = self._add if temper.does == "add" else self._cut
        commands = tuple(do(at_us, call, temper.settings))
        if commands:
            heard.answers[margin_id] = heard.answers.get(margin_id, 0) + 1
        return commands

    def _held(self, call: MarginCalled) -> int:
        """The lots that the call was about, as they are now."""
        return self._positions.of(call.account, slot_of(call.contract, call.leg))

    def _call(self, at_us: int, event: MarginCalled) -> None:
        temper = self._who.get(event.account)
        if temper is None:
            return
        heard, slot = self._heard, slot_of(event.contract, event.leg)
        margin_id = f"{event.account}:{slot}" if event.mode == "isolated" else event.account
        if margin_id not in heard.called:
            if heard.answers.get(margin_id, 0) == temper.settings.times:
                return
            heard.calls += 1
            heapq.heappush(heard.due, (at_us + temper.after_us, heard.calls, margin_id))
        heard.called[margin_id] = event

    def _fill_purse(self, event: Deposited) -> None:
        temper = self._who.get(event.account)
        if temper is not None and event.account not in self._heard.purses:
            kept = event.amount * temper.settings.kept_back_ppm // PPM
            fresh = event.amount * temper.settings.budget_ppm // PPM
            self._heard.purses[event.account] = Purse(kept, fresh)

    def _add(self, at_us: int, call: MarginCalled, settings: AtMarginCall) -> Iterator[AnyCommand]:
        purse, isolated = self._heard.purses[call.account], call.mode == "isolated"
        lacks = div_up(call.maintenance * PPM, settings.restore_ppm) - call.equity
        kept = max(0, min(lacks, purse.wallet)) if isolated else 0
        fresh = max(0, min(lacks - kept, purse.outside))
        purse.wallet -= kept
        purse.outside -= fresh
        account = call.account
        if fresh:
            yield Deposit(at_us=at_us, account=account, amount=Micros(fresh))
        if isolated and kept + fresh:
            yield AddMargin(
                at_us=at_us,
                account=account,
                contract=call.contract,
                amount=Micros(kept + fresh),
                leg=call.leg,
            )

    def _cut(self, at_us: int, call: MarginCalled, settings: AtMarginCall) -> Iterator[AnyCommand]:
        held, orders = self._held(call), self._heard.orders
        number = orders[call.account] = orders.get(call.account, 0) + 1
        yield PlaceOrder(
            at_us=at_us,
            account=call.account,
            order=f"call-{number}",
            contract=call.contract,
            side="sell" if held > 0 else "buy",
            quantity=Lots(div_up(abs(held) * settings.share_ppm, PPM)),
            time_in_force="ioc",
            reduce_only=True,
            leg=call.leg,
        )
