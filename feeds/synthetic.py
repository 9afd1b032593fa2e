"""Draws the ways of a lab's own market: trends, ranges, swings, jumps and gaps, in whole numbers.

A leg with a shape becomes legs with straight lines, which `story_path` walks. Every move is drawn
once for all markets; each takes its `beta` of it and adds up to its `own` share of the size,
one way or the other, so that markets go together as much as the lab says. Moves are shares of the
price at the beginning of the shape.

- `trend`: to another price; at its turns it is off the straight way by up to a step of it.
- `range`: choppy; at its turns it is above and below by turns, in the end where it began. A single
  size is the widest: each turn has at least half of it.
- `swing`: away and back; the far end is in the middle third of the time.
- `jumps`: at its turns the price is another at once, in between it stays.
- `gap`: nothing is traded, and then the price is another: a weekend.
"""

from collections.abc import Callable, Iterator, Sequence
from random import Random

import msgspec

from engine.config.settings import PathLeg, PathMarket, PathShape, StoryPath
from engine.core.money import PPM, div_to_zero
from feeds.dice import below, happens

_WEIGHT = 1_000


def expanded(path: StoryPath) -> StoryPath:
    """The same path with lines for shapes; one without shapes stays as it is.

    The legs are a function of the seed, the legs and the markets, and of nothing else.
    """
    dice = Random((2 * path.seed + 1) << 64)  # far from the seeds of the markets' own dice
    levels = [PPM] * len(path.markets)
    legs: list[PathLeg] = []
    for leg in path.legs:
        if leg.shape is None:
            drawn = [_to(leg, [to or level for to, level in zip(leg.to_ppm, levels, strict=True)])]
        else:
            drawn = list(_SHAPES[leg.shape.kind](dice, leg, leg.shape, _Ground(path, levels)))
        legs += drawn
        levels = list(drawn[-1].to_ppm)
    return msgspec.structs.replace(path, legs=tuple(legs))


class _Ground:
    """Where a shape begins, and what its moves are for each market."""

    def __init__(self, path: StoryPath, levels: Sequence[int]) -> None:
        self._markets: tuple[PathMarket, ...] = path.markets
        self.levels = levels

    def moved(self, dice: Random, move_ppm: int) -> list[int]:
        """The levels after a move from the beginning, each market with its own share."""
        return self.shifted(dice, self.levels, move_ppm)

    def shifted(self, dice: Random, levels: Sequence[int], move_ppm: int) -> list[int]:
        """Some levels after a move."""
        result = []
        for market, level in zip(self._markets, levels, strict=True):
            most = abs(div_to_zero(move_ppm * market.own_ppm, PPM))
            own = below(dice, 2 * most + 1) - most
            whole = div_to_zero(move_ppm * market.beta_ppm, PPM) + own
            result.append(max(1, level * (PPM + max(whole, 1 - PPM)) // PPM))
        return result


def _trend(dice: Random, leg: PathLeg, shape: PathShape, ground: _Ground) -> Iterator[PathLeg]:
    move = _size(dice, shape)
    ends = ground.moved(dice, move)
    parts = _parts(dice, leg, shape.turns + 1)
    step = abs(move) // (shape.turns + 1)
    gone = 0
    for part in parts[:-1]:
        gone += part
        on_the_way = [
            begin + div_to_zero((end - begin) * gone, leg.lasts_ms)
            for begin, end in zip(ground.levels, ends, strict=True)
        ]
        off = below(dice, 2 * step + 1) - step
        yield _part(leg, part, ground.shifted(dice, on_the_way, off))
    yield _part(leg, parts[-1], ends)


def _range(dice: Random, leg: PathLeg, shape: PathShape, ground: _Ground) -> Iterator[PathLeg]:
    if shape.low_ppm == shape.high_ppm:
        half = div_to_zero(shape.low_ppm, 2)
        near, far = sorted((half or shape.low_ppm, shape.low_ppm))
        shape = msgspec.structs.replace(shape, low_ppm=near, high_ppm=far)
    sign = -1 if happens(dice, PPM // 2) else 1
    parts = _parts(dice, leg, shape.turns + 1)
    for part in parts[:-1]:
        size = shape.low_ppm + below(dice, shape.high_ppm - shape.low_ppm + 1)
        yield _part(leg, part, ground.moved(dice, sign * size))
        sign = -sign
    yield _part(leg, parts[-1], ground.levels)


def _swing(dice: Random, leg: PathLeg, shape: PathShape, ground: _Ground) -> Iterator[PathLeg]:
    periods = leg.lasts_ms // leg.per_ms
    third = periods // 3
    away = leg.per_ms * max(1, third + below(dice, periods - 2 * third))
    yield _part(leg, away, ground.moved(dice, _size(dice, shape)))
    yield _part(leg, leg.lasts_ms - away, ground.levels)


def _jumps(dice: Random, leg: PathLeg, shape: PathShape, ground: _Ground) -> Iterator[PathLeg]:
    levels = ground.levels
    parts = _parts(dice, leg, shape.turns + 1)
    for part in parts[:-1]:
        yield _part(leg, part, levels)
        levels = ground.shifted(dice, levels, _size(dice, shape))
        yield _part(leg, 0, levels)
    yield _part(leg, parts[-1], levels)


def _gap(dice: Random, leg: PathLeg, shape: PathShape, ground: _Ground) -> Iterator[PathLeg]:
    yield _part(leg, leg.lasts_ms, ground.levels)
    yield _part(leg, 0, ground.moved(dice, _size(dice, shape)))


_SHAPES: dict[str, Callable[[Random, PathLeg, PathShape, _Ground], Iterator[PathLeg]]] = {
    "trend": _trend,
    "range": _range,
    "swing": _swing,
    "jumps": _jumps,
    "gap": _gap,
}


def _size(dice: Random, shape: PathShape) -> int:
    size = shape.low_ppm + below(dice, shape.high_ppm - shape.low_ppm + 1)
    return -size if shape.either_way and happens(dice, PPM // 2) else size


def _parts(dice: Random, leg: PathLeg, count: int) -> list[int]:
    """Cut a leg's time into parts of drawn lengths, each of whole periods and one at least."""
    spare = leg.lasts_ms // leg.per_ms - count
    weights = [1 + below(dice, _WEIGHT) for _ in range(count)]
    total, so_far, before = sum(weights), 0, 0
    parts = []
    for weight in weights:
        so_far += weight
        upto = spare * so_far // total
        parts.append((1 + upto - before) * leg.per_ms)
        before = upto
    return parts


def _part(leg: PathLeg, lasts_ms: int, levels: Sequence[int]) -> PathLeg:
    return msgspec.structs.replace(leg, lasts_ms=lasts_ms, to_ppm=tuple(levels), shape=None)


def _to(leg: PathLeg, levels: Sequence[int]) -> PathLeg:
    return msgspec.structs.replace(leg, to_ppm=tuple(levels))
