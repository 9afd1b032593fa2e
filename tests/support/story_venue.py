"""The venue of a story: small, so that its sums can be done in one's head.

One lot gains one unit of money for one unit of price; maintenance is 1 % of the notional; there
are no fees, no warnings, no funding and no outside liquidity, the mark is the last price, and a
resting order is filled by the replayed market only when that trades through it. A
story's first lines change what it is about:

    fund      100                                          the insurance fund, each pool of it
    pool      ETH 50                                       what one pool of it begins with
    group     ETH alts                                     the group of a contract
    rules     taker_fee_ppm 1_000 residue_to client        any field of `Rules`
    closing   order random queue oldest                    any field of `Closing`
    backed    portion_ppm 400_000                          any field of `Backed`, after closing
    limits    drawdown_ppm 300_000                         any field of `FundTerms`
    terms     rate 1 burst 2                               any field of `OrderTerms`
    margin    auto_margin true                             any field of `MarginTerms`
    contract  [ETH] tick 5 quantity_max 50                 numbers of a contract
    brackets  [ETH] 0:1%:100x 5_000:2%:20x                 floor : rate : leverage
    brackets  [ETH] stepped 0:1%:100x 5_000:2%:20x         the whole position at its row's rate
    brackets  [ETH] stepped lots 0:1%:100x 50:2%:20x       floors are lots
    brackets  [ETH] lots 0:1%:50x grows 0.1%               the rate grows so much with each lot
    initial   [ETH] 0:2%:100x 5_000:4%:20x                 a table of initial margin, the same way
    closes_at [ETH] 0.1% mark                              a closing fee counts, or: bankruptcy
    depth     [ETH] 0%:1_000 1%:3_000 steps 2 half_life 60 spread 0.5% scale 50%
    refusals  SetMarginMode:unchanged:-4046 any:...        the venue's own codes
    sources   [ETH] near:2 far:1 off 5% silent 10          of the index: weights, when they drop
    funding   [ETH] premium every 3_600 interest 0.01% clamp 0.05% cap 0.75%
    funding   [ETH] premium divisor 24                     an interval pays 1/24 of it
    funding   [ETH] premium late accrues at_cap halves least 900 calm 2 lends 1% lends_every 3_600
"""

from typing import Any, get_origin, get_type_hints

import msgspec

from engine.core.instrument import (
    Backed,
    Band,
    Bracket,
    Closing,
    ClosingFee,
    Contract,
    Depth,
    Funding,
    FundTerms,
    IndexSource,
    IndexTerms,
    MarginTerms,
    OrderTerms,
    Refusal,
    Rules,
    Venue,
)
from engine.core.money import E8, E12, PPM, Lots, Micros, Price
from tests.support.story_commands import Words, number, rate

SYMBOLS = ("BTC", "ETH", "SOL")
SECOND_US = 1_000_000


