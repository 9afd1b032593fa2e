"""Drawn ways: each shape keeps what it says, markets go together, the same on every Python."""

import hashlib
import re
import tomllib
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.config.error import ConfigError
from engine.config.lab import load_lab
from engine.config.path import PathTable
from engine.config.path import path as path_settings
from engine.config.read import Place
from engine.config.settings import PathLeg, PathMarket, PathShape, StoryPath
from engine.config.streams import FeedTable
from engine.config.streams import feed as feed_settings
from engine.core.command import TradeTick
from engine.core.money import PPM
from feeds.story_path import write_ticks
from feeds.synthetic import expanded
from tests.feeds.making import read

HOUR = 3_600_000
MINUTE = 60_000
VENUE = load_lab("quickstart").venue
MARKETS = {
    "BTCUSDT": {"start": "65000", "noise": "2", "size": "0.001", "size_bits": 8},
    "ETHUSDT": {
        "start": "3400",
        "noise": "0.1",
        "size": "0.001",
        "size_bits": 8,
        "beta": "1.25",
        "own": "0.2",
    },
    "SOLUSDT": {
        "start": "185",
        "size": "0.01",
        "size_bits": 8,
        "beta": "-0.5",
    },
}
EVERY = [
    {"shape": "trend", "by": "0.1", "turns": 5, "lasts": "6h", "per": "1m", "trades": 2},
    {"shape": "range", "by": "0.03", "turns": 20, "lasts": "12h", "per": "1m", "trades": 2},
    {
        "shape": "swing",
        "by": ["0.05", "0.15"],
        "either_way": True,
        "lasts": "24h",
        "per": "1m",
        "trades": 1,
    },
    {
        "shape": "jumps",
        "by": ["0.01", "0.04"],
        "turns": 3,
        "either_way": True,
        "lasts": "1h",
        "per": "1s",
        "trades": 1,
    },
    {"lasts": "1h", "per": "1m", "trades": 2, "to": {"BTCUSDT": "1.1"}},
    {"shape": "gap", "by": "-0.08", "lasts": "48h", "per": "1h", "trades": 0},
    {"lasts": "1h", "per": "1m", "trades": 2},
]


def lab_path(*legs: dict[str, object], seed: int = 7) -> StoryPath:
    """A path as a lab's table has it."""
    table = msgspec.convert({"seed": seed, "markets": MARKETS, "legs": legs}, PathTable)
    return path_settings(table, VENUE, Place("lab.toml", "path"))


def drawn(shape: PathShape, seed: int = 1, *, beta: int = PPM, own: int = 0) -> StoryPath:
    """A shape of four hours in a market that begins at 1,000,000 parts."""
    market = PathMarket("BTCUSDT", "0.1", 650_000, 0, "0.001", 8, beta, own)
    leg = PathLeg(4 * HOUR, MINUTE, 1, (0,), shape)
    return expanded(StoryPath(seed, (market,), (leg,)))


def levels_of(path: StoryPath, market: int = 0) -> list[int]:
    return [PPM, *(leg.to_ppm[market] for leg in path.legs)]


SHA256 = "5bcbf528f2cdb66b"


def test_the_same_seed_draws_the_same_ways_on_every_python() -> None:
    path = expanded(lab_path(*EVERY))
    assert hashlib.sha256(msgspec.json.encode(path)).hexdigest()[:16] == SHA256
    assert path == expanded(lab_path(*EVERY))
    assert path != expanded(lab_path(*EVERY, seed=8))


def test_a_path_without_shapes_stays_as_it_is() -> None:
    path = load_lab("quickstart").path
    assert path is not None
    assert expanded(path) == path


SEEDS = st.integers(0, 10**9)
SIZES = st.tuples(st.integers(1, 400_000), st.integers(0, 400_000)).map(
    lambda pair: (pair[0], pair[0] + pair[1])
)


@given(SEEDS, SIZES, st.integers(0, 30), st.booleans())
def test_every_shape_lasts_as_long_as_its_leg(
    seed: int, size: tuple[int, int], turns: int, either_way: bool
) -> None:
    for kind in ("trend", "range", "swing", "jumps", "gap"):
        path = drawn(PathShape(kind, *size, turns, either_way), seed)
        assert sum(leg.lasts_ms for leg in path.legs) == 4 * HOUR
        assert all(leg.lasts_ms % MINUTE == 0 for leg in path.legs)
        assert all(leg.shape is None and min(leg.to_ppm) > 0 for leg in path.legs)


