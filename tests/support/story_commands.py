"""The commands of a story, read from its lines.

    at        09:30:00                              the clock, until the next one
    tick      [ETH] 1_000                           a trade of the replayed market
    quote     [ETH] 5 @ 999  7 @ 1_001              its best bid and ask
    book      [ETH] [new] 5 @ 999  7 @ 1_001        a bid and an ask of its book, 0 removes one
    index     [ETH] 1_000 [of name]                 an index price, of a source
    mark      [ETH] 1_000                           a mark price of a file
    rate      [ETH] 0.01%                           a funding settlement
    alice     deposits 500 / withdraws 500
    alice     isolates [ETH] / crosses [ETH]        the margin mode
    alice     sets 20x [ETH]                        the leverage
    alice     adds 50 [ETH] / removes 50 [ETH]      margin of an isolated position
    alice     buys 5 [ETH] [@ 990] [ioc|fok] [post-only] [reduce-only] [as name]
    alice     buys 5 @ 990 until 09:30:00           good till then
    alice     stops buy 5 at 1_010 [watching mark] [@ 1_020] [reduce-only] [close] [as name]
    alice     takes sell 5 at 1_010                 profit; trails sell 5 by 1% follows the price
    alice     amends name 4 @ 995
    alice     moves name 4 at 1_020 [@ 1_030]       a stop; a trailing one: by 1%
    alice     clears [ETH]                          all orders and stops there; clears all
    alice     cancels name
    alice     clears [ETH] after 5                  seconds of silence, 0 ends it; or: all
    alice     offers 50 [ETH]                       to take liquidated positions over
    alice     hedges / nets                         two legs a contract, or one position
    alice     sells 5 long                          in hedge mode: of a leg; so too adds, stops

Orders without a name are called 1, 2, 3 … by account.
"""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Literal

import msgspec

from engine.core.command import (
    AddMargin,
    AmendOrder,
    AmendStop,
    AnyCommand,
    BookTick,
    CancelAll,
    CancelAllAfter,
    CancelOrder,
    Deposit,
    FundingTick,
    IndexTick,
    LegOrNone,
    MarkTick,
    Mode,
    OfferAssignment,
    PlaceOrder,
    PlaceStop,
    PositionMode,
    QuoteTick,
    RemoveMargin,
    SetAutoMargin,
    SetLeverage,
    SetMarginMode,
    SetPositionMode,
    SettleContract,
    TradeTick,
    Withdraw,
)
from engine.core.money import Lots, Micros, Price

DAY_US = 1_704_067_200_000_000
"""Midnight of a Monday, a multiple of every funding interval."""
NUMBER = re.compile(r"-?\d[\d_]*")


def number(word: str) -> int:
    """Read a whole number.

    >>> number("-1_000")
    -1000
    """
    assert NUMBER.fullmatch(word), f"found {word!r}, expected a whole number"
    value: int = int(word)
    return value


def rate(word: str, scale: int) -> int:
    """Read a percentage as parts of a scale.

    >>> rate("0.01%", 100_000_000), rate("-1%", 1_000_000)
    (10000, -10000)
    """
    assert re.fullmatch(r"-?\d+(\.\d+)?%", word), f"found {word!r}, expected a percentage"
    value = Fraction(word[:-1]) * scale / 100
    assert value.denominator == 1, f"{word} is not a whole number of 1/{scale}"
    return value.numerator


def clock(word: str) -> int:
    """Read a time of the day in microseconds; a bare number is one already.

    >>> clock("00:00:01.5") - DAY_US, clock("-1")
    (1500000, -1)
    """
    if NUMBER.fullmatch(word):
        return number(word)
    found = re.fullmatch(r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?", word)
    assert found, f"found {word!r}, expected a time like 09:30:00"
    seconds = int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3])
    return DAY_US + seconds * 1_000_000 + int((found[4] or "0").ljust(6, "0"))


