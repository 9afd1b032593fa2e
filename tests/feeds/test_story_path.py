"""A lab's own tick files: the format, the story, gaps and silences, the same bytes everywhere."""

import hashlib
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from engine.config.lab import load_lab
from engine.config.settings import Feed as FeedSettings
from engine.config.settings import PathLeg, PathMarket, StoryPath
from engine.core.command import TradeTick
from feeds.errors import FeedError
from feeds.replay import FileArg, open_feed
from feeds.story_path import DAY, write_ticks
from tests.feeds.making import BTC, CONTRACTS, TRADES_HEADER, contract, read

LAB = {**CONTRACTS, "SOLUSDT": contract("SOLUSDT", "0.01", "0.01", 100)}
SHA256 = {
    "BTCUSDT": "a5a19b33044ee9a4",
    "ETHUSDT": "6b7c3d8f8524b650",
    "SOLUSDT": "868d4d25f9dc291e",
}
MARKET = PathMarket("BTCUSDT", "0.1", 650_000, 0, "0.001", 8)
SECOND = 1_000


@pytest.fixture(scope="module")
def quickstart() -> StoryPath:
    path = load_lab("quickstart").path
    assert path is not None
    return path


def path_of(*legs: PathLeg, market: PathMarket = MARKET, seed: int = 1) -> StoryPath:
    return StoryPath(seed, (market,), legs)


def test_the_files_are_the_same_bytes_on_every_python(
    quickstart: StoryPath, tmp_path: Path
) -> None:
    paths = write_ticks(tmp_path, quickstart)
    assert [path.name for path in paths] == [f"{symbol}-trades-{DAY}.csv" for symbol in SHA256]
    found = [hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in paths]
    assert found == list(SHA256.values())
    assert sum(path.stat().st_size for path in paths) < 5_000_000


def test_the_files_are_faithful_to_their_format(quickstart: StoryPath, tmp_path: Path) -> None:
    paths = write_ticks(tmp_path, quickstart)
    feed = open_feed([FileArg(str(path)) for path in paths], LAB, FeedSettings())
    ticks = list(feed.ticks())
    assert [report.format for report in feed.reports] == ["binance_trades"] * 3
    assert [report.skipped for report in feed.reports] == [{}, {}, {}]
    assert 30_000 <= len(ticks) <= 60_000
    assert all(earlier.at_us <= later.at_us for earlier, later in pairwise(ticks))
    for path in tmp_path.iterdir():
        header, *rows = path.read_text().splitlines()
        assert header == TRADES_HEADER
        for row in rows[:200]:
            _, price, size, value, _, maker = row.split(",")
            assert float(value) == pytest.approx(float(price) * float(size))
            assert maker in ("true", "false")


def test_the_demo_is_a_crash_of_two_and_a_rally_of_the_third(
    quickstart: StoryPath, tmp_path: Path
) -> None:
    prices: dict[str, list[int]] = {symbol: [] for symbol in LAB}
    files = [FileArg(str(path)) for path in write_ticks(tmp_path, quickstart)]
    for tick in open_feed(files, LAB, FeedSettings()).ticks():
        assert isinstance(tick, TradeTick)
        prices[tick.contract].append(tick.price)
    first = {symbol: series[0] for symbol, series in prices.items()}
    assert first["BTCUSDT"] == pytest.approx(650_000, rel=1e-3)
    assert first["ETHUSDT"] == pytest.approx(340_000, rel=1e-3)
    assert first["SOLUSDT"] == pytest.approx(18_500, rel=1e-3)
    assert min(prices["BTCUSDT"]) < 585_000  # the article's bankruptcy price at 10x
    assert min(prices["SOLUSDT"]) < 18_500 * 85 // 100
    assert min(prices["ETHUSDT"]) > 340_000 * 95 // 100
    assert max(prices["ETHUSDT"]) > 340_000 * 110 // 100


def test_another_seed_makes_another_market(tmp_path: Path) -> None:
    legs = (
        PathLeg(20 * SECOND, SECOND, 5, (1_000_000,)),
        PathLeg(20 * SECOND, SECOND, 50, (500_000,)),
    )
    (tmp_path / "other").mkdir()
    (path,) = write_ticks(tmp_path, path_of(*legs))
    (other,) = write_ticks(tmp_path / "other", path_of(*legs, seed=2))
    assert path.read_bytes() != other.read_bytes()
    ticks, report = read(path)
    assert BTC.symbol == report.contract
    assert 700 < len(ticks) < 1_500
    assert report.high == 650_000
    assert report.low == pytest.approx(325_000, rel=1e-3)


def test_a_leg_without_length_is_a_gap_and_one_without_trades_a_silence(tmp_path: Path) -> None:
    hour = 3_600 * SECOND
    legs = (
        PathLeg(hour, 60 * SECOND, 2, (1_000_000,)),
        PathLeg(48 * hour, hour, 0, (1_000_000,)),
        PathLeg(0, SECOND, 0, (920_000,)),
        PathLeg(hour, 60 * SECOND, 2, (920_000,)),
    )
    (path,) = write_ticks(tmp_path, path_of(*legs))
    ticks = [tick for tick in read(path)[0] if isinstance(tick, TradeTick)]
    jumps = [(a, b) for a, b in pairwise(ticks) if a.price != b.price]
    assert [(before.price, after.price) for before, after in jumps] == [(650_000, 598_000)]
    ((before, after),) = jumps
    assert after.at_us - before.at_us > 48 * hour * 1_000


def test_prices_and_sizes_keep_their_steps(tmp_path: Path) -> None:
    market = PathMarket("BTCUSDT", "0.5", 130_000, 9, "0.25", 3)
    (path,) = write_ticks(tmp_path, path_of(PathLeg(20_000, 1_000, 9, (900_000,)), market=market))
    rows = [row.split(",") for row in path.read_text().splitlines()[1:]]
    assert {row[1][-2:] for row in rows} == {".0", ".5"}
    assert {row[2] for row in rows} <= {"0.25", "0.50", "0.75", "1.00"}
    assert len({row[2] for row in rows}) > 2


def test_a_price_that_would_fall_to_zero_is_refused(tmp_path: Path) -> None:
    market = msgspec.structs.replace(MARKET, noise=600_000)
    with pytest.raises(FeedError, match="BTCUSDT falls to zero; let its legs end higher"):
        write_ticks(tmp_path, path_of(PathLeg(60_000, 1_000, 9, (100_000,)), market=market))


def test_a_folder_that_cannot_be_written_to(quickstart: StoryPath, tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=r"BTCUSDT-trades-.*\.csv: cannot be written: No such file"):
        write_ticks(tmp_path / "nowhere", quickstart)
