"""Ticks in bulk, column by column, so that those which change nothing need not be made."""

from collections.abc import Callable, Iterator, Sequence
from typing import overload

from engine.core.command import Tick, TradeTick
from engine.core.money import AMOUNT_MAX


class TickRun(Sequence[Tick]):
    """Ticks in their order.

    Tick i is one of the group `which[i]`, a contract's ticks of one type. `contracts` has the
    contract of each group whose ticks are trades, None for the others. `prices` is 0 for these,
    and for a trade of less than a lot.

    >>> run = TickRun.of([TradeTick(at_us=5, contract="X", price=7, quantity=1, side="buy")])
    >>> run.contracts, run.which, run.at_us, run.prices, run.may_be_quiet
    (['X'], [0], [5], [7], True)
    """

    def __init__(
        self,
        contracts: list[str | None],
        which: list[int],
        columns: tuple[list[int], list[int]],
        make: Callable[[int], Tick],
    ) -> None:
        self.contracts, self.which, self._make = contracts, which, make
        self.at_us, self.prices = columns
        self.may_be_quiet = _only_go_forward(self.at_us)
        """Whether times are within bounds and only go forward."""

    @classmethod
    def of(cls, ticks: Sequence[Tick]) -> "TickRun":
        """The run of ticks that were made already."""
        groups: dict[tuple[type, str], int] = {}
        which = [groups.setdefault((type(tick), tick.contract), len(groups)) for tick in ticks]
        contracts = [contract if kind is TradeTick else None for kind, contract in groups]
        at_us = [tick.at_us for tick in ticks]
        return cls(contracts, which, (at_us, [_price(tick) for tick in ticks]), ticks.__getitem__)

    def part(self, begin: int, end: int) -> "TickRun":
        """The ticks from number `begin` up to but without `end`. O(their number)."""
        columns = self.at_us[begin:end], self.prices[begin:end]
        make, numbers = self._make, range(begin, end)
        return TickRun(
            self.contracts, self.which[begin:end], columns, lambda number: make(numbers[number])
        )

    def is_from(self, at_us: int) -> bool:
        """Say whether all ticks are of that time or later, and may be quiet."""
        return self.may_be_quiet and self.at_us[0] >= at_us

    def __len__(self) -> int:
        return len(self.which)

    @overload
    def __getitem__(self, number: int) -> Tick: ...

    @overload
    def __getitem__(self, number: slice) -> tuple[Tick, ...]: ...

    def __getitem__(self, number: int | slice) -> Tick | tuple[Tick, ...]:
        if isinstance(number, slice):
            return tuple(map(self._make, range(len(self))[number]))
        return self._make(number)

    def __iter__(self) -> Iterator[Tick]:
        return map(self._make, range(len(self)))


def _price(tick: Tick) -> int:
    return tick.price if isinstance(tick, TradeTick) and tick.quantity > 0 else 0


def _only_go_forward(at_us: list[int]) -> bool:
    return bool(at_us) and at_us[0] >= 0 and at_us[-1] <= AMOUNT_MAX and sorted(at_us) == at_us
