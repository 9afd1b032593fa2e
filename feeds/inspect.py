"""What a tick file is, without a lab: its format, contracts, span, range, moves, gaps and faults.

The file is read once, as a replay with the settings of no lab would read it, on a grid so fine
that no price of it falls between; the steps that its numbers really stand on are told. What a
replay would refuse is told instead of refused, apart from files that cannot be read at all.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from fractions import Fraction
from pathlib import PurePath

import msgspec
from sortedcontainers import SortedDict

from engine.config.read import decimal_text
from engine.config.settings import Feed as FeedSettings
from engine.core.command import (
    BookTick,
    FundingTick,
    IndexTick,
    MarkTick,
    QuoteTick,
    Tick,
    TradeTick,
)
from engine.core.instrument import Contract, Depth, Funding
from engine.core.money import E8, PPM, Lots, Micros, Price
from feeds.errors import FeedError
from feeds.movement import Move, Pauses, Step, Window
from feeds.replay import FileArg, looked_at
from feeds.report import FirstSkip
from feeds.tick_file import TickFile

_PLACES = 12
_UNIT = "0." + "0" * (_PLACES - 1) + "1"
_CONTRACTS_MAX = 10_000
"""Most contracts of one file; rows of others are counted as unknown."""
_PAUSES = 3
_WINDOWS_US = {"1 s": 1_000_000, "1 min": 60_000_000}


class MoveFact(msgspec.Struct, frozen=True, kw_only=True):
    """The largest move within a stretch of time; prices as texts, `ppm` of `from_price`."""

    within: str
    ppm: int
    at_us: int
    from_price: str
    to_price: str


class PauseFact(msgspec.Struct, frozen=True):
    """Nothing came for `lasted_us` after `after_us`."""

    after_us: int
    lasted_us: int


class ContractFact(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says about one contract.

    Numbers are decimal texts in quote and base currency, rates of funding in parts of the
    notional; None where the file has none of that kind. `price_step` and `size_step` are guessed
    from the numbers. Of books, prices are those of the best bid and ask. `moves` are the largest
    rise and fall of each window, `pauses` the longest, the longest first.
    """

    contract: str
    ticks: dict[str, int]
    first_us: int
    last_us: int
    low: str | None
    high: str | None
    first: str | None
    last: str | None
    price_step: str | None
    size_step: str | None
    rate_low: str | None
    rate_high: str | None
    moves: list[MoveFact]
    pauses: list[PauseFact]


class Inspection(msgspec.Struct, frozen=True, kw_only=True):
    """What a tick file is.

    `not_replayed` says why a replay refuses the format. `rows` are the data rows, `ticks` what
    becomes of them, `skipped` the rows that do not become any, by reason, `first_skips` the first
    of each. `out_of_order` are the ticks that came after newer ones, by `late_max_us` at most;
    those among them that come too late for the hold-back are skipped as `out_of_order`.
    `repeated` are rows that are the row before, letter by letter, and have no id that would tell
    them for duplicates.
    """

    path: str
    format: str
    not_replayed: str | None
    sha256: str
    bytes: int
    rows: int
    ticks: int
    skipped: dict[str, int]
    first_skips: dict[str, FirstSkip]
    out_of_order: int
    late_max_us: int
    repeated: int
    contracts: list[ContractFact]


def inspect(argument: FileArg, settings: FeedSettings | None = None) -> Inspection:
    """Read a file to its end and say what it is; `settings` may bring a lab's column maps.

    Raises `FeedError` where it cannot be read, or is in no known format.
    """
    settings = msgspec.structs.replace(settings or FeedSettings(), dropped_max_ppm=PPM)
    source, layout = looked_at(argument, settings)
    anything = _Anything()
    columns = layout.format.columns
    symbol = argument.symbol or columns.symbol
    if symbol is None and columns.contract is None:
        symbol = _named(argument.path)
    contract = None if symbol is None else anything[symbol]
    file = TickFile(source, layout, contract, anything, settings)
    order = _Order()
    seen: dict[str, _Seen] = {}
    for tick in file.placed(order.watched(file.rows())):
        facts = seen.get(tick.contract)
        if facts is None:
            facts = seen[tick.contract] = _Seen()
        facts.see(tick)
    report = file.report
    if report.rows == 0:
        raise FeedError(f"{report.path}: has a header and no rows; expected rows of ticks")
    made = set(layout.format.made)
    if columns.size_unit != "base":
        made.add("size")
    return Inspection(
        path=report.path,
        format=report.format,
        not_replayed=layout.format.refused,
        sha256=report.sha256,
        bytes=source.size,
        rows=report.rows,
        ticks=sum(sum(facts.counts.values()) for facts in seen.values()),
        skipped=report.skipped,
        first_skips=report.first_skips,
        out_of_order=order.count,
        late_max_us=order.most_us,
        repeated=report.repeated,
        contracts=[seen[name].fact(name, made) for name in sorted(seen)],
    )


class _Anything(Mapping[str, Contract]):
    """A contract for every symbol, on the fine grid."""

    def __init__(self) -> None:
        self._made: dict[str, Contract] = {}

    def __getitem__(self, symbol: str) -> Contract:
        if symbol not in self._made:
            if len(self._made) >= _CONTRACTS_MAX:
                raise KeyError(symbol)
            self._made[symbol] = _fine(symbol)
        return self._made[symbol]

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)


