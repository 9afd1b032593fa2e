"""The demo's own tick files: the format, the story, and the same bytes everywhere."""

import hashlib
from itertools import pairwise
from pathlib import Path

import pytest

from engine.config.settings import Feed as FeedSettings
from engine.core.command import TradeTick
from feeds.demo import DAY, Demo, Leg, Market, write_ticks
from feeds.errors import FeedError
from feeds.replay import FileArg, open_feed
from tests.feeds.making import BTC, CONTRACTS, TRADES_HEADER, contract, read

LAB = {**CONTRACTS, "SOLUSDT": contract("SOLUSDT", "0.01", "0.01", 100)}
SHA256 = {
    "BTCUSDT": "a5a19b33044ee9a4",
    "ETHUSDT": "6b7c3d8f8524b650",
    "SOLUSDT": "868d4d25f9dc291e",
}


def test_the_files_are_the_same_bytes_on_every_python(tmp_path: Path) -> None:
    paths = write_ticks(tmp_path)
    assert [path.name for path in paths] == [f"{symbol}-trades-{DAY}.csv" for symbol in SHA256]
    found = [hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in paths]
    assert found == list(SHA256.values())
    assert sum(path.stat().st_size for path in paths) < 5_000_000


def test_the_files_are_faithful_to_their_format(tmp_path: Path) -> None:
    feed = open_feed([FileArg(str(path)) for path in write_ticks(tmp_path)], LAB, FeedSettings())
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


def test_the_story_is_a_crash_of_two_and_a_rally_of_the_third(tmp_path: Path) -> None:
    prices: dict[str, list[int]] = {symbol: [] for symbol in LAB}
    files = [FileArg(str(path)) for path in write_ticks(tmp_path)]
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


def test_another_seed_and_other_legs_make_another_market(tmp_path: Path) -> None:
    market = Market("BTCUSDT", 650_000, 1, 3, 8, 0)
    legs = (Leg(20, 5, (1_000_000,)), Leg(20, 50, (500_000,)))
    (tmp_path / "other").mkdir()
    (path,) = write_ticks(tmp_path, Demo(seed=1, markets=(market,), legs=legs))
    (other,) = write_ticks(tmp_path / "other", Demo(seed=2, markets=(market,), legs=legs))
    assert path.read_bytes() != other.read_bytes()
    ticks, report = read(path)
    assert BTC.symbol == report.contract
    assert 700 < len(ticks) < 1_500
    assert report.high == 650_000
    assert report.low == pytest.approx(325_000, rel=1e-3)


def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=r"BTCUSDT-trades-.*\.csv: cannot be written: No such file"):
        write_ticks(tmp_path / "nowhere")
