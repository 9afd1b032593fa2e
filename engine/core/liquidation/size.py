"""How many lots of a position the next order closes; none: it is taken over at once (L17).

Sources: Binance, support article 360033525271 (one order that reduces just enough); Bybit, "UTA
Trading Rules", and OKX, support (down one tier, down two); Kraken Futures, support 360022835671
(10 % steps); Deribit, support, and Hyperliquid, docs (rounds of so much, then a pause).
"""

from collections.abc import Callable

from engine.core.account.position import Position
from engine.core.liquidation.case import Case
from engine.core.margin.brackets import bracket_of, maintenance_in
from engine.core.margin.risk import Risk, notional
from engine.core.money import PPM, Lots, div_up
from engine.core.state.market import Market
from engine.core.state.pause import Progress
from engine.core.state.standing import kept, kept_after
from engine.core.state.venue import State


def of_round(state: State, case: Case, going: list[Position]) -> list[int]:
    """Return the size of each position's next order, as all of them stand now."""
    closing = state.rules.closing
    if closing.order == "pro_rata" and closing.reduce == "heal":
        return _common_part(state, case, going)
    return [_of_one(state, case, position) for position in going]


def _of_one(state: State, case: Case, position: Position) -> int:
    market, closing = state.markets[position.contract], state.rules.closing
    held = abs(position.quantity)
    if notional(market.contract, position, market.mark) < closing.whole_below:
        return held
    return min(held, _SIZES[closing.reduce](state, case, position))


def _whole(_: State, __: Case, position: Position) -> int:
    return abs(position.quantity)


def _heal(state: State, case: Case, position: Position) -> int:
    risk, keeps = case.breach.risk(state), kept(state, position)

    def heals(lots: int) -> bool:
        keep = risk.maintenance - keeps + kept_after(state, position, lots)
        return _is_healed(state, Risk(risk.equity, keep), _worth(state, position, lots))

    return _smallest(abs(position.quantity), heals)


def _common_part(state: State, case: Case, going: list[Position]) -> list[int]:
    """Return the same part of each position, as small as heals the account."""
    risk = case.breach.risk(state)
    most = max((abs(position.quantity) for position in going), default=0)

    def parts(count: int) -> list[int]:
        return [div_up(abs(position.quantity) * count, most) for position in going]

    def heals(count: int) -> bool:
        left = list(zip(going, parts(count), strict=True))
        keep = sum(kept_after(state, position, lots) for position, lots in left)
        worth = sum(_worth(state, position, lots) for position, lots in left)
        return _is_healed(state, Risk(risk.equity, keep), worth)

    return parts(_smallest(most, heals)) if going else []


def _worth(state: State, position: Position, lots: int) -> int:
    market = state.markets[position.contract]
    return lots * market.mark * market.contract.unit_value


def _is_healed(state: State, risk: Risk, worth: int) -> bool:
    """Say whether maintenance, with the venue's buffer on it, no longer meets the trigger.

    `worth` is closed for that, at fees that may have to be paid as well.
    """
    rules, equity = state.rules, risk.equity
    keep = div_up(risk.maintenance * (PPM + rules.closing.heal_buffer_ppm), PPM)
    if rules.closing.heal_fees:
        equity -= worth * rules.taker_fee_ppm // PPM + worth * rules.liquidation_fee_ppm // PPM
    return not Risk(equity, keep).is_breach(rules.strict_trigger)


def _smallest(most: int, is_enough: Callable[[int], bool]) -> int:
    """Return the smallest count up to `most` that is enough, `most` if none is, by halving.

    More is never less enough, because maintenance never grows when a position shrinks; with fees
    above the maintenance rate it may be, and then it is what the halving finds (C1).
    """
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        if is_enough(middle):
            high = middle
        else:
            low = middle + 1
    return high


def _tiers(state: State, case: Case, position: Position) -> int:
    market, closing = state.markets[position.contract], state.rules.closing
    held = abs(position.quantity)
    target = _tier(market, held) - closing.tiers
    if target < 0 or (closing.first_tier_line and _is_below_first(state, case, position)):
        return 0
    return _smallest(held, lambda lots: _tier(market, held - lots) <= target)


def _tier(market: Market, lots: int) -> int:
    return bracket_of(market.contract, lots, market.mark)


def _is_below_first(state: State, case: Case, position: Position) -> bool:
    """Say whether the account would be in breach even at the first tier's rate."""
    market, risk = state.markets[position.contract], case.breach.risk(state)
    row = market.contract.brackets[0]
    first = maintenance_in(row, market.contract, abs(position.quantity), market.mark)
    keep = risk.maintenance - kept(state, position) + first
    return Risk(risk.equity, keep).is_breach(state.rules.strict_trigger)


def _parts(state: State, case: Case, position: Position) -> int:
    """A part of what was held when the liquidation began; the last part repeats."""
    parts = state.rules.closing.parts_ppm
    held = Progress(Lots(abs(position.quantity)))
    so_far = case.progress.setdefault(position.slot, held)
    part = parts[min(so_far.orders, len(parts) - 1)]
    so_far.orders += 1
    return div_up(so_far.lots * part, PPM)


def _slices(state: State, _: Case, position: Position) -> int:
    market = state.markets[position.contract]
    lot = market.mark * market.contract.unit_value
    return max(1, state.rules.closing.slice_notional // lot)


_SIZES: dict[str, Callable[[State, Case, Position], int]] = {
    "whole": _whole,
    "heal": _heal,
    "tiers": _tiers,
    "parts": _parts,
    "slices": _slices,
}
