"""Bends a market that really was: a gap, a wick, a thinner book, a feed that stops.

The ticks of the files go through in their order; a shock changes some of them from an instant of
log time on. Prices are moved by a factor and put back on the grid, so that nothing crosses: bids
down, asks up, trades and index prices to the nearest. What was a tick stays one, at its time;
only a book has to be shown anew, whole, when the view of it changes, and is, before the next
tick of its contract.

- `gap`: from then on all prices are another, index and mark with them.
- `wick`: prices go away in a straight line and come back in one, within a while; index and
  mark stay, unless the shock says otherwise: a wick is one venue's.
- `thin`: for a while, quotes and books show a part of what they showed, rounded down. A depth
  that comes from the lab's profile is not the file's; the lab scales that itself.
- `stop`: for a while no trade, quote, book, index or mark comes. Changes of the book that come
  meanwhile are there when it ends. Funding is settled all the same.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec
from sortedcontainers import SortedDict

from engine.config.settings import Shock
from engine.core.command import (
    BookTick,
    FundingTick,
    IndexTick,
    MarkTick,
    QuoteTick,
    Tick,
    TradeTick,
)
from engine.core.instrument import Contract
from engine.core.money import PPM, Lots, Price, div_half_even, div_to_zero, div_up
from feeds.errors import FeedError

WICK_STEPS = 100
"""Steps in which a wick goes away, and comes back; a book is shown anew at each."""


def bent(
    ticks: Iterable[Tick], shocks: Sequence[Shock], contracts: Mapping[str, Contract]
) -> Iterator[Tick]:
    """Yield the ticks as the shocks make them; their times count from the first tick.

    A tick that no shock concerns is passed on as it is. Raises `FeedError` where a price leaves
    the contract's range.
    """
    benders: dict[str, _Bender] = {}
    first_us: int | None = None
    for tick in ticks:
        first_us = tick.at_us if first_us is None else first_us
        bender = benders.get(tick.contract)
        if bender is None:
            concerned = [each for each in shocks if each.contract in ("", tick.contract)]
            bender = benders[tick.contract] = _Bender(contracts[tick.contract], concerned, first_us)
        yield from bender.bent(tick)


def check_contracts(shocks: Sequence[Shock], contracts: Mapping[str, Contract]) -> None:
    """Raise `FeedError` for a shock of a contract that the lab does not have."""
    for shock in shocks:
        if shock.contract and shock.contract not in contracts:
            raise FeedError(
                f"a shock is of {shock.contract}; the lab has {', '.join(contracts) or 'none'}; "
                f"name one of these"
            )


class View(msgspec.Struct, frozen=True):
    """How a contract's market is shown at an instant.

    Prices are times `numerator` / `denominator`, those of the index times their own; quantities
    are times `scale_ppm`, once for each shock that is on.
    """

    numerator: int = 1
    denominator: int = 1
    index_numerator: int = 1
    index_denominator: int = 1
    scale: tuple[int, int] = (1, 1)
    is_stopped: bool = False


AS_IT_IS = View()


def view(shocks: Sequence[Shock], after_us: int) -> View:
    """The view at a time of the log.

    >>> halved = Shock(kind="wick", after_us=10, lasts_us=20, move_ppm=-500_000)
    >>> [view([halved], at).numerator / PPM for at in (15, 20, 25)]
    [0.75, 0.5, 0.75]
    >>> view([halved], 30) == AS_IT_IS
    True
    """
    price = index = scale = (1, 1)
    is_stopped = False
    for shock in shocks:
        since = after_us - shock.after_us
        if since < 0 or (shock.kind != "gap" and since >= shock.lasts_us):
            continue
        if shock.kind == "stop":
            is_stopped = True
        elif shock.kind == "thin":
            scale = _times(scale, shock.scale_ppm)
        else:
            factor = PPM + _moved_ppm(shock, since)
            price = _times(price, factor)
            index = _times(index, factor) if shock.moves_index else index
    return View(*price, *index, scale, is_stopped)


def _times(ratio: tuple[int, int], ppm: int) -> tuple[int, int]:
    return ratio if ppm == PPM else (ratio[0] * ppm, ratio[1] * PPM)


def _moved_ppm(shock: Shock, since_us: int) -> int:
    if shock.kind == "gap":
        return shock.move_ppm
    from_the_end = min(since_us, shock.lasts_us - since_us)
    step = 2 * from_the_end * WICK_STEPS // shock.lasts_us
    return div_to_zero(shock.move_ppm * step, WICK_STEPS)


class _Bender:
    """The ticks of one contract, and its book as the file has it."""

    def __init__(self, contract: Contract, shocks: Sequence[Shock], first_us: int) -> None:
        self._contract, self._shocks, self._first_us = contract, shocks, first_us
        self._book: _Book | None = None
        self._shown = AS_IT_IS  # how the book was shown last

    def bent(self, tick: Tick) -> Iterator[Tick]:
        """What becomes of a tick."""
        if not self._shocks or isinstance(tick, FundingTick):
            yield tick
            return
        now = view(self._shocks, tick.at_us - self._first_us)
        if isinstance(tick, BookTick):
            yield from self._booked(tick, now)
        elif now.is_stopped:
            self._shown = now
        else:
            if self._book is not None and now != self._shown:
                yield self._whole(self._book, tick.at_us, now)
            yield tick if now == AS_IT_IS else self._moved(tick, now)

    def _booked(self, tick: BookTick, now: View) -> Iterator[Tick]:
        if self._book is None:
            self._book = _Book()
        changed = self._book.apply(tick)
        if now.is_stopped:
            self._shown = now
        elif now != self._shown or (tick.reset and now != AS_IT_IS):
            yield self._whole(self._book, tick.at_us, now)
        elif now == AS_IT_IS:
            yield tick
        else:
            bids, asks = self._places(now)
            yield BookTick(
                at_us=tick.at_us,
                contract=tick.contract,
                bids=self._book.bids.seen(changed[0], bids, now.scale),
                asks=self._book.asks.seen(changed[1], asks, now.scale),
            )

    def _whole(self, book: "_Book", at_us: int, now: View) -> BookTick:
        """The book as it is seen from now on."""
        self._shown = now
        bids, asks = self._places(now)
        return BookTick(
            at_us=at_us,
            contract=self._contract.symbol,
            bids=book.bids.anew(bids, now.scale),
            asks=book.asks.anew(asks, now.scale),
            reset=True,
        )

    def _places(self, now: View) -> tuple["_Place", "_Place"]:
        """Where bids and asks stand: not nearer to each other than they were."""
        contract, times, over = self._contract, now.numerator, now.denominator * self._contract.tick

        def bid(price: int) -> Price:
            return _checked(price * times // over * contract.tick, contract)

        def ask(price: int) -> Price:
            return _checked(div_up(price * times, over) * contract.tick, contract)

        return bid, ask

    def _moved(self, tick: TradeTick | QuoteTick | IndexTick | MarkTick, now: View) -> Tick:
        contract = self._contract
        match tick:
            case TradeTick(price=price):
                steps = div_half_even(price * now.numerator, now.denominator * contract.tick)
                moved = _checked(steps * contract.tick, contract)
                return msgspec.structs.replace(tick, price=moved)
            case IndexTick(price=price) | MarkTick(price=price):
                units = div_half_even(price * now.index_numerator, now.index_denominator)
                return msgspec.structs.replace(tick, price=_checked(units, contract))
            case QuoteTick():
                bid, ask = self._places(now)
                times, over = now.scale
                return msgspec.structs.replace(
                    tick,
                    bid=bid(tick.bid),
                    bid_quantity=tick.bid_quantity * times // over,
                    ask=ask(tick.ask),
                    ask_quantity=tick.ask_quantity * times // over,
                )


def _checked(price: int, contract: Contract) -> Price:
    if not contract.tick <= price <= contract.price_max:
        raise FeedError(
            f"a shock moves {contract.symbol} out of the range of its prices, from a tick to "
            f"price_max; make its move smaller"
        )
    return Price(price)


_Place = Callable[[int], Price]
_Change = tuple[int, int, int]
"""A price, what stood there, and what stands there now."""


class _Levels:
    """One side of a book as the file has it, and what stands where it is shown.

    Several prices of the file may be shown at one.
    """

    def __init__(self) -> None:
        self.levels: SortedDict[int, int] = SortedDict()
        self._shown: dict[Price, int] = {}

    def change(self, price: int, lots: int) -> _Change:
        """Set what stands at a price of the file."""
        before = self.levels.pop(price, 0)
        if lots:
            self.levels[price] = lots
        return price, before, lots

    def beyond(self, edge: int, place: int) -> list[_Change]:
        """Take away what the other side has gone through: from the first or the last price on."""
        taken = []
        while self.levels:
            price = self.levels.peekitem(place)[0]
            if (price > edge) if place == 0 else (price < edge):
                break
            taken.append(self.change(price, 0))
        return taken

    def seen(
        self, changes: Iterable[_Change], place: _Place, scale: tuple[int, int]
    ) -> tuple[tuple[Price, Lots], ...]:
        """The shown levels that some changes concern."""
        times, over = scale
        concerned: dict[Price, Lots] = {}
        for price, before, now in changes:
            at = place(price)
            self._shown[at] = self._shown.get(at, 0) + now - before
            concerned[at] = Lots(self._shown[at] * times // over)
        return tuple(concerned.items())

    def anew(self, place: _Place, scale: tuple[int, int]) -> tuple[tuple[Price, Lots], ...]:
        """All levels, as they are shown from now on."""
        self._shown.clear()
        return self.seen(((price, 0, lots) for price, lots in self.levels.items()), place, scale)


class _Book:
    """A contract's book as the file has it."""

    def __init__(self) -> None:
        self.bids, self.asks = _Levels(), _Levels()

    def apply(self, tick: BookTick) -> tuple[list[_Change], list[_Change]]:
        """Apply a tick as the venue does; says what it changed on either side."""
        if tick.reset:
            self.bids, self.asks = _Levels(), _Levels()
        bids = [self.bids.change(price, lots) for price, lots in tick.bids]
        asks = [self.asks.change(price, lots) for price, lots in tick.asks]
        highest = max((price for price, lots in tick.bids if lots), default=None)
        lowest = min((price for price, lots in tick.asks if lots), default=None)
        if highest is not None:
            asks += self.asks.beyond(highest, 0)
        if lowest is not None:
            bids += self.bids.beyond(lowest, -1)
        return bids, asks
