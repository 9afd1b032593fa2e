"""Answers that a scene finds by being played again and again: how little holds, how much."""

from collections.abc import Callable, Sequence

import msgspec

from engine.cli.contest import Contestant, Run, answered, in_mode
from engine.cli.run import reactions_of
from engine.config.settings import Lab, Trader
from engine.core.command import Mode, Tick
from engine.core.event import Event, LiquidationStarted, Rejected
from engine.core.exchange import Exchange
from engine.core.money import Lots, Micros
from engine.scenes.setting import Search
from feeds.replay import FileArg

PARTS = 100
"""How finely the size of orders is searched: in hundredths of what they are."""


class Searched:
    """A lab in one mode, on its ticks; `files` are where they are."""

    def __init__(self, lab: Lab, mode: Mode, files: Sequence[FileArg]) -> None:
        self._lab, self._mode, self._files = in_mode(lab, mode), mode, files
        self._ticks: list[Tick] = list(Run(Contestant(mode, self._lab, mode), files).feed.ticks())

    def answer(self, search: Search) -> int | None:
        """Money in micros; None where nothing holds."""
        (trader,) = (each for each in self._lab.accounts if each.name == search.account)
        if search.find == "exposure":
            return self._exposure(trader, search)
        cheapest = self._cheapest(trader, search)
        return None if cheapest is None else _money(cheapest)

    def _cheapest(self, trader: Trader, search: Search) -> Trader | None:
        """The account with each amount in turn as small as it may be, the later ones at most."""
        amounts = [search.most] * (1 + len(trader.top_ups))
        if not self.holds(_paying(trader, amounts)):
            return None
        for place in range(len(amounts)):

            def holds(steps: int, place: int = place) -> bool:
                tried = [*amounts]
                tried[place] = Micros(steps * search.step)
                return self.holds(_paying(trader, tried))

            least = _least(holds, 0 if place else 1, search.most // search.step)
            amounts[place] = Micros(least * search.step)
        return _paying(trader, amounts)

    def _exposure(self, trader: Trader, search: Search) -> int | None:
        """The value that its positions had at the largest size that its money carries."""
        carried: Trader | None = None

        def is_too_much(parts: int) -> bool:
            nonlocal carried
            sized = _sized(trader, parts)
            cheapest = self._cheapest(sized, search) if sized else None
            if cheapest is None or _money(cheapest) > _money(trader):
                return sized is not None
            carried = cheapest
            return False

        _least(is_too_much, 1, PARTS * search.times + 1)
        if carried is None:
            return None
        run = Run(Contestant(self._mode, self._with(carried), self._mode), self._files)
        run.to_end(quiet=True)
        return run.played().measure.tallies[trader.name].exposure

    def _with(self, trader: Trader) -> Lab:
        replaced = (trader if each.name == trader.name else each for each in self._lab.accounts)
        return msgspec.structs.replace(self._lab, accounts=tuple(replaced))

    def holds(self, trader: Trader) -> bool:
        """Whether nothing of the account is refused and nothing of it liquidated."""
        lab = self._with(trader)
        exchange, reacting = Exchange(lab.venue), reactions_of(lab)
        for command in answered(lab, iter(self._ticks), reacting):
            events = exchange.apply(command)
            if reacting is not None:
                reacting.heard(command.at_us, events)
            if any(_is_failure(event, trader.name) for event in events):
                return False
        return True


def _is_failure(event: Event, account: str) -> bool:
    return isinstance(event, Rejected | LiquidationStarted) and event.account == account


def _least(holds: Callable[[int], bool], low: int, high: int) -> int:
    """The least number from `low` to `high` that holds, where all above it do; `high` does."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return high


def _money(trader: Trader) -> int:
    """Everything that the account pays in."""
    return trader.deposit + sum(each.amount for each in trader.top_ups)


def _paying(trader: Trader, amounts: Sequence[Micros]) -> Trader:
    """The account with other amounts; a top-up of nothing is none."""
    replace = msgspec.structs.replace
    top_ups = (
        replace(each, amount=amount)
        for each, amount in zip(trader.top_ups, amounts[1:], strict=True)
        if amount
    )
    return replace(trader, deposit=amounts[0], top_ups=tuple(top_ups))


def _sized(trader: Trader, parts: int) -> Trader | None:
    """The account with orders of other sizes, in whole lots; None where one would be empty."""
    replace = msgspec.structs.replace
    orders = tuple(
        replace(order, quantity=Lots(order.quantity * parts // PARTS)) for order in trader.orders
    )
    return replace(trader, orders=orders) if all(order.quantity for order in orders) else None
