"""How much the replayed market moves, and the depth that this leaves it (P15)."""

from engine.core.money import PPM, div_to_zero
from tests.support.naive.state import Market


def note_move(market: Market, now: int) -> None:
    """Note the moves of the instants that a tick passed, before it moves the touch."""
    depth = market.contract.depth
    if not depth.regimes or not market.priced:
        return
    reference2 = market.bid + market.ask
    if market.noted2 is None:
        market.noted2, market.noted_until = reference2, now
        return
    every = depth.volatility_interval_us
    count = now // every - market.noted_until // every
    market.noted_until = now
    if count <= 0:
        return
    move = div_to_zero((reference2 - market.noted2) * PPM, market.noted2)
    zeros = [0] * min(count - 1, depth.volatility_count)
    market.squares = [*market.squares, move**2, *zeros][-depth.volatility_count :]
    market.noted2 = reference2


def regime_scale_ppm(market: Market) -> int:
    """Give the scale of the last regime that the noted moves reach."""
    scale_ppm = PPM
    for regime in market.contract.depth.regimes:
        number = len(market.squares)
        if number and sum(market.squares) >= regime.above_ppm**2 * number:
            scale_ppm = regime.scale_ppm
    return scale_ppm