class Words:
    """A line's words, taken from the left; a contract anywhere in it is found first."""

    def __init__(self, line: str) -> None:
        self._words = line.split()
        found = [word for word in self._words if re.fullmatch("[A-Z]+", word)]
        self.contract = found[0] if found else "BTC"
        self._words = [word for word in self._words if word not in found]

    def next(self) -> str:
        """Take the next word, whatever it is."""
        assert self._words, "the line ends too early"
        return self._words.pop(0)

    def left(self) -> bool:
        """Say whether there are words left."""
        return bool(self._words)

    def number(self) -> int:
        """Take the next word as a whole number."""
        return number(self.next())

    def has(self, word: str) -> bool:
        """Take a word out of the rest if it is there."""
        if word in self._words:
            self._words.remove(word)
            return True
        return False

    def after(self, word: str) -> str | None:
        """Take a word and the one behind it out of the rest if they are there."""
        if word not in self._words:
            return None
        where = self._words.index(word)
        _, value = self._words[where : where + 2]
        del self._words[where : where + 2]
        return value

    def times(self) -> int | None:
        """Take a leverage (20x) out of the rest if there is one."""
        for word in self._words:
            if re.fullmatch(r"-?\d+x", word):
                self._words.remove(word)
                return int(word[:-1])
        return None

    def leg(self) -> LegOrNone:
        """Take a leg out of the rest if one is named."""
        return "long" if self.has("long") else "short" if self.has("short") else msgspec.UNSET

    def end(self) -> None:
        """Say that nothing may be left."""
        assert not self._words, f"what does {' '.join(self._words)!r} mean?"


