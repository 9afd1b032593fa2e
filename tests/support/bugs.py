"""Bugs to put into the engine on purpose: one function of it, replaced by a wrong one.

They are those that venues and prototypes had: rounding that leaks, an account liquidated twice,
a wave that moves its own marks, a reduce-only order that outlives its position, margin stranded
when a position is gone, the fund overdrawn, overfull or not drawn at all, winners cut by more than
they won, work skipped that was due.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import msgspec

from engine.core import funding
from engine.core.account.account import OUTSIDE
from engine.core.account.position import Position
from engine.core.book.ladder import Ladder
from engine.core.book.order import Order
from engine.core.command import Command, Mode, Side
from engine.core.liquidation import breach, choose, close, settle
from engine.core.liquidation.case import Breach, Case
from engine.core.margin import band
from engine.core.money import AMOUNT_MAX, Lots, Micros, Price, div_up
from engine.core.reason import Reason
from engine.core.state.standing import cross_risk, profit
from engine.core.state.venue import State
from engine.core.trading import prices

_FEES = settle.fees
_INTO_BOOK = close.into_book
_NEXT_ROUND = choose.next_round
_REJECT = State.reject
_SAFE_BAND = band.safe_band
_SETTLE = funding.settle
_QUEUED = breach.queued


class Bug(NamedTuple):
    """What is replaced below `engine.core`, by what, and words of the rule that finds it."""

    target: str
    wrong: Callable[..., Any]
    words: str
    naive: bool = False


def leaking_shares(amount: int, weights: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Leave out what rounding down leaves over."""
    ordered = sorted(weights)
    total = sum(weight for _, weight in ordered)
    return [(owner, amount * weight // max(1, total)) for owner, weight in ordered]


class Stale(Breach, frozen=True):
    """A breach that nobody looks at again when its turn comes, for one round."""

    asked: list[State] = msgspec.field(default_factory=list)

    def holds(self, state: State) -> bool:
        self.asked.append(state)
        return len(self.asked) <= 2


def listed_twice(*arguments: Any) -> list[Breach]:
    """Liquidate everybody twice."""
    queue = _QUEUED(*arguments)
    return queue + [Stale(*msgspec.structs.astuple(one)) for one in queue]


def smallest_first(queued: tuple[int, str, Breach]) -> tuple[int, str]:
    """Queue the smallest loss first."""
    return -queued[0], queued[1]


def smallest_of_account(state: State, one: Breach) -> list[Position]:
    """Close the smallest loss of an account first."""
    if one.position is not None:
        return _NEXT_ROUND(state, one)
    held = one.account.cross_positions()
    return sorted(held, key=lambda position: -profit(state, position))[:1]


def moving_marks(state: State, case: Case, position: Position, limit: Price, lots: int) -> int:
    """Move the marks after each forced order instead of after the wave."""
    left = _INTO_BOOK(state, case, position, limit, lots)
    prices.update(state)
    return left


def withheld(*_: Any) -> int:
    """Let the fund keep its cash."""
    return 0


def principal(state: State, burden: Any) -> dict[str, int]:
    """Cut by what somebody has instead of by what he won."""
    has = {n: cross_risk(state, one).equity for n, one in state.accounts.items() if n != OUTSIDE}
    return {name: equity for name, equity in has.items() if equity > 0 and name != burden.loser}


def last_of_level(ladder: Ladder, side: Side) -> Order | None:
    """Serve who came last at the best price."""
    price = ladder.best_price(side)
    return None if price is None else [o for o in ladder.of(side) if o.price == price][-1]


def cost_rounded_up(position: Position, lots: int) -> int:
    """Let a unit of cost too much leave with a partial close."""
    cost = div_up(position.cost * lots, abs(position.quantity))
    position.quantity = Lots(position.quantity - position.sign * lots)
    position.cost = Micros(position.cost - cost)
    return cost


def all_affordable(sale: Any, wanted: int, price: int) -> int:
    """Let the fund sell whatever its cash."""
    return wanted


def room_for_all(state: State, position: Position) -> int:
    """Let the fund hold whatever its size."""
    return abs(position.quantity)


def wide_band(*arguments: Any, **drift: Any) -> tuple[int, int]:
    """Look at an account too late."""
    low, high = _SAFE_BAND(*arguments, **drift)
    width = high - low
    return low - width // 2 - 5, high + width // 2 + 5


def counted_refusal(
    state: State, command: Command, reason: Reason, *why: int, **where: str | None
) -> None:
    """Let a refused command change something."""
    state.arrivals += 1
    _REJECT(state, command, reason, *why, **where)  # type: ignore[arg-type]


def unlimited_fees(state: State, case: Case) -> None:
    """Charge fees that the margin account cannot pay, so that the waterfall does."""
    state.post("rounding", case.breach.key, AMOUNT_MAX)
    _FEES(state, case)
    state.post(case.breach.key, "rounding", AMOUNT_MAX)


def late_funding(state: State, market: Any, rate_e8: int) -> None:
    """Take funding for the mark before last."""
    mark, market.mark = market.mark, market.mark + 1
    _SETTLE(state, market, rate_e8)
    market.mark = mark


def all_of_it(state: State, case: Case, position: Position, lots: int, price: int) -> int:
    """Let the fund get all that a fill is better than its bankruptcy price."""
    value = lots * price * state.markets[position.contract].contract.unit_value
    return -position.sign * (value - case.lots(state, position).part(0, lots).value)


def no_limit(state: State, _: Case, position: Position) -> int:
    """Order the whole position, whatever a round may close."""
    return abs(position.quantity)


def nothing(*_: Any, **__: Any) -> None:
    """Leave it out."""


def turned_mode(state: State, legs: list[Position], mode: Mode) -> Reason | None:
    """Allow every switch of the margin mode."""
    return Reason.UNCHANGED if legs[0].mode == mode else None


BUGS = {
    "shares leak": Bug(
        "liquidation.socialize.shares", leaking_shares, "winners were cut by|PeriodSettled"
    ),
    "an account is listed twice": Bug(
        "liquidation.breach.queued", listed_twice, "is the order|ends at 0"
    ),
    "the smallest loss goes first": Bug(
        "liquidation.breach._by_place", smallest_first, "is the order"
    ),
    "the smallest loss of an account goes first": Bug(
        "liquidation.choose.next_round", smallest_of_account, "goes first"
    ),
    "a wave moves its own marks": Bug("liquidation.close.into_book", moving_marks, "mark"),
    "own orders stay in a liquidation": Bug(
        "liquidation.cancel.cancel_all",
        nothing,
        "traded with itself|was better|reduce-only order|set aside",
    ),
    "a reduce-only order outlives its position": Bug(
        "trading.execute.trim", nothing, "reduce-only order"
    ),
    "margin stays when its position is gone": Bug(
        "trading.fill.release_rest", nothing, "is left without a position"
    ),
    "margin of a cancelled order stays aside": Bug(
        "trading.orders.sync", nothing, "set aside for orders that need"
    ),
    "any mode switch is allowed": Bug("trading.modes._check_mode", turned_mode, "set aside"),
    "the fund sells what it cannot pay": Bug(
        "liquidation.cover._Sale.affordable", all_affordable, "the fund owes"
    ),
    "the fund holds more than its size": Bug(
        "liquidation.keep._room", room_for_all, "the fund may hold"
    ),
    "the fund keeps its cash": Bug(
        "liquidation.socialize._from_fund", withheld, "the fund pays first"
    ),
    "a cut takes principal": Bug(
        "liquidation.socialize._weights", principal, "cut by more than it won"
    ),
    "a partial close rounds its cost up": Bug(
        "account.position.Position.shrink", cost_rounded_up, "was realised|was lost|told was"
    ),
    "the last of a level is served first": Bug(
        "book.ladder.Ladder.best", last_of_level, "was first"
    ),
    "a mark moves and nobody is told": Bug(
        "state.watch.Watch.moved", nothing, "in breach at rest|skips no work|wait, told"
    ),
    "an account is looked at too late": Bug(
        "liquidation.alert.safe_band",
        wide_band,
        "in breach at rest|skips no work|wait, told was",
    ),
    "a refusal changes something": Bug(
        "state.venue.State.reject", counted_refusal, "a refused command changed the state"
    ),
    "a fee is paid by the waterfall": Bug(
        "liquidation.settle.fees", unlimited_fees, "a fee was paid before|ends at 0"
    ),
    "the fund gets more than its fee": Bug(
        "liquidation.backed._gap", all_of_it, "gets no more than its fee"
    ),
    "a round closes more than it may": Bug("liquidation.backed.size", no_limit, "in a round"),
    "funding is taken at another mark": Bug(
        "funding.settle", late_funding, "the slow exchange says", naive=True
    ),
}
