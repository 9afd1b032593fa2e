"""Scenarios that read like a trading day.

    alice     wallet 1_000                  stands there from the start: its events are not told
    alice     long 10 @ 1_000 cross 10x
    bob       short 10 @ 1_000
    carol     bids 4 @ 890
    tick      880                           something happens (see `story_commands`)
  > tick 880                                and these are all the events, in order
  > breach alice long 10 mark 880 equity -200 maintenance 88 bankruptcy 900

  = fund 100                                and this is how things stand then

Lines with `>` are expected events (see `story_events`), lines with `=` facts (see `_fact`), lines
without are commands or say how things stood before. What stands is checked: positions as stated,
quotes resting, nothing refused. Who trades without a wallet line has a million; positions against
nobody are stated of `outside`. `#` starts a comment, `==` the next story of a file.
The first lines may change the venue (see `story_venue`). After every command all invariants are
counted again, and at the end the waterfall adds up.
"""

import re
from collections.abc import Iterator
from difflib import ndiff
from itertools import zip_longest
from pathlib import Path

import pytest
from msgspec import UNSET

from engine.core import invariants
from engine.core.account.account import OUTSIDE
from engine.core.command import AnyCommand, Deposit, LegOrNone, PlaceOrder
from engine.core.event import (
    Event,
    InventoryFunded,
    InventorySold,
    OrderAccepted,
    OrderFilled,
    PeriodSettled,
    Rejected,
)
from engine.core.exchange import Exchange
from engine.core.instrument import Venue
from engine.core.money import Micros
from engine.core.state.venue import keyed
from tests.support.story_commands import NUMBER, Reader, Words, clock, number
from tests.support.story_events import line_of, name_of, word_of
from tests.support.story_venue import Draft

RICH = Micros(1_000_000)
PARTS = ("own_margin", "insurance_fund", "assignment", "adl", "socialized", "uncovered", "pending")