@given(SEEDS, SIZES, st.integers(1, 30))
def test_a_range_is_above_and_below_by_turns_and_ends_where_it_began(
    seed: int, size: tuple[int, int], turns: int
) -> None:
    levels = levels_of(drawn(PathShape("range", *size, turns), seed))
    assert (len(levels), levels[-1]) == (turns + 2, PPM)
    away = [level - PPM for level in levels[1:-1]]
    least = size[0] if size[0] < size[1] else size[0] // 2
    assert all(least <= abs(each) <= size[1] for each in away)
    assert all((early < 0) != (late < 0) for early, late in pairwise(away) if early and late)


@given(SEEDS, SIZES, st.booleans())
def test_a_swing_goes_away_as_far_as_it_says_and_comes_back(
    seed: int, size: tuple[int, int], either_way: bool
) -> None:
    path = drawn(PathShape("swing", *size, 0, either_way), seed)
    away, back = path.legs
    assert size[0] <= abs(away.to_ppm[0] - PPM) <= size[1]
    assert either_way or away.to_ppm[0] > PPM
    assert back.to_ppm == (PPM,)
    assert 80 * MINUTE <= away.lasts_ms <= 160 * MINUTE


@given(SEEDS, st.integers(0, 20), st.integers(-400_000, 400_000).filter(bool))
def test_a_trend_ends_where_it_should_and_is_never_far_from_its_line(
    seed: int, turns: int, by: int
) -> None:
    path = drawn(PathShape("trend", by, by, turns), seed)
    levels = levels_of(path)
    assert len(path.legs) == turns + 1
    assert levels[-1] == PPM + by
    gone = 0
    for leg, level in zip(path.legs[:-1], levels[1:], strict=False):
        gone += leg.lasts_ms
        line = PPM + by * gone / (4 * HOUR)
        assert abs(level - line) <= abs(by) / (turns + 1) * line / PPM + 2


@given(SEEDS, SIZES, st.integers(1, 10))
def test_jumps_take_no_time_and_between_them_nothing_moves(
    seed: int, size: tuple[int, int], turns: int
) -> None:
    path = drawn(PathShape("jumps", *size, turns, True), seed)
    jumps = [(before, after) for before, after in pairwise(path.legs) if not after.lasts_ms]
    assert len(jumps) == turns
    for before, after in jumps:
        moved = abs(after.to_ppm[0] * PPM / before.to_ppm[0] - PPM)
        assert size[0] - 2 * PPM / before.to_ppm[0] <= moved <= size[1] + 1
    lines = [(before, after) for before, after in pairwise(path.legs) if after.lasts_ms]
    assert all(before.to_ppm == after.to_ppm for before, after in lines)


def test_a_weekend_is_a_silence_and_then_a_gap() -> None:
    path = drawn(PathShape("gap", -80_000, -80_000))
    assert [(leg.lasts_ms, leg.to_ppm) for leg in path.legs] == [
        (4 * HOUR, (PPM,)),
        (0, (920_000,)),
    ]


@given(SEEDS, st.integers(-3 * PPM, 3 * PPM), st.integers(0, PPM))
def test_a_market_takes_its_share_of_the_common_move_and_adds_its_own(
    seed: int, beta: int, own: int
) -> None:
    common = levels_of(drawn(PathShape("range", 10_000, 50_000, 9), seed))
    found = levels_of(drawn(PathShape("range", 10_000, 50_000, 9), seed, beta=beta, own=own))
    if own == 0:
        for move, other in zip(common, found, strict=True):
            assert other == PPM + int((move - PPM) * beta / PPM)
    assert all(
        abs((other - PPM) - (move - PPM) * beta / PPM) <= 50_000 * own / PPM + 2
        for move, other in zip(common[:2], found[:2], strict=True)
    )


def test_markets_go_together_as_much_as_the_lab_says() -> None:
    """Correlation of the moves from turn to turn: all of it, most of it, and the other way."""
    shape = {"shape": "range", "by": "0.05", "turns": 400, "lasts": "24h", "per": "1m", "trades": 1}
    path = expanded(lab_path(shape))
    btc, eth, sol = (
        [late - early for early, late in pairwise(levels_of(path, market))] for market in range(3)
    )
    assert 0.97 < correlation(btc, eth) < 1
    assert correlation(btc, sol) < -0.999


