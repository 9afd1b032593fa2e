"""Others are closed against the loser: in a queue, or all in proportion (L10)."""

from itertools import chain

import msgspec

from engine.core.account.account import OUTSIDE
from engine.core.account.position import Position
from engine.core.book.merged import opposite
from engine.core.command import Side
from engine.core.event import Deleveraged, InventorySold
from engine.core.liquidation import rank
from engine.core.liquidation.case import Case
from engine.core.margin.bankruptcy import Part, Settlement
from engine.core.money import Lots, Micros, shares
from engine.core.reason import Reason
from engine.core.state.standing import profit, risk_of
from engine.core.state.venue import State
from engine.core.trading import inventory
from engine.core.trading.execute import other_side
from engine.core.trading.fill import realize, release_rest
from engine.core.trading.reserve import cancel_all


def _is_possible(state: State, case: Case, lots: Settlement) -> bool:
    """Say whether the venue deleverages now, and whether there is a price to do it at."""
    if state.rules.adl == "none":
        return False
    if state.rules.adl_below_zero and case.breach.risk(state).equity >= 0:
        return False
    return state.rules.adl_price != "bankruptcy" or lots.bankruptcy_value > 0


class _Closing(msgspec.Struct):
    """A position that is being closed against others, and how many of its lots are done.

    Without a case it is a fund's inventory, of whose lots some are to be closed.
    """

    case: Case | None
    loser: Position
    lots: Settlement
    done: int

    @property
    def left(self) -> int:
        """Lots that nobody has taken."""
        return self.lots.quantity - self.done


def against_others(
    state: State, case: Case, position: Position, lots: Settlement, done: int
) -> int:
    """Close lots after the first `done` against others; return how many are done then."""
    if not _is_possible(state, case, lots):
        return done
    closing = _Closing(case, position, lots, done)
    _against(state, closing, case.liquidation)
    return closing.done


def for_inventory(state: State, position: Position, count: int) -> int:
    """Close lots of a fund's inventory where its cash ends (I2); return how many are done."""
    lots = _of_inventory(state, position)
    if state.rules.adl == "none" or lots.bankruptcy_value <= 0:
        return 0
    wanted = msgspec.structs.replace(lots, quantity=count)
    closing = _Closing(None, position, wanted, 0)
    _against(state, closing, state.seq + 1)
    return closing.done


def _of_inventory(state: State, position: Position) -> Settlement:
    """Return the prices at which all of a fund's inventory would cost it all its cash."""
    market = state.markets[position.contract]
    share = state.fund_of(position.contract) + profit(state, position)
    mark_value = market.mark * market.contract.unit_value
    return Settlement(position.sign, abs(position.quantity), mark_value, share)


def _against(state: State, closing: _Closing, occasion: int) -> None:
    queue = rank.queue(state, closing.loser, occasion)
    if state.rules.adl == "pro_rata":
        _in_proportion(state, closing, list(queue))
    for other in chain(queue, rank.outside_of(state, closing.loser)):
        if not closing.left:
            break
        _take(state, closing, other, min(abs(other.quantity), closing.left))


def _in_proportion(state: State, closing: _Closing, others: list[Position]) -> None:
    """Close everybody in proportion to his position; who cannot pay leaves his part to the rest.

    Source: Chitra, "Autodeleveraging: Impossibilities and Optimization" (2025).
    """
    while others and closing.left:
        sizes = [(other.account, abs(other.quantity)) for other in others]
        wanted = min(closing.left, sum(size for _, size in sizes))
        counts = [count for _, count in shares(wanted, sizes)]
        able = [
            other
            for other, count in zip(others, counts, strict=True)
            if not count or _take(state, closing, other, count)
        ]
        if len(able) == len(others):
            break
        others = [other for other in able if other.quantity]


def _take(state: State, closing: _Closing, other: Position, count: int) -> bool:
    """Close the next lots against somebody, unless he cannot pay for them."""
    loser, case = closing.loser, closing.case
    if case is None:
        # what rounding left to the lots before is shared anew, so that cash is never exceeded
        part = _of_inventory(state, loser).part(0, count)
        if not _can_pay(state, other, part):
            return False
        _close_inventory(state, loser, other, part)
        closing.done += count
        return True
    share = closing.lots.part(closing.done, closing.done + count)
    part = _priced(state, loser, share)
    if not _can_pay(state, other, part):
        return False
    _close(state, case, loser, other, part)
    closing.done += count
    if loser.mode == "cross":
        case.set_aside += min(0, share.given - part.given)
    return True


def _priced(state: State, loser: Position, share: Part) -> Part:
    """Return the lots at the price at which the profile deleverages."""
    rules, market = state.rules, state.markets[loser.contract]
    if rules.adl_price == "bankruptcy":
        return share
    value = share.at_mark
    if rules.adl_price == "previous_mark" and market.mark_before:
        value = share.count * market.mark_before * market.contract.unit_value
    return Part(share.count, value, share.at_mark, loser.sign * (share.at_mark - value))


def _can_pay(state: State, other: Position, part: Part) -> bool:
    if other.account == OUTSIDE:
        return True
    risk = risk_of(state, other)
    if state.rules.adl_against == "winners" and risk.is_breach(state.rules.strict_trigger):
        return False
    return risk.equity + part.given >= 0


def _close(state: State, case: Case, loser: Position, winner: Position, part: Part) -> None:
    side, sign = _ready(state, winner), loser.sign
    lost = realize(state, loser, part.count, part.value)
    won = _win(state, winner, part)
    state.emit(
        Deleveraged(
            **state.stamp(),
            liquidation=case.liquidation,
            account=winner.account,
            contract=winner.contract,
            side=side,
            quantity=Lots(part.count),
            value=Micros(part.value),
            realized=won,
            loss=Micros(lost.cost - sign * part.at_mark),
            own_margin=Micros(lost.cost - sign * part.value),
            adl=Micros(sign * (part.value - part.at_mark)),
            leg=winner.leg,
        )
    )


def _close_inventory(state: State, own: Position, winner: Position, part: Part) -> None:
    """Close lots of a fund's inventory; what that costs is beside the identity."""
    side, contract = _ready(state, winner), own.contract
    realized, uncovered = inventory.shrink(state, contract, part.count, part.value)
    won = _win(state, winner, part)
    state.emit(
        Deleveraged(
            **state.stamp(),
            liquidation=0,
            account=winner.account,
            contract=contract,
            side=side,
            quantity=Lots(part.count),
            value=Micros(part.value),
            realized=won,
            loss=Micros(0),
            own_margin=Micros(0),
            adl=Micros(0),
            leg=winner.leg,
        )
    )
    state.emit(
        InventorySold(
            **state.stamp(),
            contract=contract,
            side=opposite(side),
            quantity=Lots(part.count),
            price=None,
            value=Micros(part.value),
            against="adl",
            realized=Micros(realized),
            uncovered=Micros(uncovered),
            held=own.quantity,
            fund=state.fund_of(contract),
        )
    )


def _ready(state: State, winner: Position) -> Side:
    """Cancel a winner's orders in the contract; return the side on which he trades."""
    account = state.accounts[winner.account]
    cancel_all(state, account.orders_on(winner), Reason.DELEVERAGED)
    return other_side(winner)


def _win(state: State, winner: Position, part: Part) -> Micros:
    """Close the winner's lots and return what he realised."""
    won = realize(state, winner, part.count, part.value)
    if not winner.quantity:
        release_rest(state, winner)
    return Micros(won.realized)