class Day:
    """A story under way: its venue, what was sent, and what happened."""

    def __init__(self) -> None:
        self.commands: list[AnyCommand] = []
        self.answers: list[list[Event]] = []
        self._draft: Draft | None = Draft()
        self._reader = Reader()
        self._causes: dict[int, str] = {}
        self._openings = 0
        self._stated: dict[tuple[str, str, LegOrNone], int] = {}

    @property
    def exchange(self) -> Exchange:
        """The exchange, which stands from the first command on."""
        if self._draft is not None:
            self.venue: Venue = self._draft.venue()
            self._draft = None
            self._exchange = Exchange(self.venue)
        return self._exchange

    @property
    def events(self) -> list[Event]:
        """Everything that happened."""
        return [event for events in self.answers for event in events]

    def tell(self, text: str) -> "Day":
        """Play some lines and compare; may be called again to go on."""
        wanted: list[str] = []
        happened: list[str] = []
        for line, expected in _steps(text):
            events = self.play(line)
            facts = [one for one in expected if one.startswith("=")]
            lines = [one for one in expected if one.startswith(">")]
            wanted += [line, *map(_canonical, lines + facts)]
            happened += [line, *self._lines(events, lines), *map(self._fact, facts)]
        _compare(wanted, happened)
        self._check_waterfall()
        return self

    def play(self, line: str) -> list[Event]:
        """Play one line and return what happened, whatever it is."""
        if self._draft is not None and self._draft.reads(line):
            return []
        words = Words(line)
        who = words.next()
        if who == "at":
            self._reader.now_us = clock(words.next())
            words.end()
            return []
        if words.left() and self._stands(who, words):
            return []
        self._check_positions()
        return self.send(self._reader.command(line))

    def send(self, command: AnyCommand) -> list[Event]:
        """Apply a command, count everything again, and remember both."""
        events = list(self.exchange.apply(command))
        invariants.check(self.exchange.state)
        self.commands.append(command)
        self.answers.append(events)
        self._causes = {event.seq: name_of(event) for event in events}
        return events

    # --- how things stand ---------------------------------------------------------------------
    def _stands(self, who: str, words: Words) -> bool:
        verb = words.next()
        if verb == "wallet":
            self._deposit(who, Micros(words.number()))
        elif verb in ("long", "short"):
            self._open(who, 1 if verb == "long" else -1, words)
        elif verb in ("bids", "asks"):
            self._quote(who, "buys" if verb == "bids" else "sells", words)
        else:
            return False
        words.end()
        return True

    def _deposit(self, who: str, amount: Micros) -> None:
        self._accepted(Deposit(at_us=self._reader.now_us, account=who, amount=amount))

    def _accepted(self, command: AnyCommand) -> list[Event]:
        events = self.send(command)
        refused = [event for event in events if isinstance(event, Rejected)]
        assert not refused, f"it cannot stand like that: {command} is refused: {refused}"
        return events

    def _open(self, who: str, sign: int, words: Words) -> None:
        contract, leverage = words.contract, words.times()
        isolated, cross = words.has("isolated"), words.has("cross")
        lots, price = words.number(), number(words.after("@") or "")
        if who != OUTSIDE:
            self._introduce(who)
        key = (who, contract, self._leg(who, sign))
        held = self.exchange.state.position(*key).quantity
        self._stated[key] = self._stated.get(key, held) + sign * lots
        if who == OUTSIDE:
            # a tick that passes the orders waiting there, and one that comes back
            self._tick(contract, price + sign)
            self._tick(contract, price)
            return
        state = self.exchange.state
        if not state.markets[contract].has_price:
            self._tick(contract, price)
        position = state.position(*key)
        if isolated and position.mode == "cross":
            self._accepted(self._reader.command(f"{who} isolates {contract}"))
        if cross and position.mode == "isolated":
            self._accepted(self._reader.command(f"{who} crosses {contract}"))
        if leverage is not None and leverage != position.leverage:
            self._accepted(self._reader.command(f"{who} sets {leverage}x {contract}"))
        side = "buys" if sign > 0 else "sells"
        self._openings += 1
        name = f"opening-{self._openings}"
        leg = "" if key[2] is UNSET else key[2]
        self._accepted(
            self._reader.command(f"{who} {side} {lots} {leg} {contract} @ {price} as {name}")
        )

    def _leg(self, who: str, sign: int) -> LegOrNone:
        """Name the leg of a side where the account has legs."""
        if self.exchange.state.accounts[who].position_mode == "one_way":
            return UNSET
        return "long" if sign > 0 else "short"

    def _tick(self, contract: str, price: int) -> None:
        self._accepted(self._reader.command(f"tick {contract} {price}"))

    def _quote(self, who: str, verb: str, words: Words) -> None:
        lots, price, name = words.number(), words.after("@"), words.after("as")
        self._introduce(who)
        called = f" as {name}" if name else ""
        command = self._reader.command(f"{who} {verb} {lots} {words.contract} @ {price}{called}")
        assert isinstance(command, PlaceOrder)
        events = self._accepted(command)
        assert isinstance(events[0], OrderAccepted)
        filled = [event for event in events if isinstance(event, OrderFilled)]
        assert not filled, f"a quote rests, but {filled}"

    def _introduce(self, who: str) -> None:
        if who not in self.exchange.state.accounts:
            self._deposit(who, RICH)

    def _check_positions(self) -> None:
        for (who, contract, leg), lots in self._stated.items():
            held = self.exchange.state.position(who, contract, leg).quantity
            assert held == lots, f"{who} holds {held} {contract}, not {lots}: who is against it?"
        self._stated = {}

    # --- what is told -------------------------------------------------------------------------
    def _lines(self, events: list[Event], expected: list[str]) -> list[str]:
        return [
            f"  > {line_of(event, (one or '').split()[1:], self._causes)}"
            for event, one in zip_longest(events, expected[: len(events)])
        ]

    def _fact(self, line: str) -> str:
        """Answer a question: what (of whom) [in which contract] value."""
        words = Words(line)
        what, state, contract = words.next(), self.exchange.state, words.contract
        what = words.next() if what == "=" else what
        asked = " ".join(line.split()[:-1])
        market = state.markets[contract]
        if what in ("mark", "last", "index", "venue_mark"):
            return f"  {asked} {word_of(getattr(market, what))}"
        if what in ("fund", "pending_loss"):
            return f"  {asked} {word_of(state.balance(keyed(what, state.pool_of(contract))))}"
        if what in ("fees", "rounding", "uncovered"):
            return f"  {asked} {word_of(state.balance(what))}"
        who, leg = words.next(), words.leg()
        position = state.position(who, contract, leg)
        if what == "position":
            return f"  {asked} {word_of(position.quantity)}"
        keys = {"wallet": f"wallet:{who}"}
        keys |= {"margin": position.isolated_key, "aside": f"orders:{who}:{contract}"}
        return f"  {asked} {word_of(state.balance(keys[what]))}"

    def _check_waterfall(self) -> None:
        loss = sum(getattr(event, "loss", 0) for event in self.events)
        paid = dict.fromkeys(PARTS, 0)
        for event in self.events:
            if isinstance(event, InventorySold | InventoryFunded):
                continue  # what becomes of inventory stands beside the waterfall
            for part in PARTS:
                taken_off = part == "pending" and isinstance(event, PeriodSettled)
                paid[part] += getattr(event, part, 0) * (-1 if taken_off else 1)
            if hasattr(event, "deficit"):
                paid["own_margin"] -= event.deficit
            elif hasattr(event, "loss") and not hasattr(event, "own_margin"):
                paid["own_margin"] += event.loss
        assert loss == sum(paid.values()), f"the loss is {loss}, but {paid}"


def _compare(wanted: list[str], happened: list[str]) -> None:
    if wanted != happened:
        diff = "\n".join(one.rstrip() for one in ndiff(wanted, happened))
        pytest.fail(f"told (-), happened (+):\n{diff}", pytrace=False)


def stories_of(path: Path) -> Iterator[tuple[str, str]]:
    """Return the name and the text of each story in a file."""
    for part in re.split(r"^== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        title, _, text = part.partition("\n")
        yield title.strip(), text


def _steps(text: str) -> Iterator[tuple[str, list[str]]]:
    """Return each line with the events expected after it."""
    steps: list[tuple[str, list[str]]] = []
    for raw in text.splitlines():
        line = " ".join(re.sub(r"(^|\s)#.*", "", raw).split())
        if line.startswith((">", "=")):
            assert steps, "a story does not begin with what happened"
            steps[-1][1].append(line)
        elif line:
            steps.append((line, []))
    return iter(steps)


def _canonical(line: str) -> str:
    """Write an expected line like an actual one.

    >>> _canonical("> cover  alice 1000")
    '  > cover alice 1_000'
    """
    return "  " + " ".join(word_of(int(w)) if NUMBER.fullmatch(w) else w for w in line.split())