class Draft:
    """A venue while its lines are being read."""

    def __init__(self) -> None:
        self._fund = 0
        self._pools: dict[str, Micros] = {}
        self._rules: dict[str, Any] = {
            "name": "story",
            "warning_levels": (),
            "queue": "passed",
        }
        self._contracts = {symbol: _contract(symbol) for symbol in SYMBOLS}
        self._lines = {
            "fund": self._read_fund,
            "pool": self._read_pool,
            "group": self._read_group,
            "rules": self._read_rules,
            "closing": self._read_closing,
            "backed": self._read_backed,
            "limits": self._read_limits,
            "terms": self._read_terms,
            "margin": self._read_margin,
            "contract": self._read_contract,
            "brackets": self._read_brackets,
            "initial": self._read_initial,
            "closes_at": self._read_closing_fee,
            "depth": self._read_depth,
            "funding": self._read_funding,
            "sources": self._read_sources,
            "refusals": self._read_refusals,
        }

    def reads(self, line: str) -> bool:
        """Take a line if it is about the venue."""
        words = Words(line)
        read = self._lines.get(words.next())
        if read is None:
            return False
        read(words)
        words.end()
        return True

    def venue(self) -> Venue:
        """Return what was described."""
        rules = Rules(**self._rules)
        return Venue(rules, tuple(self._contracts.values()), Micros(self._fund), self._pools)

    def _change(self, words: Words, **fields: object) -> None:
        old = self._contracts[words.contract]
        self._contracts[words.contract] = msgspec.structs.replace(old, **fields)

    def _read_fund(self, words: Words) -> None:
        self._fund = words.number()

    def _read_pool(self, words: Words) -> None:
        first = words.next()
        name, cash = (first, words.number()) if words.left() else (words.contract, number(first))
        self._pools[name] = Micros(cash)

    def _read_group(self, words: Words) -> None:
        self._change(words, group=words.next())

    def _read_rules(self, words: Words) -> None:
        self._rules.update(_fields(Rules, words))

    def _read_closing(self, words: Words) -> None:
        self._rules["closing"] = Closing(**_fields(Closing, words))

    def _read_backed(self, words: Words) -> None:
        backed = Backed(**_fields(Backed, words))
        self._rules["closing"] = msgspec.structs.replace(self._rules["closing"], backed=backed)

    def _read_limits(self, words: Words) -> None:
        self._rules["fund"] = FundTerms(**_fields(FundTerms, words))

    def _read_terms(self, words: Words) -> None:
        self._rules["orders"] = OrderTerms(**_fields(OrderTerms, words))

    def _read_margin(self, words: Words) -> None:
        self._rules["margin"] = MarginTerms(**_fields(MarginTerms, words))

    def _read_contract(self, words: Words) -> None:
        fields = {}
        while words.left():
            name = words.next()
            fields[name] = words.number()
        self._change(words, **fields)

    def _read_brackets(self, words: Words) -> None:
        by = "lots" if words.has("lots") else "notional"
        self._change(words, brackets=_table(words), brackets_by=by)

    def _read_initial(self, words: Words) -> None:
        self._change(words, initial=_table(words))

    def _read_closing_fee(self, words: Words) -> None:
        ppm = rate(words.next(), PPM)
        on = words.next()
        assert on in ("mark", "bankruptcy"), f"found {on!r}, expected mark or bankruptcy"
        self._change(words, closing_fee=msgspec.convert({"rate_ppm": ppm, "on": on}, ClosingFee))

    def _read_depth(self, words: Words) -> None:
        spread = rate(words.after("spread") or "0%", PPM)
        steps = number(words.after("steps") or "1")
        half_life_us = number(words.after("half_life") or "60") * SECOND_US
        scale = rate(words.after("scale") or "100%", PPM)
        bands = []
        while words.left():
            distance, notional = words.next().split(":")
            bands.append(Band(rate(distance, PPM), Micros(number(notional))))
        self._change(words, depth=Depth(spread, tuple(bands), steps, half_life_us, scale))

    def _read_funding(self, words: Words) -> None:
        terms: dict[str, Any] = {"source": words.next()}
        every = words.after("every")
        if every is not None:
            terms["interval_us"] = number(every) * SECOND_US
        for name in ("interest", "clamp", "cap"):
            percent = words.after(name)
            if percent is not None:
                terms[f"{name}_e8"] = rate(percent, E8)
        for name in ("least", "lends_every"):
            seconds = words.after(name)
            if seconds is not None:
                field = "interval_least_us" if name == "least" else "borrow_interval_us"
                terms[field] = number(seconds) * SECOND_US
        lent = words.after("lends")
        if lent is not None:
            terms["borrow_e8"] = rate(lent, E8)
        terms["divisor"] = number(words.after("divisor") or "1")
        terms["calm_count"] = number(words.after("calm") or "0")
        terms["accrues"] = words.has("accrues")
        terms["average"] = "late" if words.has("late") else "even"
        terms["at_cap"] = words.after("at_cap") or "stays"
        self._change(words, funding=Funding(**terms))

    def _read_refusals(self, words: Words) -> None:
        rows = []
        while words.left():
            command, reason, code = words.next().split(":")
            rows.append(Refusal("" if command == "any" else command, reason, code, "no"))
        self._rules["refusals"] = tuple(rows)

    def _read_sources(self, words: Words) -> None:
        outlier_ppm = rate(words.after("off") or "5%", PPM)
        stale_us = number(words.after("silent") or "0") * SECOND_US
        listed = []
        while words.left():
            name, _, weight = words.next().partition(":")
            listed.append(IndexSource(name, number(weight)))
        self._change(words, index=IndexTerms(tuple(listed), outlier_ppm, stale_us))


def _fields(kind: type[msgspec.Struct], words: Words) -> dict[str, Any]:
    """Read names and values of a struct's fields; lists are written with commas."""
    types, fields = get_type_hints(kind), {}
    while words.left():
        name, value = words.next(), words.next()
        assert name in types, f"no field of {kind.__name__} is called {name!r}"
        parts = [_plain(part) for part in value.split(",")]
        read = parts if get_origin(types[name]) is tuple else _plain(value)
        fields[name] = msgspec.convert(read, types[name], strict=False)
    return fields


def _plain(word: str) -> str:
    """Write a number without underscores, and leave other words as they are."""
    bare = word.replace("_", "")
    return bare if bare.lstrip("-").isdigit() else word


def _table(words: Words) -> tuple[Bracket, ...]:
    """Read rows, continuous at their edges unless they are stepped."""
    stepped, growth = words.has("stepped"), rate(words.after("grows") or "0%", E12)
    rows: list[Bracket] = []
    deduction = before = 0
    while words.left():
        floor, percent, leverage = words.next().split(":")
        ppm = rate(percent, PPM)
        deduction += 0 if stepped else number(floor) * (ppm - before) // PPM
        before = ppm
        most = int(leverage.removesuffix("x"))
        rows.append(Bracket(number(floor), ppm, Micros(deduction), most, growth))
    return tuple(rows)


def _contract(symbol: str) -> Contract:
    nothing = Depth(0, (Band(0, Micros(0)),), 1, 60 * SECOND_US)
    one_percent = (Bracket(Micros(0), 10_000, Micros(0), 100),)
    return Contract(
        symbol=symbol,
        price_unit="0.000001",
        lot="1",
        tick=1,
        unit_value=Micros(1),
        price_max=Price(100_000),
        quantity_max=Lots(1_000),
        brackets=one_percent,
        depth=nothing,
    )
