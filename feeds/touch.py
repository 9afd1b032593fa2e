"""Where the replayed market is, as those who wait for it see it: the venue's own touch."""

from collections.abc import Mapping

import msgspec

from engine.core.book.outside import Outside
from engine.core.command import BookTick, QuoteTick, Tick, TradeTick
from engine.core.instrument import Contract
from engine.core.money import Price


class Touch(msgspec.Struct, frozen=True):
    """Where a contract's replayed market is, at a time.

    `price` is the last trade, or the middle between bid and ask where the file shows these.
    `middle` is a price on the tick grid strictly inside the spread, at which one account can meet
    another instead of the outside market; None where the spread is a single tick.
    """

    at_us: int
    price: Price
    middle: Price | None


class Touches:
    """The touch of every contract, moved by the ticks as the venue moves its own."""

    def __init__(self, contracts: Mapping[str, Contract]) -> None:
        self._contracts = contracts
        self._outside: dict[str, Outside] = {}

    def after(self, tick: Tick) -> Touch | None:
        """Take in a tick; None if the touch is not its business.

        A trade says nothing more once there are quotes, and neither does a quote once there is a
        book. A tick of a book costs O(its levels), any other O(1).
        """
        contract = self._contracts[tick.contract]
        outside = self._outside.setdefault(tick.contract, Outside())
        match tick:
            case BookTick(bids=bids, asks=asks, reset=reset):
                outside.book(contract, bids, asks, reset=reset)
            case QuoteTick() if not outside.booked:
                outside.quote(tick.bid, tick.bid_quantity, tick.ask, tick.ask_quantity)
            case TradeTick(price=price) if not outside.booked and not outside.quoted:
                outside.trade(contract, price)
                return _touch(tick.at_us, price, outside, contract)
            case _:
                return None
        if not outside.bid or not outside.ask:
            return None
        return _touch(tick.at_us, Price((outside.bid + outside.ask) // 2), outside, contract)


def _touch(at_us: int, price: Price, outside: Outside, contract: Contract) -> Touch:
    middle = Price(price - price % contract.tick)
    return Touch(at_us, price, middle if outside.bid < middle < outside.ask else None)
