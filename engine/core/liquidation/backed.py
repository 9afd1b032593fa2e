"""One order that the fund stands behind: it gets its part of a fill's gain and pays its loss (C5).

Source: dYdX v4, x/clob/keeper/liquidations.go: the portion of a position and the notional of an
account in a block, the fillable price, and the insurance fund's delta of each fill.
"""

import msgspec

from engine.core.account.position import Position
from engine.core.book.merged import is_worse
from engine.core.instrument import Backed
from engine.core.liquidation.capacity import Capacity, of_fund
from engine.core.liquidation.case import Case
from engine.core.liquidation.forced_fill import forced_fill
from engine.core.money import PPM, Price, div_up
from engine.core.state.standing import kept
from engine.core.state.venue import State
from engine.core.trading.execute import other_side, take_offer
from engine.core.trading.limits import turned_away


class _Terms(msgspec.Struct, frozen=True):
    """What an order of the fund goes by."""

    backed: Backed
    limit: Price | None
    capacity: Capacity
    mark_value: int
    """Of a lot."""


def size(state: State, case: Case, position: Position) -> int:
    """Return how many lots a position's order closes, 0 where the round has no room left."""
    terms, market = _backed(state), state.markets[position.contract]
    lot, held = market.mark * market.contract.unit_value, abs(position.quantity)
    lots = max(1, held * terms.portion_ppm // PPM, terms.portion_min // lot)
    if terms.round_notional and terms.round_by == "order":
        least = 0 if case.closed else 1
        lots = min(lots, max(least, (terms.round_notional - case.closed) // lot))
    return min(held, lots)


def _backed(state: State) -> Backed:
    terms = state.rules.closing.backed
    assert terms is not None, "only a venue whose fund stands behind its orders comes here"
    return terms


def limit_price(state: State, case: Case, position: Position) -> Price | None:
    """Return the price down to which a long is sold; None: whatever the fund can bear.

    It goes from the mark, where equity is the maintenance, through it as equity falls.
    """
    terms, market, risk = _backed(state), state.markets[position.contract], case.breach.risk(state)
    if not terms.spread_ppm:
        return None
    most = kept(state, position) * terms.spread_ppm // PPM
    lacks, keep = risk.maintenance - risk.equity, risk.maintenance
    spread = min(most, most * lacks * terms.adjustment_ppm // (keep * PPM)) if keep else 0
    tick, unit = market.contract.tick, abs(position.quantity) * market.contract.unit_value
    value = market.mark * unit - position.sign * spread
    grid = unit * tick
    ticks = div_up(value, grid) if position.sign > 0 else value // grid
    return Price(max(1, ticks) * tick)


def into_book(state: State, case: Case, position: Position, wanted: int) -> int:
    """Sell a long, buy back a short, offer by offer; return how many lots were traded."""
    market = state.markets[position.contract]
    side = other_side(position)
    mark_value = market.mark * market.contract.unit_value
    capacity = of_fund(state, case, position.contract)
    terms = _Terms(_backed(state), limit_price(state, case, position), capacity, mark_value)
    walk = market.walk(side, state.now_us)
    left = wanted
    while left:
        offer = walk.next_offer()
        if offer is None or (terms.limit is not None and is_worse(offer.price, terms.limit, side)):
            break
        lots = min(left, offer.quantity)
        if _is_beyond(case, terms, lots):
            break
        gap = _gap(state, case, position, lots, offer.price)
        if not capacity.bears(gap):
            capacity.ran_out()
            break
        if turned_away(state, offer.order):
            continue
        # paid in before anything is lost: no balance is negative in between
        state.post(state.fund_key(position.contract), position.margin_key, max(0, gap))
        take_offer(state, market, walk, offer, lots)
        forced_fill(state, case, position, offer, lots=lots, stage="fund", gap=gap)
        capacity.spend(gap)
        case.closed += lots * mark_value
        left -= lots
    return wanted - left


def _is_beyond(case: Case, terms: _Terms, lots: int) -> bool:
    """Say whether a fill would close more than the round may."""
    most, by = terms.backed.round_notional, terms.backed.round_by
    return by == "fill" and 0 < most < case.closed + lots * terms.mark_value


def _gap(state: State, case: Case, position: Position, lots: int, price: int) -> int:
    """Return what the fund pays for a fill, or below 0 what it gets: its fee, out of the gain."""
    value = lots * price * state.markets[position.contract].contract.unit_value
    part = case.lots(state, position).part(0, lots)
    gain: int = position.sign * (value - part.value)
    return -min(gain, value * state.rules.liquidation_fee_ppm // PPM)
