"""Where a margin account's equity ends: shares, bankruptcy values and lot prices (L6, L7, L9).

The equity of a cross account is shared over its positions by maintenance, so that what the fund
pays does not depend on the order of closing. Source: dYdX v4, x/clob/keeper/liquidations.go.
"""

import msgspec

from engine.core.instrument import Contract
from engine.core.money import PPM, Price, div_up


def share_of(equity: int, kept: int, kept_together: int) -> int:
    """Return a position's part of an equity, by maintenance, rounded down.

    >>> share_of(-100, 1, 3)
    -34
    """
    return equity if kept == kept_together else equity * kept // kept_together


class Part(msgspec.Struct, frozen=True):
    """Some lots in a row: how many, the money they are settled at and worth at the mark, and
    what they give of the share."""

    count: int
    value: int
    at_mark: int
    given: int


class Settlement(msgspec.Struct, frozen=True):
    """The settlement prices of the lots of one position that give up a share of equity.

    Lot k gives floor(share·k/quantity) − floor(share·(k−1)/quantity) against the mark, so that
    all of them together give exactly the share.
    """

    sign: int
    quantity: int
    mark_value: int
    share: int

    def part(self, first: int, last: int) -> Part:
        """Return the lots after `first` up to `last`.

        >>> Settlement(sign=1, quantity=3, mark_value=100, share=10).part(0, 2)
        Part(count=2, value=194, at_mark=200, given=6)
        """
        given = self.share * last // self.quantity - self.share * first // self.quantity
        at_mark = (last - first) * self.mark_value
        return Part(last - first, at_mark - self.sign * given, at_mark, given)

    def most_above_mark(self, lots: int, profit_ppm: int) -> int:
        """Return by how much some lots in a row, or a part of such, may be worth more than at mark.

        That is so where a short gives up its share, or is given a part of the value at mark.

        >>> Settlement(sign=-1, quantity=3, mark_value=100, share=10).most_above_mark(2, 0)
        8
        """
        if self.sign > 0:
            return 0
        profit = div_up(lots * self.mark_value * profit_ppm, PPM)
        return max(div_up(max(0, self.share) * lots, self.quantity), profit) + 1

    @property
    def bankruptcy_value(self) -> int:
        """The value of all lots at which the share is used up."""
        return self.quantity * self.mark_value - self.sign * self.share

    def limit_price(self, contract: Contract) -> Price | None:
        """Return the bankruptcy price on the tick grid, against the trader's delay.

        None where it is below one tick: no order can be sent there.
        """
        tick = contract.tick
        step = self.quantity * contract.unit_value * tick
        if self.sign > 0:
            return Price(max(1, div_up(self.bankruptcy_value, step)) * tick)
        price = self.bankruptcy_value // step * tick
        return Price(price) if price >= tick else None
