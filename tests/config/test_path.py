"""A lab's own market as it is written: read strictly, in whole ticks, with a way out."""

from pathlib import Path

import pytest

from engine.config.error import ConfigError
from engine.config.lab import load_lab
from engine.config.settings import PathLeg, PathMarket, StoryPath

LAB = 'venue = "textbook"\nseed = 1\nfund = 0\n[path]\n'
LEGS = """
legs = [
  { lasts = "90s", trades = 10 },
  { lasts = "0s", trades = 0, to = { BTCUSDT = "0.92" } },
  { lasts = "2d", trades = 3, per = "1m", to = { ETHUSDT = "1.25" } },
]
"""
MARKETS = """
[path.markets]
BTCUSDT = { start = "65000", noise = "2", size = "0.001", size_bits = 11 }
ETHUSDT = { start = "3400", size = "0.01", size_bits = 15 }
"""


def path_of(folder: Path, text: str) -> StoryPath:
    (folder / "mine.toml").write_text(text)
    path = load_lab(str(folder / "mine.toml")).path
    assert path is not None
    return path


def test_a_path_is_in_ticks_and_milliseconds_and_a_price_not_told_stays(tmp_path: Path) -> None:
    path = path_of(tmp_path, LAB + LEGS + MARKETS)
    assert path.seed == 1
    assert path.markets == (
        PathMarket("BTCUSDT", "0.1", 650_000, 20, "0.001", 11),
        PathMarket("ETHUSDT", "0.01", 340_000, 0, "0.01", 15),
    )
    assert path.legs == (
        PathLeg(90_000, 1_000, 10, (1_000_000, 1_000_000)),
        PathLeg(0, 1_000, 0, (920_000, 1_000_000)),
        PathLeg(172_800_000, 60_000, 3, (920_000, 1_250_000)),
    )


def test_a_lab_without_a_path_has_none() -> None:
    assert load_lab("bitmex-2018").path is None


def replaced(old: str, new: str) -> str:
    assert old in LEGS + MARKETS
    return LAB + (LEGS + MARKETS).replace(old, new)


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        (LAB + "legs = []" + MARKETS, "path.legs", "needs a leg"),
        (LAB + LEGS + "markets = {}", "path.markets", "needs a market"),
        (LAB + "sead = 1" + LEGS + MARKETS, "path.sead", "did you mean 'seed'"),
        (LAB + "seed = -1" + LEGS + MARKETS, "path.seed", "0 or more"),
        (replaced("BTCUSDT = {", "XUSDT = {"), "path.markets.XUSDT", "there are: BTCUSDT, ETH"),
        (replaced('start = "65000"', "start = 0"), "path.markets.BTCUSDT.start", "above 0"),
        (replaced('"65000"', '"65000.05"'), "path.markets.BTCUSDT.start", "multiple of 0.1"),
        (replaced('"65000"', '"2000000"'), "path.markets.BTCUSDT.start", "up to 1000000"),
        (replaced('noise = "2"', "noise = -1"), "path.markets.BTCUSDT.noise", "0 or more"),
        (replaced('"0.001"', '"0.0000001"'), "path.markets.BTCUSDT.size", "the lot"),
        (replaced("size_bits = 11", "size_bits = 0"), "path.markets.BTCUSDT.size_bits", "1 to"),
        (replaced("size_bits = 15", "size_bits = 41"), "path.markets.ETHUSDT.size_bits", "to 40"),
        (replaced('"90s"', '"90.5s"'), "path.legs[1].lasts", "whole multiple of per, '1s'"),
        (replaced('"90s"', '"soon"'), "path.legs[1].lasts", "expected a time"),
        (replaced('"1m"', '"500us"'), "path.legs[3].per", "at least 1000"),
        (replaced('"1m"', '"1.5ms"'), "path.legs[3].per", "whole milliseconds"),
        (replaced("trades = 3", "trades = -3"), "path.legs[3].trades", "0 or more"),
        (replaced('ETHUSDT = "1.25"', "XUSDT = 1"), "path.legs[3].to.XUSDT", "BTCUSDT, ETHUSDT"),
        (replaced('"1.25"', '"0"'), "path.legs[3].to.ETHUSDT", "from 0.000001"),
        (replaced('"1.25"', '"900"'), "path.legs[3].to.ETHUSDT", "largest price"),
    ],
)
def test_a_mistake_names_its_key_and_what_was_expected(
    tmp_path: Path, text: str, key: str, said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        path_of(tmp_path, text)
    assert (caught.value.key, said in caught.value.problem) == (key, True), caught.value