def _fine(symbol: str) -> Contract:
    return Contract(
        symbol=symbol,
        price_unit=_UNIT,
        lot=_UNIT,
        tick=1,
        unit_value=Micros(0),  # too little to count: no number of this file is money
        price_max=Price(10 ** (2 * _PLACES)),
        quantity_max=Lots(10 ** (2 * _PLACES)),
        brackets=(),
        depth=Depth(0, (), 1, 1),
        funding=Funding(source="file"),
    )


def _named(path: str) -> str:
    """The contract that a file's name begins with: `BTC-USDT-SWAP-trades-2024-01-01.zip`."""
    words: list[str] = []
    stem = PurePath(path).name.partition(".")[0]
    for word in stem.replace("_", "-").split("-"):
        if not word.isalnum() or word != word.upper() or (not words and not word.isalpha()):
            break
        words.append(word)
    return "-".join(words) or stem


class _Order:
    """Counts what comes after newer ticks."""

    def __init__(self) -> None:
        self.count = 0
        self.most_us = 0

    def watched(self, ticks: Iterator[Tick]) -> Iterator[Tick]:
        newest = -1
        for tick in ticks:
            if tick.at_us < newest:
                self.count += 1
                self.most_us = max(self.most_us, newest - tick.at_us)
            else:
                newest = tick.at_us
            yield tick


class _Seen:
    """What has been seen of one contract."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self._first_us: int | None = None
        self._last_us = 0
        self._low: int | None = None
        self._high: int | None = None
        self._ends: tuple[int, int] | None = None
        self._rates: tuple[int, int] | None = None
        self._prices, self._sizes = Step(), Step()
        self._windows = {name: Window(length) for name, length in _WINDOWS_US.items()}
        self._pauses = Pauses(_PAUSES)
        self._bids: SortedDict[int, int] = SortedDict()
        self._asks: SortedDict[int, int] = SortedDict()

    def see(self, tick: Tick) -> None:
        """Take the next tick."""
        kind = _KINDS[type(tick)]
        self.counts[kind] = self.counts.get(kind, 0) + 1
        self._first_us = tick.at_us if self._first_us is None else self._first_us
        self._last_us = tick.at_us
        self._pauses.see(tick.at_us)
        match tick:
            case TradeTick(price=price, quantity=lots):
                self._sizes.see(lots)
                self._priced(tick.at_us, price, price)
            case IndexTick(price=price) | MarkTick(price=price):
                self._priced(tick.at_us, price, price)
            case QuoteTick(bid=bid, ask=ask):
                for lots in (tick.bid_quantity, tick.ask_quantity):
                    if lots:
                        self._sizes.see(lots)
                self._priced(tick.at_us, bid, ask)
            case BookTick():
                self._booked(tick)
            case FundingTick(rate_e8=rate):
                low, high = self._rates or (rate, rate)
                self._rates = min(low, rate), max(high, rate)

    def _booked(self, tick: BookTick) -> None:
        if tick.reset:
            self._bids.clear()
            self._asks.clear()
        for side, levels in ((self._bids, tick.bids), (self._asks, tick.asks)):
            for price, lots in levels:
                if lots:
                    side[price] = lots
                    self._sizes.see(lots)
                else:
                    side.pop(price, None)
        if self._bids and self._asks:
            self._priced(tick.at_us, self._bids.peekitem(-1)[0], self._asks.peekitem(0)[0])

    def _priced(self, at_us: int, low: int, high: int) -> None:
        self._low = low if self._low is None else min(low, self._low)
        self._high = high if self._high is None else max(high, self._high)
        self._prices.see(low)
        self._prices.see(high)
        middle_x2 = low + high
        self._ends = (self._ends[0] if self._ends else middle_x2, middle_x2)
        for window in self._windows.values():
            window.see(at_us, middle_x2)

    def fact(self, contract: str, made: Collection[str]) -> ContractFact:
        """What was seen, for readers; `made` are the kinds of numbers that the file has not."""
        assert self._first_us is not None, "a contract is seen with its first tick"
        price = _average if "price" in made else _text
        first, last = self._ends or (None, None)
        rate_low, rate_high = self._rates or (None, None)
        return ContractFact(
            contract=contract,
            ticks=self.counts,
            first_us=self._first_us,
            last_us=self._last_us,
            low=price(self._low),
            high=price(self._high),
            first=price(first, 2),
            last=price(last, 2),
            price_step=None if "price" in made else _text(self._prices.guess()),
            size_step=None if "size" in made else _text(self._sizes.guess()),
            rate_low=None if rate_low is None else decimal_text(Fraction(rate_low, E8)),
            rate_high=None if rate_high is None else decimal_text(Fraction(rate_high, E8)),
            moves=[
                _move(name, move, price)
                for name, window in self._windows.items()
                for move in (window.rise, window.fall)
                if move is not None
            ],
            pauses=[PauseFact(*pause) for pause in self._pauses.longest()],
        )


_KINDS = {
    TradeTick: "trades",
    QuoteTick: "quotes",
    BookTick: "book",
    IndexTick: "index",
    MarkTick: "mark",
    FundingTick: "funding",
}


def _text(units: int | None, parts: int = 1) -> str | None:
    return None if units is None else decimal_text(Fraction(units, parts * 10**_PLACES))


def _average(units: int | None, parts: int = 1) -> str | None:
    """A price that was worked out, to six digits."""
    return None if units is None else f"{units / (parts * 10**_PLACES):.6g}"


def _move(within: str, move: Move, text: Callable[[int, int], str | None]) -> MoveFact:
    return MoveFact(
        within=within,
        ppm=round(move.share * PPM),
        at_us=move.at_us,
        from_price=text(move.from_price, 2) or "",
        to_price=text(move.to_price, 2) or "",
    )
