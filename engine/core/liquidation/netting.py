"""Matched long and short lots of a cross account are closed against each other first (C6).

Source: OKX, support ("in cross margin with both long and short of a contract, matched pairs are
closed against each other first"): nothing is traded, and what the two legs needed is needed no
more.
"""

import msgspec

from engine.core.account.position import Position
from engine.core.event import PairsNetted
from engine.core.liquidation.case import Breach, Case
from engine.core.money import Lots, Micros
from engine.core.state.venue import State
from engine.core.trading.fill import realize


class Pair(msgspec.Struct, frozen=True):
    """Both legs of a contract."""

    long: Position
    short: Position

    @property
    def lots(self) -> int:
        """What one of them has of the other."""
        return min(self.long.quantity, -self.short.quantity)


def first_pair(state: State, breach: Breach) -> Pair | None:
    """Return the first contract in which a margin account holds both legs, where pairs go first."""
    if not state.rules.closing.pair_netting:
        return None
    held: dict[str, Position] = {}
    for position in breach.held():
        long = held.setdefault(position.contract, position)
        if long is not position:
            return Pair(long, position)
    return None


def close(state: State, case: Case, pair: Pair) -> None:
    """Close as many lots of one leg as of the other at the mark; the book is not asked."""
    market, lots = state.markets[pair.long.contract], pair.lots
    value = lots * market.mark * market.contract.unit_value
    long = realize(state, pair.long, lots, value).realized
    short = realize(state, pair.short, lots, value).realized
    state.emit(
        PairsNetted(
            **state.stamp(),
            liquidation=case.liquidation,
            account=pair.long.account,
            contract=pair.long.contract,
            quantity=Lots(lots),
            price=market.mark,
            long_realized=Micros(long),
            short_realized=Micros(short),
            loss=Micros(-long - short),
            own_margin=Micros(-long - short),
        )
    )