class Reader:
    """Turns lines into commands; keeps the clock and the names of orders."""

    def __init__(self) -> None:
        self.now_us = clock("09:00:00")
        self._orders: dict[str, int] = {}

    def command(self, line: str) -> AnyCommand:
        """Read one line."""
        words = Words(line)
        who = words.next()
        read = _MARKET.get(who)
        command = read(self, words) if read else self._of_account(who, words)
        words.end()
        return command

    def _of_account(self, who: str, words: Words) -> AnyCommand:
        who = "" if who == "nobody" else who
        verb = words.next()
        if verb in ("buys", "sells"):
            return self._order(who, verb, words)
        if verb in _STOPS:
            return self._stop(who, _STOPS[verb], words)
        at, contract = self.now_us, words.contract
        if verb == "clears":
            where, after = None if words.has("all") else contract, words.after("after")
            if after is None:
                return CancelAll(at_us=at, account=who, contract=where)
            timeout_us = number(after) * 1_000_000
            return CancelAllAfter(at_us=at, account=who, contract=where, timeout_us=timeout_us)
        if verb == "cancels":
            return CancelOrder(at_us=at, account=who, order=words.next())
        if verb == "amends":
            order, quantity = words.next(), Lots(words.number())
            price = Price(number(words.after("@") or ""))
            return AmendOrder(at_us=at, account=who, order=order, price=price, quantity=quantity)
        if verb in _POSITION_MODES:
            return SetPositionMode(at_us=at, account=who, mode=_POSITION_MODES[verb])
        if verb == "moves":
            return self._moved(who, words)
        if verb in _MODES:
            named = None if words.has("all") else contract
            return SetMarginMode(at_us=at, account=who, contract=named, mode=_MODES[verb])
        if verb == "refills":
            is_on = {"on": True, "off": False}[words.next()]
            return SetAutoMargin(at_us=at, account=who, contract=contract, is_on=is_on)
        if verb == "sets":
            leverage = words.times()
            assert leverage is not None, "a leverage is written like 20x"
            return SetLeverage(at_us=at, account=who, contract=contract, leverage=leverage)
        if verb == "offers":
            quantity = Lots(words.number())
            return OfferAssignment(at_us=at, account=who, contract=contract, quantity=quantity)
        amount = Micros(words.number())
        if verb in _MARGINS:
            leg = words.leg()
            return _MARGINS[verb](at_us=at, account=who, contract=contract, amount=amount, leg=leg)
        return _WALLET[verb](at_us=at, account=who, amount=amount)

    def _order(self, who: str, verb: str, words: Words) -> PlaceOrder:
        name = self._name(who, words)
        price, until = words.after("@"), words.after("until")
        quantity = Lots(words.number())
        return PlaceOrder(
            at_us=self.now_us,
            account=who,
            order=name,
            contract=words.contract,
            side="buy" if verb == "buys" else "sell",
            quantity=quantity,
            price=None if price is None else Price(number(price)),
            time_in_force=_in_force(words, until),
            expires_us=msgspec.UNSET if until in (None, "ever") else clock(until or ""),
            post_only=words.has("post-only"),
            reduce_only=words.has("reduce-only"),
            leg=words.leg(),
        )

    def _stop(
        self, who: str, kind: Literal["stop", "take_profit", "trailing"], words: Words
    ) -> PlaceStop:
        trigger, callback = words.after("at"), None
        if kind == "trailing":
            callback = words.after("by")
        watches, price = words.after("watching") or "last", words.after("@")
        name = self._name(who, words)
        side = words.next()
        return PlaceStop(
            at_us=self.now_us,
            account=who,
            order=name,
            contract=words.contract,
            side="buy" if side == "buy" else "sell",
            quantity=Lots(words.number()),
            kind=kind,
            watches=msgspec.convert(watches, Literal["last", "mark", "index"]),
            trigger=None if trigger is None else Price(number(trigger)),
            callback_ppm=None if callback is None else rate(callback, 1_000_000),
            price=None if price is None else Price(number(price)),
            time_in_force="ioc" if words.has("ioc") else "fok" if words.has("fok") else "gtc",
            reduce_only=words.has("reduce-only"),
            close_on_trigger=words.has("close"),
            leg=words.leg(),
        )

    def _moved(self, who: str, words: Words) -> AmendStop:
        trigger, callback, price = words.after("at"), words.after("by"), words.after("@")
        return AmendStop(
            at_us=self.now_us,
            account=who,
            order=words.next(),
            quantity=Lots(words.number()),
            trigger=None if trigger is None else Price(number(trigger)),
            callback_ppm=None if callback is None else rate(callback, 1_000_000),
            price=None if price is None else Price(number(price)),
        )

    def _name(self, who: str, words: Words) -> str:
        name = words.after("as")
        if name is None:
            self._orders[who] = self._orders.get(who, 0) + 1
            name = str(self._orders[who])
        return "" if name == "nothing" else name

    def tick(self, words: Words) -> TradeTick:
        """Read a trade of one lot, or of so many."""
        price = Price(words.number())
        lots = Lots(number(words.after("of") or "1"))
        return TradeTick(
            at_us=self.now_us, contract=words.contract, price=price, quantity=lots, side="sell"
        )

    def quote(self, words: Words) -> QuoteTick:
        """Read both sides of a quote."""
        bid, bid_lots = words.after("@"), words.number()
        ask, ask_lots = words.after("@"), words.number()
        assert bid, "a quote has two prices"
        assert ask, "a quote has two prices"
        return QuoteTick(
            at_us=self.now_us,
            contract=words.contract,
            bid=Price(number(bid)),
            bid_quantity=Lots(bid_lots),
            ask=Price(number(ask)),
            ask_quantity=Lots(ask_lots),
        )

    def book(self, words: Words) -> BookTick:
        """Read a level of each side of a file's book."""
        is_new = words.has("new")
        shown = self.quote(words)
        return BookTick(
            at_us=shown.at_us,
            contract=shown.contract,
            bids=((shown.bid, shown.bid_quantity),),
            asks=((shown.ask, shown.ask_quantity),),
            reset=is_new,
        )

    def settles(self, words: Words) -> SettleContract:
        """Read the end of a contract, at the mark or at a price."""
        at = words.after("@")
        price = None if at is None else Price(number(at))
        return SettleContract(at_us=self.now_us, contract=words.contract, price=price)

    def index(self, words: Words) -> IndexTick:
        """Read an index price."""
        price, source = Price(words.number()), words.after("of") or ""
        return IndexTick(at_us=self.now_us, contract=words.contract, price=price, source=source)

    def mark(self, words: Words) -> MarkTick:
        """Read a mark price."""
        price = Price(words.number())
        return MarkTick(at_us=self.now_us, contract=words.contract, price=price)

    def rate(self, words: Words) -> FundingTick:
        """Read a funding rate."""
        rate_e8 = rate(words.next(), 100_000_000)
        return FundingTick(at_us=self.now_us, contract=words.contract, rate_e8=rate_e8)


def _in_force(words: Words, until: str | None) -> Literal["gtc", "ioc", "fok", "gtd"]:
    if until is not None:
        return "gtd"
    return "ioc" if words.has("ioc") else "fok" if words.has("fok") else "gtc"


_STOPS: dict[str, Literal["stop", "take_profit", "trailing"]] = {
    "stops": "stop",
    "takes": "take_profit",
    "trails": "trailing",
}
_MARKET: dict[str, Callable[[Reader, Words], AnyCommand]] = {
    "tick": Reader.tick,
    "quote": Reader.quote,
    "book": Reader.book,
    "index": Reader.index,
    "settles": Reader.settles,
    "mark": Reader.mark,
    "rate": Reader.rate,
}
_MODES: dict[str, Mode] = {"isolates": "isolated", "crosses": "cross"}
_POSITION_MODES: dict[str, PositionMode] = {"hedges": "hedge", "nets": "one_way"}
_MARGINS: dict[str, type[AddMargin] | type[RemoveMargin]] = {
    "adds": AddMargin,
    "removes": RemoveMargin,
}
_WALLET: dict[str, type[Deposit] | type[Withdraw]] = {"deposits": Deposit, "withdraws": Withdraw}