def correlation(one: list[int], other: list[int]) -> float:
    top = sum(a * b for a, b in zip(one, other, strict=True))
    return float(top / (sum(a * a for a in one) * sum(b * b for b in other)) ** 0.5)


def test_a_leg_after_a_shape_goes_on_from_where_it_ended() -> None:
    path = expanded(lab_path(*EVERY))
    (before, explicit, *_) = next(
        (early, late)
        for early, late in pairwise(path.legs)
        if late.to_ppm[0] == 1_100_000 and late.lasts_ms == HOUR
    )
    assert explicit.to_ppm[1:] == before.to_ppm[1:]
    assert path.legs[-1].to_ppm == path.legs[-2].to_ppm
    gap = path.legs[-2]
    assert gap.to_ppm[0] == 1_100_000 * 92 // 100


def test_a_drawn_day_is_a_file_of_trades(tmp_path: Path) -> None:
    swing = {"shape": "swing", "by": ["0.05", "0.15"], "lasts": "24h", "per": "1m", "trades": 2}
    files = write_ticks(tmp_path, lab_path(swing))
    ticks, report = read(files[0])
    assert report.skipped == {}
    prices = [tick.price for tick in ticks if isinstance(tick, TradeTick)]
    assert 2_000 < len(prices) < 4_000
    assert 1.045 < max(prices) / prices[0] < 1.155
    assert prices[-1] == pytest.approx(prices[0], rel=5e-3)


LEG = {"lasts": "10m", "per": "1m", "trades": 1}


@pytest.mark.parametrize(
    ("leg", "message"),
    [
        ({**LEG, "by": "0.1"}, r"legs\[1\]\.by: belongs to a shape"),
        ({**LEG, "turns": 3}, r"legs\[1\]\.turns: belongs to a shape"),
        ({**LEG, "shape": "swing"}, r"legs\[1\]\.by: a shape needs its size"),
        ({**LEG, "shape": "swing", "by": "0"}, r"by: expected two sizes of one sign"),
        ({**LEG, "shape": "swing", "by": ["0.2", "0.1"]}, r"by: expected two sizes of one sign"),
        ({**LEG, "shape": "swing", "by": ["-0.1", "0.1"]}, r"by: expected two sizes of one sign"),
        ({**LEG, "shape": "swing", "by": "-1"}, r"by: found -1, expected from -0\.999999 to 1"),
        ({**LEG, "shape": "swing", "by": "0.1", "turns": 1}, r"turns: found 1, expected up to 0"),
        ({**LEG, "shape": "range", "by": "0.1"}, r"turns: found 0, expected 1 or more"),
        (
            {**LEG, "shape": "range", "by": "0.1", "turns": 9},
            r"lasts: is 10 times per; .* needs 11",
        ),
        ({**LEG, "shape": "gap", "by": "0.1"}, r"trades: before a gap nothing is traded"),
        (
            {**LEG, "shape": "swing", "by": "0.1", "to": {"BTCUSDT": "1"}},
            r"legs\[1\]\.to: a shape says itself where prices go",
        ),
    ],
)
def test_a_shape_that_is_not_one(leg: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        lab_path(leg)


def test_the_examples_of_the_readme_are_read() -> None:
    readme = (Path(__file__).parents[2] / "feeds/README.md").read_text("utf-8")
    blocks = [tomllib.loads(text) for text in re.findall(r"```toml\n(.*?)```", readme, re.DOTALL)]
    (own,) = (block["path"] for block in blocks if "path" in block)
    path = path_settings(msgspec.convert(own, PathTable), VENUE, Place("lab.toml", "path"))
    kinds = [leg.shape.kind for leg in path.legs if leg.shape is not None]
    assert kinds == ["swing", "range", "trend", "jumps", "gap"]
    assert len(expanded(path).legs) > 50
    (bent,) = (block["feed"] for block in blocks if "feed" in block)
    shocks = feed_settings(msgspec.convert(bent, FeedTable), Place("lab.toml", "feed")).shocks
    assert [shock.kind for shock in shocks] == ["gap", "wick", "thin", "stop"]
